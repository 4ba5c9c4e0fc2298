/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* way-sim.c: see way-sim.h. A round is a millisecond. */
#include "way-sim.h"

#include "leg/twcc.h"

#define ROUND_US 1000
#define SOUND_US (20 * WAY_MSEC)
/* 32 kbit/s of Opus with RTP, SRTP, UDP and IP. */
#define SOUND_BYTES 145
#define PICTURE_US 33333
#define PACKET_BYTES 1200
#define KEY_FACTOR 5
#define SOUND_BPS 58000
/* The peer's clock is nobody's business: near a wrap of the 24 bits of 64 ms. */
#define PEER_CLOCK_US ((gint64)0x1000000 * 64000 - 5 * WAY_SEC)

typedef struct {
    gint64 at_us;
    guint bytes;
    guint16 seq;
    guint8 *message; /* feedback, or NULL: a packet */
} Flight;

typedef struct {
    WaySim open;
    GRand *random;
    TuttiTwcc *twcc;
    GSequence *flights; /* of Flight, by time */
    gint64 free_us;     /* the link */
    gint64 answered_us;
    gint64 last_arrival_us;
    double tokens;
    guint rung_bps;
    guint64 waiting_bytes; /* in the pacer */
    double budget_bytes;
    double probe_budget_bytes;
    guint probe_id;
    gint64 sound_us, picture_us, trace_us, trace_each_us;
} Sim;

static const guint ladder[] = {150000, 300000, 500000, 600000, 900000, 1500000};

static gint
compare_flights (gconstpointer a, gconstpointer b, G_GNUC_UNUSED gpointer data)
{
    const Flight *x = a, *y = b;

    return x->at_us < y->at_us ? -1 : x->at_us > y->at_us;
}

static void
free_flight (gpointer data)
{
    Flight *flight = data;

    g_free (flight->message);
    g_free (flight);
}

static void
launch (Sim *sim, gint64 at_us, guint16 seq, guint bytes, guint8 *message)
{
    Flight *flight = g_new (Flight, 1);

    *flight = (Flight){.at_us = at_us, .seq = seq, .bytes = bytes, .message = message};
    g_sequence_insert_sorted (sim->flights, flight, compare_flights, NULL);
}

static gboolean
police (Sim *sim, guint bytes)
{
    if (sim->open.link.police_bps == 0)
        return TRUE;
    if (sim->tokens < bytes)
        return FALSE;
    sim->tokens -= bytes;
    return TRUE;
}

/* When it leaves the bottleneck; 0: never. */
static gint64
queue (Sim *sim, guint bytes)
{
    const WayLink *link = &sim->open.link;
    gint64 start_us = MAX (sim->free_us, sim->open.now_us);

    if (link->link_bps == 0)
        return start_us;
    if (start_us - sim->open.now_us > link->queue_us)
        return 0;
    sim->free_us = start_us + (gint64)bytes * 8 * WAY_SEC / link->link_bps;
    return sim->free_us;
}

static void
send (Sim *sim, guint bytes, guint probe)
{
    const WayLink *link = &sim->open.link;
    guint16 seq = tutti_congestion_take_sent (sim->open.congestion, bytes, probe, sim->open.now_us);
    double luck = g_rand_double (sim->random), jitter = g_rand_double_range (sim->random, -1, 1);
    gint64 left_us;

    sim->open.sent_bytes += bytes;
    left_us = !link->dead && luck >= link->loss && police (sim, bytes) ? queue (sim, bytes) : 0;
    if (left_us == 0) {
        sim->open.lost++;
        return;
    }
    left_us += link->delay_us + link->jitter_us + (gint64)(jitter * (double)link->jitter_us);
    if (link->in_order)
        left_us = MAX (left_us, sim->last_arrival_us);
    sim->last_arrival_us = left_us;
    launch (sim, left_us, seq, bytes, NULL);
}

static void
take_feedback (Sim *sim, const guint8 *data, gsize bytes)
{
    TuttiRtcpReader reader;
    TuttiRtcp rtcp;
    TuttiRtcpFeedback feedback;

    tutti_rtcp_reader_start (&reader, data, bytes);
    g_assert_true (tutti_rtcp_reader_next (&reader, &rtcp));
    g_assert_true (tutti_rtcp_read_feedback (&rtcp, &feedback));
    g_assert_true (
        tutti_congestion_take_feedback (sim->open.congestion, &feedback, sim->open.now_us));
}

static void
land (Sim *sim)
{
    for (GSequenceIter *first = g_sequence_get_begin_iter (sim->flights);
         !g_sequence_iter_is_end (first); first = g_sequence_get_begin_iter (sim->flights)) {
        const Flight *flight = g_sequence_get (first);

        if (flight->at_us > sim->open.now_us)
            return;
        if (flight->message == NULL) {
            tutti_twcc_take (sim->twcc, flight->seq, flight->at_us + PEER_CLOCK_US);
            sim->open.delivered++;
        } else {
            take_feedback (sim, flight->message, flight->bytes);
        }
        g_sequence_remove (first);
    }
}

static void
answer (Sim *sim)
{
    const WayLink *link = &sim->open.link;

    if (sim->open.now_us < sim->answered_us + link->answer_us)
        return;
    while (tutti_twcc_due_us (sim->twcc) <= sim->open.now_us + PEER_CLOCK_US) {
        g_autofree guint8 *data = g_malloc (1200);
        TuttiRtcpWriter writer;

        sim->answered_us = sim->open.now_us;
        tutti_rtcp_writer_start (&writer, data, 1200);
        g_assert_true (
            tutti_twcc_write (sim->twcc, &writer, 1, 2, sim->open.now_us + PEER_CLOCK_US));
        if (!link->dead && g_rand_double (sim->random) >= link->feedback_loss)
            launch (sim, sim->open.now_us + link->delay_us, 0, (guint)writer.length_bytes,
                    g_steal_pointer (&data));
    }
}

/* The rendition for the estimate: the best one that fits beside the sound. */
static guint
choose_rung (const Sim *sim)
{
    guint estimate = way_sim_get_estimate (&sim->open), rung = 0;
    guint most = sim->open.media.media_max_bps > 0 ? sim->open.media.media_max_bps : G_MAXUINT;

    if (estimate == 0)
        estimate = TUTTI_CONGESTION_START_BPS;
    if (sim->open.media.smooth)
        return MIN (estimate > SOUND_BPS ? estimate - SOUND_BPS : 0, most);
    for (guint i = 0; i < G_N_ELEMENTS (ladder); i++)
        if (ladder[i] + SOUND_BPS <= estimate)
            rung = ladder[i];
    return MIN (rung, most);
}

static void
make_media (Sim *sim)
{
    while (sim->sound_us <= sim->open.now_us) {
        sim->sound_us += SOUND_US;
        send (sim, SOUND_BYTES, 0);
    }
    while (sim->picture_us <= sim->open.now_us) {
        guint rung = choose_rung (sim);
        double bytes =
            rung / 8.0 * PICTURE_US / WAY_SEC * g_rand_double_range (sim->random, 0.8, 1.2);

        if (rung != sim->rung_bps && !sim->open.media.smooth)
            bytes *= KEY_FACTOR;
        sim->rung_bps = rung;
        sim->waiting_bytes += (guint64)bytes;
        sim->picture_us += sim->open.media.still ? WAY_SEC : PICTURE_US;
    }
}

static gboolean
is_rash (const Sim *sim)
{
    return sim->open.media.rash && way_sim_get_estimate (&sim->open) == 0;
}

static void
pace (Sim *sim)
{
    double rate = tutti_congestion_get_pacing_bps (sim->open.congestion);

    sim->budget_bytes = MIN (sim->budget_bytes + rate / 8 * ROUND_US / WAY_SEC, PACKET_BYTES);
    if (is_rash (sim))
        sim->budget_bytes = (double)sim->waiting_bytes;
    while (sim->budget_bytes > 0 && sim->waiting_bytes > 0) {
        guint bytes = (guint)MIN (sim->waiting_bytes, PACKET_BYTES);

        send (sim, bytes, 0);
        sim->waiting_bytes -= bytes;
        sim->budget_bytes -= bytes;
    }
}

static void
probe (Sim *sim, const TuttiProbe *probe)
{
    guint bytes = PACKET_BYTES;

    if (probe->id != sim->probe_id)
        sim->probe_budget_bytes = 1;
    sim->probe_id = probe->id;
    sim->probe_budget_bytes += probe->rate_bps / 8.0 * ROUND_US / WAY_SEC;
    if (sim->probe_budget_bytes <= 0 && !is_rash (sim))
        return;
    if (sim->waiting_bytes > 0) {
        bytes = (guint)MIN (sim->waiting_bytes, PACKET_BYTES);
        sim->waiting_bytes -= bytes;
    } else {
        bytes = MIN (bytes, MAX (probe->bytes_left, 200));
        sim->open.padding_bytes += bytes;
    }
    sim->probe_budget_bytes -= bytes;
    send (sim, bytes, probe->id);
}

static void
note (Sim *sim)
{
    guint estimate = way_sim_get_estimate (&sim->open);

    sim->open.estimate_min = MIN (sim->open.estimate_min, estimate);
    sim->open.estimate_max = MAX (sim->open.estimate_max, estimate);
    sim->open.queue_max_us = MAX (sim->open.queue_max_us, way_sim_get_queue_us (&sim->open));
    if (sim->trace_each_us > 0 && sim->open.now_us >= sim->trace_us) {
        TuttiCongestionState state;

        sim->trace_us = sim->open.now_us + sim->trace_each_us;
        tutti_congestion_get_state (sim->open.congestion, &state);
        g_print ("# %7.2f s  estimate %5u  acked %5u  rung %5u kbit/s  queue %4d (%4d) ms  waiting "
                 "%4u  loss %3u%s\n",
                 (double)sim->open.now_us / WAY_SEC, state.estimate_bps / 1000,
                 state.acked_bps / 1000, sim->rung_bps / 1000,
                 (int)(way_sim_get_queue_us (&sim->open) / WAY_MSEC),
                 (int)(state.link_queue_us / WAY_MSEC), (guint)sim->waiting_bytes,
                 state.loss_permille, state.overused ? "  GROWS" : "");
    }
}

static void
run_round (Sim *sim)
{
    const WayLink *link = &sim->open.link;
    TuttiProbe burst;

    sim->open.now_us += ROUND_US;
    sim->tokens =
        MIN (sim->tokens + link->police_bps / 8.0 * ROUND_US / WAY_SEC, (double)link->police_bytes);
    land (sim);
    answer (sim);
    make_media (sim);
    /* Otherwise who waits for it would spin. */
    g_assert_cmpint (tutti_congestion_tick (sim->open.congestion, sim->open.now_us), >,
                     sim->open.now_us);
    if (!tutti_congestion_get_probe (sim->open.congestion, &burst, sim->open.now_us))
        pace (sim);
    else
        do
            probe (sim, &burst);
        while (is_rash (sim) &&
               tutti_congestion_get_probe (sim->open.congestion, &burst, sim->open.now_us));
    note (sim);
}

WaySim *
way_sim_new (const WayLink *link, const WayMedia *media, guint seed)
{
    Sim *sim = g_new0 (Sim, 1);

    sim->open.link = *link;
    sim->open.media = *media;
    sim->open.now_us = sim->sound_us = sim->picture_us = 1000 * WAY_SEC;
    sim->open.congestion = tutti_congestion_new ();
    sim->random = g_rand_new_with_seed (seed);
    sim->twcc = tutti_twcc_new ();
    sim->flights = g_sequence_new (free_flight);
    tutti_congestion_set_wanted (sim->open.congestion, media->wanted_bps);
    tutti_congestion_take_round_trip (sim->open.congestion, (guint)(2 * link->delay_us));
    way_sim_mark (&sim->open);
    return &sim->open;
}

void
way_sim_free (WaySim *open)
{
    Sim *sim = (Sim *)open;

    tutti_congestion_free (sim->open.congestion);
    tutti_twcc_free (sim->twcc);
    g_sequence_free (sim->flights);
    g_rand_free (sim->random);
    g_free (sim);
}

void
way_sim_run (WaySim *open, gint64 for_us)
{
    for (gint64 end_us = open->now_us + for_us; open->now_us < end_us;)
        run_round ((Sim *)open);
}

void
way_sim_mark (WaySim *open)
{
    open->marked_us = open->now_us;
    open->estimate_min = G_MAXUINT;
    open->estimate_max = 0;
    open->queue_max_us = 0;
    open->sent_bytes = open->padding_bytes = open->lost = open->delivered = 0;
}

guint
way_sim_get_estimate (const WaySim *open)
{
    TuttiCongestionState state;

    tutti_congestion_get_state (open->congestion, &state);
    return state.estimate_bps;
}

gint64
way_sim_get_queue_us (const WaySim *open)
{
    return MAX (((const Sim *)open)->free_us - open->now_us, 0);
}

gint64
way_sim_run_until (WaySim *open, guint low_bps, guint high_bps, gint64 limit_us)
{
    gint64 start_us = open->now_us;

    while (open->now_us - start_us < limit_us) {
        guint estimate = way_sim_get_estimate (open);

        if (estimate >= low_bps && estimate <= high_bps)
            break;
        run_round ((Sim *)open);
    }
    return open->now_us - start_us;
}

void
way_sim_trace (WaySim *open, gint64 each_us)
{
    ((Sim *)open)->trace_each_us = each_us;
}
