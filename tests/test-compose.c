/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-compose.c: the kernels of pictures: colours, scaling and cutting, what is laid over.
 */
#include <mixers/video/avatar.h>
#include <mixers/video/compose.h>
#include <mixers/video/scale.h>

#include "picture.h"

static const guint32 colours[] = {0x000000, 0xffffff, 0xff0000, 0x00ff00, 0x0000ff,
                                  0x123456, 0x3ddc84, 0x1b1e24, 0xffff00};

static void
test_fill_shows_the_colour (void)
{
    g_autoptr (TuttiPicture) canvas = make_flat (64, 64, 0x808080);
    const TuttiRect rect = {10, 20, 30, 40};

    for (guint i = 0; i < G_N_ELEMENTS (colours); i++) {
        tutti_compose_fill (canvas, &rect, tutti_yuv_from_rgb (colours[i]));
        g_assert_true (is_near (get_rgb (canvas, 10, 20), colours[i], 2));
        g_assert_true (is_near (get_rgb (canvas, 39, 59), colours[i], 2));
        g_assert_true (is_near (get_rgb (canvas, 9, 20), 0x808080, 2));
        g_assert_true (is_near (get_rgb (canvas, 40, 59), 0x808080, 2));
        g_assert_true (is_near (get_rgb (canvas, 39, 60), 0x808080, 2));
        g_assert_true (is_near (get_rgb (canvas, 10, 19), 0x808080, 2));
    }
}

static void
test_border_and_dim (void)
{
    g_autoptr (TuttiPicture) canvas = make_flat (64, 64, 0xc0c0c0);
    const TuttiRect rect = {16, 16, 32, 32};

    tutti_compose_border (canvas, &rect, 4, tutti_yuv_from_rgb (0x00ff00));
    g_assert_true (is_near (get_rgb (canvas, 16, 16), 0x00ff00, 2));
    g_assert_true (is_near (get_rgb (canvas, 47, 30), 0x00ff00, 2));
    g_assert_true (is_near (get_rgb (canvas, 44, 47), 0x00ff00, 2));
    g_assert_true (is_near (get_rgb (canvas, 20, 20), 0xc0c0c0, 2));
    g_assert_true (is_near (get_rgb (canvas, 15, 16), 0xc0c0c0, 2));
    tutti_compose_dim (canvas, &rect);
    g_assert_true (is_near (get_rgb (canvas, 30, 30), 0x606060, 2));
    g_assert_true (is_near (get_rgb (canvas, 16, 16), 0x008000, 4));
    g_assert_true (is_near (get_rgb (canvas, 48, 48), 0xc0c0c0, 2));
}

static TuttiOverlay *
make_overlay (int width, int height, guint32 rgb, double alpha)
{
    g_autoptr (cairo_surface_t) surface =
        cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
    g_autoptr (cairo_t) cr = cairo_create (surface);

    cairo_set_source_rgba (cr, (rgb >> 16) / 255.0, (rgb >> 8 & 0xff) / 255.0, (rgb & 0xff) / 255.0,
                           alpha);
    cairo_paint (cr);
    return tutti_overlay_new (surface);
}

static void
test_overlay_alpha (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (colours); i++) {
        for (int tenths = 0; tenths <= 10; tenths++) {
            g_autoptr (TuttiPicture) canvas = make_flat (32, 32, 0x406080);
            g_autoptr (TuttiOverlay) overlay = make_overlay (8, 8, colours[i], tenths / 10.0);
            guint32 mixed = 0;

            for (int s = 0; s <= 16; s += 8)
                mixed |=
                    ((colours[i] >> s & 0xff) * tenths + (0x406080 >> s & 0xff) * (10 - tenths)) /
                        10
                    << s;
            tutti_compose_overlay (canvas, 4, 4, overlay);
            g_assert_true (is_near (get_rgb (canvas, 4, 4), mixed, 5));
            g_assert_true (is_near (get_rgb (canvas, 11, 11), mixed, 5));
            g_assert_true (is_near (get_rgb (canvas, 12, 12), 0x406080, 3));
        }
    }
}

/* What sticks out is left out; nothing is written beside the canvas (ASan watches). */
static void
test_overlay_is_clipped (void)
{
    static const int places[][2] = {{-4, -4}, {28, 28}, {-4, 28}, {28, -4},
                                    {-8, 0},  {32, 0},  {0, 40}};
    g_autoptr (TuttiOverlay) overlay = make_overlay (8, 8, 0xff0000, 1);
    g_autoptr (TuttiOverlay) large = make_overlay (64, 64, 0x0000ff, 1);
    g_autoptr (TuttiPicture) canvas = make_flat (32, 32, 0);

    for (guint i = 0; i < G_N_ELEMENTS (places); i++)
        tutti_compose_overlay (canvas, places[i][0], places[i][1], overlay);
    g_assert_true (is_near (get_rgb (canvas, 0, 0), 0xff0000, 3));
    g_assert_true (is_near (get_rgb (canvas, 31, 31), 0xff0000, 3));
    g_assert_true (is_near (get_rgb (canvas, 4, 4), 0, 3));
    g_assert_true (is_near (get_rgb (canvas, 16, 16), 0, 3));
    tutti_compose_overlay (canvas, -16, -16, large);
    g_assert_true (is_near (get_rgb (canvas, 31, 0), 0x0000ff, 3));
}

/* A white square in the middle of grey, side a quarter of the height: after scaling it is still a
 * square, in the middle, as large as the scale says. */
static void
measure_square (const TuttiPicture *picture, TuttiRect *square)
{
    int left = picture->width, top = picture->height, right = 0, bottom = 0;

    for (int y = 0; y < picture->height; y++) {
        for (int x = 0; x < picture->width; x++) {
            if (picture->plane[0][y * picture->stride[0] + x] < 180)
                continue;
            left = MIN (left, x);
            right = MAX (right, x + 1);
            top = MIN (top, y);
            bottom = MAX (bottom, y + 1);
        }
    }
    *square = (TuttiRect){left, top, right - left, bottom - top};
}

static void
test_shapes_stay (void)
{
    static const int sources[][2] = {{1280, 720}, {640, 480}, {480, 640}, {640, 360}, {641, 361},
                                     {320, 180},  {426, 240}, {640, 640}, {64, 48}};
    static const int tiles[][2] = {{1280, 720}, {636, 358}, {418, 236}, {248, 140}, {320, 180}};

    for (guint i = 0; i < G_N_ELEMENTS (sources) * G_N_ELEMENTS (tiles) * 2; i++) {
        const int *s = sources[i / 2 % G_N_ELEMENTS (sources)];
        const int *t = tiles[i / 2 / G_N_ELEMENTS (sources)];
        gboolean fit = i % 2 == 0;
        double factor_x = (double)t[0] / s[0], factor_y = (double)t[1] / s[1];
        double factor = fit ? MIN (factor_x, factor_y) : MAX (factor_x, factor_y);
        g_autoptr (TuttiPicture) source = make_flat (s[0], s[1], 0x808080);
        g_autoptr (TuttiPicture) scaled = NULL;
        int side = s[1] / 8 * 2;
        TuttiRect square;

        fill_rect (source, &(TuttiRect){(s[0] - side) / 2 & ~1, (s[1] - side) / 2 & ~1, side, side},
                   0xffffff);
        scaled = tutti_scale_picture (source, t[0], t[1], fit);
        g_assert_cmpint (scaled->width, ==, t[0]);
        g_assert_cmpint (scaled->height, ==, t[1]);
        measure_square (scaled, &square);
        g_assert_cmpint (ABS (square.width - square.height), <=, 4 + 3 * factor);
        g_assert_cmpfloat (ABS (square.height - side * factor), <=,
                           4 + 0.02 * side * factor + 3 * factor);
        g_assert_cmpint (ABS (2 * square.x + square.width - t[0]), <=, 8 + 6 * factor);
        g_assert_cmpint (ABS (2 * square.y + square.height - t[1]), <=, 8 + 6 * factor);
    }
}

/* Red in the left fifth, blue in the right fifth, green between. */
static TuttiPicture *
make_flag (int width, int height)
{
    TuttiPicture *flag = make_flat (width, height, 0x00ff00);
    int fifth = width / 5 & ~1;

    fill_rect (flag, &(TuttiRect){0, 0, fifth, height}, 0xff0000);
    fill_rect (flag, &(TuttiRect){width - fifth, 0, fifth, height}, 0x0000ff);
    return flag;
}

static void
test_crop_and_fit (void)
{
    /* 2.67:1 into 16:9: a sixth is cut at each side. */
    g_autoptr (TuttiPicture) wide = make_flag (960, 360);
    g_autoptr (TuttiPicture) filled = tutti_scale_picture (wide, 320, 180, FALSE);
    g_autoptr (TuttiPicture) fitted = tutti_scale_picture (wide, 320, 180, TRUE);

    g_assert_true (is_near (get_rgb (filled, 2, 2), 0xff0000, 8));
    g_assert_true (is_near (get_rgb (filled, 317, 177), 0x0000ff, 8));
    g_assert_true (is_near (get_rgb (filled, 40, 90), 0x00ff00, 8));

    g_assert_true (is_near (get_rgb (fitted, 160, 10), TUTTI_COLOUR_BARS, 3));
    g_assert_true (is_near (get_rgb (fitted, 160, 170), TUTTI_COLOUR_BARS, 3));
    g_assert_true (is_near (get_rgb (fitted, 2, 90), 0xff0000, 8));
    g_assert_true (is_near (get_rgb (fitted, 317, 90), 0x0000ff, 8));
    g_assert_true (is_near (get_rgb (fitted, 56, 90), 0xff0000, 8));
    g_assert_true (is_near (get_rgb (fitted, 72, 90), 0x00ff00, 8));
}

/* Senders asked for 418x236 send 418x235 or so: nothing is left undrawn at the edges. */
static void
test_nearly_the_size (void)
{
    static const int sources[][2] = {{418, 235}, {416, 236}, {417, 235}, {420, 240},
                                     {426, 236}, {414, 233}, {836, 472}, {840, 470}};

    for (guint i = 0; i < G_N_ELEMENTS (sources); i++) {
        g_autoptr (TuttiPicture) source = make_flag (sources[i][0], sources[i][1]);
        g_autoptr (TuttiPicture) scaled = tutti_scale_picture (source, 418, 236, FALSE);

        for (int y = 0; y < 236; y++) {
            g_assert_true (is_near (get_rgb (scaled, 0, y), 0xff0000, 8));
            g_assert_true (is_near (get_rgb (scaled, 417, y), 0x0000ff, 8));
            g_assert_true (is_near (get_rgb (scaled, 209, y), 0x00ff00, 8));
        }
    }
}

static void
test_tiny_and_huge (void)
{
    static const int sides[] = {1, 2, 3, 16, 4096};

    for (guint i = 0; i < 2 * G_N_ELEMENTS (sides) * G_N_ELEMENTS (sides); i++) {
        int width = sides[i / 2 % G_N_ELEMENTS (sides)];
        int height = sides[i / 2 / G_N_ELEMENTS (sides)];
        g_autoptr (TuttiPicture) source = make_flat (width, height, 0xff0000);
        g_autoptr (TuttiPicture) scaled = tutti_scale_picture (source, 320, 180, i % 2 == 0);

        /* Even a line, fitted, goes through the middle. */
        g_assert_true (is_near (get_rgb (scaled, 158, 88), 0xff0000, 4));
    }
}

static void
test_initials (void)
{
    static const struct {
        const char *name, *initials;
    } table[] = {
        {"Anna Müller", "AM"},
        {"anna maria müller", "AM"},
        {"guest", "G"},
        {"", "?"},
        {"   ", "?"},
        {"- -", "?"},
        {"Иван Петров", "ИП"},
        {"王小明", "王"},
        {"O'Brien (Berlin)", "OB"},
        {"  élodie  ", "É"},
        {"e\314\201lodie d", "E\314\201D"},
        {"R2 D2", "RD"},
        {"محمد العربي", "ما"},
    };

    for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
        g_autofree char *initials = tutti_avatar_initials (table[i].name);

        g_assert_cmpstr (initials, ==, table[i].initials);
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/compose/fill", test_fill_shows_the_colour);
    g_test_add_func ("/compose/border-and-dim", test_border_and_dim);
    g_test_add_func ("/compose/overlay-alpha", test_overlay_alpha);
    g_test_add_func ("/compose/overlay-clipped", test_overlay_is_clipped);
    g_test_add_func ("/scale/shapes", test_shapes_stay);
    g_test_add_func ("/scale/crop-and-fit", test_crop_and_fit);
    g_test_add_func ("/scale/nearly-the-size", test_nearly_the_size);
    g_test_add_func ("/scale/tiny-and-huge", test_tiny_and_huge);
    g_test_add_func ("/avatar/initials", test_initials);
    return g_test_run ();
}
