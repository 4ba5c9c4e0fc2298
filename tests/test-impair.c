/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-impair.c: the bad network is bad in exactly the way that was asked for.
 */
#include <math.h>
#include <string.h>

#include "impair.h"

#define MS 1000
#define SECOND G_USEC_PER_SEC
#define PACKET_BYTES 1000

/* What came out: when, and each packet's number. */
typedef struct {
    GArray *times_us, *numbers;
} Out;

static Impair *
make (const char *settings)
{
    ImpairSettings parsed = {0};
    Impair *impair = impair_new (1);

    g_assert_true (impair_parse (settings, &parsed));
    impair_set (impair, &parsed, 0);
    return impair;
}

static void
change (Impair *impair, const char *settings, gint64 now_us)
{
    ImpairSettings changed;

    impair_get (impair, &changed);
    g_assert_true (impair_parse (settings, &changed));
    impair_set (impair, &changed, now_us);
}

static void
push (Impair *impair, guint32 number, gint64 now_us)
{
    guint8 data[PACKET_BYTES] = {0};

    memcpy (data, &number, sizeof number);
    impair_push (impair, data, sizeof data, now_us);
}

/* Takes everything that comes until then, at the very time it is due. */
static void
drain (Impair *impair, Out *out, gint64 until_us)
{
    guint8 data[IMPAIR_PACKET_MAX_BYTES];
    gint64 now_us;

    while ((now_us = impair_next_us (impair)) <= until_us) {
        while (impair_pop (impair, data, now_us) > 0) {
            guint32 number;

            memcpy (&number, data, sizeof number);
            g_array_append_val (out->times_us, now_us);
            g_array_append_val (out->numbers, number);
        }
    }
}

static void
start (Out *out)
{
    *out = (Out){.times_us = g_array_new (FALSE, FALSE, sizeof (gint64)),
                 .numbers = g_array_new (FALSE, FALSE, sizeof (guint32))};
}

static void
end (Out *out, Impair *impair)
{
    g_array_unref (out->times_us);
    g_array_unref (out->numbers);
    impair_free (impair);
}

static gint64
get_time (const Out *out, guint i)
{
    return g_array_index (out->times_us, gint64, i);
}

/* One packet each ms through it; all that come out. */
static Impair *
run (const char *settings, guint n_packets, Out *out)
{
    Impair *impair = make (settings);

    start (out);
    for (guint i = 0; i < n_packets; i++) {
        drain (impair, out, (gint64)i * MS);
        push (impair, i, (gint64)i * MS);
    }
    drain (impair, out, G_MAXINT64 - 1);
    return impair;
}

static void
test_delay (void)
{
    Out out;
    Impair *impair = run ("delay=50", 100, &out);

    g_assert_cmpuint (out.times_us->len, ==, 100);
    for (guint i = 0; i < 100; i++) {
        g_assert_cmpint (get_time (&out, i), ==, (gint64)(i + 50) * MS);
        g_assert_cmpuint (g_array_index (out.numbers, guint32, i), ==, i);
    }
    end (&out, impair);
}

static void
test_no_impairment (void)
{
    Out out;
    Impair *impair = run ("", 10, &out);

    for (guint i = 0; i < 10; i++)
        g_assert_cmpint (get_time (&out, i), ==, (gint64)i * MS);
    end (&out, impair);
}

/* The delays keep to delay +- jitter and fill it evenly. */
static void
test_jitter_reorders (void)
{
    const guint n = 20000;
    Out out;
    Impair *impair = run ("delay=60 jitter=40 reorder=1", n, &out);
    ImpairCounts counts;
    double sum_us = 0, squares = 0;

    impair_take_counts (impair, &counts, n * MS);
    g_assert_cmpuint (out.times_us->len, ==, n);
    g_assert_cmpuint (counts.reordered, >, n / 2);
    for (guint i = 0; i < n; i++) {
        gint64 delay_us = get_time (&out, i) - (gint64)g_array_index (out.numbers, guint32, i) * MS;

        g_assert_cmpint (delay_us, >=, 20 * MS);
        g_assert_cmpint (delay_us, <=, 100 * MS + 1);
        sum_us += delay_us;
        squares += pow (delay_us - 60.0 * MS, 2);
    }
    g_assert_cmpfloat_with_epsilon (sum_us / n, 60 * MS, MS);
    /* The deviation of an even distribution is its width by the root of 12. */
    g_assert_cmpfloat_with_epsilon (sqrt (squares / n), 80 * MS / sqrt (12), MS);
    end (&out, impair);
}

static void
test_jitter_in_order (void)
{
    Out out;
    Impair *impair = run ("delay=60 jitter=40", 5000, &out);
    ImpairCounts counts;

    impair_take_counts (impair, &counts, 0);
    g_assert_cmpuint (counts.reordered, ==, 0);
    for (guint i = 0; i < 5000; i++)
        g_assert_cmpuint (g_array_index (out.numbers, guint32, i), ==, i);
    end (&out, impair);
}

/* Four standard deviations of the binomial distribution: one seed in 16,000 is beyond. */
static void
test_loss (void)
{
    const guint n = 50000;

    for (guint percent = 1; percent <= 20; percent += 19) {
        g_autofree char *settings = g_strdup_printf ("loss=%u", percent);
        double p = percent / 100.0;
        Out out;
        Impair *impair = run (settings, n, &out);
        ImpairCounts counts;

        impair_take_counts (impair, &counts, 0);
        g_assert_cmpuint (counts.in, ==, n);
        g_assert_cmpuint (counts.lost + counts.out, ==, n);
        g_assert_cmpfloat (fabs (counts.lost - p * n), <, 4 * sqrt (n * p * (1 - p)));
        end (&out, impair);
    }
}

static void
test_burst_loss (void)
{
    const guint n = 200000;
    Out out;
    Impair *impair = run ("loss=10 burst=4", n, &out);
    guint runs = 0, lost = n - out.numbers->len;

    for (guint i = 1; i < out.numbers->len; i++)
        runs += g_array_index (out.numbers, guint32, i) !=
                g_array_index (out.numbers, guint32, i - 1) + 1;
    g_assert_cmpfloat_with_epsilon ((double)lost / n, 0.1, 0.006);
    g_assert_cmpfloat_with_epsilon ((double)lost / runs, 4, 0.2);
    end (&out, impair);
}

static void
test_duplicate (void)
{
    Out out;
    Impair *impair = run ("dup=100 delay=5", 50, &out);

    g_assert_cmpuint (out.numbers->len, ==, 100);
    for (guint i = 0; i < 100; i++)
        g_assert_cmpuint (g_array_index (out.numbers, guint32, i), ==, i / 2);
    end (&out, impair);
}

/* 8 Mbit/s come for a link of 400 kbit/s: it is never idle and never faster. */
static void
test_rate (void)
{
    Out out;
    Impair *impair = run ("rate=400 queue=300", 10000, &out);
    ImpairCounts counts;
    double seconds;

    impair_take_counts (impair, &counts, 10 * SECOND);
    seconds = (double)get_time (&out, out.times_us->len - 1) / SECOND;
    g_assert_cmpfloat_with_epsilon (counts.bytes_out * 8 / seconds, 400e3, 4e3);
    g_assert_cmpuint (counts.overflow + counts.out, ==, counts.in);
    /* Full: the bound, and at most the packet that was let in below it. */
    g_assert_cmpint (counts.queue_max_us, >, 270 * MS);
    g_assert_cmpint (counts.queue_max_us, <=, 300 * MS);
    end (&out, impair);
}

static void
test_fast_rate (void)
{
    Out out;
    Impair *impair = make ("rate=1000000 queue=100");

    start (&out);
    for (guint i = 0; i < 10000; i++)
        push (impair, i, 0);
    drain (impair, &out, SECOND);
    g_assert_cmpuint (out.times_us->len, ==, 10000);
    g_assert_cmpint (get_time (&out, 9999), ==, 80 * MS);
    end (&out, impair);
}

/* Ten packets of 20 ms each; half-way through the third the link becomes ten times as fast. */
static void
test_rate_changes (void)
{
    Impair *impair = make ("rate=400 queue=1000");
    ImpairCounts counts;
    Out out;

    start (&out);
    for (guint i = 0; i < 10; i++)
        push (impair, i, 0);
    impair_take_counts (impair, &counts, 0);
    g_assert_cmpint (counts.queue_us, ==, 200 * MS);
    drain (impair, &out, 50 * MS);
    change (impair, "rate=4000", 50 * MS);
    impair_take_counts (impair, &counts, 50 * MS);
    g_assert_cmpint (counts.queue_us, ==, 15 * MS);
    drain (impair, &out, SECOND);
    g_assert_cmpuint (out.times_us->len, ==, 10);
    g_assert_cmpint (get_time (&out, 1), ==, 40 * MS);
    g_assert_cmpint (get_time (&out, 2), ==, 51 * MS);
    g_assert_cmpint (get_time (&out, 9), ==, 65 * MS);
    end (&out, impair);
}

static void
test_limit_lifted (void)
{
    Impair *impair = make ("rate=10 queue=100000");
    ImpairCounts counts;
    Out out;

    start (&out);
    for (guint i = 0; i < 10; i++)
        push (impair, i, 0);
    change (impair, "rate=0", 100 * MS);
    drain (impair, &out, 100 * MS);
    g_assert_cmpuint (out.times_us->len, ==, 10);
    impair_take_counts (impair, &counts, 200 * MS);
    g_assert_cmpint (counts.queue_us, ==, 0);
    end (&out, impair);
}

static void
test_limits (void)
{
    g_autoptr (Impair) impair = make ("delay=1000");
    guint8 huge[IMPAIR_PACKET_MAX_BYTES + 1] = {0};
    ImpairCounts counts;

    for (guint i = 0; i < IMPAIR_HELD_MAX + 5; i++)
        push (impair, i, 0);
    impair_push (impair, huge, sizeof huge, 0);
    impair_take_counts (impair, &counts, 0);
    g_assert_cmpuint (counts.overflow, ==, 6);
}

static void
test_same_seed (void)
{
    const char *settings = "loss=10 burst=2 delay=20 jitter=10 reorder=1 dup=3";
    Out a, b;
    Impair *first = run (settings, 1000, &a), *second = run (settings, 1000, &b);

    g_assert_cmpmem (a.times_us->data, a.times_us->len * sizeof (gint64), b.times_us->data,
                     b.times_us->len * sizeof (gint64));
    end (&a, first);
    end (&b, second);
}

static void
test_parse (void)
{
    const char *wrong[] = {"loss", "loss=", "loss=x", "loss=5x", "lag=5", "delay=-1", "loss=nan"};
    ImpairSettings settings = {.delay_us = 7};

    for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
        g_assert_false (impair_parse (wrong[i], &settings));
    g_assert_false (impair_parse ("delay=9 bad=1", &settings));
    g_assert_cmpint (settings.delay_us, ==, 7);
    g_assert_true (impair_parse (" loss=5  rate=400 queue=1.5", &settings));
    g_assert_cmpfloat_with_epsilon (settings.loss, 0.05, 1e-9);
    g_assert_cmpuint (settings.rate_bps, ==, 400000);
    g_assert_cmpint (settings.queue_us, ==, 1500);
    g_assert_cmpint (settings.delay_us, ==, 7);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/impair/no-impairment", test_no_impairment);
    g_test_add_func ("/impair/delay", test_delay);
    g_test_add_func ("/impair/jitter-reorders", test_jitter_reorders);
    g_test_add_func ("/impair/jitter-in-order", test_jitter_in_order);
    g_test_add_func ("/impair/loss", test_loss);
    g_test_add_func ("/impair/burst-loss", test_burst_loss);
    g_test_add_func ("/impair/duplicate", test_duplicate);
    g_test_add_func ("/impair/rate", test_rate);
    g_test_add_func ("/impair/fast-rate", test_fast_rate);
    g_test_add_func ("/impair/rate-changes", test_rate_changes);
    g_test_add_func ("/impair/limit-lifted", test_limit_lifted);
    g_test_add_func ("/impair/limits", test_limits);
    g_test_add_func ("/impair/same-seed", test_same_seed);
    g_test_add_func ("/impair/parse", test_parse);
    return g_test_run ();
}
