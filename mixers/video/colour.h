/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * colour.h: colours of our own (background, border, avatars) as pictures have them: BT.601, limited
 * range. Any thread.
 */
#pragma once

#include <glib.h>

typedef struct {
    guint8 y, u, v;
} TuttiYuv;

/* Between tiles, and behind everything. */
#define TUTTI_COLOUR_BACKGROUND 0x1b1e24
/* Beside a picture that is fitted into its tile. */
#define TUTTI_COLOUR_BARS 0x0e1013
/* Around who speaks. */
#define TUTTI_COLOUR_SPEAKING 0x3ddc84

/* ITU-R BT.601-7 section 2.5: Y from 16 to 235, Cb and Cr from 16 to 240. */
#define TUTTI_LUMA(r, g, b) (0.256788 * (r) + 0.504129 * (g) + 0.097906 * (b))
#define TUTTI_CB(r, g, b) (-0.148223 * (r)-0.290993 * (g) + 0.439216 * (b))
#define TUTTI_CR(r, g, b) (0.439216 * (r)-0.367788 * (g)-0.071427 * (b))

/* rgb: 0xRRGGBB, sRGB, full range. */
static inline TuttiYuv
tutti_yuv_from_rgb (guint32 rgb)
{
    double r = rgb >> 16 & 0xff, g = rgb >> 8 & 0xff, b = rgb & 0xff;

    return (TuttiYuv){
        .y = (guint8)(16.5 + TUTTI_LUMA (r, g, b)),
        .u = (guint8)(128.5 + TUTTI_CB (r, g, b)),
        .v = (guint8)(128.5 + TUTTI_CR (r, g, b)),
    };
}
