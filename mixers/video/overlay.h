/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * overlay.h: something drawn once (a label, an avatar) and laid over canvases many times: planes of
 * Y, U, V, and their alpha at both resolutions. Reference-counted, immutable. Any thread.
 */
#pragma once

#include <tutti/types.h>

#include <cairo.h>

typedef struct {
    int width, height; /* even; rows have no padding */
    guint8 *y, *alpha;
    guint8 *u, *v, *chroma_alpha; /* half the width, half the height */
} TuttiOverlay;

/* surface: CAIRO_FORMAT_ARGB32 of even size, finished by the caller's drawing; not kept. */
TuttiOverlay *tutti_overlay_new (cairo_surface_t *surface);
TuttiOverlay *tutti_overlay_ref (TuttiOverlay *overlay);
void tutti_overlay_unref (TuttiOverlay *overlay);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiOverlay, tutti_overlay_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (cairo_surface_t, cairo_surface_destroy)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (cairo_t, cairo_destroy)
