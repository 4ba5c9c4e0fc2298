/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * arrivals.c: a ring of relative delays; base and spread are worked out when asked for.
 * Role: audio.
 */
#include "arrivals.h"

/* One event in a hundred may come later than the spread: each such costs 20 ms of concealment, to
 * wait for it would cost delay all the time. */
#define LATE_ONE_IN 100
/* Packets that come closer together than this were held up together: senders pace theirs by 10 ms
 * and more. */
#define BURST_US 3000
#define LATE_MAX (TUTTI_ARRIVALS_MAX / LATE_ONE_IN + 2)
/* From so many on, a single one is an accident and tells nothing. */
#define EVENTS_TO_DOUBT 50

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

/* 0 when nothing came. */
static gint64
find_base (const TuttiArrivals *arrivals)
{
    gint64 base = G_MAXINT64;

    for (guint i = 0; i < arrivals->n; i++)
        base = MIN (base, arrivals->entry[(arrivals->first + i) % TUTTI_ARRIVALS_MAX].relative_us);
    return arrivals->n ? base : 0;
}

static void
work_out (TuttiArrivals *arrivals)
{
    gint64 largest[LATE_MAX], base = find_base (arrivals);
    guint n_events = 0, n_late;

    arrivals->stale = FALSE;
    arrivals->base_us = base;
    for (guint i = 0; i < LATE_MAX; i++)
        largest[i] = base;
    for (guint i = 0; i < arrivals->n; i++) {
        guint at = (arrivals->first + i) % TUTTI_ARRIVALS_MAX;

        if (arrivals->entry[at].follows ||
            arrivals->entry[at].relative_us > base + arrivals->limit_us)
            continue;
        rank (largest, LATE_MAX, arrivals->entry[at].relative_us);
        n_events++;
    }
    n_late = n_events / LATE_ONE_IN + (n_events >= EVENTS_TO_DOUBT ? 2 : 1);
    arrivals->spread_us = (guint)(largest[n_late - 1] - base);
}

/* Of a burst, one that is not the first: later in the stream, less late. */
static gboolean
is_following (const TuttiArrivals *arrivals, gint64 arrival_us, gint64 media_us)
{
    guint last = (arrivals->first + arrivals->n + TUTTI_ARRIVALS_MAX - 1) % TUTTI_ARRIVALS_MAX;

    return arrivals->n > 0 && arrival_us - arrivals->entry[last].time_us < BURST_US &&
           arrival_us - media_us < arrivals->entry[last].relative_us;
}

void
tutti_arrivals_init (TuttiArrivals *arrivals, gint64 limit_us)
{
    arrivals->limit_us = limit_us;
    tutti_arrivals_clear (arrivals);
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
    gboolean follows = is_following (arrivals, arrival_us, media_us);
    guint at;

    forget (arrivals, arrival_us);
    at = (arrivals->first + arrivals->n++) % TUTTI_ARRIVALS_MAX;
    arrivals->entry[at].time_us = arrival_us;
    arrivals->entry[at].relative_us = arrival_us - media_us;
    arrivals->entry[at].follows = follows;
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
