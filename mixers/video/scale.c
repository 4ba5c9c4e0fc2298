/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * scale.c: a source's picture at a tile's size, by libyuv. See scale.h.
 *
 * libyuv is fast at 1:1, 2:1 and 4:1 only (7 to 20 us for a tile, against 300 to 600 us at odd
 * ratios), and its box filter at odd ratios costs twice as much as halving first and going the rest
 * of the way bilinearly. So a camera's picture that is nearly at a fast ratio is cut to it, and
 * others are halved as long as they are twice too large.
 */
#include "scale.h"

#include "colour.h"

#include <libyuv.h>
#include <string.h>

/* A camera's picture may lose this share of a side (2 % at each edge) for a fast ratio. */
#define SNAP_SHARE 25
/* Senders that were asked for a tile's size round it their own way: a picture that lacks so little
 * of a side (1 % at each edge, a few pixels) is copied and its edges are drawn out. */
#define LACK_SHARE 50
/* Bars thinner than this share of the tile are not worth having: the picture is stretched by less
 * than anyone can see. */
#define BAR_SHARE 64

/* A part of a picture: its planes start at even x and y. */
typedef struct {
    const guint8 *plane[3];
    const int *stride;
    int width, height;
} Part;

static int
even (int value)
{
    return value & ~1;
}

static Part
cut_part (const TuttiPicture *picture, const TuttiRect *rect)
{
    Part part = {.stride = picture->stride, .width = rect->width, .height = rect->height};

    for (int i = 0; i < 3; i++) {
        int shift = i == 0 ? 0 : 1;

        part.plane[i] = picture->plane[i] + (gsize)(rect->y >> shift) * (gsize)picture->stride[i] +
                        (rect->x >> shift);
    }
    return part;
}

/* In the middle, as large as it goes, of the tile's shape. */
static TuttiRect
choose_crop (const TuttiPicture *source, int width, int height)
{
    int w = source->width, h = source->height;

    if ((gint64)w * height > (gint64)h * width)
        w = MAX (1, (int)(((gint64)h * width + height / 2) / height));
    else
        h = MAX (1, (int)(((gint64)w * height + width / 2) / width));
    return (TuttiRect){even ((source->width - w) / 2), even ((source->height - h) / 2), w, h};
}

static gboolean
is_about (int side, int wanted)
{
    return ABS (wanted - side) <= side / SNAP_SHARE;
}

/* Cuts (or widens) the crop to 1, 2 or 4 times the tile if that is near. */
static void
snap_crop (const TuttiPicture *source, int width, int height, TuttiRect *crop)
{
    for (int times = 1; times <= 4; times *= 2) {
        int w = width * times, h = height * times;

        if (w > source->width || h > source->height)
            continue;
        if (!is_about (crop->width, w) || !is_about (crop->height, h))
            continue;
        *crop = (TuttiRect){even ((source->width - w) / 2), even ((source->height - h) / 2), w, h};
        return;
    }
}

/* A picture a few pixels smaller than the tile: the part that is copied, and its place. */
static gboolean
is_lacking_little (const TuttiPicture *source, int width, int height, TuttiRect *crop,
                   TuttiRect *place)
{
    int w = even (MIN (source->width, width)), h = even (MIN (source->height, height));

    if (width - w > width / LACK_SHARE || height - h > height / LACK_SHARE ||
        !is_about (crop->width, w) || !is_about (crop->height, h))
        return FALSE;
    *crop = (TuttiRect){even ((source->width - w) / 2), even ((source->height - h) / 2), w, h};
    *place = (TuttiRect){even ((width - w) / 2), even ((height - h) / 2), w, h};
    return TRUE;
}

/* Repeats the outermost pixels of the place up to the picture's edges. */
static void
draw_out (guint8 *plane, int stride, const int size[2], const TuttiRect *place)
{
    int right = place->x + place->width, bottom = place->y + place->height;

    for (int y = place->y; y < bottom; y++) {
        guint8 *row = plane + (gsize)y * (gsize)stride;

        memset (row, row[place->x], (gsize)place->x);
        memset (row + right, row[right - 1], (gsize)(size[0] - right));
    }
    for (int y = 0; y < size[1]; y++) {
        int from = CLAMP (y, place->y, bottom - 1);

        if (from != y)
            memcpy (plane + (gsize)y * (gsize)stride, plane + (gsize)from * (gsize)stride,
                    (gsize)size[0]);
    }
}

static void
draw_out_edges (TuttiPicture *picture, const TuttiRect *place)
{
    const TuttiRect chroma = {place->x / 2, place->y / 2, place->width / 2, place->height / 2};
    const int luma_size[] = {picture->width, picture->height};
    const int chroma_size[] = {picture->width / 2, picture->height / 2};

    draw_out (picture->plane[0], picture->stride[0], luma_size, place);
    draw_out (picture->plane[1], picture->stride[1], chroma_size, &chroma);
    draw_out (picture->plane[2], picture->stride[2], chroma_size, &chroma);
}

/* Where the whole picture comes to stand in the tile. */
static TuttiRect
choose_place (const TuttiPicture *source, int width, int height)
{
    int w = width, h = height;

    if ((gint64)source->width * height > (gint64)source->height * width)
        h = (int)((gint64)width * source->height / source->width);
    else
        w = (int)((gint64)height * source->width / source->height);
    w = width - w <= width / BAR_SHARE ? width : MAX (2, even (w));
    h = height - h <= height / BAR_SHARE ? height : MAX (2, even (h));
    return (TuttiRect){even ((width - w) / 2), even ((height - h) / 2), w, h};
}

static void
scale_part (const Part *from, const TuttiPicture *to, const TuttiRect *place, FilterModeEnum filter)
{
    Part target = cut_part (to, place);

    I420Scale (from->plane[0], from->stride[0], from->plane[1], from->stride[1], from->plane[2],
               from->stride[2], from->width, from->height, (guint8 *)target.plane[0],
               target.stride[0], (guint8 *)target.plane[1], target.stride[1],
               (guint8 *)target.plane[2], target.stride[2], place->width, place->height, filter);
}

static TuttiPicture *
halve_part (const Part *from)
{
    TuttiRect size = {0, 0, even (from->width / 2), even (from->height / 2)};
    TuttiPicture *half = tutti_picture_new (size.width, size.height);
    Part cut = *from;

    cut.width = size.width * 2;
    cut.height = size.height * 2;
    scale_part (&cut, half, &size, kFilterBox);
    return half;
}

static gboolean
is_fast (const Part *part, const TuttiRect *place)
{
    for (int times = 1; times <= 4; times *= 2) {
        if (part->width == place->width * times && part->height == place->height * times)
            return TRUE;
    }
    return FALSE;
}

static void
scale_well (const TuttiPicture *source, const TuttiRect *crop, TuttiPicture *to,
            const TuttiRect *place)
{
    g_autoptr (TuttiPicture) half = NULL;
    Part part = cut_part (source, crop);

    while (!is_fast (&part, place) && part.width >= 2 * place->width &&
           part.height >= 2 * place->height && part.width >= 4 && part.height >= 4) {
        TuttiPicture *larger = half;

        half = halve_part (&part);
        tutti_picture_unref (larger);
        part = cut_part (half, &(TuttiRect){0, 0, half->width, half->height});
    }
    scale_part (&part, to, place, is_fast (&part, place) ? kFilterBox : kFilterBilinear);
}

static void
fill_bars (TuttiPicture *picture)
{
    TuttiYuv bars = tutti_yuv_from_rgb (TUTTI_COLOUR_BARS);

    I420Rect (picture->plane[0], picture->stride[0], picture->plane[1], picture->stride[1],
              picture->plane[2], picture->stride[2], 0, 0, picture->width, picture->height, bars.y,
              bars.u, bars.v);
}

static void
scale_to_fit (const TuttiPicture *source, TuttiPicture *to)
{
    TuttiRect whole = {0, 0, source->width, source->height};
    TuttiRect place = choose_place (source, to->width, to->height);

    if (place.width < to->width || place.height < to->height)
        fill_bars (to);
    scale_well (source, &whole, to, &place);
}

static void
scale_to_fill (const TuttiPicture *source, TuttiPicture *to)
{
    TuttiRect crop = choose_crop (source, to->width, to->height);
    TuttiRect place = {0, 0, to->width, to->height};

    snap_crop (source, to->width, to->height, &crop);
    if (is_lacking_little (source, to->width, to->height, &crop, &place)) {
        scale_well (source, &crop, to, &place);
        draw_out_edges (to, &place);
    } else {
        scale_well (source, &crop, to, &place);
    }
}

TuttiPicture *
tutti_scale_picture (const TuttiPicture *source, int width, int height, gboolean fit)
{
    TuttiPicture *picture = tutti_picture_new (width, height);

    picture->time_us = source->time_us;
    if (fit)
        scale_to_fit (source, picture);
    else
        scale_to_fill (source, picture);
    return picture;
}
