/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rounds.h: the audio threads. Each calls its rooms' round function every 20 ms, at absolute
 * multiples of TUTTI_ROUND_US of the clock. A round that is more than one period late is skipped
 * and counted. A thread with no rooms sleeps without a timer.
 */
#pragma once

#include <tutti/histogram.h>
#include <tutti/types.h>
#include <tutti/work.h>

/* now_us: the round's due time, a multiple of TUTTI_ROUND_US. Role: audio. */
typedef void (*TuttiRoundFunc) (gpointer user_data, gint64 now_us);

/* n_threads 0: as many as there are cores, at most 4. */
TuttiRounds *tutti_rounds_new (guint n_threads);
/* Every round must be removed before. */
void tutti_rounds_free (TuttiRounds *rounds);

/* Returns an id > 0. Role: main. */
guint tutti_rounds_add (TuttiRounds *rounds, TuttiRoundFunc func, gpointer user_data);
/* When it returns, func is not running and will not be called again. Role: main. */
void tutti_rounds_remove (TuttiRounds *rounds, guint id);

/* Rounds skipped because they were late, all threads. Any thread. */
guint64 tutti_rounds_late (TuttiRounds *rounds);
/* Rounds that were run, all threads. Any thread. */
guint64 tutti_rounds_count (TuttiRounds *rounds);
/* From when a round was due until all of a thread's rooms were through, all threads. Any thread. */
void tutti_rounds_get_lateness (TuttiRounds *rounds, TuttiHistogramFigures *figures);
/* For how long the round that a thread waits for or is inside of has been due, the worst thread's;
 * 0: none is. It grows beyond every bound while a round function hangs. Any thread; never blocks.
 */
gint64 tutti_rounds_overdue_us (TuttiRounds *rounds, gint64 now_us);
/* CPU time spent in round functions, all threads. Any thread. */
gint64 tutti_rounds_cpu_us (TuttiRounds *rounds);
/* The same by the kind of work. Any thread. */
void tutti_rounds_get_work (TuttiRounds *rounds, gint64 us[TUTTI_N_WORKS]);
