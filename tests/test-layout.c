/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-layout.c: where tiles stand, for every number of tiles, layout and several canvases.
 */
#include <mixers/video/layout.h>

static const struct {
    int width, height;
} canvases[] = {{1280, 720}, {1920, 1080}, {640, 360}, {320, 180}, {720, 1280}, {960, 720}};

static void
check_rects (TuttiLayout layout, guint n, int width, int height)
{
    TuttiRect rects[TUTTI_TILES_MAX];

    tutti_layout_place (layout, n, width, height, rects);
    for (guint i = 0; i < n; i++) {
        const TuttiRect *a = &rects[i];

        g_assert_cmpint ((a->x | a->y | a->width | a->height) % 2, ==, 0);
        g_assert_true (a->x >= 0 && a->y >= 0 && a->width >= 2 && a->height >= 2);
        g_assert_cmpint (a->x + a->width, <=, width);
        g_assert_cmpint (a->y + a->height, <=, height);
        g_assert_cmpint (ABS (a->width * 9 - a->height * 16), <=, 2 * 16);
        for (guint j = 0; j < i; j++) {
            const TuttiRect *b = &rects[j];

            g_assert_true (a->x >= b->x + b->width || b->x >= a->x + a->width ||
                           a->y >= b->y + b->height || b->y >= a->y + a->height);
        }
    }
}

static void
test_every_number (void)
{
    for (guint c = 0; c < G_N_ELEMENTS (canvases); c++) {
        for (guint n = 1; n <= TUTTI_TILES_MAX; n++) {
            check_rects (TUTTI_LAYOUT_GRID, n, canvases[c].width, canvases[c].height);
            check_rects (TUTTI_LAYOUT_SPEAKER, n, canvases[c].width, canvases[c].height);
            check_rects (TUTTI_LAYOUT_PRESENTER, n, canvases[c].width, canvases[c].height);
        }
    }
}

static void
test_known_grids (void)
{
    static const struct {
        guint n;
        TuttiRect first, last;
    } table[] = {
        {1, {0, 0, 1280, 720}, {0, 0, 1280, 720}},
        {2, {0, 180, 638, 358}, {642, 180, 638, 358}},
        {3, {2, 0, 636, 358}, {322, 362, 636, 358}},
        {4, {2, 0, 636, 358}, {642, 362, 636, 358}},
        {9, {8, 2, 418, 236}, {852, 482, 418, 236}},
        {16, {10, 2, 312, 176}, {958, 542, 312, 176}},
        {25, {12, 2, 248, 140}, {1020, 578, 248, 140}},
    };

    for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
        TuttiRect rects[TUTTI_TILES_MAX];
        const TuttiRect *first = &rects[0], *last = &rects[table[i].n - 1];

        tutti_layout_place (TUTTI_LAYOUT_GRID, table[i].n, 1280, 720, rects);
        g_test_message ("%u: %d,%d %dx%d .. %d,%d", table[i].n, first->x, first->y, first->width,
                        first->height, last->x, last->y);
        g_assert_cmpmem (first, sizeof *first, &table[i].first, sizeof *first);
        g_assert_cmpmem (last, sizeof *last, &table[i].last, sizeof *last);
    }
}

/* The share of the canvas that shows faces; the worst numbers leave a row nearly empty. */
static void
test_grids_use_the_canvas (void)
{
    for (guint n = 1; n <= TUTTI_TILES_MAX; n++) {
        TuttiRect rects[TUTTI_TILES_MAX];

        tutti_layout_place (TUTTI_LAYOUT_GRID, n, 1280, 720, rects);
        g_assert_cmpfloat ((double)n * rects[0].width * rects[0].height / (1280 * 720), >=, 0.48);
    }
}

static void
test_last_row_is_centred (void)
{
    for (guint n = 1; n <= TUTTI_TILES_MAX; n++) {
        TuttiRect rects[TUTTI_TILES_MAX];
        guint first = n - 1;
        int left, right;

        tutti_layout_place (TUTTI_LAYOUT_GRID, n, 1280, 720, rects);
        while (first > 0 && rects[first - 1].y == rects[n - 1].y)
            first--;
        left = rects[first].x;
        right = 1280 - rects[n - 1].x - rects[n - 1].width;
        g_assert_cmpint (ABS (left - right), <=, 2);
    }
}

static void
test_one_is_large (void)
{
    for (guint n = 2; n <= TUTTI_TILES_MAX; n++) {
        TuttiRect rects[TUTTI_TILES_MAX];

        tutti_layout_place (TUTTI_LAYOUT_SPEAKER, n, 1280, 720, rects);
        g_assert_cmpint (rects[0].height, >=, 560);
        for (guint i = 1; i < n; i++)
            g_assert_cmpint (rects[i].y, >=, rects[0].y + rects[0].height);

        tutti_layout_place (TUTTI_LAYOUT_PRESENTER, n, 1280, 720, rects);
        g_assert_cmpint (rects[0].width, >=, 1060);
        for (guint i = 1; i < n; i++)
            g_assert_cmpint (rects[i].x, >=, rects[0].x + rects[0].width);
    }
}

static void
test_names (void)
{
    TuttiLayout layout = TUTTI_LAYOUT_PRESENTER;

    g_assert_true (tutti_layout_from_name ("grid", &layout));
    g_assert_cmpint (layout, ==, TUTTI_LAYOUT_GRID);
    g_assert_true (tutti_layout_from_name (tutti_layout_name (TUTTI_LAYOUT_SPEAKER), &layout));
    g_assert_cmpint (layout, ==, TUTTI_LAYOUT_SPEAKER);
    g_assert_false (tutti_layout_from_name ("mosaic", &layout));
    g_assert_false (tutti_layout_from_name (NULL, &layout));
    g_assert_cmpint (layout, ==, TUTTI_LAYOUT_SPEAKER);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/layout/every-number", test_every_number);
    g_test_add_func ("/layout/known-grids", test_known_grids);
    g_test_add_func ("/layout/use", test_grids_use_the_canvas);
    g_test_add_func ("/layout/last-row", test_last_row_is_centred);
    g_test_add_func ("/layout/one-large", test_one_is_large);
    g_test_add_func ("/layout/names", test_names);
    return g_test_run ();
}
