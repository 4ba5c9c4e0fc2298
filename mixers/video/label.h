/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * label.h: what is written on a canvas: names with their signs, and messages; each drawn once as an
 * overlay (cache.h keeps them). Role: video; allocates, so only when something changed.
 */
#pragma once

#include "overlay.h"

typedef struct {
    const char *text; /* valid UTF-8 of bounded length, e.g. a scene's; any script */
    gboolean audio_muted, hand_raised;
    int tile_width, tile_height;
} TuttiLabel;

/* NULL when there is nothing to say, or the tile is too small to read. */
TuttiOverlay *tutti_label_draw (const TuttiLabel *label);
/* How far from the tile's left and lower edge it is to stand; even. */
int tutti_label_margin_px (int tile_height);

/* Text in the middle of an empty canvas. */
TuttiOverlay *tutti_label_draw_message (const char *text, int canvas_width, int canvas_height);
