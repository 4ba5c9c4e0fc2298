/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * label.c: names and messages. See label.h.
 */
#include "label.h"

#include "fonts.h"
#include "signs.h"

/* Below this nobody reads a name. */
#define TILE_HEIGHT_MIN 48
#define TILE_WIDTH_MIN 64
/* A label's box, in parts of its text's size. */
#define BOX_HEIGHT 1.75
#define BOX_PADDING 0.55
#define SIGN_SIZE 1.15
#define SIGN_GAP 0.3

typedef struct {
    double text_px, box_px, padding_px, sign_px;
    int n_signs;
} Metrics;

static int
even_up (double value)
{
    return ((int)value + 1) & ~1;
}

static double
choose_text_px (int tile_height)
{
    /* 28 pixels on a whole 720p canvas, 19 in a 2x2 grid, 13 in a 5x5 grid. */
    return CLAMP (10.0 + tile_height / 40.0, 10.0, 40.0);
}

static Metrics
measure (const TuttiLabel *label)
{
    double text_px = choose_text_px (label->tile_height);

    return (Metrics){
        .text_px = text_px,
        .box_px = even_up (text_px * BOX_HEIGHT),
        .padding_px = text_px * BOX_PADDING,
        .sign_px = text_px * SIGN_SIZE,
        .n_signs = (label->audio_muted ? 1 : 0) + (label->hand_raised ? 1 : 0),
    };
}

static void
trace_box (cairo_t *cr, double width, double height, double radius)
{
    cairo_new_sub_path (cr);
    cairo_arc (cr, width - radius, radius, radius, -G_PI_2, 0);
    cairo_arc (cr, width - radius, height - radius, radius, 0, G_PI_2);
    cairo_arc (cr, radius, height - radius, radius, G_PI_2, G_PI);
    cairo_arc (cr, radius, radius, radius, G_PI, 3 * G_PI_2);
    cairo_close_path (cr);
}

static double
draw_signs (cairo_t *cr, const TuttiLabel *label, const Metrics *m)
{
    double x = m->padding_px, y = (m->box_px - m->sign_px) / 2;

    if (label->hand_raised) {
        tutti_signs_draw_hand (cr, x, y, m->sign_px);
        x += m->sign_px + m->text_px * SIGN_GAP;
    }
    if (label->audio_muted) {
        tutti_signs_draw_muted (cr, x, y, m->sign_px);
        x += m->sign_px + m->text_px * SIGN_GAP;
    }
    return x;
}

/* Signs stand on a group of their own: the muted one cuts into what is below it. */
static double
draw_signs_apart (cairo_t *cr, const TuttiLabel *label, const Metrics *m)
{
    double x;

    cairo_push_group (cr);
    x = draw_signs (cr, label, m);
    cairo_pop_group_to_source (cr);
    cairo_paint (cr);
    return x;
}

static TuttiOverlay *
draw_label (const TuttiLabel *label, const Metrics *m, PangoLayout *layout)
{
    double signs_px = m->n_signs * (m->sign_px + m->text_px * SIGN_GAP), width;
    g_autoptr (cairo_surface_t) surface = NULL;
    g_autoptr (cairo_t) cr = NULL;
    PangoRectangle logical;

    pango_layout_get_pixel_extents (layout, NULL, &logical);
    width = 2 * m->padding_px + signs_px + logical.width;
    if (logical.width == 0)
        width -= m->text_px * SIGN_GAP;
    surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, even_up (width), (int)m->box_px);
    cr = cairo_create (surface);
    trace_box (cr, even_up (width), m->box_px, m->box_px * 0.28);
    cairo_set_source_rgba (cr, 0.055, 0.063, 0.078, 0.66);
    cairo_fill_preserve (cr);
    cairo_clip (cr);
    width = draw_signs_apart (cr, label, m);
    cairo_set_source_rgb (cr, 1, 1, 1);
    tutti_fonts_show (cr, layout, width, m->box_px / 2);
    return tutti_overlay_new (surface);
}

int
tutti_label_margin_px (int tile_height)
{
    return even_up (choose_text_px (tile_height) * 0.45);
}

TuttiOverlay *
tutti_label_draw (const TuttiLabel *label)
{
    Metrics m = measure (label);
    double room_px = label->tile_width - 2 * tutti_label_margin_px (label->tile_height) -
                     2 * m.padding_px - m.n_signs * (m.sign_px + m.text_px * SIGN_GAP) - 2;
    TuttiOverlay *overlay;
    PangoLayout *layout;

    if (label->tile_height < TILE_HEIGHT_MIN || label->tile_width < TILE_WIDTH_MIN)
        return NULL;
    if (m.n_signs == 0 && label->text[0] == '\0')
        return NULL;
    tutti_fonts_lock ();
    layout = tutti_fonts_new_layout (label->text, m.text_px, PANGO_WEIGHT_MEDIUM, (int)room_px);
    overlay = draw_label (label, &m, layout);
    g_object_unref (layout);
    tutti_fonts_unlock ();
    return overlay;
}

TuttiOverlay *
tutti_label_draw_message (const char *text, int canvas_width, int canvas_height)
{
    g_autoptr (cairo_surface_t) surface = NULL;
    g_autoptr (cairo_t) cr = NULL;
    PangoRectangle logical;
    TuttiOverlay *overlay;
    PangoLayout *layout;

    tutti_fonts_lock ();
    layout = tutti_fonts_new_layout (text, MAX (10.0, canvas_height / 22.0), PANGO_WEIGHT_MEDIUM,
                                     canvas_width * 9 / 10);
    pango_layout_get_pixel_extents (layout, NULL, &logical);
    surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, even_up (MAX (2, logical.width)),
                                          even_up (MAX (2, logical.height)));
    cr = cairo_create (surface);
    cairo_set_source_rgb (cr, 0.78, 0.80, 0.84);
    tutti_fonts_show (cr, layout, 0, even_up (logical.height) / 2.0);
    overlay = tutti_overlay_new (surface);
    g_object_unref (layout);
    tutti_fonts_unlock ();
    return overlay;
}
