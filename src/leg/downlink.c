/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * downlink.c: see downlink.h.
 */
#include "downlink.h"

#include "meter.h"

/* A change of a twentieth is news: less is the estimate's own unrest. */
#define NEWS_PART 20

struct _TuttiDownlink {
    TuttiDownlinkSetup setup;
    TuttiMeter meter;
    guint remb_bps;

    guint told_bps;
    gint64 told_us;

    guint wanted_bps; /* atomic */
};

static guint
get_estimate (const TuttiDownlink *downlink)
{
    return downlink->remb_bps;
}

static gboolean
is_news (const TuttiDownlink *downlink, guint estimate_bps, gint64 now_us)
{
    guint told_bps = downlink->told_bps;
    guint change_bps = estimate_bps > told_bps ? estimate_bps - told_bps : told_bps - estimate_bps;

    if (change_bps == 0 || change_bps < told_bps / NEWS_PART)
        return FALSE;
    return estimate_bps < told_bps || now_us - downlink->told_us >= TUTTI_DOWNLINK_NEWS_US;
}

static void
tell_estimate (TuttiDownlink *downlink, gint64 now_us)
{
    guint estimate_bps = get_estimate (downlink);

    if (downlink->setup.estimate == NULL || !is_news (downlink, estimate_bps, now_us))
        return;
    downlink->told_bps = estimate_bps;
    downlink->told_us = now_us;
    downlink->setup.estimate (estimate_bps, downlink->setup.user_data);
}

TuttiDownlink *
tutti_downlink_new (const TuttiDownlinkSetup *setup)
{
    TuttiDownlink *downlink = g_new0 (TuttiDownlink, 1);

    downlink->setup = *setup;
    downlink->told_us = G_MININT64 / 2;
    return downlink;
}

void
tutti_downlink_free (TuttiDownlink *downlink)
{
    g_free (downlink);
}

void
tutti_downlink_count (TuttiDownlink *downlink, gsize bytes, gint64 now_us)
{
    tutti_meter_count (&downlink->meter, bytes, now_us);
}

void
tutti_downlink_take_remb (TuttiDownlink *downlink, guint bitrate_bps, gint64 now_us)
{
    downlink->remb_bps = bitrate_bps;
    tell_estimate (downlink, now_us);
}

void
tutti_downlink_reset (TuttiDownlink *downlink, gint64 now_us)
{
    downlink->remb_bps = 0;
    tell_estimate (downlink, now_us);
}

void
tutti_downlink_tick (TuttiDownlink *downlink, gint64 now_us)
{
    tell_estimate (downlink, now_us);
}

void
tutti_downlink_set_wanted (TuttiDownlink *downlink, guint bitrate_bps)
{
    g_atomic_int_set (&downlink->wanted_bps, bitrate_bps);
}

void
tutti_downlink_get_stats (TuttiDownlink *downlink, gint64 now_us, TuttiLegStats *stats)
{
    stats->remb_bps = downlink->remb_bps;
    stats->estimate_bps = get_estimate (downlink);
    stats->send_rate_bps = tutti_meter_get_bps (&downlink->meter, now_us);
}
