/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-congestion.c: the estimate of the way down on simulated links, as a table; or one of them
 * as a trace.
 *
 *   bench-congestion            all, a line each
 *   bench-congestion NAME SEED  one, a line each 100 ms
 */
#include "way-sim.h"

#include <string.h>

typedef struct {
    const char *name;
    WayLink link;
    WayMedia media;
    /* After so long the link changes to this. */
    gint64 change_us;
    WayLink changed;
    guint goal_bps; /* where the estimate should be in the end */
} Scenario;

#define KBIT 1000u
#define CALM .delay_us = 40 * WAY_MSEC, .queue_us = 1000 * WAY_MSEC
#define FULL                                                                                       \
    {                                                                                              \
        .wanted_bps = 1700 * KBIT                                                                  \
    }

static const Scenario scenarios[] = {
    {"free", {CALM}, FULL, 0, {0}, 1700 * KBIT},
    {"1000k", {CALM, .link_bps = 1000 * KBIT}, FULL, 0, {0}, 1000 * KBIT},
    {"1000k-smooth",
     {CALM, .link_bps = 1000 * KBIT},
     {.wanted_bps = 1700 * KBIT, .smooth = TRUE},
     0,
     {0},
     1000 * KBIT},
    {"250k", {CALM, .link_bps = 250 * KBIT}, FULL, 0, {0}, 250 * KBIT},
    {"step-down",
     {CALM, .link_bps = 1500 * KBIT},
     {.wanted_bps = 1500 * KBIT},
     15 * WAY_SEC,
     {CALM, .link_bps = 400 * KBIT},
     400 * KBIT},
    {"step-up", {CALM, .link_bps = 400 * KBIT}, FULL, 20 * WAY_SEC, {CALM}, 1700 * KBIT},
    {"loss-5", {CALM, .link_bps = 5000 * KBIT, .loss = .05}, FULL, 0, {0}, 1700 * KBIT},
    {"loss-10", {CALM, .link_bps = 5000 * KBIT, .loss = .1}, FULL, 0, {0}, 1700 * KBIT},
    {"loss-20", {CALM, .link_bps = 5000 * KBIT, .loss = .2}, FULL, 0, {0}, 1700 * KBIT},
    {"loss-20-both",
     {CALM, .link_bps = 5000 * KBIT, .loss = .2, .feedback_loss = .2},
     FULL,
     0,
     {0},
     1700 * KBIT},
    {"policer", {CALM, .police_bps = 400 * KBIT, .police_bytes = 5000}, FULL, 0, {0}, 400 * KBIT},
    {"policer-burst",
     {CALM, .police_bps = 400 * KBIT, .police_bytes = 25000},
     FULL,
     0,
     {0},
     400 * KBIT},
    {"jitter-20",
     {CALM, .link_bps = 20000 * KBIT, .jitter_us = 20 * WAY_MSEC},
     FULL,
     0,
     {0},
     1700 * KBIT},
    {"jitter-60",
     {CALM, .link_bps = 20000 * KBIT, .jitter_us = 60 * WAY_MSEC},
     FULL,
     0,
     {0},
     1700 * KBIT},
    {"jitter-60-order",
     {CALM, .link_bps = 20000 * KBIT, .jitter_us = 60 * WAY_MSEC, .in_order = TRUE},
     FULL,
     0,
     {0},
     1700 * KBIT},
    {"jitter-60-400k",
     {CALM, .link_bps = 400 * KBIT, .jitter_us = 60 * WAY_MSEC},
     FULL,
     0,
     {0},
     400 * KBIT},
    {"still",
     {CALM, .link_bps = 3000 * KBIT},
     {.wanted_bps = 1700 * KBIT, .media_max_bps = 100 * KBIT, .still = TRUE},
     0,
     {0},
     1700 * KBIT},
    {"dead", {CALM}, FULL, 10 * WAY_SEC, {CALM, .dead = TRUE}, TUTTI_CONGESTION_MIN_BPS},
};

static gboolean
is_near (const Scenario *scenario, guint estimate)
{
    guint high = scenario->goal_bps >= scenario->media.wanted_bps ? G_MAXUINT
                                                                  : scenario->goal_bps * 115 / 100;

    return estimate >= scenario->goal_bps / 100 * 85 && estimate <= high;
}

static void
run (const Scenario *scenario, guint seed, gint64 trace_us)
{
    g_autoptr (WaySim) sim = way_sim_new (&scenario->link, &scenario->media, seed);
    gint64 start_us, near_us = 0, low_us = 0;
    double sum = 0;

    way_sim_trace (sim, trace_us);
    way_sim_run (sim, scenario->change_us);
    if (scenario->change_us > 0)
        sim->link = scenario->changed;
    way_sim_mark (sim);
    start_us = sim->now_us;
    for (guint i = 0; i < 600; i++) {
        guint estimate;

        if (i == 50) {
            g_print ("%-16s queue %4d", scenario->name, (int)(sim->queue_max_us / WAY_MSEC));
            way_sim_mark (sim);
        }
        way_sim_run (sim, 50 * WAY_MSEC);
        estimate = way_sim_get_estimate (sim);
        if (near_us == 0 && is_near (scenario, estimate))
            near_us = sim->now_us;
        if (way_sim_get_queue_us (sim) > 100 * WAY_MSEC)
            low_us = sim->now_us;
        if (i >= 100)
            sum += estimate;
    }
    g_print (" -> %4d ms; long until %5.2f s; near after %5.2f s; then %4u..%4u, mean %4.0f of %4u "
             "kbit/s; sent %4u, padding %4.1f %%, lost %u\n",
             (int)(sim->queue_max_us / WAY_MSEC),
             low_us ? (double)(low_us - start_us) / WAY_SEC : 0,
             near_us ? (double)(near_us - start_us) / WAY_SEC : -1, sim->estimate_min / 1000,
             sim->estimate_max / 1000, sum / 500 / 1000, scenario->goal_bps / 1000,
             (guint)(sim->sent_bytes * 8 / 27500), 100.0 * sim->padding_bytes / sim->sent_bytes,
             (guint)sim->lost);
}

int
main (int argc, char **argv)
{
    guint seed = argc > 2 ? (guint)g_ascii_strtoull (argv[2], NULL, 10) : 7;

    for (guint i = 0; i < G_N_ELEMENTS (scenarios); i++)
        if (argc < 2 || strcmp (argv[1], scenarios[i].name) == 0)
            run (&scenarios[i], seed, argc < 2 ? 0 : 100 * WAY_MSEC);
    return 0;
}
