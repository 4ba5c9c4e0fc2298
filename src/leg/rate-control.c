/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rate-control.c: see rate-control.h. */
#include "rate-control.h"

#include "congestion.h"

#define MSEC 1000
/* Section 5.5: beta. */
#define DECREASE 0.85
/* The queue that is there shall be gone after this. */
#define DRAIN_US (800 * MSEC)
/* Below this share of what the link carries the picture suffers more than the delay does. */
#define DRAIN_SHARE_MIN 0.35
/* What is left of the link when its queue is gone: the margin keeps the next one away. */
#define LINK_SHARE 0.95
/* A queue that is shorter is gone. */
#define DRAINED_US (15 * MSEC)
/* After so long it should have shrunk by half. */
#define DRAIN_PATIENCE_US (2500 * MSEC)
/* Our own answer to a growing queue shows after a round trip and a feedback interval; a second
 * decrease before would punish the same queue twice. */
#define ANSWER_US (150 * MSEC)
/* What was sent of late, of what the link carries; and the least stretch that says so. */
#define BURST_OVER_SHARE 0.93
#define BURST_OVER_US (50 * MSEC)
/* A link of which so little is left is believed when the queue is as long as this. Where little is
 * sent, a way that became longer (another route, radio) looks like one; and if it is one, a queue
 * of that length is there within a moment. */
#define DOUBT_SHARE 0.5
#define DOUBT_QUEUE_US (80 * MSEC)
/* Unless what the link carries turns out to be much less. */
#define MUCH_LESS 0.75
/* Section 5.5: multiplicative increase, a second. */
#define INCREASE 0.08
/* Additive increase: a packet each response time (section 5.5), but no more than this share a
 * second: on a slow link a packet is much. */
#define INCREASE_NEAR_MAX 0.05
#define PACKET_BITS (1200 * 8)
#define STEP_MAX_US (500 * MSEC)
/* Around what the link carried, growth is careful; what carries more has changed. */
#define NEAR_LOW 0.8
#define NEAR_HIGH 1.15
/* Unproven growth: section 5.5, "1.5 times what arrives". */
#define ACKED_SHARE_MAX 1.5
/* Beyond what the link was seen to carry, growth is proven by use: it stays so close to it. */
#define USED_FACTOR 1.08
/* How fast a new look at the link replaces the old one. */
#define LINK_GAIN 0.5

static void
learn_link (TuttiRateControl *control, guint busy_bps)
{
    gdouble link = control->link_bps;

    if (link > 0 && busy_bps > link * 0.7 && busy_bps < link * 1.3)
        control->link_bps = (guint)(link + LINK_GAIN * (busy_bps - link));
    else
        control->link_bps = busy_bps;
}

/* The queue was a burst's (a key frame): what has been sent since lets it go. */
static gboolean
is_over (const TuttiRateInput *input)
{
    gdouble sent_bits = input->flying_bytes * 8.0;

    return sent_bits * G_USEC_PER_SEC <
           BURST_OVER_SHARE * input->busy_bps * MAX (input->flying_us, BURST_OVER_US);
}

/* Far enough below what the link carries for the queue to go. */
static guint
aim_low (const TuttiRateInput *input)
{
    gdouble busy = input->busy_bps;
    /* The delay is of packets that were sent a queue ago: what has been sent since can't be longer
     * than itself. */
    gdouble queue_bits = MIN (busy * input->queue_us / G_USEC_PER_SEC, input->flying_bytes * 8.0);
    gdouble drain = queue_bits * G_USEC_PER_SEC / DRAIN_US;

    drain = MAX (drain, busy * (1 - DECREASE));
    return (guint)MAX (busy - drain, busy * DRAIN_SHARE_MIN);
}

static void
decrease (TuttiRateControl *control, const TuttiRateInput *input, gint64 now_us)
{
    gint64 answer_us = control->decreased_us + input->round_trip_us + ANSWER_US;
    guint rate_bps = aim_low (input);

    if (input->busy_bps == 0)
        return;
    if (input->busy_bps < control->rate_bps * DOUBT_SHARE && input->queue_us < DOUBT_QUEUE_US)
        return;
    if (now_us < answer_us && input->busy_bps > control->link_bps * MUCH_LESS)
        return;
    learn_link (control, input->busy_bps);
    if (is_over (input))
        return;
    if (rate_bps >= control->rate_bps)
        return;
    if (control->drain_since_us == 0) {
        control->before_bps = control->rate_bps;
        control->drain_since_us = now_us;
        control->drain_queue_us = input->queue_us;
    }
    control->drain_queue_us = MAX (control->drain_queue_us, input->queue_us);
    control->rate_bps = rate_bps;
    control->decreased_us = now_us;
}

/* On a slow link even a packet that finds no queue takes its time. */
static gint64
get_packet_us (const TuttiRateControl *control)
{
    return control->link_bps == 0 ? 0 : (gint64)PACKET_BITS * G_USEC_PER_SEC / control->link_bps;
}

/* While a queue goes. TRUE: it doesn't. */
static gboolean
drain (TuttiRateControl *control, const TuttiRateInput *input, gint64 now_us)
{
    if (input->queue_us < DRAINED_US + get_packet_us (control) + input->noise_us) {
        guint after_bps = (guint)(control->link_bps * LINK_SHARE);

        control->rate_bps = MAX (control->rate_bps, MIN (after_bps, control->before_bps));
        control->drain_since_us = 0;
        return FALSE;
    }
    if (now_us - control->drain_since_us < DRAIN_PATIENCE_US)
        return FALSE;
    control->drain_since_us = now_us;
    if (input->queue_us < control->drain_queue_us / 2) {
        control->drain_queue_us = input->queue_us;
        return FALSE;
    }
    control->drain_since_us = 0;
    return TRUE;
}

/* Growth a second. */
static gdouble
choose_growth (const TuttiRateControl *control, const TuttiRateInput *input)
{
    gdouble rate = control->rate_bps, link = control->link_bps;
    gdouble response_us = input->round_trip_us + 100.0 * MSEC;

    if (link == 0 || rate < link * NEAR_LOW)
        return rate * INCREASE;
    return MIN ((gdouble)PACKET_BITS * G_USEC_PER_SEC / response_us, rate * INCREASE_NEAR_MAX);
}

static void
increase (TuttiRateControl *control, const TuttiRateInput *input, gint64 step_us)
{
    gdouble growth = choose_growth (control, input) * (gdouble)step_us / G_USEC_PER_SEC;
    gdouble bound = input->acked_bps * ACKED_SHARE_MAX;
    gdouble rate = control->rate_bps;

    if (input->acked_bps >= control->link_bps * NEAR_HIGH)
        control->link_bps = 0; /* it carries more than it did */
    if (control->link_bps > 0)
        bound = MIN (bound, MAX (control->link_bps, input->acked_bps * USED_FACTOR));
    bound = MIN (bound, TUTTI_CONGESTION_MAX_BPS);
    if (rate < bound)
        control->rate_bps = (guint)MIN (rate + growth, bound);
}

void
tutti_rate_control_start (TuttiRateControl *control, guint rate_bps, gint64 now_us)
{
    *control = (TuttiRateControl){.rate_bps = rate_bps, .updated_us = now_us};
}

gboolean
tutti_rate_control_update (TuttiRateControl *control, const TuttiRateInput *input, gint64 now_us)
{
    gint64 step_us = CLAMP (now_us - control->updated_us, 0, STEP_MAX_US);

    control->updated_us = now_us;
    if (input->sign == TUTTI_TREND_GROWING)
        decrease (control, input, now_us);
    if (control->drain_since_us != 0)
        return drain (control, input, now_us);
    if (input->sign == TUTTI_TREND_STEADY)
        increase (control, input, step_us);
    return FALSE;
}

void
tutti_rate_control_prove (TuttiRateControl *control, guint rate_bps, guint link_bps)
{
    control->rate_bps = MAX (control->rate_bps, rate_bps);
    if (link_bps > 0)
        control->link_bps = link_bps;
    else if (rate_bps > control->link_bps * NEAR_HIGH)
        control->link_bps = 0;
}
