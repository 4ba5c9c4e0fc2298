/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-histogram.c: a time is counted by each bound that isn't below it.
 */
#include <tutti/histogram.h>

static void
test_bounds (void)
{
    static const struct {
        gint64 time_us;
        guint first; /* bound that holds it */
    } CASES[] = {
        {-5, 0},   {0, 0},     {100, 0},      {101, 1},      {1000, 3},
        {1001, 4}, {20000, 7}, {5000000, 14}, {5000001, 15},
    };

    for (guint c = 0; c < G_N_ELEMENTS (CASES); c++) {
        TuttiHistogram histogram = {0};
        TuttiHistogramFigures figures = {0};

        tutti_histogram_note (&histogram, CASES[c].time_us);
        tutti_histogram_add_to (&histogram, &figures);
        for (guint i = 0; i < TUTTI_HISTOGRAM_BOUNDS; i++)
            g_assert_cmpuint (figures.up_to[i], ==, i >= CASES[c].first);
        g_assert_cmpuint (figures.n, ==, 1);
        g_assert_cmpint (figures.sum_us, ==, MAX (CASES[c].time_us, 0));
    }
}

static void
test_sum (void)
{
    TuttiHistogram one = {0}, two = {0};
    TuttiHistogramFigures figures = {0};

    tutti_histogram_note (&one, 1500);
    tutti_histogram_note (&two, 500);
    tutti_histogram_note (&two, 9000000);
    tutti_histogram_add_to (&one, &figures);
    tutti_histogram_add_to (&two, &figures);
    g_assert_cmpuint (figures.up_to[2], ==, 1);
    g_assert_cmpuint (figures.up_to[4], ==, 2);
    g_assert_cmpuint (figures.up_to[TUTTI_HISTOGRAM_BOUNDS - 1], ==, 2);
    g_assert_cmpuint (figures.n, ==, 3);
    g_assert_cmpint (figures.sum_us, ==, 9002000);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/histogram/bounds", test_bounds);
    g_test_add_func ("/histogram/sum", test_sum);
    return g_test_run ();
}
