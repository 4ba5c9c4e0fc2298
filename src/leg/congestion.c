/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * congestion.c: see congestion.h. Each part is a file of its own (sent-log, peer-clock, trend,
 * rate-control, loss-control, rate-probe, probe-plan, fallback); here they are told what happened
 * and asked in turn, at each feedback message.
 */
#include "congestion.h"

#include "peer-clock.h"
#include "fallback.h"
#include "loss-control.h"
#include "probe-plan.h"
#include "rate-control.h"
#include "twcc-read.h"

#include <string.h>

#define MSEC 1000
#define ACKED_US (500 * MSEC)
/* A packet that hasn't come when one sent so much later has: lost. */
#define SETTLE_US (200 * MSEC)
/* A longer queue may have been full, and a drop is for that. */
#define QUEUED_US (60 * MSEC)
/* A packet that takes so much longer than the shortest has waited for others. */
#define WAITED_US (8 * MSEC)
/* Where that tells nothing, what arrived of late. */
#define BUSY_US (200 * MSEC)
/* A probe on top of a longer queue would be felt. */
#define PROBE_QUEUE_US (30 * MSEC)
/* Where packets come so much late by themselves, a probe may have been believed for that: whether a
 * queue grows shows within the wait, before the next step up. */
#define NOISY_US (15 * MSEC)
#define NOISY_WAIT_US (1000 * MSEC)
/* Feedback comes ten times a second, at the slowest four times; a round trip is added. */
#define SILENCE_US (500 * MSEC)
#define ROUND_TRIP_US (100 * MSEC)
#define ROUND_TRIP_MAX_US (1000 * MSEC)
/* Without transport feedback for so long, REMB counts. */
#define FALLBACK_US (2 * (gint64)G_USEC_PER_SEC)
/* A key frame shall not wait at our end where the link has room (libwebrtc's pacer has 2.5). */
#define PACING_PERCENT 250
/* Where what the link has is known, more would only wait in the link, and sound behind it. */
#define PACING_FULL_PERCENT 100
/* A result that raises the estimate by less is none. */
#define GAIN_PERCENT 105
/* A probe soon after the queue has gone, but not on top of the key frame that comes with more room.
 */
#define HURRY_US (1000 * MSEC)
/* A queue so soon after a probe's result is for its being wrong. */
#define REFUTED_US (3 * (gint64)G_USEC_PER_SEC)

struct _TuttiCongestion {
    TuttiSentLog *log;
    TuttiPeerClock clock;
    TuttiTrend *trend;
    TuttiRateProbe *probe;
    TuttiRateControl rate;
    TuttiLossControl loss;
    TuttiProbePlan plan;
    TuttiFallback fallback;
    TuttiTrendSign sign;
    guint acked_bps, round_trip_us;
    gint64 proven_us; /* a probe raised the estimate; 0: none did */

    struct {
        gint64 last_us;       /* transport feedback; 0: none ever */
        gint64 unanswered_us; /* the first packet sent since then; 0: none */
        gint64 halve_us;      /* when to halve next; 0: not silent */
        guint before_bps;
    } feedback;
};

static gboolean
has_feedback (const TuttiCongestion *congestion)
{
    return congestion->feedback.last_us != 0;
}

/* What goes by transport feedback. */
static guint
get_rate (const TuttiCongestion *congestion)
{
    return MAX (MIN (congestion->rate.rate_bps, congestion->loss.limit_bps),
                TUTTI_CONGESTION_MIN_BPS);
}

static guint
get_estimate (const TuttiCongestion *congestion)
{
    guint fallback_bps = tutti_fallback_get_estimate (&congestion->fallback);

    return fallback_bps == 0 && has_feedback (congestion) ? get_rate (congestion) : fallback_bps;
}

static void
forget_arrivals (TuttiCongestion *congestion)
{
    tutti_trend_reset (congestion->trend);
    tutti_sent_log_reset (congestion->log);
    tutti_rate_probe_reset (congestion->probe);
}

static void
note_arrival (TuttiCongestion *congestion, TuttiSentPacket *sent, gint64 arrived_us)
{
    tutti_sent_log_note_arrival (congestion->log, sent, arrived_us);
    tutti_trend_take (congestion->trend, sent->sent_us, arrived_us - sent->sent_us);
    if (sent->probe == 0)
        return;
    tutti_rate_probe_take_arrival (congestion->probe, sent->probe, sent->bytes, sent->sent_us,
                                   arrived_us);
    tutti_trend_skip (congestion->trend);
}

/* Gives whether there was news. */
static gboolean
take_status (TuttiCongestion *congestion, const TuttiTwccStatus *status)
{
    TuttiSentPacket *sent = tutti_sent_log_find (congestion->log, status->seq);
    gint64 arrived_us = tutti_peer_clock_get_us (&congestion->clock, status->ticks);

    if (sent == NULL || sent->fate == TUTTI_SENT_ARRIVED)
        return FALSE;
    if (!status->arrived) {
        sent->fate = TUTTI_SENT_MISSING;
        return FALSE;
    }
    if (!tutti_peer_clock_take (&congestion->clock, sent, arrived_us)) {
        forget_arrivals (congestion);
        return FALSE;
    }
    note_arrival (congestion, sent, arrived_us);
    return TRUE;
}

static void
end_silence (TuttiCongestion *congestion, gint64 now_us)
{
    congestion->feedback.unanswered_us = 0;
    if (congestion->feedback.halve_us == 0)
        return;
    congestion->feedback.halve_us = 0;
    congestion->rate.rate_bps =
        MAX (congestion->rate.rate_bps, congestion->feedback.before_bps / 2);
    tutti_trend_skip (congestion->trend);
    tutti_loss_control_skip (&congestion->loss, now_us);
    tutti_probe_plan_hurry (&congestion->plan, 0, now_us);
}

static void
settle_losses (TuttiCongestion *congestion, gint64 now_us)
{
    gint64 before_us = tutti_sent_log_get_newest_us (congestion->log) - SETTLE_US;
    gboolean queued = congestion->rate.drain_since_us != 0 ||
                      tutti_trend_get_queue_us (congestion->trend) > QUEUED_US;
    const TuttiSentPacket *sent;

    while ((sent = tutti_sent_log_settle (congestion->log, before_us)) != NULL) {
        if (tutti_loss_control_take (&congestion->loss, sent, queued, now_us))
            tutti_probe_plan_refute (&congestion->plan, now_us);
    }
}

static void
judge_probes (TuttiCongestion *congestion, gint64 now_us)
{
    TuttiProbeLight light = {.newest_us = tutti_sent_log_get_newest_us (congestion->log),
                             .noise_us = tutti_peer_clock_get_noise_us (&congestion->clock),
                             .own_loss = congestion->loss.own};
    TuttiProbeResult result;

    while (tutti_rate_probe_judge (congestion->probe, &light, &result, now_us)) {
        guint64 before = get_rate (congestion);

        if (congestion->rate.drain_since_us == 0) {
            tutti_rate_control_prove (&congestion->rate, result.rate_bps,
                                      result.link_bps > congestion->acked_bps ? result.link_bps
                                                                              : 0);
            tutti_loss_control_prove (&congestion->loss, result.rate_bps, now_us);
        }
        if (get_rate (congestion) > before)
            congestion->proven_us = now_us;
        tutti_probe_plan_take_result (&congestion->plan,
                                      get_rate (congestion) >= before * GAIN_PERCENT / 100, now_us);
        if (light.noise_us > NOISY_US)
            tutti_probe_plan_wait (&congestion->plan, NOISY_WAIT_US, now_us);
    }
}

/* Jitter makes packets look as if they had waited, or not. */
static guint
get_busy_rate (const TuttiCongestion *congestion, guint queue_us)
{
    gint64 waited_us =
        MAX (WAITED_US, MIN (tutti_peer_clock_get_noise_us (&congestion->clock), queue_us) / 2);
    guint rate_bps = tutti_sent_log_get_busy_rate (
        congestion->log, tutti_trend_get_base_us (congestion->trend) + waited_us);

    return rate_bps > 0 ? rate_bps : tutti_sent_log_get_rate (congestion->log, BUSY_US);
}

static void
control_rate (TuttiCongestion *congestion, gint64 now_us)
{
    gboolean drained = congestion->rate.drain_since_us != 0;
    double kept = 1 - congestion->loss.own;
    TuttiRateInput input;
    guint queue_us;

    congestion->acked_bps = tutti_sent_log_get_rate (congestion->log, ACKED_US);
    queue_us = tutti_trend_get_queue_us (congestion->trend);
    congestion->loss.acked_bps = congestion->acked_bps;
    congestion->sign = tutti_trend_judge (congestion->trend);
    input = (TuttiRateInput){.sign = congestion->sign,
                             .queue_us = queue_us,
                             .noise_us = (guint)tutti_peer_clock_get_noise_us (&congestion->clock),
                             .flying_bytes = tutti_sent_log_get_flying_bytes (congestion->log),
                             .acked_bps = (guint)(congestion->acked_bps / kept),
                             .flying_us = now_us - tutti_sent_log_get_newest_us (congestion->log),
                             .busy_bps = (guint)(get_busy_rate (congestion, queue_us) / kept),
                             .round_trip_us = congestion->round_trip_us};
    if (tutti_rate_control_update (&congestion->rate, &input, now_us))
        tutti_trend_accept_queue (congestion->trend);
    if (congestion->rate.drain_since_us == 0) {
        if (drained)
            tutti_probe_plan_hurry (&congestion->plan, HURRY_US, now_us);
    } else if (congestion->proven_us != 0 && now_us - congestion->proven_us < REFUTED_US) {
        tutti_probe_plan_refute (&congestion->plan, now_us);
        congestion->proven_us = 0;
    }
}

/* Gives when to look again. */
static gint64
watch_silence (TuttiCongestion *congestion, gint64 now_us)
{
    gint64 silent_us;

    if (!has_feedback (congestion) || congestion->feedback.unanswered_us == 0)
        return G_MAXINT64;
    silent_us = congestion->feedback.unanswered_us + SILENCE_US + congestion->round_trip_us;
    if (now_us < silent_us)
        return silent_us;
    if (congestion->feedback.halve_us == 0) {
        congestion->feedback.before_bps = congestion->rate.rate_bps;
        congestion->feedback.halve_us = now_us;
    }
    if (now_us >= congestion->feedback.halve_us) {
        congestion->rate.rate_bps = MAX (get_rate (congestion) / 2, TUTTI_CONGESTION_MIN_BPS);
        congestion->feedback.halve_us = now_us + SILENCE_US;
    }
    return congestion->feedback.halve_us;
}

static void
start (TuttiCongestion *congestion, guint wanted_bps, gint64 now_us)
{
    congestion->round_trip_us = ROUND_TRIP_US;
    tutti_rate_control_start (&congestion->rate, TUTTI_CONGESTION_START_BPS, now_us);
    tutti_loss_control_start (&congestion->loss);
    tutti_probe_plan_start (&congestion->plan, wanted_bps);
}

TuttiCongestion *
tutti_congestion_new (void)
{
    TuttiCongestion *congestion = g_new0 (TuttiCongestion, 1);

    congestion->log = tutti_sent_log_new ();
    congestion->trend = tutti_trend_new ();
    congestion->probe = tutti_rate_probe_new ();
    start (congestion, 0, 0);
    return congestion;
}

void
tutti_congestion_free (TuttiCongestion *congestion)
{
    if (congestion == NULL)
        return;
    tutti_sent_log_free (congestion->log);
    tutti_trend_free (congestion->trend);
    tutti_rate_probe_free (congestion->probe);
    g_free (congestion);
}

void
tutti_congestion_set_wanted (TuttiCongestion *congestion, guint bitrate_bps)
{
    tutti_probe_plan_set_wanted (&congestion->plan, bitrate_bps, get_rate (congestion));
}

guint16
tutti_congestion_take_sent (TuttiCongestion *congestion, gsize bytes, guint probe, gint64 now_us)
{
    if (congestion->feedback.unanswered_us == 0)
        congestion->feedback.unanswered_us = now_us;
    tutti_rate_probe_take_sent (congestion->probe, probe, (guint)MIN (bytes, G_MAXUINT16), now_us);
    return tutti_sent_log_add (congestion->log, bytes, probe, now_us);
}

gboolean
tutti_congestion_take_feedback (TuttiCongestion *congestion, const TuttiRtcpFeedback *feedback,
                                gint64 now_us)
{
    TuttiTwccReader reader;
    TuttiTwccStatus status;
    gboolean news = FALSE;

    if (!tutti_twcc_reader_start (&reader, feedback))
        return FALSE;
    tutti_peer_clock_open (&congestion->clock, reader.reference);
    while (tutti_twcc_reader_next (&reader, &status))
        news |= take_status (congestion, &status);
    if (!news)
        return !reader.malformed;
    congestion->feedback.last_us = now_us;
    congestion->fallback = (TuttiFallback){0};
    end_silence (congestion, now_us);
    control_rate (congestion, now_us);
    settle_losses (congestion, now_us);
    judge_probes (congestion, now_us);
    return !reader.malformed;
}

void
tutti_congestion_take_remb (TuttiCongestion *congestion, guint bitrate_bps, gint64 now_us)
{
    if (!has_feedback (congestion) || now_us - congestion->feedback.last_us > FALLBACK_US)
        tutti_fallback_take_remb (&congestion->fallback, bitrate_bps, now_us);
}

void
tutti_congestion_take_loss (TuttiCongestion *congestion, guint8 fraction_lost, gint64 now_us)
{
    /* Not when transport feedback merely stays away: reports about a dead link tell of no loss. */
    if (!has_feedback (congestion))
        tutti_fallback_take_loss (&congestion->fallback, fraction_lost, congestion->plan.wanted_bps,
                                  now_us);
}

void
tutti_congestion_take_round_trip (TuttiCongestion *congestion, guint round_trip_us)
{
    congestion->round_trip_us = MIN (round_trip_us, ROUND_TRIP_MAX_US);
}

void
tutti_congestion_reset (TuttiCongestion *congestion, gint64 now_us)
{
    congestion->clock = (TuttiPeerClock){0};
    forget_arrivals (congestion);
    start (congestion, congestion->plan.wanted_bps, now_us);
    congestion->sign = TUTTI_TREND_STEADY;
    congestion->acked_bps = 0;
    congestion->proven_us = 0;
    memset (&congestion->feedback, 0, sizeof congestion->feedback);
    congestion->fallback = (TuttiFallback){0};
}

gint64
tutti_congestion_tick (TuttiCongestion *congestion, gint64 now_us)
{
    gint64 next_us = watch_silence (congestion, now_us), probe_us;
    gboolean sends = congestion->feedback.unanswered_us != 0 || has_feedback (congestion);
    gboolean calm = congestion->feedback.halve_us == 0 && congestion->rate.drain_since_us == 0 &&
                    congestion->sign != TUTTI_TREND_GROWING &&
                    tutti_trend_get_queue_us (congestion->trend) <
                        PROBE_QUEUE_US + tutti_peer_clock_get_noise_us (&congestion->clock);

    judge_probes (congestion, now_us);
    if (sends && calm)
        tutti_probe_plan_run (&congestion->plan, congestion->probe, get_rate (congestion), now_us);
    probe_us = tutti_rate_probe_is_busy (congestion->probe)
                   ? tutti_rate_probe_get_end_us (congestion->probe)
                   : tutti_probe_plan_get_next_us (&congestion->plan, get_rate (congestion));
    if (!sends || !calm)
        probe_us = G_MAXINT64; /* feedback changes that, and ticks */
    return MIN (next_us, probe_us);
}

gboolean
tutti_congestion_get_probe (TuttiCongestion *congestion, TuttiProbe *probe, gint64 now_us)
{
    return tutti_rate_probe_get (congestion->probe, probe, now_us);
}

void
tutti_congestion_get_state (const TuttiCongestion *congestion, TuttiCongestionState *state)
{
    *state = (TuttiCongestionState){
        .estimate_bps = get_estimate (congestion),
        .acked_bps = congestion->acked_bps,
        .link_queue_us = tutti_trend_get_queue_us (congestion->trend),
        .loss_permille =
            has_feedback (congestion) ? congestion->loss.permille : congestion->fallback.permille,
        .overused = congestion->sign == TUTTI_TREND_GROWING,
        .has_feedback = has_feedback (congestion),
    };
}

guint
tutti_congestion_get_pacing_bps (const TuttiCongestion *congestion)
{
    guint estimate_bps = get_estimate (congestion);
    gboolean is_full =
        congestion->rate.link_bps > 0 || congestion->loss.limit_bps != TUTTI_LOSS_UNLIMITED;

    if (estimate_bps == 0)
        estimate_bps = TUTTI_CONGESTION_START_BPS;
    if (congestion->rate.drain_since_us != 0 || congestion->sign == TUTTI_TREND_GROWING)
        return estimate_bps;
    return (guint)((guint64)estimate_bps * (is_full ? PACING_FULL_PERCENT : PACING_PERCENT) / 100);
}
