/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * overlay.c: from Cairo's premultiplied RGB to planes of YUV and alpha. See overlay.h.
 */
#include "overlay.h"

#include "colour.h"

#include <stdatomic.h>

typedef struct {
    TuttiOverlay overlay; /* first: what others see */
    _Atomic int references;
    guint8 store[];
} Shared;

/* Cairo's colours are multiplied by their alpha: here they are divided by it again. Where nothing
 * is drawn, black and zero alpha stand. */
static void
convert_luma (TuttiOverlay *overlay, const guint32 *argb, guint i)
{
    guint a = argb[i] >> 24, r = argb[i] >> 16 & 0xff, g = argb[i] >> 8 & 0xff, b = argb[i] & 0xff;
    double share = a > 0 ? 255.0 / a : 0;

    overlay->y[i] = (guint8)(16.5 + share * TUTTI_LUMA (r, g, b));
    overlay->alpha[i] = (guint8)a;
}

/* Four pixels share one chroma sample: their mean, weighted by their alphas. */
static void
convert_chroma (TuttiOverlay *overlay, const guint32 *argb, int x, int y)
{
    guint a = 0, r = 0, g = 0, b = 0;
    int i = y * overlay->width / 2 + x;
    double share;

    for (int k = 0; k < 4; k++) {
        guint32 pixel = argb[(2 * y + k / 2) * overlay->width + 2 * x + k % 2];

        a += pixel >> 24;
        r += pixel >> 16 & 0xff;
        g += pixel >> 8 & 0xff;
        b += pixel & 0xff;
    }
    share = a > 0 ? 255.0 / a : 0;
    overlay->u[i] = (guint8)(128.5 + share * TUTTI_CB (r, g, b));
    overlay->v[i] = (guint8)(128.5 + share * TUTTI_CR (r, g, b));
    overlay->chroma_alpha[i] = (guint8)((a + 2) / 4);
}

static Shared *
new_shared (int width, int height)
{
    gsize n = (gsize)width * (gsize)height, n_chroma = n / 4;
    Shared *shared = g_malloc0 (sizeof *shared + 2 * n + 3 * n_chroma);
    guint8 *next = shared->store;

    atomic_init (&shared->references, 1);
    shared->overlay = (TuttiOverlay){
        .width = width,
        .height = height,
        .y = next,
        .alpha = next + n,
        .u = next + 2 * n,
        .v = next + 2 * n + n_chroma,
        .chroma_alpha = next + 2 * n + 2 * n_chroma,
    };
    return shared;
}

TuttiOverlay *
tutti_overlay_new (cairo_surface_t *surface)
{
    int width = cairo_image_surface_get_width (surface);
    int height = cairo_image_surface_get_height (surface);
    /* ARGB32 rows are whole words: Cairo adds no padding to them. */
    const guint32 *argb = (const guint32 *)(gpointer)cairo_image_surface_get_data (surface);
    TuttiOverlay *overlay;

    g_assert (width % 2 == 0 && height % 2 == 0);
    g_assert (cairo_image_surface_get_stride (surface) == width * 4);
    cairo_surface_flush (surface);
    overlay = &new_shared (width, height)->overlay;
    for (int i = 0; i < width * height; i++)
        convert_luma (overlay, argb, (guint)i);
    for (int y = 0; y < height / 2; y++) {
        for (int x = 0; x < width / 2; x++)
            convert_chroma (overlay, argb, x, y);
    }
    return overlay;
}

TuttiOverlay *
tutti_overlay_ref (TuttiOverlay *overlay)
{
    atomic_fetch_add (&((Shared *)overlay)->references, 1);
    return overlay;
}

void
tutti_overlay_unref (TuttiOverlay *overlay)
{
    Shared *shared = (Shared *)overlay;

    if (shared != NULL && atomic_fetch_sub (&shared->references, 1) == 1)
        g_free (shared);
}
