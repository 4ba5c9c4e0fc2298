/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * arrivals.h: how late packets come: of the last seconds' packets, the fastest one (the base) and
 * how far behind it nearly all others are (the spread). Pure; time is given. A sender's clock that
 * runs apart from ours moves the base along, and nothing else.
 *
 * What is waited for is not a packet but a moment: packets that were held up together and come in
 * one burst are one event, as late as its first.
 */
#pragma once

#include <tutti/types.h>

/* Past that counts: long enough to see a Wi-Fi scan, short enough that a clock off by 300 ppm moves
 * the base by 1.5 ms only, and that a disturbance is forgotten soon. */
#define TUTTI_ARRIVALS_WINDOW_US (5 * G_USEC_PER_SEC)
/* The window's packets at 10 ms each, and some repairs; of shorter packets the newest ones. */
#define TUTTI_ARRIVALS_MAX 512

typedef struct {
    guint first, n;
    gint64 limit_us;
    gboolean stale; /* base and spread must be worked out again */
    gint64 base_us;
    guint spread_us;
    struct {
        gint64 time_us, relative_us;
        gboolean follows; /* within a burst, not its first */
    } entry[TUTTI_ARRIVALS_MAX];
} TuttiArrivals;

/* limit_us: nobody would wait so long, so what comes later than that counts as lost. */
void tutti_arrivals_init (TuttiArrivals *arrivals, gint64 limit_us);
/* Another stream begins. */
void tutti_arrivals_clear (TuttiArrivals *arrivals);

/* media_us: the packet's place in its stream's own time; any origin. */
void tutti_arrivals_add (TuttiArrivals *arrivals, gint64 arrival_us, gint64 media_us);

/* Arrival minus media time of the fastest packet. 0 when there was none. */
gint64 tutti_arrivals_base_us (TuttiArrivals *arrivals);
/* 99 of 100 events came within this time after the base would have them. */
guint tutti_arrivals_spread_us (TuttiArrivals *arrivals);
