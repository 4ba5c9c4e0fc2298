/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-wishes.c: how often one viewer makes the others pay for a key frame.
 */
#include "leg/wishes.h"

#define MSEC G_TIME_SPAN_MILLISECOND
#define KEY_FRAME_US (60 * MSEC)

/* Asks every 10 ms from `from_us` to `to_us`; a key frame is sent a while after each wish that is
 * passed on. Gives how many were. */
static guint
ask_always (TuttiWishes *wishes, gint64 from_us, gint64 to_us, gboolean is_lossy)
{
    gint64 key_frame_us = G_MAXINT64;
    guint n = 0;

    for (gint64 now_us = from_us; now_us < to_us; now_us += 10 * MSEC) {
        if (now_us >= key_frame_us) {
            tutti_wishes_note_key_frame (wishes);
            key_frame_us = G_MAXINT64;
        }
        tutti_wishes_ask (wishes);
        if (!tutti_wishes_take (wishes, 40000, is_lossy, now_us))
            continue;
        key_frame_us = now_us + KEY_FRAME_US;
        n++;
    }
    return n;
}

static void
test_flood (void)
{
    TuttiWishes wishes = {0};

    g_assert_cmpuint (ask_always (&wishes, 0, G_USEC_PER_SEC, FALSE), ==, 2);
    /* it goes on, and is believed less and less */
    g_assert_cmpuint (ask_always (&wishes, G_USEC_PER_SEC, 21 * G_USEC_PER_SEC, FALSE), <=, 7);
    /* after a while of calm at once again */
    tutti_wishes_ask (&wishes);
    g_assert_true (tutti_wishes_take (&wishes, 40000, FALSE, 40 * G_USEC_PER_SEC));
    tutti_wishes_ask (&wishes);
    g_assert_true (
        tutti_wishes_take (&wishes, 40000, FALSE, 40 * G_USEC_PER_SEC + TUTTI_WISHES_MIN_US));
}

/* A peer that loses much gets its key frames. */
static void
test_lossy (void)
{
    TuttiWishes wishes = {0};

    g_assert_cmpuint (ask_always (&wishes, 0, 10 * G_USEC_PER_SEC, TRUE), ==, 20);
}

/* One that comes too soon is not forgotten, unless a key frame comes by itself. */
static void
test_later (void)
{
    TuttiWishes wishes = {0};

    g_assert_cmpint (tutti_wishes_get_due (&wishes, 0), ==, G_MAXINT64);
    tutti_wishes_ask (&wishes);
    g_assert_true (tutti_wishes_take (&wishes, 0, FALSE, 1000 * MSEC));
    g_assert_false (tutti_wishes_take (&wishes, 0, FALSE, 9000 * MSEC));
    tutti_wishes_ask (&wishes);
    g_assert_true (tutti_wishes_take (&wishes, 0, FALSE, 9000 * MSEC));
    tutti_wishes_ask (&wishes);
    g_assert_false (tutti_wishes_take (&wishes, 0, FALSE, 9100 * MSEC));
    g_assert_cmpint (tutti_wishes_get_due (&wishes, 0), ==, 9500 * MSEC);
    g_assert_true (tutti_wishes_take (&wishes, 0, FALSE, 9500 * MSEC));
    tutti_wishes_ask (&wishes);
    tutti_wishes_note_key_frame (&wishes);
    g_assert_cmpint (tutti_wishes_get_due (&wishes, 0), ==, G_MAXINT64);
}

/* A key frame that is still under way is not asked for again. */
static void
test_round_trip (void)
{
    TuttiWishes wishes = {0};

    tutti_wishes_ask (&wishes);
    g_assert_true (tutti_wishes_take (&wishes, 600000, FALSE, 1000 * MSEC));
    tutti_wishes_ask (&wishes);
    g_assert_cmpint (tutti_wishes_get_due (&wishes, 600000), ==, 1900 * MSEC);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/wishes/flood", test_flood);
    g_test_add_func ("/wishes/lossy", test_lossy);
    g_test_add_func ("/wishes/later", test_later);
    g_test_add_func ("/wishes/round-trip", test_round_trip);
    return g_test_run ();
}
