/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * avatar.h: what stands in a tile without a picture: a disc with the name's initials, on a dark
 * ground of the same hue. Drawn once as an overlay. Role: video; allocates, so only when something
 * changed.
 */
#pragma once

#include "overlay.h"

/* The disc; half as high as the tile. name: as in a scene. */
TuttiOverlay *tutti_avatar_draw (const char *name, guint colour, int tile_width, int tile_height);

/* The ground that fills the tile, 0xRRGGBB. */
guint32 tutti_avatar_ground (guint colour);

/* First graphemes of the first and the last word, in capitals; "?" when there is none. Free it. */
char *tutti_avatar_initials (const char *name);
