/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-timeline.c: a recording's time leaves its pauses out, and nothing of them is in it.
 */
#include "src/record/timeline.h"

static void
test_pauses (void)
{
    TuttiTimeline timeline;
    gint64 file_us = -1;

    tutti_timeline_start (&timeline, 1000);
    g_assert_false (tutti_timeline_map (&timeline, 999, &file_us));
    g_assert_true (tutti_timeline_map (&timeline, 1000, &file_us));
    g_assert_cmpint (file_us, ==, 0);
    tutti_timeline_pause (&timeline, 3000);
    tutti_timeline_pause (&timeline, 3500);
    g_assert_true (tutti_timeline_map (&timeline, 2999, &file_us));
    g_assert_cmpint (file_us, ==, 1999);
    g_assert_false (tutti_timeline_map (&timeline, 3000, &file_us));
    g_assert_cmpint (tutti_timeline_get_length_us (&timeline, 9000), ==, 2000);
    tutti_timeline_resume (&timeline, 10000);
    tutti_timeline_resume (&timeline, 11000);
    g_assert_false (tutti_timeline_map (&timeline, 9999, &file_us));
    g_assert_true (tutti_timeline_map (&timeline, 10000, &file_us));
    g_assert_cmpint (file_us, ==, 2000);
    g_assert_cmpint (tutti_timeline_get_length_us (&timeline, 10500), ==, 2500);
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/timeline/pauses", test_pauses);
    return g_test_run ();
}
