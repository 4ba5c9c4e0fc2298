/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * congestion.c: see congestion.h. Each part is a file of its own (sent-log, trend, rate-control,
 * loss-control, rate-probe, probe-plan); here they are told what happened and asked in turn, at
 * each feedback message.
 */
#include "congestion.h"

#include "loss-control.h"
#include "probe-plan.h"
#include "rate-control.h"
#include "sent-log.h"
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
/* Nobody's delay changes by more: another clock. */
#define CLOCK_JUMP_US (10 * (gint64)G_USEC_PER_SEC)
/* Reordering of so long ago is forgotten. */
#define NOISE_US (5 * (gint64)G_USEC_PER_SEC)
/* Where packets come so much late by themselves, a probe may have been believed for that: whether a
 * queue grows shows within the wait, before the next step up. */
#define NOISY_US (15 * MSEC)
#define NOISY_WAIT_US (1000 * MSEC)
/* Packets of such a size so close were held up together: no link that needs an estimate sends at
 * 10 Mbit/s. */
#define BUNCH_BYTES 500
#define BUNCH_US 400
/* More is a queue somewhere, not jitter. */
#define NOISE_MAX_US (200 * MSEC)
/* Feedback comes ten times a second, at the slowest four times; a round trip is added. */
#define SILENCE_US (500 * MSEC)
#define ROUND_TRIP_US (100 * MSEC)
#define ROUND_TRIP_MAX_US (1000 * MSEC)
/* Without transport feedback for so long, REMB and reports count. */
#define FALLBACK_US (2 * (gint64)G_USEC_PER_SEC)
/* A key frame shall not wait at our end where the link has room (libwebrtc's pacer has 2.5). */
#define PACING_PERCENT 250
/* Where what the link has is known, more would only wait in the link, and sound behind it. */
#define PACING_FULL_PERCENT 110
/* A result that raises the estimate by less is none. */
#define GAIN_PERCENT 105
/* A probe soon after the queue has gone, but not on top of the key frame that comes with more room.
 */
#define HURRY_US (1000 * MSEC)
/* A queue so soon after a probe's result is for its being wrong. */
#define REFUTED_US (3 * (gint64)G_USEC_PER_SEC)
/* Reports' loss: draft-ietf-rmcat-gcc-02 section 6; they come once a second. */
#define LOSS_LOW (256 * 2 / 100)
#define LOSS_HIGH (256 * 10 / 100)
#define LOSS_GROWTH 0.08
#define LOSS_INTERVAL_US (500 * MSEC)

struct _TuttiCongestion {
    TuttiSentLog *log;
    TuttiTrend *trend;
    TuttiRateProbe *probe;
    TuttiRateControl rate;
    TuttiLossControl loss;
    TuttiProbePlan plan;
    TuttiTrendSign sign;
    guint acked_bps, round_trip_us;
    gint64 proven_us; /* a probe raised the estimate; 0: none did */

    struct {
        gboolean known;
        guint32 reference; /* as it came */
        gint64 base_us;    /* the reference, unwrapped */
        gint64 delay_us;   /* the last packet's */
    } clock;
    struct { /* how much earlier a later packet comes, or how much later one than others */
        gint64 latest_us;
        gint64 bunch_us;          /* when the first was sent of those that came together */
        gint64 now_us, before_us; /* this while and the last one */
        gint64 turn_us;
    } noise;
    struct {
        gint64 last_us;       /* transport feedback; 0: none ever */
        gint64 unanswered_us; /* the first packet sent since then; 0: none */
        gint64 halve_us;      /* when to halve next; 0: not silent */
        guint before_bps;
    } feedback;
    struct {
        guint remb_bps, report_bps; /* 0: none came */
        gint64 report_us;
        guint permille;
    } fallback;
};

static gboolean
has_feedback (const TuttiCongestion *congestion)
{
    return congestion->feedback.last_us != 0;
}

/* Transport feedback is worth more, while it comes. */
static gboolean
may_fall_back (const TuttiCongestion *congestion, gint64 now_us)
{
    return !has_feedback (congestion) || now_us - congestion->feedback.last_us > FALLBACK_US;
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
    if (congestion->fallback.remb_bps > 0)
        return CLAMP (congestion->fallback.remb_bps, TUTTI_CONGESTION_MIN_BPS,
                      TUTTI_CONGESTION_MAX_BPS);
    if (has_feedback (congestion))
        return get_rate (congestion);
    return congestion->fallback.report_bps;
}

/* The message's reference time on a scale that doesn't wrap. */
static void
unwrap_reference (TuttiCongestion *congestion, guint32 reference)
{
    gint32 step = (gint32)((reference - congestion->clock.reference) << 8) >> 8; /* 24 bits */

    if (!congestion->clock.known)
        step = 0;
    congestion->clock.known = TRUE;
    congestion->clock.reference = reference;
    congestion->clock.base_us += (gint64)step * TUTTI_TWCC_REFERENCE_US;
}

static void
forget_clock (TuttiCongestion *congestion)
{
    congestion->clock.known = FALSE;
    congestion->clock.base_us = 0;
    congestion->clock.delay_us = 0;
    tutti_trend_reset (congestion->trend);
    tutti_sent_log_reset (congestion->log);
    tutti_rate_probe_reset (congestion->probe);
    congestion->noise.latest_us = congestion->noise.now_us = congestion->noise.before_us = 0;
}

static gint64
get_noise (const TuttiCongestion *congestion)
{
    return MAX (congestion->noise.now_us, congestion->noise.before_us);
}

static void
note_noise (TuttiCongestion *congestion, const TuttiSent *sent, gint64 arrived_us)
{
    gint64 late_us = congestion->noise.latest_us - arrived_us;

    if (sent->sent_us - congestion->noise.turn_us > NOISE_US) {
        congestion->noise.before_us = congestion->noise.now_us;
        congestion->noise.now_us = 0;
        congestion->noise.turn_us = sent->sent_us;
    }
    if (late_us < 0) {
        if (late_us < -BUNCH_US || sent->bytes < BUNCH_BYTES)
            congestion->noise.bunch_us = sent->sent_us;
        else /* it was held up with those before it */
            late_us = sent->sent_us - congestion->noise.bunch_us;
        congestion->noise.latest_us = arrived_us;
    }
    congestion->noise.now_us = MAX (congestion->noise.now_us, MIN (late_us, NOISE_MAX_US));
}

static void
note_arrival (TuttiCongestion *congestion, TuttiSent *sent, gint64 arrived_us)
{
    gint64 delay_us = arrived_us - sent->sent_us;

    if (!congestion->clock.known || tutti_sent_log_get_newest_us (congestion->log) == 0)
        congestion->noise.latest_us = arrived_us;
    congestion->clock.delay_us = delay_us;
    note_noise (congestion, sent, arrived_us);
    tutti_sent_log_note_arrival (congestion->log, sent, arrived_us);
    tutti_trend_take (congestion->trend, sent->sent_us, delay_us);
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
    TuttiSent *sent = tutti_sent_log_find (congestion->log, status->seq);
    gint64 arrived_us = congestion->clock.base_us + status->ticks * TUTTI_TWCC_TICK_US;

    if (sent == NULL || sent->fate == TUTTI_SENT_ARRIVED)
        return FALSE;
    if (!status->arrived) {
        sent->fate = TUTTI_SENT_MISSING;
        return FALSE;
    }
    if (tutti_sent_log_get_newest_us (congestion->log) != 0 &&
        ABS (arrived_us - sent->sent_us - congestion->clock.delay_us) > CLOCK_JUMP_US) {
        forget_clock (congestion);
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
    const TuttiSent *sent;

    while ((sent = tutti_sent_log_settle (congestion->log, before_us)) != NULL) {
        if (tutti_loss_control_take (&congestion->loss, sent, queued, now_us))
            tutti_probe_plan_refute (&congestion->plan, now_us);
    }
}

static void
judge_probes (TuttiCongestion *congestion, gint64 now_us)
{
    TuttiProbeLight light = {.newest_us = tutti_sent_log_get_newest_us (congestion->log),
                             .noise_us = get_noise (congestion),
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
    gint64 waited_us = MAX (WAITED_US, MIN (get_noise (congestion), queue_us) / 2);
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

/* The peer's estimate, or reports alone, until there is transport feedback. */
static void
end_fallback (TuttiCongestion *congestion)
{
    congestion->fallback.remb_bps = congestion->fallback.report_bps = 0;
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
    unwrap_reference (congestion, reader.reference);
    while (tutti_twcc_reader_next (&reader, &status))
        news |= take_status (congestion, &status);
    if (!news)
        return !reader.malformed;
    congestion->feedback.last_us = now_us;
    end_fallback (congestion);
    end_silence (congestion, now_us);
    control_rate (congestion, now_us);
    settle_losses (congestion, now_us);
    judge_probes (congestion, now_us);
    return !reader.malformed;
}

void
tutti_congestion_take_remb (TuttiCongestion *congestion, guint bitrate_bps, gint64 now_us)
{
    if (!may_fall_back (congestion, now_us))
        return;
    congestion->fallback.remb_bps = MAX (bitrate_bps, 1);
}

void
tutti_congestion_take_loss (TuttiCongestion *congestion, guint8 fraction_lost, gint64 now_us)
{
    double rate = congestion->fallback.report_bps;
    gint64 step_us = now_us - congestion->fallback.report_us;

    if (!may_fall_back (congestion, now_us) || has_feedback (congestion))
        return;
    congestion->fallback.permille = fraction_lost * 1000u / 256;
    if (rate == 0)
        rate = TUTTI_CONGESTION_START_BPS;
    else if (step_us < LOSS_INTERVAL_US)
        return; /* one of several blocks in the same report */
    else if (fraction_lost > LOSS_HIGH)
        rate *= 1 - fraction_lost / 512.0;
    else if (fraction_lost < LOSS_LOW && rate < congestion->plan.wanted_bps)
        rate *= 1 + LOSS_GROWTH * (double)MIN (step_us, G_USEC_PER_SEC) / G_USEC_PER_SEC;
    congestion->fallback.report_us = now_us;
    congestion->fallback.report_bps =
        (guint)CLAMP (rate, TUTTI_CONGESTION_MIN_BPS, TUTTI_CONGESTION_MAX_BPS);
}

void
tutti_congestion_take_round_trip (TuttiCongestion *congestion, guint round_trip_us)
{
    congestion->round_trip_us = MIN (round_trip_us, ROUND_TRIP_MAX_US);
}

void
tutti_congestion_reset (TuttiCongestion *congestion, gint64 now_us)
{
    forget_clock (congestion);
    start (congestion, congestion->plan.wanted_bps, now_us);
    congestion->sign = TUTTI_TREND_STEADY;
    congestion->acked_bps = 0;
    congestion->proven_us = 0;
    memset (&congestion->feedback, 0, sizeof congestion->feedback);
    memset (&congestion->fallback, 0, sizeof congestion->fallback);
}

gint64
tutti_congestion_tick (TuttiCongestion *congestion, gint64 now_us)
{
    gint64 next_us = watch_silence (congestion, now_us), probe_us;
    gboolean sends = congestion->feedback.unanswered_us != 0 || has_feedback (congestion);
    gboolean calm =
        congestion->feedback.halve_us == 0 && congestion->rate.drain_since_us == 0 &&
        congestion->sign != TUTTI_TREND_GROWING &&
        tutti_trend_get_queue_us (congestion->trend) < PROBE_QUEUE_US + get_noise (congestion);

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
