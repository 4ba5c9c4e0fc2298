/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* probe-plan.c: see probe-plan.h. */
#include "probe-plan.h"

#define MSEC 1000
/* A burst of 20 ms at twice the rate, each five seconds: less than 1 % of the traffic. The first
 * ones come faster: one may fail by chance. */
#define INTERVAL_MIN_US (1000 * MSEC)
#define INTERVAL_MAX_US (5000 * MSEC)
#define BACK_OFF 1.5
/* Where probes are believed and then prove wrong, each costs a moment of queue or loss. */
#define INTERVAL_REFUTED_US (20000 * MSEC)
/* Each step up. */
#define STEP 2
/* A little above what is wanted, so that what is believed still holds it. */
#define HEADROOM_PERCENT 110

static guint
choose_rate (const TuttiProbePlan *plan, guint64 rate_bps)
{
    guint64 most = (guint64)plan->wanted_bps * HEADROOM_PERCENT / 100;

    return (guint)MIN (MIN (rate_bps, most), TUTTI_CONGESTION_MAX_BPS);
}

static void
begin (TuttiProbePlan *plan, TuttiRateProbe *probe, gint64 now_us)
{
    guint first = choose_rate (plan, TUTTI_CONGESTION_START_BPS * STEP);
    guint second = choose_rate (plan, TUTTI_CONGESTION_START_BPS * STEP * STEP);

    plan->begun = TRUE;
    tutti_rate_probe_add (probe, first, now_us);
    if (second > first)
        tutti_rate_probe_add (probe, second, now_us);
}

void
tutti_probe_plan_start (TuttiProbePlan *plan, guint wanted_bps)
{
    *plan = (TuttiProbePlan){.wanted_bps = wanted_bps, .interval_us = INTERVAL_MIN_US};
}

void
tutti_probe_plan_set_wanted (TuttiProbePlan *plan, guint wanted_bps, guint rate_bps)
{
    if (wanted_bps > plan->wanted_bps && rate_bps >= plan->wanted_bps) {
        plan->next_us = 0; /* nothing was tried while all was well */
        plan->interval_us = INTERVAL_MIN_US;
    }
    plan->wanted_bps = wanted_bps;
}

void
tutti_probe_plan_run (TuttiProbePlan *plan, TuttiRateProbe *probe, guint rate_bps, gint64 now_us)
{
    if (rate_bps >= plan->wanted_bps || now_us < plan->next_us || tutti_rate_probe_is_busy (probe))
        return;
    if (!plan->begun)
        begin (plan, probe, now_us);
    else
        tutti_rate_probe_add (probe, choose_rate (plan, (guint64)rate_bps * STEP), now_us);
    plan->next_us = now_us + plan->interval_us;
}

void
tutti_probe_plan_take_result (TuttiProbePlan *plan, gboolean gained, gint64 now_us)
{
    if (gained) {
        plan->interval_us = MIN (plan->interval_us, INTERVAL_MAX_US);
        plan->next_us = now_us;
        return;
    }
    if (plan->interval_us < INTERVAL_MAX_US)
        plan->interval_us = MIN ((gint64)(plan->interval_us * BACK_OFF), INTERVAL_MAX_US);
    plan->next_us = MAX (plan->next_us, now_us + plan->interval_us);
}

void
tutti_probe_plan_refute (TuttiProbePlan *plan, gint64 now_us)
{
    plan->interval_us = MIN (plan->interval_us * 2, INTERVAL_REFUTED_US);
    plan->next_us = now_us + plan->interval_us;
}

void
tutti_probe_plan_hurry (TuttiProbePlan *plan, gint64 delay_us, gint64 now_us)
{
    if (plan->interval_us <= INTERVAL_MAX_US)
        plan->next_us = MIN (plan->next_us, now_us + delay_us);
}

void
tutti_probe_plan_wait (TuttiProbePlan *plan, gint64 delay_us, gint64 now_us)
{
    plan->next_us = MAX (plan->next_us, now_us + delay_us);
}

gint64
tutti_probe_plan_get_next_us (const TuttiProbePlan *plan, guint rate_bps)
{
    return rate_bps < plan->wanted_bps ? plan->next_us : G_MAXINT64;
}
