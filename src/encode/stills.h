/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stills.h: frames of pictures that many renditions show (TuttiPicture's `still`): encoded once, by
 * whoever comes first, and sent by all others as they are. So five hundred people who each wait
 * alone in a room cost no encoder. Any thread.
 */
#pragma once

#include <tutti/types.h>

/* Canvas sizes and rungs that are in use at once; beyond it what was asked for longest ago goes. */
#define TUTTI_STILLS_MAX 16

typedef struct {
    guint still;
    int width, height;
    guint frame_rate, bitrate_bps;
} TuttiStillKey;

/* Immutable; reference-counted. */
typedef struct {
    GPtrArray *frames; /* of GBytes: a key frame, and what makes it finer */
    GBytes *same;      /* "as before", after the last of them, as often as wanted */
} TuttiStill;

/* Takes both references. */
TuttiStill *tutti_still_new (GPtrArray *frames, GBytes *same);
void tutti_still_unref (TuttiStill *still);

typedef struct _TuttiStills TuttiStills;

TuttiStills *tutti_stills_new (void);
void tutti_stills_free (TuttiStills *stills);

/* A new reference; NULL: nobody made it yet. */
TuttiStill *tutti_stills_find (TuttiStills *stills, const TuttiStillKey *key);
/* Two who make the same at the same time may both add it. */
void tutti_stills_add (TuttiStills *stills, const TuttiStillKey *key, TuttiStill *still);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiStill, tutti_still_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiStills, tutti_stills_free)
