/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fonts.c: the process's font map. See fonts.h.
 */
#include "fonts.h"

static GMutex lock; /* of all below */
static PangoContext *context;

static PangoContext *
get_context (void)
{
    cairo_font_options_t *options;

    if (context != NULL)
        return context;
    context = pango_font_map_create_context (pango_cairo_font_map_new ());
    options = cairo_font_options_create ();
    /* Labels are seen through a video codec: subpixel colours would only cost bits. */
    cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_SLIGHT);
    cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options (context, options);
    cairo_font_options_destroy (options);
    return context;
}

void
tutti_fonts_lock (void)
{
    g_mutex_lock (&lock);
}

void
tutti_fonts_unlock (void)
{
    g_mutex_unlock (&lock);
}

PangoLayout *
tutti_fonts_new_layout (const char *text, double size_px, PangoWeight weight, int max_width_px)
{
    PangoFontDescription *font = pango_font_description_new ();
    PangoLayout *layout = pango_layout_new (get_context ());

    pango_font_description_set_family_static (font, "Sans");
    pango_font_description_set_weight (font, weight);
    pango_font_description_set_absolute_size (font, size_px * PANGO_SCALE);
    pango_layout_set_font_description (layout, font);
    pango_font_description_free (font);
    pango_layout_set_single_paragraph_mode (layout, TRUE);
    pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_width (layout, MAX (max_width_px, 1) * PANGO_SCALE);
    pango_layout_set_text (layout, text, -1);
    return layout;
}

void
tutti_fonts_show (cairo_t *cr, PangoLayout *layout, double x, double y)
{
    PangoRectangle logical;

    pango_layout_get_pixel_extents (layout, NULL, &logical);
    cairo_move_to (cr, x - logical.x, y - logical.height / 2.0);
    pango_cairo_show_layout (cr, layout);
}
