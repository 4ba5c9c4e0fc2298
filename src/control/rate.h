/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rate.h: how often something may be done: a bucket of tokens that refills with time, one for a
 * connection or one for each key (an address). Time is an argument. Role: main.
 */
#pragma once

#include <glib.h>

typedef struct {
    double tokens;
    gint64 filled_us; /* 0: never used, hence full */
} TuttiBucket;

/* TRUE if there was a token, which is gone now. per_s: refill; burst: capacity. */
gboolean tutti_bucket_take (TuttiBucket *bucket, double per_s, double burst, gint64 now_us);

typedef struct _TuttiRate TuttiRate;

/* per_minute 0: no bound. A minute's worth may come at once. */
TuttiRate *tutti_rate_new (guint per_minute);
void tutti_rate_free (TuttiRate *rate);

gboolean tutti_rate_take (TuttiRate *rate, const char *key, gint64 now_us);
/* Whether take() would give TRUE; takes nothing. */
gboolean tutti_rate_has (TuttiRate *rate, const char *key, gint64 now_us);

/* Keys that are remembered: bounded. */
guint tutti_rate_n_keys (TuttiRate *rate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiRate, tutti_rate_free)
