/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vp8-still.h: which macroblocks of a picture stand still, so that the encoder need not look at
 * them: avatars, slides, cameras that wait. Belongs to the rendition's job.
 *
 *   picture -> compared with that of the last base frame -> map of what is active -> libvpx
 */
#pragma once

#include <tutti/frame.h>

typedef struct {
    int columns, rows; /* of macroblocks */
    guint8 *active;    /* a byte each: 1: to be encoded, 0: as in the last base frame */
    guint8 *still;     /* a byte each: base frames in a row that didn't change it */
    TuttiPicture *base;
    guint n_bases; /* looked at */
} TuttiVp8Still;

void tutti_vp8_still_init (TuttiVp8Still *still, int width, int height);
void tutti_vp8_still_clear (TuttiVp8Still *still);
/* Lets go of the last base frame's picture: the next frame begins anew, as a key frame does. */
void tutti_vp8_still_forget (TuttiVp8Still *still);

/* Looks at the next picture, of the size of all, and makes its map: what is not active in it is,
 * pixel for pixel, as in the picture of the last base frame, and has been so for long. is_base: it
 * will be a base frame, which keeps a reference; is_key: everything begins anew. Gives the number
 * of macroblocks that are not active. */
guint tutti_vp8_still_look (TuttiVp8Still *still, const TuttiPicture *picture, gboolean is_base,
                            gboolean is_key);
