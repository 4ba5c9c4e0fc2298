/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-counts.c: places are limited over all and by key, and come back when they are given back.
 */
#include "control/counts.h"

static void
test_limits (void)
{
    TuttiCounts *counts = tutti_counts_new (4, 2);
    TuttiCount *a1 = tutti_counts_take (counts, "a"), *a2 = tutti_counts_take (counts, "a");
    TuttiCount *b1, *b2;

    g_assert_nonnull (a1);
    g_assert_nonnull (a2);
    g_assert_null (tutti_counts_take (counts, "a"));
    b1 = tutti_counts_take (counts, "b");
    g_assert_nonnull (b1);
    g_assert_cmpstr (tutti_count_key (b1), ==, "b");
    /* The last is left to somebody else. */
    g_assert_null (tutti_counts_take (counts, "b"));
    tutti_count_free (a1);
    b2 = tutti_counts_take (counts, "b");
    g_assert_nonnull (b2);
    g_assert_cmpuint (tutti_counts_all (counts), ==, 3);
    tutti_count_free (a2);
    tutti_count_free (b1);
    tutti_count_free (NULL);
    tutti_counts_free (counts);
    tutti_count_free (b2); /* its owner is gone */
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/counts/limits", test_limits);
    return g_test_run ();
}
