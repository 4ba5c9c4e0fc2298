/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-jitter-links.c: the voice jitter buffer on the links it is for: what it decides, packet by
 * packet, and what delay that costs.
 */
#include "jitter-trace.h"

#include <stdlib.h>

/* How packets 100 on come, and what is decided in the rounds from the one of packet 99 on. */
typedef struct {
    const char *name, *story;
    gint64 late_us[12]; /* -1: lost */
} Row;

static const gint64 *row_late_us;

static gint64
late_by_row (guint index)
{
    return index >= 100 && index < 112 ? row_late_us[index - 100] : 0;
}

/* On a quiet path each packet is played 13 ms after it came: there is as much slack. */
static void
test_decisions (void)
{
    static const Row rows[] = {
        {"peace", "P|P|P|P|P|P|P|P|P|P|P|P|P|", {0}},
        {"in time", "P|P|P|P|P|P|P|P|P|P|P|P|P|", {0, 12000, 0, 9000}},
        /* not waited for, as losses are rare here: the sound goes on in its place */
        {"lost", "P|P|P|U|P|P|P|P|P|P|P|P|P|", {0, 0, -1}},
        {"two lost", "P|P|P|U|U|P|P|P|P|P|P|P|P|", {0, 0, -1, -1}},
        /* comes after all, and something is in it: played, and shortened */
        {"late", "P|P|P|U|PP<|P|P|P|P|P|P|P|P|", {0, 0, 30000}},
        /* the next was there already: too late for this one */
        {"overtaken", "P|P|P|U|P|P|P|P|P|P|P|P|P|", {0, 0, 70000}},
        {"held up", "P|P|P|U|U|U|PP<|PP<|PP<|P|P|P|P|", {0, 0, 60000, 40000, 20000}},
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        Trace trace;

        trace_init (&trace, 200);
        row_late_us = rows[i].late_us;
        run (&trace, 0, 99, late_by_row);
        trace.story = g_string_new (NULL);
        run (&trace, 99, 13, late_by_row);
        g_test_message ("%s", rows[i].name);
        g_assert_cmpstr (trace.story->str, ==, rows[i].story);
        trace_clear (&trace);
    }
}

/* Nobody would miss it: what was made up stands in its place, and the delay is as it was. */
static void
test_quiet_late (void)
{
    static const gint64 late_us[12] = {0, 0, 30000};
    Trace trace;

    trace_init (&trace, 200);
    trace.level = 100;
    row_late_us = late_us;
    run (&trace, 0, 99, late_by_row);
    trace.story = g_string_new (NULL);
    run (&trace, 99, 6, late_by_row);
    g_assert_cmpstr (trace.story->str, ==, "P|P|P|U|P|P|");
    trace_clear (&trace);
}

/* Evenly spread over 0 to 60 ms either way of the middle, as the network suite has it. */
static gint64
jitter_60ms (guint index)
{
    return (gint64)(index * 2654435761u >> 8) % 120000;
}

static int
compare (gconstpointer a, gconstpointer b)
{
    gint64 difference = *(const gint64 *)a - *(const gint64 *)b;

    return difference < 0 ? -1 : difference > 0;
}

static gint64
quantile (Lateness lateness, guint n, double share)
{
    g_autofree gint64 *late = g_new (gint64, n);

    for (guint i = 0; i < n; i++)
        late[i] = lateness (i);
    qsort (late, n, sizeof *late, compare);
    return late[(guint)(n * share)] - late[0];
}

/* Packets overtake each other by five places: all that come within the target are played, and the
 * target is no more than what 95 of 100 need and half of that. */
static void
test_jitter_60ms (void)
{
    gint64 q95_us = quantile (jitter_60ms, 15000, 0.95), sum_us = 0;
    TuttiJitterStats stats, before;
    Trace trace;
    guint made_up;

    trace_init (&trace, 500);
    run (&trace, 0, 500, jitter_60ms);
    made_up = trace.unknown + trace.lost;
    tutti_jitter_get_stats (trace.jitter, &before);
    for (guint from = 500; from < 15000; from += 50) {
        run (&trace, from, 50, jitter_60ms);
        tutti_jitter_get_stats (trace.jitter, &stats);
        sum_us += stats.delay_us;
    }
    sum_us /= (15000 - 500) / 50;
    made_up = trace.unknown + trace.lost - made_up;
    g_test_message ("95 %% within %d us; delay %d us; made up %u of 14500, late %u", (int)q95_us,
                    (int)sum_us, made_up, (guint)(stats.late - before.late));
    g_assert_cmpuint (made_up, <=, 15); /* a thousandth */
    g_assert_cmpuint (stats.late - before.late, <=, 15);
    g_assert_cmpint (sum_us, <=, q95_us * 3 / 2);
    trace_clear (&trace);
}

/* One in twenty is lost and comes within the next (RED), or is there in it (FEC), with jitter. */
static gint64
lossy (guint index)
{
    guint32 hash = (index + 77) * 2654435761u;

    return hash >> 24 < 13 ? -1 : (gint64)(hash >> 8) % 40000;
}

static void
run_with_red (Trace *trace, guint n)
{
    for (guint i = 0; i < n; i++) {
        gint64 until_us = due_us (trace, i);

        while (round_us (trace) < until_us)
            play_round (trace);
        if (i == 0 || lossy (i) < 0)
            continue;
        if (lossy (i - 1) < 0)
            send_repair (trace, i - 1, TUTTI_ROUND_US);
        send (trace, i, 0);
    }
}

static void
test_red (void)
{
    TuttiJitterStats stats;
    Trace trace;
    guint made_up;

    trace_init (&trace, 200);
    run_with_red (&trace, 2000);
    tutti_jitter_get_stats (trace.jitter, &stats);
    made_up = trace.unknown + trace.lost;
    g_test_message ("made up %u of 2000, target %u us, delay %u us", made_up, stats.target_us,
                    stats.delay_us);
    g_assert_cmpuint (made_up, <=, 25);            /* two in a row, and what it took to learn */
    g_assert_cmpuint (stats.target_us, >=, 20000); /* the repair's way */
    g_assert_cmpuint (stats.delay_us, <=, 45000);
    trace_clear (&trace);
}

static void
test_fec (void)
{
    TuttiJitterStats stats;
    Trace trace;
    guint fec, made_up;

    trace_init (&trace, 200);
    run (&trace, 0, 500, lossy);
    fec = trace.fec;
    made_up = trace.unknown + trace.lost;
    run (&trace, 500, 5000, lossy);
    fec = trace.fec - fec;
    made_up = trace.unknown + trace.lost - made_up;
    tutti_jitter_get_stats (trace.jitter, &stats);
    g_test_message ("of %u missing %u by FEC, delay %u us", made_up, fec, stats.delay_us);
    g_assert_cmpuint (fec, >=, made_up * 85 / 100);
    g_assert_cmpuint (stats.delay_us, <=, 90000);
    trace_clear (&trace);
}

/* Three seconds of nothing, then all at once. */
static gint64
stall (guint index)
{
    return index >= 300 && index < 450 ? (450 - (gint64)index) * 20000 : 0;
}

/* What is far too old is let go, the newest is played, and two seconds later the delay is as ever.
 */
static void
test_stall (void)
{
    TuttiJitterStats stats;
    Trace trace;

    trace_init (&trace, 500);
    run (&trace, 0, 450, stall);
    tutti_jitter_get_stats (trace.jitter, &stats);
    g_assert_cmpuint (stats.delay_us, <=, 200000);
    run (&trace, 450, 100, stall);
    tutti_jitter_get_stats (trace.jitter, &stats);
    g_assert_cmpint (trace.delay_us, <=, 24500);
    g_assert_cmpuint (stats.target_us, <=, 10000); /* an accident tells nothing of the link */
    trace_clear (&trace);
}

/* A mad link: whatever it does, nothing waits longer than the limit. */
static gint64
mad (guint index)
{
    guint32 hash = index * 2654435761u;
    gint64 wave = (index / 100 % 7) * 150000;

    return hash >> 28 == 0 ? -1 : wave + (gint64)(hash >> 8) % 300000;
}

static void
test_bound (void)
{
    Trace trace;

    trace_init (&trace, 300);
    for (guint from = 0; from < 10000; from += 10) {
        TuttiJitterStats stats;

        run (&trace, from, 10, mad);
        tutti_jitter_get_stats (trace.jitter, &stats);
        /* and a packet and a round, which are taken whole */
        g_assert_cmpuint (stats.delay_us, <=, 300000 + 2 * TUTTI_ROUND_US);
        g_assert_cmpuint (stats.target_us, <=, 300000);
    }
    trace_clear (&trace);
}

/* The first words after silence, all held up together by 100 ms: none is passed over. */
static gint64
first_words (guint index)
{
    return index >= 100 && index < 105 ? (105 - (gint64)index) * 20000 : 0;
}

static void
test_first_words (void)
{
    Trace trace;

    trace_init (&trace, 200);
    run (&trace, 0, 50, NULL);
    while (due_us (&trace, 100) > round_us (&trace))
        play_round (&trace);
    for (guint i = 100; i < 130; i++) {
        if (i >= 105)
            while (due_us (&trace, i) > round_us (&trace))
                play_round (&trace);
        else
            while (due_us (&trace, 105) > round_us (&trace))
                play_round (&trace);
        send_shifted (&trace, i, first_words (i), 0u - 50, 0);
    }
    while (trace.last_index < 129)
        play_round (&trace);
    g_assert_cmpuint (trace.played, ==, 50 + 30);
    g_assert_cmpint (trace.delay_us, <=, 46000);
    trace_clear (&trace);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/jitter-links/decisions", test_decisions);
    g_test_add_func ("/jitter-links/quiet-late", test_quiet_late);
    g_test_add_func ("/jitter-links/jitter-60ms", test_jitter_60ms);
    g_test_add_func ("/jitter-links/red", test_red);
    g_test_add_func ("/jitter-links/fec", test_fec);
    g_test_add_func ("/jitter-links/stall", test_stall);
    g_test_add_func ("/jitter-links/bound", test_bound);
    g_test_add_func ("/jitter-links/first-words", test_first_words);
    return g_test_run ();
}
