/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * histogram.c: see histogram.h. Any thread.
 */
#include <tutti/histogram.h>

#define MS(n) ((gint64)(n)*TUTTI_USEC_PER_MSEC)

const gint64 tutti_histogram_bounds_us[TUTTI_HISTOGRAM_BOUNDS] = {
    100,     200,      500,      MS (1),   MS (2),    MS (5),    MS (10),   MS (20),
    MS (50), MS (100), MS (200), MS (500), MS (1000), MS (2000), MS (5000),
};

void
tutti_histogram_note (TuttiHistogram *histogram, gint64 time_us)
{
    guint i = 0;

    while (i < TUTTI_HISTOGRAM_BOUNDS && time_us > tutti_histogram_bounds_us[i])
        i++;
    atomic_fetch_add_explicit (&histogram->counts[i], 1, memory_order_relaxed);
    atomic_fetch_add_explicit (&histogram->sum_us, MAX (time_us, 0), memory_order_relaxed);
}

void
tutti_histogram_add_to (TuttiHistogram *histogram, TuttiHistogramFigures *figures)
{
    guint64 n = 0;

    for (guint i = 0; i < TUTTI_HISTOGRAM_BOUNDS; i++) {
        n += atomic_load_explicit (&histogram->counts[i], memory_order_relaxed);
        figures->up_to[i] += n;
    }
    n += atomic_load_explicit (&histogram->counts[TUTTI_HISTOGRAM_BOUNDS], memory_order_relaxed);
    figures->n += n;
    figures->sum_us += atomic_load_explicit (&histogram->sum_us, memory_order_relaxed);
}
