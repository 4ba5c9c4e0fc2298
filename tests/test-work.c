/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-work.c: a thread's time is told by stage, from the turns that are looked at.
 */
#include <tutti/work.h>

static void
spin (gint64 us)
{
    gint64 end_us = g_get_monotonic_time () + us;

    while (g_get_monotonic_time () < end_us)
        ;
}

/* However many clocks were read, it adds up to what the thread used. */
static void
test_share (void)
{
    TuttiWorkTimes times = {0};
    gint64 us[TUTTI_N_WORKS] = {0};

    tutti_work_begin (&times, TUTTI_WORK_RECEIVE);
    for (guint i = 0; i < 10; i++) {
        spin (100);
        g_assert_cmpint (tutti_work_enter (TUTTI_WORK_SRTP), ==, TUTTI_WORK_RECEIVE);
        spin (100);
        g_assert_cmpint (tutti_work_enter (TUTTI_WORK_RECEIVE), ==, TUTTI_WORK_SRTP);
    }
    tutti_work_end ();
    tutti_work_share (&times, 1000, us);
    /* Noise may stop us anywhere, so no more than this is sure. */
    g_assert_cmpint (us[TUTTI_WORK_RECEIVE], >, 0);
    g_assert_cmpint (us[TUTTI_WORK_SRTP], >, 0);
    g_assert_cmpint (us[TUTTI_WORK_SEND], ==, 0);
    g_assert_cmpint (us[TUTTI_WORK_RECEIVE] + us[TUTTI_WORK_SRTP], >=, 998);
    g_assert_cmpint (us[TUTTI_WORK_RECEIVE] + us[TUTTI_WORK_SRTP], <=, 1000);
}

static gint64
get_sampled_ns (TuttiWorkTimes *times)
{
    gint64 sum_ns = 0;

    for (guint i = 0; i < TUTTI_N_WORKS; i++)
        sum_ns += atomic_load (&times->sampled_ns[i]);
    return sum_ns;
}

/* Between the turns that are looked at nothing is counted. */
static void
test_sampling (void)
{
    TuttiWorkTimes times = {0};
    guint n_sampled = 0;

    for (guint i = 0; i < 3 * TUTTI_WORK_EVERY; i++) {
        gint64 before_ns = get_sampled_ns (&times);

        tutti_work_begin (&times, TUTTI_WORK_MIX);
        tutti_work_enter (TUTTI_WORK_ENCODE);
        spin (10);
        tutti_work_end ();
        n_sampled += get_sampled_ns (&times) > before_ns;
    }
    g_assert_cmpuint (n_sampled, ==, 3);
}

static void
test_nothing (void)
{
    TuttiWorkTimes times = {0};
    gint64 us[TUTTI_N_WORKS] = {0};

    tutti_work_enter (TUTTI_WORK_SRTP);
    tutti_work_share (&times, 500, us);
    g_assert_cmpint (us[TUTTI_WORK_REST], ==, 500);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/work/share", test_share);
    g_test_add_func ("/work/sampling", test_sampling);
    g_test_add_func ("/work/nothing", test_nothing);
    return g_test_run ();
}
