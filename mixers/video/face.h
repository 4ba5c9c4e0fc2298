/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * face.h: how one tile of a canvas looks: which picture of its source was drawn, dimmed or not, or
 * its avatar; its label. Knows whether it has to be drawn again. Role: video, one view's job.
 */
#pragma once

#include <tutti/frame.h>

#include "cache.h"
#include "scene.h"

typedef enum {
    TUTTI_LOOK_NONE, /* never drawn */
    TUTTI_LOOK_PICTURE,
    TUTTI_LOOK_DIM,
    TUTTI_LOOK_AVATAR,
} TuttiLook;

/* All zero: nothing drawn yet. */
typedef struct {
    TuttiLook look;
    TuttiPicture *source; /* the picture that is drawn; NULL: none */
    TuttiOverlay *label, *avatar;
    gboolean labelled; /* label is the tile's; else it is to be looked up */
    gboolean damaged;  /* has to be drawn */
} TuttiFace;

/* Looks for the newest picture. Sets damaged when what is to be seen has changed. */
void tutti_face_follow (TuttiFace *face, const TuttiTile *tile, gint64 now_us);

/* Something other than the picture has changed: tile values. */
void tutti_face_damage (TuttiFace *face);

typedef struct {
    gboolean scaled; /* FALSE: no picture, or one that was scaled before */
    gint64 scale_ns; /* CPU time of it */
} TuttiFaceCost;

/* Draws the tile; no longer damaged. */
void tutti_face_draw (TuttiFace *face, const TuttiTile *tile, TuttiOverlayCache *cache,
                      TuttiPicture *canvas, TuttiFaceCost *cost);

void tutti_face_clear (TuttiFace *face);

/* CPU time of the calling thread. */
gint64 tutti_face_cpu_ns (void);
