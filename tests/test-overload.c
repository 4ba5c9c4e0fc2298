/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-overload.c: rounds run and left out go in, steps come out: one a window, back only after
 * calm, none for a hiccup.
 */
#include "room/overload.h"

#define START_US ((gint64)1000 * G_USEC_PER_SEC)
#define ROUNDS_A_S 50

typedef struct {
    TuttiOverload overload;
    TuttiOverloadSeen seen;
    gint64 now_us;
    guint n_changes;
} Server;

static Server
server (guint limit_percent)
{
    Server server = {.overload = {.limit_percent = limit_percent}, .now_us = START_US};

    tutti_overload_update (&server.overload, &server.seen, START_US);
    return server;
}

/* So many seconds, in each of which so many of 50 rounds are left out, and so many turns of net
 * threads slow; gives the level then. */
static TuttiOverloadLevel
pass_slow (Server *server, guint seconds, guint late_a_s, guint slow_a_s)
{
    for (guint i = 0; i < seconds; i++) {
        server->now_us += G_USEC_PER_SEC;
        server->seen.run += ROUNDS_A_S - late_a_s;
        server->seen.late += late_a_s;
        server->seen.slow += slow_a_s;
        server->n_changes +=
            (guint)tutti_overload_update (&server->overload, &server->seen, server->now_us);
    }
    return server->overload.level;
}

static TuttiOverloadLevel
pass (Server *server, guint seconds, guint late_a_s)
{
    return pass_slow (server, seconds, late_a_s, 0);
}

static void
test_steps (void)
{
    Server busy = server (2);

    g_assert_cmpint (pass (&busy, 4, 10), ==, TUTTI_OVERLOAD_NONE);
    g_assert_false (tutti_overload_is_halved (&busy.overload));
    g_assert_cmpint (pass (&busy, 1, 10), ==, TUTTI_OVERLOAD_HALF);
    g_assert_true (tutti_overload_is_halved (&busy.overload));
    g_assert_cmpuint (tutti_overload_get_withheld (&busy.overload), ==, 0);
    g_assert_cmpint (pass (&busy, 5, 10), ==, TUTTI_OVERLOAD_LESS);
    g_assert_true (tutti_overload_is_halved (&busy.overload));
    g_assert_cmpuint (tutti_overload_get_withheld (&busy.overload), ==, 1);
    g_assert_cmpint (pass (&busy, 5, 10), ==, TUTTI_OVERLOAD_LITTLE);
    g_assert_cmpint (pass (&busy, 5, 10), ==, TUTTI_OVERLOAD_REFUSES);
    g_assert_cmpuint (tutti_overload_get_withheld (&busy.overload), ==, 2);
    g_assert_cmpint (pass (&busy, 60, 25), ==, TUTTI_OVERLOAD_REFUSES);
    g_assert_cmpuint (busy.n_changes, ==, 4);
}

static void
test_back (void)
{
    Server busy = server (2);

    pass (&busy, 20, 10);
    g_assert_cmpint (pass (&busy, 9, 0), ==, TUTTI_OVERLOAD_REFUSES);
    g_assert_cmpint (pass (&busy, 1, 0), ==, TUTTI_OVERLOAD_LITTLE);
    /* A late window starts the wait afresh, and is a step again. */
    g_assert_cmpint (pass (&busy, 5, 0), ==, TUTTI_OVERLOAD_LITTLE);
    g_assert_cmpint (pass (&busy, 5, 5), ==, TUTTI_OVERLOAD_REFUSES);
    g_assert_cmpint (pass (&busy, 19, 0), ==, TUTTI_OVERLOAD_REFUSES);
    g_assert_cmpint (pass (&busy, 1, 0), ==, TUTTI_OVERLOAD_LITTLE);
    g_assert_cmpint (pass (&busy, 60, 0), ==, TUTTI_OVERLOAD_NONE);
    g_assert_cmpint (pass (&busy, 60, 0), ==, TUTTI_OVERLOAD_NONE);
}

/* Load that is back with each step taken back: the waits double up to 80 s, so that nobody's
 * picture comes and goes all the time. A new shortage, minutes later, is taken back as quickly as
 * the first. */
static void
test_too_early (void)
{
    static const guint WAITS_S[] = {10, 20, 40, 80, 80};
    Server busy = server (2);

    pass (&busy, 5, 10);
    for (guint i = 0; i < G_N_ELEMENTS (WAITS_S); i++) {
        g_assert_cmpint (pass (&busy, WAITS_S[i] - 5, 0), ==, TUTTI_OVERLOAD_HALF);
        g_assert_cmpint (pass (&busy, 5, 0), ==, TUTTI_OVERLOAD_NONE);
        g_assert_cmpint (pass (&busy, 5, 10), ==, TUTTI_OVERLOAD_HALF);
    }
    g_assert_cmpint (pass (&busy, 80 + 85, 0), ==, TUTTI_OVERLOAD_NONE);
    g_assert_cmpint (pass (&busy, 5, 10), ==, TUTTI_OVERLOAD_HALF);
    g_assert_cmpint (pass (&busy, 10, 0), ==, TUTTI_OVERLOAD_NONE);
}

/* Just at the limit: neither up nor back. */
static void
test_between (void)
{
    Server busy = server (4);

    g_assert_cmpint (pass (&busy, 30, 2), ==, TUTTI_OVERLOAD_NONE);
    g_assert_cmpint (pass (&busy, 5, 3), ==, TUTTI_OVERLOAD_HALF);
    g_assert_cmpint (pass (&busy, 60, 2), ==, TUTTI_OVERLOAD_HALF);
    g_assert_cmpint (pass (&busy, 10, 1), ==, TUTTI_OVERLOAD_NONE);
}

/* Stopped for a minute and continued: one step, and soon forgotten. An empty server is calm. */
static void
test_hiccup (void)
{
    Server busy = server (2);

    pass (&busy, 2, 0);
    busy.now_us += 60 * G_USEC_PER_SEC;
    busy.seen.late += 60 * ROUNDS_A_S;
    g_assert_cmpint (pass (&busy, 1, 0), ==, TUTTI_OVERLOAD_HALF);
    busy.now_us += 2 * TUTTI_OVERLOAD_WINDOW_US;
    tutti_overload_update (&busy.overload, &busy.seen, busy.now_us);
    g_assert_cmpint (busy.overload.level, ==, TUTTI_OVERLOAD_HALF);
    busy.now_us += TUTTI_OVERLOAD_WINDOW_US;
    tutti_overload_update (&busy.overload, &busy.seen, busy.now_us);
    g_assert_cmpint (busy.overload.level, ==, TUTTI_OVERLOAD_NONE);
}

/* Net threads that are behind: fewer and smaller pictures, but nobody is refused; and with sound
 * that comes late as well, people come in again before the net threads have caught up. */
static void
test_slow (void)
{
    Server busy = server (2);

    g_assert_cmpint (pass_slow (&busy, 10, 0, 1), ==, TUTTI_OVERLOAD_NONE);
    g_assert_cmpint (pass_slow (&busy, 5, 0, 2), ==, TUTTI_OVERLOAD_HALF);
    g_assert_cmpint (pass_slow (&busy, 60, 0, 40), ==, TUTTI_OVERLOAD_LITTLE);
    g_assert_cmpint (pass_slow (&busy, 5, 10, 40), ==, TUTTI_OVERLOAD_REFUSES);
    g_assert_cmpint (pass_slow (&busy, 10, 0, 40), ==, TUTTI_OVERLOAD_LITTLE);
    g_assert_cmpint (pass_slow (&busy, 60, 0, 40), ==, TUTTI_OVERLOAD_LITTLE);
    g_assert_cmpint (pass (&busy, 60, 0), ==, TUTTI_OVERLOAD_NONE);
}

static void
test_off (void)
{
    Server busy = server (0);

    g_assert_cmpint (pass (&busy, 60, 40), ==, TUTTI_OVERLOAD_NONE);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/overload/steps", test_steps);
    g_test_add_func ("/overload/back", test_back);
    g_test_add_func ("/overload/too-early", test_too_early);
    g_test_add_func ("/overload/between", test_between);
    g_test_add_func ("/overload/hiccup", test_hiccup);
    g_test_add_func ("/overload/slow", test_slow);
    g_test_add_func ("/overload/off", test_off);
    return g_test_run ();
}
