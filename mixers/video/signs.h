/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * signs.h: the small signs in labels, drawn as shapes: no font has to have them. Role: video.
 */
#pragma once

#include <cairo.h>

/* Each fills a square of size_px with its upper left corner at x, y. */
void tutti_signs_draw_muted (cairo_t *cr, double x, double y, double size_px);
void tutti_signs_draw_hand (cairo_t *cr, double x, double y, double size_px);
