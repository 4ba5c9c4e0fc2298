/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-rate.c: a minute's worth at once, then as it refills; addresses don't share; the table has
 * an end.
 */
#include "control/rate.h"

#define SECOND G_USEC_PER_SEC

static void
test_burst (void)
{
    g_autoptr (TuttiRate) rate = tutti_rate_new (6);
    gint64 now_us = 100 * SECOND;

    for (int i = 0; i < 6; i++)
        g_assert_true (tutti_rate_take (rate, "a", now_us));
    g_assert_false (tutti_rate_has (rate, "a", now_us));
    g_assert_false (tutti_rate_take (rate, "a", now_us));
    g_assert_true (tutti_rate_has (rate, "b", now_us));
    g_assert_true (tutti_rate_take (rate, "b", now_us));
    g_assert_false (tutti_rate_take (rate, "a", now_us + 9 * SECOND));
    g_assert_true (tutti_rate_take (rate, "a", now_us + 11 * SECOND));
    g_assert_false (tutti_rate_take (rate, "a", now_us + 11 * SECOND));
}

static void
test_no_bound (void)
{
    g_autoptr (TuttiRate) rate = tutti_rate_new (0);

    for (int i = 0; i < 1000; i++)
        g_assert_true (tutti_rate_take (rate, "a", 1));
    g_assert_cmpuint (tutti_rate_n_keys (rate), ==, 0);
}

static void
test_many_keys (void)
{
    g_autoptr (TuttiRate) rate = tutti_rate_new (1);
    guint refused = 0;

    for (int i = 0; i < 20000; i++) {
        g_autofree char *key = g_strdup_printf ("%d", i);

        refused += !tutti_rate_take (rate, key, SECOND);
    }
    g_assert_cmpuint (refused, >, 0);
    g_assert_cmpuint (tutti_rate_n_keys (rate), <, 20000);
    g_assert_true (tutti_rate_take (rate, "newcomer", 120 * SECOND));
    g_assert_cmpuint (tutti_rate_n_keys (rate), ==, 1);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/rate/burst", test_burst);
    g_test_add_func ("/rate/no-bound", test_no_bound);
    g_test_add_func ("/rate/many-keys", test_many_keys);
    return g_test_run ();
}
