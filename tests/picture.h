/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * picture.h: pictures for tests of the video mixer, and a look at a canvas's pixels as a browser
 * shows them.
 */
#pragma once

#include <tutti/frame.h>
#include <tutti/port.h>

#include <math.h>
#include <string.h>

typedef struct {
    int r, g, b;
} Rgb;

/* ITU-R BT.601-7, limited range, the other way. */
static inline Rgb
get_rgb (const TuttiPicture *picture, int x, int y)
{
    double l = 1.164383 * (picture->plane[0][y * picture->stride[0] + x] - 16);
    double u = picture->plane[1][y / 2 * picture->stride[1] + x / 2] - 128;
    double v = picture->plane[2][y / 2 * picture->stride[2] + x / 2] - 128;

    return (Rgb){
        (int)lrint (CLAMP (l + 1.596027 * v, 0, 255)),
        (int)lrint (CLAMP (l - 0.391762 * u - 0.812968 * v, 0, 255)),
        (int)lrint (CLAMP (l + 2.017232 * u, 0, 255)),
    };
}

static inline gboolean
is_near (Rgb a, guint32 rgb, int by)
{
    return ABS (a.r - (int)(rgb >> 16 & 0xff)) <= by && ABS (a.g - (int)(rgb >> 8 & 0xff)) <= by &&
           ABS (a.b - (int)(rgb & 0xff)) <= by;
}

static inline void
fill_rect (TuttiPicture *picture, const TuttiRect *rect, guint32 rgb)
{
    double r = rgb >> 16 & 0xff, g = rgb >> 8 & 0xff, b = rgb & 0xff;
    int yuv[] = {
        (int)lrint (16 + 0.256788 * r + 0.504129 * g + 0.097906 * b),
        (int)lrint (128 - 0.148223 * r - 0.290993 * g + 0.439216 * b),
        (int)lrint (128 + 0.439216 * r - 0.367788 * g - 0.071427 * b),
    };

    for (int plane = 0; plane < 3; plane++) {
        int s = plane > 0 ? 1 : 0;

        for (int y = rect->y >> s; y < (rect->y + rect->height + s) >> s; y++)
            memset (picture->plane[plane] + y * picture->stride[plane] + (rect->x >> s), yuv[plane],
                    (gsize)((rect->x + rect->width + s) >> s) - (gsize)(rect->x >> s));
    }
}

static inline TuttiPicture *
make_flat (int width, int height, guint32 rgb)
{
    TuttiPicture *picture = tutti_picture_new (width, height);

    fill_rect (picture, &(TuttiRect){0, 0, width, height}, rgb);
    return picture;
}

static inline void
put_flat (TuttiSlot *slot, int width, int height, guint32 rgb, gint64 now_us)
{
    g_autoptr (TuttiPicture) picture = make_flat (width, height, rgb);

    tutti_slot_put (slot, picture, now_us);
}

static inline guint64
hash_rect (const TuttiPicture *picture, const TuttiRect *rect)
{
    guint64 hash = G_GUINT64_CONSTANT (14695981039346656037);

    for (int plane = 0; plane < 3; plane++) {
        int s = plane > 0 ? 1 : 0;

        for (int y = rect->y >> s; y < (rect->y + rect->height) >> s; y++) {
            for (int x = rect->x >> s; x < (rect->x + rect->width) >> s; x++) {
                hash ^= picture->plane[plane][y * picture->stride[plane] + x];
                hash *= G_GUINT64_CONSTANT (1099511628211);
            }
        }
    }
    return hash;
}
