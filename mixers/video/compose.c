/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * compose.c: what is done to a canvas. See compose.h.
 */
#include "compose.h"

#include <libyuv.h>

/* A plane's part of a rectangle. */
typedef struct {
    guint8 *start;
    int stride, width, height;
} Patch;

static Patch
get_patch (TuttiPicture *canvas, const TuttiRect *rect, int plane)
{
    int shift = plane == 0 ? 0 : 1;

    return (Patch){
        .start = canvas->plane[plane] + (gsize)(rect->y >> shift) * (gsize)canvas->stride[plane] +
                 (rect->x >> shift),
        .stride = canvas->stride[plane],
        .width = rect->width >> shift,
        .height = rect->height >> shift,
    };
}

static void
fill_patch (Patch patch, guint8 value)
{
    SetPlane (patch.start, patch.stride, patch.width, patch.height, value);
}

/* Halfway to a value. */
static void
halve_patch (Patch patch, guint8 towards)
{
    for (int y = 0; y < patch.height; y++) {
        guint8 *row = patch.start + (gsize)y * (gsize)patch.stride;

        for (int x = 0; x < patch.width; x++)
            row[x] = (guint8)((row[x] + towards) / 2);
    }
}

static void
blend_patch (Patch patch, const guint8 *over, const guint8 *alpha, int over_stride)
{
    BlendPlane (over, over_stride, patch.start, patch.stride, alpha, over_stride, patch.start,
                patch.stride, patch.width, patch.height);
}

void
tutti_compose_fill (TuttiPicture *canvas, const TuttiRect *rect, TuttiYuv colour)
{
    fill_patch (get_patch (canvas, rect, 0), colour.y);
    fill_patch (get_patch (canvas, rect, 1), colour.u);
    fill_patch (get_patch (canvas, rect, 2), colour.v);
}

void
tutti_compose_copy (TuttiPicture *canvas, const TuttiPicture *from)
{
    g_assert (canvas->width == from->width && canvas->height == from->height);
    I420Copy (from->plane[0], from->stride[0], from->plane[1], from->stride[1], from->plane[2],
              from->stride[2], canvas->plane[0], canvas->stride[0], canvas->plane[1],
              canvas->stride[1], canvas->plane[2], canvas->stride[2], canvas->width,
              canvas->height);
}

void
tutti_compose_tile (TuttiPicture *canvas, const TuttiRect *rect, const TuttiPicture *tile)
{
    g_assert (tile->width == rect->width && tile->height == rect->height);
    for (int plane = 0; plane < 3; plane++) {
        Patch patch = get_patch (canvas, rect, plane);

        CopyPlane (tile->plane[plane], tile->stride[plane], patch.start, patch.stride, patch.width,
                   patch.height);
    }
}

void
tutti_compose_dim (TuttiPicture *canvas, const TuttiRect *rect)
{
    halve_patch (get_patch (canvas, rect, 0), 16);
    halve_patch (get_patch (canvas, rect, 1), 128);
    halve_patch (get_patch (canvas, rect, 2), 128);
}

void
tutti_compose_border (TuttiPicture *canvas, const TuttiRect *rect, int width_px, TuttiYuv colour)
{
    const TuttiRect sides[] = {
        {rect->x, rect->y, rect->width, width_px},
        {rect->x, rect->y + rect->height - width_px, rect->width, width_px},
        {rect->x, rect->y, width_px, rect->height},
        {rect->x + rect->width - width_px, rect->y, width_px, rect->height},
    };

    for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
        tutti_compose_fill (canvas, &sides[i], colour);
}

void
tutti_compose_overlay (TuttiPicture *canvas, int x, int y, const TuttiOverlay *overlay)
{
    int left = MAX (-x, 0), top = MAX (-y, 0);
    TuttiRect rect = {
        .x = x + left,
        .y = y + top,
        .width = MIN (overlay->width, canvas->width - x) - left,
        .height = MIN (overlay->height, canvas->height - y) - top,
    };
    gsize skip = (gsize)top * (gsize)overlay->width + (gsize)left;
    gsize skip_chroma = (gsize)(top / 2) * (gsize)(overlay->width / 2) + (gsize)(left / 2);

    if (rect.width <= 0 || rect.height <= 0)
        return;
    blend_patch (get_patch (canvas, &rect, 0), overlay->y + skip, overlay->alpha + skip,
                 overlay->width);
    blend_patch (get_patch (canvas, &rect, 1), overlay->u + skip_chroma,
                 overlay->chroma_alpha + skip_chroma, overlay->width / 2);
    blend_patch (get_patch (canvas, &rect, 2), overlay->v + skip_chroma,
                 overlay->chroma_alpha + skip_chroma, overlay->width / 2);
}
