/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * downlink.h: what one leg's way to its peer carries, and what is sent on it. Pure; time is given.
 * Role: net, except where said.
 */
#pragma once

#include "leg.h"

typedef struct _TuttiDownlink TuttiDownlink;

typedef struct {
    /* The way carries so much now; 0: not known (again). Told when it changed by a twentieth, and
     * at most each TUTTI_DOWNLINK_NEWS_US, unless it fell. May be NULL. */
    void (*estimate) (guint bitrate_bps, gpointer user_data);
    gpointer user_data;
} TuttiDownlinkSetup;

#define TUTTI_DOWNLINK_NEWS_US (100 * G_TIME_SPAN_MILLISECOND)

TuttiDownlink *tutti_downlink_new (const TuttiDownlinkSetup *setup);
void tutti_downlink_free (TuttiDownlink *downlink);

/* A packet went out. */
void tutti_downlink_count (TuttiDownlink *downlink, gsize bytes, gint64 now_us);
void tutti_downlink_take_remb (TuttiDownlink *downlink, guint bitrate_bps, gint64 now_us);
/* The way changed (another address): all that was known of it is forgotten. */
void tutti_downlink_reset (TuttiDownlink *downlink, gint64 now_us);

void tutti_downlink_tick (TuttiDownlink *downlink, gint64 now_us);

/* What would be sent if it could be; 0: nothing is probed. Any thread. */
void tutti_downlink_set_wanted (TuttiDownlink *downlink, guint bitrate_bps);

/* Fills remb_bps, estimate_bps, send_rate_bps. */
void tutti_downlink_get_stats (TuttiDownlink *downlink, gint64 now_us, TuttiLegStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiDownlink, tutti_downlink_free)
