/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * way-sim.h: a simulated way to a peer: a bottleneck with a queue, delay, jitter, loss, a policer;
 * a sender that paces media of a few fixed rates by the estimate and takes its probes; a peer that
 * answers with real feedback bytes, written by twcc.h and read by rtcp.h. No time passes but the
 * simulation's; the same seed gives the same run.
 */
#pragma once

#include "leg/congestion.h"

#define WAY_MSEC 1000
#define WAY_SEC ((gint64)G_USEC_PER_SEC)

typedef struct {
    guint link_bps;     /* 0: endless */
    gint64 queue_us;    /* drops what would wait longer */
    guint police_bps;   /* 0: none */
    guint police_bytes; /* its burst */
    gint64 delay_us;    /* each way */
    gint64 jitter_us;   /* plus or minus */
    gboolean in_order;  /* jitter doesn't reorder */
    gboolean dead;
    gint64 answer_us; /* between feedback messages, where it is more than TUTTI_TWCC_INTERVAL_US */
    double loss, feedback_loss;
} WayLink;

typedef struct {
    guint wanted_bps;
    guint media_max_bps; /* what there is to be sent; 0: as much as the ladder has */
    gboolean smooth;     /* media follows the estimate exactly, not by the ladder */
    gboolean rash;       /* nothing is paced before there is an estimate */
    gboolean still;      /* a picture a second: a still canvas */
} WayMedia;

typedef struct _WaySim WaySim;

/* The link may be changed at any time. */
struct _WaySim {
    WayLink link;
    WayMedia media;
    TuttiCongestion *congestion;
    gint64 now_us;
    /* Since the last way_sim_mark(). */
    gint64 marked_us;
    guint estimate_min, estimate_max;
    gint64 queue_max_us;
    guint64 sent_bytes, padding_bytes, lost, delivered;
};

WaySim *way_sim_new (const WayLink *link, const WayMedia *media, guint seed);
void way_sim_free (WaySim *sim);
void way_sim_run (WaySim *sim, gint64 for_us);
void way_sim_mark (WaySim *sim);
guint way_sim_get_estimate (const WaySim *sim);
/* How long a packet sent now would wait in the link. */
gint64 way_sim_get_queue_us (const WaySim *sim);

/* Runs until the estimate lies within; gives how long that took, at most limit_us. */
gint64 way_sim_run_until (WaySim *sim, guint low_bps, guint high_bps, gint64 limit_us);
/* Prints a line each so often, for looking at a run. */
void way_sim_trace (WaySim *sim, gint64 each_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaySim, way_sim_free)
