/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-jitter.c: the voice jitter buffer on traces of arrivals, minutes of them in no time.
 */
#include "jitter-trace.h"

static void
test_clean (void)
{
    gint64 sum = 0;

    for (gint64 way = 500; way < 20000; way += 1000) {
        Trace trace;

        trace_init (&trace, 200);
        trace.way_us = way;
        run (&trace, 0, 500, NULL);
        g_assert_cmpuint (trace.played, >=, 499); /* the last one may wait yet */
        g_assert_cmpuint (trace.unknown + trace.lost, ==, 0);
        g_assert_cmpint (trace.delay_us, <=, 24500);
        g_assert_cmpint (trace.delay_us, >=, 3000);
        sum += trace.delay_us;
        trace_clear (&trace);
    }
    g_test_message ("delay at rest, mean over phases: %d us", (int)(sum / 20));
    g_assert_cmpint (sum / 20, <=, 14500);
}

static void
test_durations (void)
{
    static const guint frames[] = {120, 240, 480, 960, 1920, 2880};

    for (guint i = 0; i < G_N_ELEMENTS (frames); i++) {
        Trace trace;

        trace_init (&trace, 200);
        trace.frame = frames[i];
        run (&trace, 0, 480000 / frames[i], NULL);
        /* the trace may end within the last round */
        g_assert_cmpuint ((trace.unknown + trace.lost) * frames[i], <, FRAME);
        g_assert_cmpint (trace.delay_us, <=, 46000); /* +20: a round's worth of short packets */
        trace_clear (&trace);
    }
}

static gint64
jitter_20ms (guint index)
{
    return index * 7919 % 20000;
}

static void
test_jitter (void)
{
    Trace trace;
    guint unknown;

    trace_init (&trace, 200);
    run (&trace, 0, 250, jitter_20ms);
    unknown = trace.unknown;
    run (&trace, 250, 3000, jitter_20ms);
    g_assert_cmpuint (trace.unknown, ==, unknown); /* it has learnt */
    g_assert_cmpuint (unknown, <=, 3);
    g_assert_cmpuint (trace.played, >=, 3248);
    g_assert_cmpint (trace.delay_us, >=, 20000);
    g_assert_cmpint (trace.delay_us, <=, 48000);

    /* and it forgets */
    run (&trace, 3250, 500, NULL);
    g_assert_cmpint (trace.delay_us, <=, 24500);
    g_assert_cmpuint (trace.unknown, ==, unknown);
    trace_clear (&trace);
}

/* Each tenth packet comes after the two that follow it. */
static gint64
reordered (guint index)
{
    return index % 10 == 5 ? 41000 : 0;
}

static void
test_reorder (void)
{
    Trace trace;
    guint made_up;

    trace_init (&trace, 200);
    run (&trace, 0, 250, reordered);
    made_up = trace.unknown + trace.lost;
    run (&trace, 250, 1000, reordered);
    g_assert_cmpuint (trace.unknown + trace.lost, ==, made_up);
    g_assert_cmpuint (trace.played, >=, 1245);
    trace_clear (&trace);
}

/* The picture is late: the sound waits as well, and no longer than that; nothing is made up. */
static void
test_extra (void)
{
    gint64 usual_us;
    Trace trace;

    trace_init (&trace, 200);
    run (&trace, 0, 250, NULL);
    usual_us = trace.delay_us;
    tutti_jitter_set_extra (trace.jitter, 60 * TUTTI_USEC_PER_MSEC);
    run (&trace, 250, 500, NULL);
    g_assert_cmpint (trace.delay_us, >=, usual_us + 40 * TUTTI_USEC_PER_MSEC);
    g_assert_cmpint (trace.delay_us, <=, usual_us + 80 * TUTTI_USEC_PER_MSEC);
    tutti_jitter_set_extra (trace.jitter, 0);
    run (&trace, 750, 500, NULL);
    g_assert_cmpint (ABS (trace.delay_us - usual_us), <=, TUTTI_ROUND_US);
    g_assert_cmpuint (trace.unknown + trace.lost, ==, 0);
    trace_clear (&trace);
}

/* What is played, by the stream's own timestamps, over their wrap. */
static void
test_position (void)
{
    guint32 ssrc, timestamp;
    Trace trace;

    trace_init (&trace, 200);
    g_assert_false (tutti_jitter_get_position (trace.jitter, 0, &ssrc, &timestamp));
    for (guint n = 0; n < 200; n += 50) {
        run (&trace, n, 50, NULL);
        g_assert_true (tutti_jitter_get_position (trace.jitter, trace.buffered, &ssrc, &timestamp));
        g_assert_cmpuint (ssrc, ==, trace.ssrc);
        g_assert_cmpuint (timestamp, ==,
                          FIRST_STAMP + (guint)(trace.last_index + 1) * FRAME - trace.buffered);
    }
    trace_clear (&trace);
}

static void
test_duplicates (void)
{
    TuttiJitterStats stats;
    Trace trace;

    trace_init (&trace, 200);
    for (guint i = 0; i < 100; i++) {
        send (&trace, i, 0);
        send (&trace, i, 100);
        if (i >= 3)
            send (&trace, i - 3, 61000);
        trace.round = i + 1;
        play_round (&trace);
        trace.round = i + 1;
    }
    tutti_jitter_get_stats (trace.jitter, &stats);
    g_assert_cmpuint (trace.played, ==, 100);
    g_assert_cmpuint (stats.duplicates, ==, 100 + 97);
    g_assert_cmpuint (stats.late, ==, 0);
    trace_clear (&trace);
}

static gint64
lose_tenth (guint index)
{
    return index % 10 == 9 ? -1 : 0;
}

static void
test_loss (void)
{
    TuttiJitterStats stats;
    Trace trace;
    guint fec;

    trace_init (&trace, 200);
    run (&trace, 0, 500, lose_tenth);
    fec = trace.fec;
    run (&trace, 500, 1000, lose_tenth);
    tutti_jitter_get_stats (trace.jitter, &stats);
    g_assert_cmpuint (trace.played, >=, 1348);
    g_assert_cmpuint (trace.fec - fec, >=, 98); /* the next packet is there in time */
    g_assert_cmpuint (stats.late, ==, 0);
    g_assert_cmpint (trace.delay_us, <=, 46000);
    trace_clear (&trace);
}

static gint64
lose_once (guint index)
{
    return index == 300 ? -1 : 0;
}

/* A single loss on a good path neither moves what follows nor makes the delay grow. */
static void
test_single_loss (void)
{
    gint64 before;
    Trace trace;

    trace_init (&trace, 200);
    run (&trace, 0, 299, NULL);
    before = trace.delay_us;
    run (&trace, 299, 100, lose_once);
    g_assert_cmpint (trace.delay_us, ==, before);
    g_assert_cmpuint (trace.unknown + trace.lost, ==, 1);
    g_assert_cmpuint (trace.played, >=, 397);
    trace_clear (&trace);
}

/* A sender in DTX: nothing for 400 ms, then a packet whose number follows, again and again. */
static void
test_pause (void)
{
    Trace trace;
    guint idle;

    trace_init (&trace, 200);
    run (&trace, 0, 100, NULL);
    for (guint i = 0; i < 10; i++) {
        guint at = 100 + 20 * i;

        while (due_us (&trace, at) > round_us (&trace))
            play_round (&trace);
        send_shifted (&trace, at, 0, 0u - 19 * i, 0);
    }
    idle = trace.idle;
    g_assert_cmpuint (idle, >=, 80); /* silence, after the fade */
    g_assert_cmpuint (trace.lost, ==, 0);

    /* talk again: at rest as before, in full */
    for (guint i = 0; i < 100; i++) {
        guint at = 300 + i;

        while (due_us (&trace, at) > round_us (&trace))
            play_round (&trace);
        send_shifted (&trace, at, 0, 0u - 19 * 10, 0);
    }
    while (trace.last_index < 399)
        play_round (&trace);
    g_assert_cmpuint (trace.played, ==, 210);
    g_assert_cmpint (trace.delay_us, <=, 46000);
    trace_clear (&trace);
}

static void
test_outage (void)
{
    Trace trace;

    trace_init (&trace, 200);
    run (&trace, 0, 200, NULL);
    while (due_us (&trace, 700) > round_us (&trace)) /* ten seconds of nothing */
        play_round (&trace);
    g_assert_cmpuint (trace.unknown, <=, 9);
    run (&trace, 700, 200, NULL);
    g_assert_cmpint (trace.delay_us, <=, 24500);
    g_assert_cmpuint (trace.played, >=, 395);
    trace_clear (&trace);
}

/* All of a second comes at its end, once: it is not replayed, and the delay is soon as before. */
static gint64
stall (guint index)
{
    return index >= 300 && index < 345 ? (345 - (gint64)index) * 20000 : 0;
}

static void
test_stall (void)
{
    Trace trace;

    trace_init (&trace, 200);
    run (&trace, 0, 300, NULL);
    run (&trace, 300, 100, stall);
    g_assert_cmpint (trace.delay_us, <=, 230000);
    run (&trace, 400, 600, NULL);
    g_assert_cmpint (trace.delay_us, <=, 24500);
    trace_clear (&trace);
}

static void
test_jump (void)
{
    static const guint32 jumps[] = {48000 * 100, 0u - 48000 * 100, 0x7fffff00};

    for (guint i = 0; i < G_N_ELEMENTS (jumps); i++) {
        TuttiJitterStats stats;
        Trace trace;

        trace_init (&trace, 200);
        run (&trace, 0, 100, NULL);
        for (guint at = 100; at < 200; at++) {
            while (due_us (&trace, at) > round_us (&trace))
                play_round (&trace);
            send_shifted (&trace, at, 0, 0, jumps[i]);
        }
        play_round (&trace);
        tutti_jitter_get_stats (trace.jitter, &stats);
        g_assert_cmpuint (stats.resets, ==, 1);
        g_assert_cmpuint (trace.fresh, ==, 2);
        g_assert_cmpuint (trace.played, >=, 197);
        g_assert_cmpint (trace.delay_us, <=, 46000);
        trace_clear (&trace);
    }
}

/* One odd number is no restart, two in line are. */
static void
test_renumbered (void)
{
    TuttiJitterStats stats;
    Trace trace;

    trace_init (&trace, 200);
    run (&trace, 0, 100, NULL);
    send_shifted (&trace, 100, 0, 30000, 0);
    tutti_jitter_get_stats (trace.jitter, &stats);
    g_assert_cmpuint (stats.resets, ==, 0);
    send_shifted (&trace, 101, 0, 30000, 0);
    tutti_jitter_get_stats (trace.jitter, &stats);
    g_assert_cmpuint (stats.resets, ==, 1);
    trace_clear (&trace);
}

static void
test_ssrc (void)
{
    TuttiJitterStats stats;
    Trace trace;

    trace_init (&trace, 200);
    run (&trace, 0, 100, NULL);
    trace.ssrc = 2;
    run (&trace, 100, 100, NULL);
    tutti_jitter_get_stats (trace.jitter, &stats);
    g_assert_cmpuint (stats.resets, ==, 1);
    g_assert_cmpuint (trace.fresh, ==, 2);
    g_assert_cmpuint (trace.played, >=, 198);
    g_assert_cmpint (trace.delay_us, <=, 46000);
    trace_clear (&trace);
}

static gint64
noise_2ms (guint index)
{
    return index * 7919 % 2000;
}

/* Ten minutes against a clock that is 300 ppm off: 180 ms apart in the end, and no delay. */
static void
test_skew (gconstpointer data)
{
    Trace trace;

    trace_init (&trace, 200);
    trace.rate = 1 + GPOINTER_TO_INT (data) * 1e-6;
    run (&trace, 0, 500, noise_2ms);
    trace.delay_max_us = 0;
    run (&trace, 500, 30000, noise_2ms);
    g_test_message ("greatest delay: %d us", (int)trace.delay_max_us);
    g_assert_cmpint (trace.delay_max_us, <=, 50000);
    g_assert_cmpuint (trace.unknown, <=, 2);
    g_assert_cmpuint (trace.lost, ==, 0);
    g_assert_cmpuint (trace.played, >=, 30498);
    trace_clear (&trace);
}

/* What waited in the queue before anybody listened is no delay. */
static void
test_backlog (void)
{
    Trace trace;

    trace_init (&trace, 200);
    for (guint i = 0; i < 50; i++)
        send (&trace, i, 0);
    trace.round = 50;
    run (&trace, 50, 100, NULL);
    g_assert_cmpint (trace.delay_us, <=, 24500);
    trace_clear (&trace);
}

static void
test_flood (void)
{
    Trace trace;

    trace_init (&trace, 500);
    for (guint i = 0; i < 5000; i++)
        send (&trace, i, 0);
    g_assert_cmpuint (tutti_packet_count_live (), <=, TUTTI_JITTER_PACKETS_MAX);
    trace_clear (&trace);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/jitter/clean", test_clean);
    g_test_add_func ("/jitter/durations", test_durations);
    g_test_add_func ("/jitter/jitter", test_jitter);
    g_test_add_func ("/jitter/reorder", test_reorder);
    g_test_add_func ("/jitter/extra", test_extra);
    g_test_add_func ("/jitter/position", test_position);
    g_test_add_func ("/jitter/duplicates", test_duplicates);
    g_test_add_func ("/jitter/loss", test_loss);
    g_test_add_func ("/jitter/single-loss", test_single_loss);
    g_test_add_func ("/jitter/pause", test_pause);
    g_test_add_func ("/jitter/outage", test_outage);
    g_test_add_func ("/jitter/stall", test_stall);
    g_test_add_func ("/jitter/jump", test_jump);
    g_test_add_func ("/jitter/renumbered", test_renumbered);
    g_test_add_func ("/jitter/ssrc", test_ssrc);
    g_test_add_data_func ("/jitter/skew-fast", GINT_TO_POINTER (300), test_skew);
    g_test_add_data_func ("/jitter/skew-slow", GINT_TO_POINTER (-300), test_skew);
    g_test_add_func ("/jitter/backlog", test_backlog);
    g_test_add_func ("/jitter/flood", test_flood);
    return g_test_run ();
}
