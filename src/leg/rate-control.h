/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rate-control.h: the rate that the queue on the way allows (draft-ietf-rmcat-gcc-02 section 5.5):
 * falls below what the link carries when the queue grows, by as much as empties it within a second
 * or so, and returns to it once it is empty; climbs by 8 % a second where nothing is known, and
 * slowly near what the link was seen to carry. Pure. Role: net.
 */
#pragma once

#include "trend.h"

typedef struct {
    TuttiTrendSign sign;
    guint queue_us;
    guint noise_us; /* by how much packets are late by themselves */
    guint64 flying_bytes; /* sent since flying_us; not known to have arrived */
    gint64 flying_us;
    guint acked_bps; /* what arrives */
    guint busy_bps;  /* what the link carries while it has a queue */
    guint round_trip_us;
} TuttiRateInput;

/* Open, because it is small and has one owner. Zeroed and started before use. */
typedef struct {
    guint rate_bps;
    guint link_bps; /* what the link carried when last it was full; 0: not known */
    gint64 updated_us, decreased_us;
    gint64 drain_since_us; /* 0: no queue of ours is on its way out */
    guint drain_queue_us;  /* as it was then, or when last looked at */
    guint before_bps;      /* the rate before the queue */
} TuttiRateControl;

void tutti_rate_control_start (TuttiRateControl *control, guint rate_bps, gint64 now_us);
/* After each feedback. TRUE: the queue doesn't go although we send less: it isn't ours. */
gboolean tutti_rate_control_update (TuttiRateControl *control, const TuttiRateInput *input,
                                    gint64 now_us);
/* A probe showed that so much is carried; and how much the link carries, or 0: perhaps more. */
void tutti_rate_control_prove (TuttiRateControl *control, guint rate_bps, guint link_bps);
