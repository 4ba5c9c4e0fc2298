/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * arrivals.c: a ring of relative delays; base and spread are worked out when asked for.
 * Role: audio.
 */
#include "arrivals.h"

/* One packet in fifty may come later than the spread: each such costs 20 ms of concealment, a
 * larger share costs delay all the time. */
#define LATE_ONE_IN 50
#define LATE_MAX (TUTTI_ARRIVALS_MAX / LATE_ONE_IN + 1)

static void
forget (TuttiArrivals *arrivals, gint64 now_us)
{
    while (arrivals->n > 0 &&
           (arrivals->n == TUTTI_ARRIVALS_MAX ||
            arrivals->entry[arrivals->first].time_us < now_us - TUTTI_ARRIVALS_WINDOW_US)) {
        arrivals->first = (arrivals->first + 1) % TUTTI_ARRIVALS_MAX;
        arrivals->n--;
    }
}

/* Keeps `value` among the `n` largest seen, in descending order. */
static void
rank (gint64 *largest, guint n, gint64 value)
{
    guint i = n;

    if (value <= largest[n - 1])
        return;
    for (; i > 1 && largest[i - 2] < value; i--)
        largest[i - 1] = largest[i - 2];
    largest[i - 1] = value;
}

static void
work_out (TuttiArrivals *arrivals)
{
    gint64 largest[LATE_MAX], base = G_MAXINT64;
    guint n_late = arrivals->n / LATE_ONE_IN + 1;

    arrivals->stale = FALSE;
    for (guint i = 0; i < n_late; i++)
        largest[i] = G_MININT64;
    for (guint i = 0; i < arrivals->n; i++) {
        guint at = (arrivals->first + i) % TUTTI_ARRIVALS_MAX;

        base = MIN (base, arrivals->entry[at].relative_us);
        rank (largest, n_late, arrivals->entry[at].relative_us);
    }
    arrivals->base_us = arrivals->n ? base : 0;
    arrivals->spread_us = arrivals->n ? (guint)MIN (largest[n_late - 1] - base, G_MAXINT) : 0;
}

void
tutti_arrivals_clear (TuttiArrivals *arrivals)
{
    arrivals->first = arrivals->n = 0;
    arrivals->stale = TRUE;
}

void
tutti_arrivals_add (TuttiArrivals *arrivals, gint64 arrival_us, gint64 media_us)
{
    guint at;

    forget (arrivals, arrival_us);
    at = (arrivals->first + arrivals->n++) % TUTTI_ARRIVALS_MAX;
    arrivals->entry[at].time_us = arrival_us;
    arrivals->entry[at].relative_us = arrival_us - media_us;
    arrivals->stale = TRUE;
}

gint64
tutti_arrivals_base_us (TuttiArrivals *arrivals)
{
    if (arrivals->stale)
        work_out (arrivals);
    return arrivals->base_us;
}

guint
tutti_arrivals_spread_us (TuttiArrivals *arrivals)
{
    if (arrivals->stale)
        work_out (arrivals);
    return arrivals->spread_us;
}
