/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-congestion.c: the estimate of the way down on simulated links: what a viewer would notice.
 * Each case runs with several seeds.
 */
#include "way-sim.h"

#define KBIT 1000u
#define SEEDS 5
#define WANTED (1700 * KBIT)
#define HOME .delay_us = 40 * WAY_MSEC, .queue_us = 1000 * WAY_MSEC

static const WayMedia full = {.wanted_bps = WANTED};

typedef struct {
    const char *name;
    WayLink link;
    WayMedia media;
    guint low_bps, high_bps; /* where the estimate stays */
} Steady;

#define LINK(bps, off) (bps) * (100 - (off)) / 100, (bps) * (100 + (off)) / 100

static const Steady steady[] = {
    {"1000k", {HOME, .link_bps = 1000 * KBIT}, {.wanted_bps = WANTED}, LINK (1000 * KBIT, 20)},
    {"1000k-smooth",
     {HOME, .link_bps = 1000 * KBIT},
     {.wanted_bps = WANTED, .smooth = TRUE},
     LINK (1000 * KBIT, 20)},
    {"1000k-far",
     {.delay_us = 150 * WAY_MSEC, .queue_us = 1000 * WAY_MSEC, .link_bps = 1000 * KBIT},
     {.wanted_bps = WANTED},
     LINK (1000 * KBIT, 20)},
    {"1000k-seldom",
     {HOME, .link_bps = 1000 * KBIT, .answer_us = 250 * WAY_MSEC},
     {.wanted_bps = WANTED},
     LINK (1000 * KBIT, 20)},
    {"600k", {HOME, .link_bps = 600 * KBIT}, {.wanted_bps = WANTED}, LINK (600 * KBIT, 20)},
    {"400k-smooth",
     {HOME, .link_bps = 400 * KBIT},
     {.wanted_bps = WANTED, .smooth = TRUE},
     LINK (400 * KBIT, 20)},
    {"250k", {HOME, .link_bps = 250 * KBIT}, {.wanted_bps = WANTED}, LINK (250 * KBIT, 20)},
    {"600k-rash",
     {HOME, .link_bps = 600 * KBIT},
     {.wanted_bps = WANTED, .rash = TRUE},
     LINK (600 * KBIT, 20)},
    {"free-rash", {HOME}, {.wanted_bps = WANTED, .rash = TRUE}, WANTED, 2 * WANTED},
    {"free", {HOME}, {.wanted_bps = WANTED}, WANTED, G_MAXUINT},
    {"loss-5",
     {HOME, .link_bps = 5000 * KBIT, .loss = .05},
     {.wanted_bps = WANTED},
     WANTED * 6 / 10,
     G_MAXUINT},
    {"loss-10",
     {HOME, .link_bps = 5000 * KBIT, .loss = .1},
     {.wanted_bps = WANTED},
     WANTED * 6 / 10,
     G_MAXUINT},
    {"loss-20",
     {HOME, .link_bps = 5000 * KBIT, .loss = .2},
     {.wanted_bps = WANTED},
     WANTED * 6 / 10,
     G_MAXUINT},
    {"loss-20-both",
     {HOME, .link_bps = 5000 * KBIT, .loss = .2, .feedback_loss = .2},
     {.wanted_bps = WANTED},
     WANTED * 6 / 10,
     G_MAXUINT},
    {"jitter-20",
     {HOME, .link_bps = 20000 * KBIT, .jitter_us = 20 * WAY_MSEC},
     {.wanted_bps = WANTED},
     WANTED * 8 / 10,
     G_MAXUINT},
    {"jitter-60",
     {HOME, .link_bps = 20000 * KBIT, .jitter_us = 60 * WAY_MSEC},
     {.wanted_bps = WANTED},
     WANTED * 8 / 10,
     G_MAXUINT},
    {"jitter-60-in-order",
     {HOME, .link_bps = 20000 * KBIT, .jitter_us = 60 * WAY_MSEC, .in_order = TRUE},
     {.wanted_bps = WANTED},
     WANTED * 8 / 10,
     G_MAXUINT},
};

/* Within 15 % of the link after 5 s, and within 20 % for the half minute after. */
static void
test_steady (gconstpointer data)
{
    const Steady *now = data;
    guint low = now->high_bps > WANTED ? now->low_bps : now->low_bps / 80 * 85;
    guint high = now->high_bps > WANTED ? now->high_bps : now->high_bps / 120 * 115;

    for (guint seed = 1; seed <= SEEDS; seed++) {
        g_autoptr (WaySim) sim = way_sim_new (&now->link, &now->media, seed);
        gint64 took_us = way_sim_run_until (sim, low, high, 5 * WAY_SEC);

        way_sim_run (sim, 5 * WAY_SEC - took_us);
        way_sim_mark (sim);
        way_sim_run (sim, 30 * WAY_SEC);
        g_test_message ("seed %u: near after %.2f s, then %u to %u kbit/s, queue up to %d ms, "
                        "padding %.1f %%",
                        seed, (double)took_us / WAY_SEC, sim->estimate_min / 1000,
                        sim->estimate_max / 1000, (int)(sim->queue_max_us / WAY_MSEC),
                        100.0 * (double)sim->padding_bytes / (double)sim->sent_bytes);
        g_assert_cmpint (took_us, <, 5 * WAY_SEC);
        g_assert_cmpuint (sim->estimate_min, >=, now->low_bps);
        g_assert_cmpuint (sim->estimate_max, <=, now->high_bps);
        g_assert_cmpuint (sim->padding_bytes, <, sim->sent_bytes * 4 / 100);
    }
}

/* A good link is known as such before the first second is over. */
static void
test_begin (void)
{
    static const WayLink link = {HOME, .link_bps = 20000 * KBIT};

    for (guint seed = 1; seed <= SEEDS; seed++) {
        g_autoptr (WaySim) sim = way_sim_new (&link, &full, seed);
        gint64 took_us = way_sim_run_until (sim, WANTED, G_MAXUINT, 5 * WAY_SEC);

        g_test_message ("seed %u: %d ms", seed, (int)(took_us / WAY_MSEC));
        g_assert_cmpint (took_us, <, 350 * WAY_MSEC);
        /* and then nothing is sent for the estimate's sake */
        way_sim_run (sim, 1 * WAY_SEC);
        way_sim_mark (sim);
        way_sim_run (sim, 30 * WAY_SEC);
        g_assert_cmpuint (sim->padding_bytes, ==, 0);
        g_assert_cmpuint (sim->estimate_min, >=, WANTED);
    }
}

static void
test_step_down (void)
{
    static const WayLink before = {HOME, .link_bps = 1500 * KBIT};
    static const WayLink after = {HOME, .link_bps = 400 * KBIT};
    static const WayMedia media = {.wanted_bps = 1500 * KBIT};

    for (guint seed = 1; seed <= SEEDS; seed++) {
        g_autoptr (WaySim) sim = way_sim_new (&before, &media, seed);
        gint64 start_us;

        way_sim_run (sim, 15 * WAY_SEC);
        sim->link = after;
        start_us = sim->now_us;
        way_sim_mark (sim);
        way_sim_run (sim, 500 * WAY_MSEC);
        while (way_sim_get_queue_us (sim) > 100 * WAY_MSEC && sim->now_us - start_us < 10 * WAY_SEC)
            way_sim_run (sim, 10 * WAY_MSEC);
        g_test_message ("seed %u: queue up to %d ms, over 100 ms until %.2f s", seed,
                        (int)(sim->queue_max_us / WAY_MSEC),
                        (double)(sim->now_us - start_us) / WAY_SEC);
        g_assert_cmpint (sim->now_us - start_us, <, 3 * WAY_SEC);
        way_sim_run (sim, start_us + 3 * WAY_SEC - sim->now_us);
        way_sim_mark (sim);
        way_sim_run (sim, 2 * WAY_SEC);
        g_test_message ("after 5 s: %u kbit/s, queue up to %d ms",
                        way_sim_get_estimate (sim) / 1000, (int)(sim->queue_max_us / WAY_MSEC));
        /* A key frame's, at most: five pictures at 300 kbit/s take 130 ms. */
        g_assert_cmpint (sim->queue_max_us, <, 200 * WAY_MSEC);
        g_assert_cmpuint (way_sim_get_estimate (sim), >=, 340 * KBIT);
        g_assert_cmpuint (way_sim_get_estimate (sim), <=, 460 * KBIT);
    }
}

/* The limit goes: all is there again soon. */
static void
test_lift (void)
{
    static const WayLink before = {HOME, .link_bps = 400 * KBIT}, after = {HOME};

    for (guint seed = 1; seed <= SEEDS; seed++) {
        g_autoptr (WaySim) sim = way_sim_new (&before, &full, seed);
        gint64 took_us;

        way_sim_run (sim, 30 * WAY_SEC);
        sim->link = after;
        took_us = way_sim_run_until (sim, WANTED, G_MAXUINT, 20 * WAY_SEC);
        g_test_message ("seed %u: %.2f s", seed, (double)took_us / WAY_SEC);
        g_assert_cmpint (took_us, <, 8 * WAY_SEC);
    }
}

/* 2 Mbit/s to 500 kbit/s and back, 10 s each way. */
static void
test_ramp (void)
{
    static const WayLink link = {HOME, .link_bps = 2000 * KBIT};
    static const WayMedia media = {.wanted_bps = 2500 * KBIT, .smooth = TRUE};

    for (guint seed = 1; seed <= SEEDS; seed++) {
        g_autoptr (WaySim) sim = way_sim_new (&link, &media, seed);
        guint bottom;

        way_sim_run (sim, 10 * WAY_SEC);
        way_sim_mark (sim);
        for (guint i = 0; i < 100; i++) {
            sim->link.link_bps -= 15 * KBIT;
            way_sim_run (sim, 100 * WAY_MSEC);
        }
        way_sim_run (sim, 2 * WAY_SEC);
        bottom = way_sim_get_estimate (sim);
        for (guint i = 0; i < 100; i++) {
            sim->link.link_bps += 15 * KBIT;
            way_sim_run (sim, 100 * WAY_MSEC);
        }
        way_sim_run (sim, 5 * WAY_SEC);
        g_test_message ("seed %u: queue up to %d ms, at the bottom %u, in the end %u kbit/s", seed,
                        (int)(sim->queue_max_us / WAY_MSEC), bottom / 1000,
                        way_sim_get_estimate (sim) / 1000);
        g_assert_cmpint (sim->queue_max_us, <, 400 * WAY_MSEC);
        g_assert_cmpuint (bottom, >=, 400 * KBIT);
        g_assert_cmpuint (bottom, <=, 600 * KBIT);
        g_assert_cmpuint (way_sim_get_estimate (sim), >=, 1700 * KBIT);
        g_assert_cmpuint (way_sim_get_estimate (sim), <=, 2400 * KBIT);
    }
}

/* A policer drops without a queue: it is found by what is lost, and what a probe through its burst
 * says is not believed for long. */
static void
test_policer (void)
{
    static const WayLink link = {HOME, .police_bps = 400 * KBIT, .police_bytes = 5000};

    for (guint seed = 1; seed <= SEEDS; seed++) {
        g_autoptr (WaySim) sim = way_sim_new (&link, &full, seed);
        guint near = 0, after_5_s;

        way_sim_run (sim, 5 * WAY_SEC);
        after_5_s = way_sim_get_estimate (sim);
        way_sim_mark (sim);
        for (guint i = 0; i < 500; i++) {
            way_sim_run (sim, 100 * WAY_MSEC);
            near += way_sim_get_estimate (sim) >= 300 * KBIT &&
                    way_sim_get_estimate (sim) <= 500 * KBIT;
        }
        g_test_message ("seed %u: %u kbit/s after 5 s, then near %u %% of the time; %.1f %% lost",
                        seed, after_5_s / 1000, near / 5,
                        100.0 * (double)sim->lost / (double)(sim->lost + sim->delivered));
        g_assert_cmpuint (after_5_s, >=, 300 * KBIT);
        g_assert_cmpuint (after_5_s, <=, 500 * KBIT);
        g_assert_cmpuint (near, >, 85 * 5);
    }
}

/* A still canvas: little to send says nothing of the link. */
static void
test_still (void)
{
    static const WayLink link = {HOME, .link_bps = 3000 * KBIT};
    static const WayMedia media = {
        .wanted_bps = WANTED, .media_max_bps = 100 * KBIT, .still = TRUE};
    static const WayMedia alone = {.media_max_bps = 100 * KBIT};

    for (guint seed = 1; seed <= SEEDS; seed++) {
        g_autoptr (WaySim) sim = way_sim_new (&link, &media, seed);
        g_autoptr (WaySim) unproven = way_sim_new (&link, &alone, seed);

        way_sim_run (sim, 1 * WAY_SEC);
        way_sim_mark (sim);
        way_sim_run (sim, 60 * WAY_SEC);
        g_assert_cmpuint (sim->estimate_min, >=, WANTED);
        g_assert_cmpuint (sim->padding_bytes, ==, 0);
        /* Nothing is wanted, nothing is probed: it doesn't climb on what it doesn't know. */
        way_sim_run (unproven, 60 * WAY_SEC);
        g_assert_cmpuint (unproven->estimate_max, <=, TUTTI_CONGESTION_START_BPS);
        g_assert_cmpuint (unproven->padding_bytes, ==, 0);
    }
}

/* The link dies for some seconds. */
static void
test_dead (void)
{
    static const WayLink alive = {HOME, .link_bps = 5000 * KBIT};

    for (guint seed = 1; seed <= SEEDS; seed++) {
        g_autoptr (WaySim) sim = way_sim_new (&alive, &full, seed);
        gint64 took_us;

        way_sim_run (sim, 10 * WAY_SEC);
        sim->link.dead = TRUE;
        way_sim_run (sim, 1500 * WAY_MSEC);
        g_assert_cmpuint (way_sim_get_estimate (sim), <, WANTED);
        way_sim_run (sim, 5 * WAY_SEC);
        g_assert_cmpuint (way_sim_get_estimate (sim), ==, TUTTI_CONGESTION_MIN_BPS);
        sim->link.dead = FALSE;
        took_us = way_sim_run_until (sim, WANTED, G_MAXUINT, 10 * WAY_SEC);
        g_test_message ("seed %u: back after %.2f s", seed, (double)took_us / WAY_SEC);
        g_assert_cmpint (took_us, <, 2 * WAY_SEC);
    }
}

static guint
get_estimate (const TuttiCongestion *congestion)
{
    TuttiCongestionState state;

    tutti_congestion_get_state (congestion, &state);
    return state.estimate_bps;
}

/* A peer without transport-wide feedback. */
static void
test_fallback (void)
{
    g_autoptr (TuttiCongestion) congestion = tutti_congestion_new ();
    gint64 now_us = 1000 * WAY_SEC;
    guint before;

    tutti_congestion_set_wanted (congestion, WANTED);
    g_assert_cmpuint (get_estimate (congestion), ==, 0);
    g_assert_cmpuint (tutti_congestion_get_pacing_bps (congestion), >, TUTTI_CONGESTION_START_BPS);
    tutti_congestion_take_loss (congestion, 0, now_us);
    g_assert_cmpuint (get_estimate (congestion), ==, TUTTI_CONGESTION_START_BPS);
    for (guint i = 0; i < 20; i++)
        tutti_congestion_take_loss (congestion, 2, now_us += WAY_SEC);
    before = get_estimate (congestion);
    g_assert_cmpuint (before, >=, WANTED);
    tutti_congestion_take_loss (congestion, 13, now_us += WAY_SEC);
    g_assert_cmpuint (get_estimate (congestion), ==, before);
    tutti_congestion_take_loss (congestion, 128, now_us += WAY_SEC);
    tutti_congestion_take_loss (congestion, 128, now_us); /* of another stream */
    g_assert_cmpuint (get_estimate (congestion), ==, before * 3 / 4);
    tutti_congestion_take_remb (congestion, 300000, now_us);
    g_assert_cmpuint (get_estimate (congestion), ==, 300000);
    tutti_congestion_take_remb (congestion, 0, now_us);
    g_assert_cmpuint (get_estimate (congestion), ==, TUTTI_CONGESTION_MIN_BPS);
    tutti_congestion_reset (congestion, now_us);
    g_assert_cmpuint (get_estimate (congestion), ==, 0);
}

/* A second of a peer that is sent sound alone, and a picture from 190 kbit/s on, which it shows by
 * its REMB: of what it got, half as much again at most, and no more than the link has. Gives the
 * estimate. */
static guint
pass_second (TuttiCongestion *congestion, guint link_bps, gint64 *now_us)
{
    guint sent_bps = get_estimate (congestion) >= 190 * KBIT ? 150 * KBIT : 40 * KBIT;

    *now_us += WAY_SEC;
    tutti_congestion_take_remb (congestion, MIN (sent_bps * 3 / 2 + 10 * KBIT, link_bps), *now_us);
    tutti_congestion_take_loss (congestion, sent_bps > link_bps ? 60 : 0, *now_us);
    return get_estimate (congestion);
}

/* REMB alone, at sound alone: it finds back to a picture where there is room for one. */
static void
test_sound_alone (void)
{
    g_autoptr (TuttiCongestion) wide = tutti_congestion_new (), narrow = tutti_congestion_new ();
    g_autoptr (TuttiCongestion) capped = tutti_congestion_new ();
    gint64 now_us = 1000 * WAY_SEC;
    guint n_over = 0;

    tutti_congestion_set_wanted (wide, WANTED);
    for (guint i = 0; i < 20; i++)
        pass_second (wide, 5000 * KBIT, &now_us);
    g_assert_cmpuint (get_estimate (wide), >=, 190 * KBIT);
    for (guint i = 0; i < 120; i++)
        g_assert_cmpuint (pass_second (wide, 5000 * KBIT, &now_us), >=, 190 * KBIT);

    /* Where there is none it is tried seldom, and given up at once. */
    tutti_congestion_set_wanted (narrow, WANTED);
    for (guint i = 0; i < 600; i++)
        n_over += pass_second (narrow, 60 * KBIT, &now_us) >= 190 * KBIT;
    g_test_message ("%u of 600 s above what the link has", n_over);
    g_assert_cmpuint (n_over, >, 0);
    g_assert_cmpuint (n_over, <=, 15);

    /* A REMB that is above sound's is kept to. */
    tutti_congestion_set_wanted (capped, WANTED);
    for (guint i = 0; i < 60; i++) {
        tutti_congestion_take_remb (capped, 300 * KBIT, now_us += WAY_SEC);
        tutti_congestion_take_loss (capped, 0, now_us);
    }
    g_assert_cmpuint (get_estimate (capped), ==, 300 * KBIT);
}

/* REMB and reports are nothing beside transport-wide feedback; another way begins anew. */
static void
test_beside (void)
{
    static const WayLink link = {HOME, .link_bps = 5000 * KBIT};
    g_autoptr (WaySim) sim = way_sim_new (&link, &full, 1);

    way_sim_run (sim, 5 * WAY_SEC);
    tutti_congestion_take_remb (sim->congestion, 100000, sim->now_us);
    tutti_congestion_take_loss (sim->congestion, 128, sim->now_us);
    g_assert_cmpuint (way_sim_get_estimate (sim), >=, WANTED);
    tutti_congestion_reset (sim->congestion, sim->now_us);
    g_assert_cmpuint (way_sim_get_estimate (sim), ==, 0);
    sim->link.delay_us = 150 * WAY_MSEC;
    sim->link.link_bps = 800 * KBIT;
    way_sim_run (sim, 5 * WAY_SEC);
    g_assert_cmpuint (way_sim_get_estimate (sim), >=, 680 * KBIT);
    g_assert_cmpuint (way_sim_get_estimate (sim), <=, 920 * KBIT);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS (steady); i++) {
        g_autofree char *path = g_strdup_printf ("/congestion/steady/%s", steady[i].name);

        g_test_add_data_func (path, &steady[i], test_steady);
    }
    g_test_add_func ("/congestion/begin", test_begin);
    g_test_add_func ("/congestion/step-down", test_step_down);
    g_test_add_func ("/congestion/lift", test_lift);
    g_test_add_func ("/congestion/ramp", test_ramp);
    g_test_add_func ("/congestion/policer", test_policer);
    g_test_add_func ("/congestion/still", test_still);
    g_test_add_func ("/congestion/dead", test_dead);
    g_test_add_func ("/congestion/fallback", test_fallback);
    g_test_add_func ("/congestion/sound-alone", test_sound_alone);
    g_test_add_func ("/congestion/beside", test_beside);
    return g_test_run ();
}
