/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * avatar.c: initials on a disc. See avatar.h.
 */
#include "avatar.h"

#include "fonts.h"

/* Discs and, darker, the tiles behind them: distinct hues of like lightness, on which white reads
 * well. */
static const guint32 palette[] = {0x4c7ff0, 0x8a63d2, 0xc2549d, 0xd6545c, 0xd0703a, 0xa9862b,
                                  0x5d9440, 0x2f9a74, 0x2a95a8, 0x4789c9, 0x6c74c4, 0xa3647f};

static void
append_grapheme (GString *to, const char *word)
{
    g_autofree PangoLogAttr *attrs = NULL;
    g_autofree char *grapheme = NULL, *capital = NULL;
    glong n = g_utf8_strlen (word, -1), end = 1;

    attrs = g_new0 (PangoLogAttr, n + 1);
    pango_get_log_attrs (word, -1, 0, pango_language_get_default (), attrs, (int)n + 1);
    while (end < n && !attrs[end].is_cursor_position)
        end++;
    grapheme = g_utf8_substring (word, 0, end);
    capital = g_utf8_strup (grapheme, -1);
    g_string_append (to, capital);
}

/* The next word's first letter, or NULL; *name moves behind the word. Brackets and dashes before
 * the letters are passed over, words without any letter, too. */
static const char *
next_word (const char **name)
{
    const char *letter = NULL, *p = *name;

    for (; *p != '\0'; p = g_utf8_next_char (p)) {
        gunichar c = g_utf8_get_char (p);

        if (g_unichar_isspace (c) && letter != NULL)
            break;
        if (letter == NULL && g_unichar_isalnum (c))
            letter = p;
    }
    *name = p;
    return letter;
}

static void
set_rgb (cairo_t *cr, guint32 rgb)
{
    cairo_set_source_rgb (cr, (rgb >> 16 & 0xff) / 255.0, (rgb >> 8 & 0xff) / 255.0,
                          (rgb & 0xff) / 255.0);
}

char *
tutti_avatar_initials (const char *name)
{
    const char *first = next_word (&name), *last = NULL, *word;
    GString *initials = g_string_new (NULL);

    while ((word = next_word (&name)) != NULL)
        last = word;
    if (first != NULL)
        append_grapheme (initials, first);
    else
        g_string_append_c (initials, '?');
    if (last != NULL)
        append_grapheme (initials, last);
    return g_string_free (initials, FALSE);
}

guint32
tutti_avatar_ground (guint colour)
{
    guint32 disc = palette[colour % G_N_ELEMENTS (palette)], back = 0;

    /* A quarter of the disc's colour on a dark grey. */
    for (int shift = 0; shift <= 16; shift += 8)
        back |= (0x22 * 3 / 4 + (disc >> shift & 0xff) / 5) << shift;
    return back;
}

TuttiOverlay *
tutti_avatar_draw (const char *name, guint colour, int tile_width, int tile_height)
{
    int side = MAX (2, MIN (tile_width, tile_height) / 2 & ~1);
    g_autoptr (cairo_surface_t) surface =
        cairo_image_surface_create (CAIRO_FORMAT_ARGB32, side, side);
    g_autoptr (cairo_t) cr = cairo_create (surface);
    g_autofree char *initials = tutti_avatar_initials (name);
    PangoRectangle logical;
    PangoLayout *layout;

    cairo_arc (cr, side / 2.0, side / 2.0, side / 2.0, 0, 2 * G_PI);
    set_rgb (cr, palette[colour % G_N_ELEMENTS (palette)]);
    cairo_fill (cr);
    cairo_set_source_rgb (cr, 1, 1, 1);

    tutti_fonts_lock ();
    layout = tutti_fonts_new_layout (initials, side * 0.4, PANGO_WEIGHT_MEDIUM, side);
    pango_layout_get_pixel_extents (layout, NULL, &logical);
    tutti_fonts_show (cr, layout, (side - logical.width) / 2.0, side / 2.0);
    g_object_unref (layout);
    tutti_fonts_unlock ();
    return tutti_overlay_new (surface);
}
