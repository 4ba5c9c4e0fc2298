/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fallback.c: see fallback.h. */
#include "fallback.h"

#include "congestion.h"

/* draft-ietf-rmcat-gcc-02 section 6; of 256. */
#define LOSS_LOW (256 * 2 / 100)
#define LOSS_HIGH (256 * 10 / 100)
#define GROWTH 0.08
/* Reports come once a second; nearer ones are blocks of the same one. */
#define INTERVAL_US (G_USEC_PER_SEC / 2)

static guint
bound (gdouble rate_bps)
{
    return (guint)CLAMP (rate_bps, TUTTI_CONGESTION_MIN_BPS, TUTTI_CONGESTION_MAX_BPS);
}

/* Estimates waver by some percent; by so much less they have fallen. */
#define FALLEN_PERCENT 85
#define RISEN_PERCENT 105

static void
end_trial (TuttiFallback *fallback, gint64 now_us)
{
    if (fallback->trial.bps > 0)
        fallback->trial.pause_until_us = now_us + TUTTI_FALLBACK_PAUSE_US;
    fallback->trial.bps = 0;
}

static void
go_on_trying (TuttiFallback *fallback, guint wanted_bps, gint64 now_us, gint64 step_us)
{
    guint top_bps = MIN (wanted_bps, TUTTI_FALLBACK_TRIAL_BPS);
    gdouble rate = MAX (fallback->trial.bps, fallback->remb_bps);

    if (now_us < fallback->trial.pause_until_us || fallback->remb_bps >= top_bps)
        return;
    if (fallback->trial.bps == 0) {
        fallback->trial.from_bps = fallback->remb_bps;
        fallback->trial.from_us = now_us;
    }
    rate *= 1 + GROWTH * (gdouble)MIN (step_us, G_USEC_PER_SEC) / G_USEC_PER_SEC;
    fallback->trial.bps = (guint)MIN (rate, top_bps);
    if (now_us - fallback->trial.from_us > TUTTI_FALLBACK_TRIAL_US)
        end_trial (fallback, now_us);
}

void
tutti_fallback_take_remb (TuttiFallback *fallback, guint bitrate_bps, gint64 now_us)
{
    guint64 remb_bps = bound (bitrate_bps);

    if (remb_bps * 100 < (guint64)fallback->remb_bps * FALLEN_PERCENT)
        end_trial (fallback, now_us);
    if (remb_bps * 100 > (guint64)fallback->trial.from_bps * RISEN_PERCENT) {
        fallback->trial.from_bps = (guint)remb_bps;
        fallback->trial.from_us = now_us;
    }
    fallback->remb_bps = (guint)remb_bps;
}

void
tutti_fallback_take_loss (TuttiFallback *fallback, guint8 fraction_lost, guint wanted_bps,
                          gint64 now_us)
{
    gint64 step_us = now_us - fallback->report_us;
    gdouble rate = fallback->report_bps;

    if (rate == 0)
        rate = TUTTI_CONGESTION_START_BPS;
    else if (step_us < INTERVAL_US)
        return;
    else if (fraction_lost > LOSS_HIGH)
        rate *= 1 - fraction_lost / 512.0;
    else if (fraction_lost < LOSS_LOW && rate < wanted_bps)
        rate *= 1 + GROWTH * (gdouble)MIN (step_us, G_USEC_PER_SEC) / G_USEC_PER_SEC;
    if (fraction_lost > LOSS_HIGH)
        end_trial (fallback, now_us);
    else if (fallback->remb_bps > 0 && fraction_lost < LOSS_LOW)
        go_on_trying (fallback, wanted_bps, now_us, step_us);
    fallback->permille = fraction_lost * 1000u / 256;
    fallback->report_us = now_us;
    fallback->report_bps = bound (rate);
}

guint
tutti_fallback_get_estimate (const TuttiFallback *fallback)
{
    if (fallback->remb_bps > 0)
        return MAX (fallback->remb_bps, fallback->trial.bps);
    return fallback->report_bps;
}
