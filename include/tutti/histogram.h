/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * histogram.h: how times are distributed, in fixed buckets: of fixed size, without a lock, so that
 * media threads can note each packet's or round's. All zero is empty.
 */
#pragma once

#include <stdatomic.h>
#include <tutti/types.h>

/* One table for all: from the encode of a round of sound to what nobody waits for. */
#define TUTTI_HISTOGRAM_BOUNDS 15
extern const gint64 tutti_histogram_bounds_us[TUTTI_HISTOGRAM_BOUNDS];

typedef struct {
    _Atomic guint64 counts[TUTTI_HISTOGRAM_BOUNDS + 1]; /* the last: above every bound */
    _Atomic gint64 sum_us;
} TuttiHistogram;

typedef struct {
    guint64 up_to[TUTTI_HISTOGRAM_BOUNDS]; /* as long as the bound or shorter */
    guint64 n;
    gint64 sum_us;
} TuttiHistogramFigures;

/* Below zero counts as zero. Any thread; never blocks. */
void tutti_histogram_note (TuttiHistogram *histogram, gint64 time_us);
/* Adds what is in it to the figures. Any thread; never blocks. */
void tutti_histogram_add_to (TuttiHistogram *histogram, TuttiHistogramFigures *figures);
