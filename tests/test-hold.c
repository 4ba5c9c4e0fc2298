/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-hold.c: pictures that wait: their order, their times, and how many there may be.
 */
#include "src/decode/hold.h"

static void
push (TuttiHold *hold, gint64 number, gint64 due_us)
{
    TuttiPicture *picture = tutti_picture_new (16, 16);

    picture->time_us = number;
    tutti_hold_push (hold, picture, due_us);
}

/* The picture's number; -1: none. */
static gint64
take (TuttiHold *hold, gint64 now_us)
{
    g_autoptr (TuttiPicture) picture = tutti_hold_take (hold, now_us);

    return picture ? picture->time_us : -1;
}

static void
test_times (void)
{
    TuttiHold hold = {0};

    g_assert_cmpint (tutti_hold_next_us (&hold), ==, 0);
    g_assert_cmpint (take (&hold, 1000), ==, -1);
    push (&hold, 1, 1100);
    push (&hold, 2, 1200);
    push (&hold, 3, 1150); /* not before the one before it */
    push (&hold, 4, 1300);
    g_assert_cmpint (tutti_hold_next_us (&hold), ==, 1100);
    g_assert_cmpint (take (&hold, 1099), ==, -1);
    g_assert_cmpint (take (&hold, 1100), ==, 1);
    g_assert_cmpint (take (&hold, 1199), ==, -1);
    g_assert_cmpint (take (&hold, 1200), ==, 3); /* the newest that is due */
    g_assert_cmpint (tutti_hold_next_us (&hold), ==, 1300);
    tutti_hold_clear (&hold);
    g_assert_cmpint (take (&hold, 9999), ==, -1);
    g_assert_cmpuint (tutti_picture_count_live (), ==, 0);
}

static void
test_limit (void)
{
    TuttiHold hold = {0};

    for (gint64 n = 0; n < 100; n++) {
        push (&hold, n, 100000 + n);
        g_assert_cmpuint (tutti_picture_count_live (), <=, TUTTI_HOLD_PICTURES_MAX);
        if (n == TUTTI_HOLD_PICTURES_MAX - 1)
            g_assert_cmpint (take (&hold, 500), ==, -1);
    }
    /* the oldest is shown early rather than never */
    g_assert_cmpint (take (&hold, 500), ==, 100 - TUTTI_HOLD_PICTURES_MAX);
    g_assert_cmpint (take (&hold, 500), ==, -1);
    tutti_hold_clear (&hold);
    g_assert_cmpuint (tutti_picture_count_live (), ==, 0);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/hold/times", test_times);
    g_test_add_func ("/hold/limit", test_limit);
    return g_test_run ();
}
