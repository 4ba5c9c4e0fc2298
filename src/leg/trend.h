/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trend.h: does a queue grow on the way? From how long packets take (the clocks at both ends need
 * not agree, only run alike): the slope of the delay over the last moments, against a threshold
 * that adapts (draft-ietf-rmcat-gcc-02 sections 5.3 to 5.5). Pure. Role: net.
 *
 *   packet -> groups of 20 ms, the shortest delay of each -> regression -> sign
 *
 * The shortest delay, because jitter only adds, while a queue lengthens all.
 */
#pragma once

#include <glib.h>

typedef enum {
    TUTTI_TREND_STEADY,
    TUTTI_TREND_GROWING,
    TUTTI_TREND_SHRINKING,
} TuttiTrendSign;

typedef struct _TuttiTrend TuttiTrend;

TuttiTrend *tutti_trend_new (void);
void tutti_trend_free (TuttiTrend *trend);

/* A packet's delay: arrival by the peer's clock less sending by ours. Those of one feedback message
 * in the order they were sent; late news of old ones are left out. */
void tutti_trend_take (TuttiTrend *trend, gint64 sent_us, gint64 delay_us);
/* After each feedback message. */
TuttiTrendSign tutti_trend_judge (TuttiTrend *trend);

/* How much longer than the shortest packets take on their way, of late. */
guint tutti_trend_get_queue_us (const TuttiTrend *trend);

/* The shortest delay. */
gint64 tutti_trend_get_base_us (const TuttiTrend *trend);

/* A burst of our own (a probe) has lengthened the queue: what was before it is no measure. */
void tutti_trend_skip (TuttiTrend *trend);
/* The shortest delay was of another way, or the queue is not ours: it is taken as it is now. */
void tutti_trend_accept_queue (TuttiTrend *trend);
void tutti_trend_reset (TuttiTrend *trend);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiTrend, tutti_trend_free)
