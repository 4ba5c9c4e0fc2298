/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * probe-plan.h: when to probe, and how high: twice when a call begins, soon after a queue has
 * gone, and every few seconds while the estimate is below what is wanted; each success calls for
 * the next one, twice as high. Never while the estimate holds what is wanted. Pure. Role: net.
 */
#pragma once

#include "rate-probe.h"

/* Open, because it is small and has one owner. Zeroed and started before use. */
typedef struct {
    guint wanted_bps;
    gboolean begun; /* the first two are on their way */
    gint64 next_us;
    gint64 interval_us;
} TuttiProbePlan;

void tutti_probe_plan_start (TuttiProbePlan *plan, guint wanted_bps);
void tutti_probe_plan_set_wanted (TuttiProbePlan *plan, guint wanted_bps, guint rate_bps);
/* Adds to probe what is due. */
void tutti_probe_plan_run (TuttiProbePlan *plan, TuttiRateProbe *probe, guint rate_bps,
                           gint64 now_us);
/* gained: the estimate has become notably higher by it. */
void tutti_probe_plan_take_result (TuttiProbePlan *plan, gboolean gained, gint64 now_us);
/* An earlier result didn't hold. */
void tutti_probe_plan_refute (TuttiProbePlan *plan, gint64 now_us);
/* After a queue or a silence: the link may have changed. */
void tutti_probe_plan_hurry (TuttiProbePlan *plan, gint64 delay_us, gint64 now_us);
/* Not before so long. */
void tutti_probe_plan_wait (TuttiProbePlan *plan, gint64 delay_us, gint64 now_us);
/* When run() has something to do; G_MAXINT64: never as things are. */
gint64 tutti_probe_plan_get_next_us (const TuttiProbePlan *plan, guint rate_bps);
