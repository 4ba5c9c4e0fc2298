/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * signs.c: a struck-out microphone and a raised hand, on a grid of 24 units. See signs.h.
 */
#include "signs.h"

#include <glib.h>

#define GRID 24.0

static void
begin_sign (cairo_t *cr, double x, double y, double size_px)
{
    cairo_save (cr);
    cairo_translate (cr, x, y);
    cairo_scale (cr, size_px / GRID, size_px / GRID);
    cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
}

static void
draw_line (cairo_t *cr, double x1, double y1, double x2, double y2)
{
    cairo_move_to (cr, x1, y1);
    cairo_line_to (cr, x2, y2);
    cairo_stroke (cr);
}

void
tutti_signs_draw_muted (cairo_t *cr, double x, double y, double size_px)
{
    begin_sign (cr, x, y, size_px);
    cairo_set_source_rgb (cr, 1.0, 0.42, 0.42);
    /* The capsule, its holder, the foot. */
    cairo_set_line_width (cr, 6.4);
    draw_line (cr, 12, 5.7, 12, 11.3);
    cairo_set_line_width (cr, 2);
    cairo_new_sub_path (cr);
    cairo_arc_negative (cr, 12, 11.3, 6.4, G_PI, 0);
    cairo_stroke (cr);
    draw_line (cr, 12, 17.9, 12, 21.2);
    /* The stroke, on a cut in the rest so that it stands out. */
    cairo_set_operator (cr, CAIRO_OPERATOR_DEST_OUT);
    cairo_set_line_width (cr, 5);
    draw_line (cr, 4.2, 3.6, 20.4, 19.8);
    cairo_set_operator (cr, CAIRO_OPERATOR_OVER);
    cairo_set_line_width (cr, 2.2);
    draw_line (cr, 3.4, 4.2, 19.8, 20.6);
    cairo_restore (cr);
}

void
tutti_signs_draw_hand (cairo_t *cr, double x, double y, double size_px)
{
    static const double fingers[][4] = {
        {8.3, 13, 8.3, 5.2}, {11.6, 12, 11.6, 3.2}, {14.9, 12, 14.9, 4.2}, {18.2, 13, 18.2, 7.2}};

    begin_sign (cr, x, y, size_px);
    cairo_set_source_rgb (cr, 1.0, 0.80, 0.30);
    cairo_set_line_width (cr, 2.6);
    for (guint i = 0; i < G_N_ELEMENTS (fingers); i++)
        draw_line (cr, fingers[i][0], fingers[i][1], fingers[i][2], fingers[i][3]);
    draw_line (cr, 9, 18, 4.2, 12.6);
    /* The palm. */
    cairo_move_to (cr, 7, 12);
    cairo_line_to (cr, 19.5, 12);
    cairo_line_to (cr, 19.5, 15.5);
    cairo_curve_to (cr, 19.5, 19.5, 17, 22, 13.4, 22);
    cairo_curve_to (cr, 10.4, 22, 9, 20.6, 7.4, 18.4);
    cairo_close_path (cr);
    cairo_fill (cr);
    cairo_restore (cr);
}
