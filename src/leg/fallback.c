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

void
tutti_fallback_take_remb (TuttiFallback *fallback, guint bitrate_bps)
{
    fallback->remb_bps = bound (bitrate_bps);
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
    fallback->permille = fraction_lost * 1000u / 256;
    fallback->report_us = now_us;
    fallback->report_bps = bound (rate);
}

guint
tutti_fallback_get_estimate (const TuttiFallback *fallback)
{
    return fallback->remb_bps > 0 ? fallback->remb_bps : fallback->report_bps;
}
