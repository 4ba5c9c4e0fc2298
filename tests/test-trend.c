/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test-trend.c: queues told from jitter, by packets' delays alone. */
#include "leg/trend.h"

#define MSEC 1000
#define BASE_US (-123456 * (gint64)MSEC) /* the clocks are not the same */
#define FEEDBACK_US (100 * MSEC)

/* A packet each so often, its delay by a function of time; judged ten times a second. */
typedef struct {
    TuttiTrend *trend;
    GRand *random;
    gint64 now_us;
    gint64 gap_us;
    gint64 jitter_us; /* plus or minus */
    gint64 queue_us;
    double slope; /* us of queue a us */
    guint n_growing, n_shrinking;
    gint64 growing_us; /* after so long since it began; 0: not seen */
} Way;

static void
run (Way *way, gint64 for_us)
{
    gint64 begin_us = way->now_us, judge_us = begin_us + FEEDBACK_US;

    way->n_growing = way->n_shrinking = 0;
    way->growing_us = 0;
    for (; way->now_us < begin_us + for_us; way->now_us += way->gap_us) {
        gint64 jitter_us =
            way->jitter_us == 0 ? 0 : g_rand_int_range (way->random, 0, 2 * (gint32)way->jitter_us);

        way->queue_us = MAX (way->queue_us + (gint64)(way->slope * (double)way->gap_us), 0);
        tutti_trend_take (way->trend, way->now_us, BASE_US + way->queue_us + jitter_us);
        if (way->now_us < judge_us)
            continue;
        judge_us += FEEDBACK_US;
        switch (tutti_trend_judge (way->trend)) {
        case TUTTI_TREND_GROWING:
            if (way->n_growing++ == 0)
                way->growing_us = way->now_us - begin_us;
            break;
        case TUTTI_TREND_SHRINKING:
            way->n_shrinking++;
            break;
        case TUTTI_TREND_STEADY:
            break;
        }
    }
}

static Way
begin (gint64 gap_us, gint64 jitter_us, guint seed)
{
    return (Way){.trend = tutti_trend_new (),
                 .random = g_rand_new_with_seed (seed),
                 .now_us = 1000 * (gint64)G_USEC_PER_SEC,
                 .gap_us = gap_us,
                 .jitter_us = jitter_us};
}

static void
end (Way *way)
{
    tutti_trend_free (way->trend);
    g_rand_free (way->random);
}

/* Half as much again as the link carries: seen with the second feedback. Then it drains. */
static void
test_overload (void)
{
    Way way = begin (8 * MSEC, 0, 1);

    run (&way, 5 * G_USEC_PER_SEC);
    g_assert_cmpuint (way.n_growing + way.n_shrinking, ==, 0);
    way.slope = 0.5;
    run (&way, 500 * MSEC);
    g_assert_cmpint (way.growing_us, >, 0);
    g_assert_cmpint (way.growing_us, <=, 200 * MSEC);
    g_assert_cmpuint (tutti_trend_get_queue_us (way.trend), >=, 140 * MSEC);
    way.slope = -0.5;
    run (&way, 500 * MSEC);
    g_assert_cmpuint (way.n_shrinking, >=, 1);
    way.slope = 0;
    run (&way, 2 * G_USEC_PER_SEC);
    g_assert_cmpuint (tutti_trend_get_queue_us (way.trend), <, 1 * MSEC);
    run (&way, 2 * G_USEC_PER_SEC);
    g_assert_cmpuint (way.n_growing + way.n_shrinking, ==, 0);
    end (&way);
}

/* A twentieth too much: seen before anyone hears it. */
static void
test_slow (void)
{
    Way way = begin (8 * MSEC, 1 * MSEC, 2);

    run (&way, 5 * G_USEC_PER_SEC);
    way.slope = 0.05;
    run (&way, 3 * G_USEC_PER_SEC);
    g_test_message ("seen after %d ms", (int)(way.growing_us / MSEC));
    g_assert_cmpint (way.growing_us, >, 0);
    g_assert_cmpint (way.growing_us, <, 1000 * MSEC);
    end (&way);
}

/* Ten minutes of jitter without a queue, of video and of sound alone. */
static void
test_jitter (void)
{
    static const gint64 jitters_us[] = {2 * MSEC, 20 * MSEC, 60 * MSEC};
    static const gint64 gaps_us[] = {5 * MSEC, 20 * MSEC};

    for (guint i = 0; i < G_N_ELEMENTS (jitters_us); i++) {
        for (guint j = 0; j < G_N_ELEMENTS (gaps_us); j++) {
            Way way = begin (gaps_us[j], jitters_us[i], 3);

            run (&way, 600 * (gint64)G_USEC_PER_SEC);
            g_test_message ("%d ms, each %d ms: %u of 6000", (int)(jitters_us[i] / MSEC),
                            (int)(gaps_us[j] / MSEC), way.n_growing);
            g_assert_cmpuint (way.n_growing, <=, 6);
            end (&way);
        }
    }
}

/* With 60 ms of jitter a queue is seen all the same. */
static void
test_both (void)
{
    Way way = begin (5 * MSEC, 60 * MSEC, 4);

    run (&way, 10 * G_USEC_PER_SEC);
    way.slope = 0.3;
    run (&way, 1 * G_USEC_PER_SEC);
    g_assert_cmpint (way.growing_us, >, 0);
    g_assert_cmpint (way.growing_us, <=, 700 * MSEC);
    end (&way);
}

/* Clocks that run apart by 300 ppm, for an hour: no queue. */
static void
test_skew (void)
{
    Way way = begin (20 * MSEC, 1 * MSEC, 5);

    way.slope = 0.0003;
    run (&way, 3600 * (gint64)G_USEC_PER_SEC);
    g_assert_cmpuint (way.n_growing, ==, 0);
    g_assert_cmpuint (tutti_trend_get_queue_us (way.trend), <, 10 * MSEC);
    end (&way);
}

/* A standing queue is a queue, until it is said that it isn't ours. */
static void
test_standing (void)
{
    Way way = begin (10 * MSEC, 0, 6);

    run (&way, 2 * G_USEC_PER_SEC);
    way.queue_us = 150 * MSEC;
    run (&way, 2 * G_USEC_PER_SEC);
    g_assert_cmpuint (way.n_growing, >=, 15);
    tutti_trend_accept_queue (way.trend);
    run (&way, 2 * G_USEC_PER_SEC);
    g_assert_cmpuint (way.n_growing, ==, 0);
    /* Our own burst's step is no slope. */
    way.queue_us += 40 * MSEC;
    tutti_trend_skip (way.trend);
    run (&way, 1 * G_USEC_PER_SEC);
    g_assert_cmpuint (way.n_growing, ==, 0);
    end (&way);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/trend/overload", test_overload);
    g_test_add_func ("/trend/slow", test_slow);
    g_test_add_func ("/trend/jitter", test_jitter);
    g_test_add_func ("/trend/both", test_both);
    g_test_add_func ("/trend/skew", test_skew);
    g_test_add_func ("/trend/standing", test_standing);
    return g_test_run ();
}
