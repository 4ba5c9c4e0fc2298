/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vp8-still.c: see vp8-still.h. Role: video.
 *
 * All frames may refer to the last base frame (vp8-layers.c), so a macroblock that is as it was
 * there can be taken from there, with nothing to be searched, transformed or sent. Not before it
 * was coded often enough, though: libvpx begins with what the rate allows and refines what stands
 * still with each frame; taken out at once it would stay as blurred as its key frame was (32 dB
 * instead of 44 on a canvas of which one tile in nine moves).
 */
#include "vp8-still.h"

#include <string.h>

#define MACROBLOCK_PX 16
/* Base frames until what stands still is as good as it gets: 1.6 s at 30 frames a second. */
#define REFINED_FRAMES 12
/* Every so many base frames each has its turn even so, an equal share of them in each: the loop
 * filter runs over what is taken from the last frame again and again, and would wash it out. */
#define TURN_FRAMES 64

/* Both have the same stride: pictures of one size have. */
static gboolean
is_same_block (const guint8 *a, const guint8 *b, int stride, gsize width, int height)
{
    for (int row = 0; row < height; row++)
        if (memcmp (a + row * stride, b + row * stride, width) != 0)
            return FALSE;
    return TRUE;
}

static gboolean
is_same_plane (const TuttiPicture *a, const TuttiPicture *b, int plane, int column, int row)
{
    int side = plane == 0 ? MACROBLOCK_PX : MACROBLOCK_PX / 2;
    int width = plane == 0 ? a->width : tutti_chroma (a->width);
    int height = plane == 0 ? a->height : tutti_chroma (a->height);
    int x = column * side, y = row * side, stride = a->stride[plane];
    gsize at = (gsize)y * (gsize)stride + (gsize)x;
    int rows = MIN (side, height - y);

    /* Whole ones apart: their comparison is of constant width, two instructions instead of a call.
     */
    if (plane == 0 && x + side <= width)
        return is_same_block (a->plane[0] + at, b->plane[0] + at, stride, MACROBLOCK_PX, rows);
    return is_same_block (a->plane[plane] + at, b->plane[plane] + at, stride,
                          (gsize)MIN (side, width - x), rows);
}

static gboolean
is_same (const TuttiPicture *a, const TuttiPicture *b, int column, int row)
{
    return is_same_plane (a, b, 0, column, row) && is_same_plane (a, b, 1, column, row) &&
           is_same_plane (a, b, 2, column, row);
}

/* TRUE: it need not be encoded. Between base frames only those are compared that may be left out.
 */
static gboolean
look_at_block (TuttiVp8Still *self, const TuttiPicture *picture, int column, int row,
               gboolean is_base)
{
    int index = row * self->columns + column;
    guint8 *still = &self->still[index];

    if (!is_base)
        return *still >= REFINED_FRAMES && is_same (self->base, picture, column, row);
    if (!is_same (self->base, picture, column, row))
        *still = 0;
    else if (*still < REFINED_FRAMES)
        ++*still;
    return *still >= REFINED_FRAMES && (self->n_bases + (guint)index) % TURN_FRAMES != 0;
}

static void
keep_base (TuttiVp8Still *self, const TuttiPicture *picture)
{
    TuttiPicture *old = self->base;

    self->base = tutti_picture_ref ((TuttiPicture *)picture);
    self->n_bases++;
    tutti_picture_unref (old);
}

static guint
look_at_all (TuttiVp8Still *self, const TuttiPicture *picture, gboolean is_base)
{
    guint n_left_out = 0;

    for (int row = 0; row < self->rows; row++) {
        for (int column = 0; column < self->columns; column++) {
            gboolean out = look_at_block (self, picture, column, row, is_base);

            self->active[row * self->columns + column] = !out;
            n_left_out += out ? 1 : 0;
        }
    }
    return n_left_out;
}

static void
begin_anew (TuttiVp8Still *self)
{
    gsize n = (gsize)self->columns * (gsize)self->rows;

    memset (self->still, 0, n);
    memset (self->active, 1, n);
}

void
tutti_vp8_still_init (TuttiVp8Still *self, int width, int height)
{
    self->columns = (width + MACROBLOCK_PX - 1) / MACROBLOCK_PX;
    self->rows = (height + MACROBLOCK_PX - 1) / MACROBLOCK_PX;
    self->active = g_malloc ((gsize)self->columns * (gsize)self->rows);
    self->still = g_malloc ((gsize)self->columns * (gsize)self->rows);
    self->base = NULL;
    self->n_bases = 0;
    begin_anew (self);
}

void
tutti_vp8_still_clear (TuttiVp8Still *self)
{
    g_clear_pointer (&self->active, g_free);
    g_clear_pointer (&self->still, g_free);
    g_clear_pointer (&self->base, tutti_picture_unref);
}

void
tutti_vp8_still_forget (TuttiVp8Still *self)
{
    g_clear_pointer (&self->base, tutti_picture_unref);
}

guint
tutti_vp8_still_look (TuttiVp8Still *self, const TuttiPicture *picture, gboolean is_base,
                      gboolean is_key)
{
    guint n_left_out = 0;

    if (is_key || self->base == NULL)
        begin_anew (self);
    else
        n_left_out = look_at_all (self, picture, is_base);
    if (is_base || is_key)
        keep_base (self, picture);
    return n_left_out;
}
