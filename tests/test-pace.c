/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-pace.c: the even pace of frames that come unevenly.
 */
#include "src/decode/pace.h"

#define MS TUTTI_USEC_PER_MSEC
#define FRAME_US (G_USEC_PER_SEC / 30)
#define NOW (1000 * (gint64)G_USEC_PER_SEC)

/* Frame n comes `late_us` late: how much later than the fastest one it is shown. */
static gint64
take (TuttiPace *pace, guint n, gint64 late_us)
{
    gint64 sent_us = NOW + n * (gint64)FRAME_US;
    guint32 timestamp = 0xfffff000u + n * 3000; /* wraps soon */

    return tutti_pace_take (pace, timestamp, sent_us + late_us) - sent_us;
}

/* What comes evenly is not delayed. */
static void
test_even (void)
{
    TuttiPace pace = {0};

    tutti_pace_clear (&pace);
    for (guint n = 0; n < 300; n++)
        g_assert_cmpint (take (&pace, n, 7 * MS + n % 3 * MS), <=, 8 * MS);
}

/* One frame in ten is repaired, and three behind it wait: soon all are shown evenly. */
static void
test_repairs (void)
{
    TuttiPace pace = {0};
    guint n_uneven = 0;

    tutti_pace_clear (&pace);
    for (guint n = 0; n < 600; n++) {
        gint64 late_us = MAX (0, 110 * MS - n % 10 * (gint64)FRAME_US);
        gint64 shown_us = take (&pace, n, late_us);

        n_uneven += n >= 150 && MAX (shown_us, late_us) > 112 * MS;
        if (n >= 150)
            g_assert_cmpint (shown_us, >, 60 * MS);
    }
    g_assert_cmpuint (n_uneven, ==, 0);
    /* the way is good again: so is the delay, without a jump */
    for (guint n = 600; n < 1200; n++) {
        gint64 before_us = pace.delay_us;

        take (&pace, n, 0);
        g_assert_cmpint (ABS (pace.delay_us - before_us), <=, 2 * MS);
    }
    g_assert_cmpint (pace.delay_us, ==, 0);
}

static void
test_bounds (void)
{
    g_autoptr (GRand) rand = g_rand_new_with_seed (3);
    TuttiPace pace = {0};
    gint64 now_us = NOW;

    tutti_pace_clear (&pace);
    for (guint n = 0; n < 600; n++)
        g_assert_cmpint (take (&pace, n, n % 2 ? 900 * MS : 0), <=, TUTTI_PACE_DELAY_MAX_US);
    for (guint n = 0; n < 20000; n++) {
        now_us += 5 * MS;
        g_assert_cmpint (tutti_pace_take (&pace, g_rand_int (rand), now_us), <=,
                         now_us + TUTTI_PACE_DELAY_MAX_US);
    }
    /* another stream, at the same time */
    for (guint n = 0; n < 300; n++) {
        now_us += FRAME_US;
        tutti_pace_take (&pace, n * 3000, now_us);
    }
    g_assert_cmpint (tutti_pace_take (&pace, 300 * 3000, now_us + FRAME_US), <=, now_us + FRAME_US);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/pace/even", test_even);
    g_test_add_func ("/pace/repairs", test_repairs);
    g_test_add_func ("/pace/bounds", test_bounds);
    return g_test_run ();
}
