/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pictures.h: a room's pictures: one job that ticks all its views at the frame rate. It isn't run
 * while nobody watches.
 *
 *   reel (views: mixer, scene, outlets) -> [tick k at start + k / frame rate: compose] ->
 * renditions
 *
 * Role: main; the tick itself: video.
 */
#pragma once

#include "encode/rendition.h"
#include "mixers/video/video-mixer.h"

#include "handover.h"

/* Where a view's canvases go: a rendition with its own, perhaps lower, frame rate. */
typedef struct {
    TuttiRendition *rendition; /* NULL: there is no encoder for it */
    guint frame_rate;
    TuttiPicture *owed; /* the newest one it is to get at its next turn; the tick's */
} TuttiOutlet;

/* The snapshot the tick works on: plain pointers to what is retired only after it. */
typedef struct {
    TuttiVideoMixer *mixer;
    TuttiScene *scene; /* a reference */
    guint n_outlets;
    TuttiOutlet **outlets; /* the array is the frame's own */
} TuttiFrame;

typedef GArray TuttiReel; /* of TuttiFrame */

TuttiReel *tutti_reel_new (void);
/* Takes the scene's reference and copies the array of outlets. */
void tutti_reel_add (TuttiReel *reel, TuttiVideoMixer *mixer, TuttiScene *scene,
                     const GPtrArray *outlets);

typedef struct _TuttiPictures TuttiPictures;

TuttiPictures *tutti_pictures_new (TuttiJobs *jobs, TuttiClock *clock, guint frame_rate);
void tutti_pictures_free (TuttiPictures *pictures);

/* What to show from the next tick on; takes ownership. An empty one stops the ticks; so does one
 * in which nothing can change, until the next reel or wake(). */
void tutti_pictures_set_reel (TuttiPictures *pictures, TuttiReel *reel);
/* A refresh was asked of one of its mixers. Any thread; in vain once it is being freed. */
void tutti_pictures_wake (TuttiPictures *pictures);
/* Frees what is no longer in the reel. */
TuttiHandover *tutti_pictures_get_handover (TuttiPictures *pictures);

/* Ticks skipped because they came too late, and ticks made. Any thread. */
guint tutti_pictures_get_late (TuttiPictures *pictures);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiPictures, tutti_pictures_free)
