/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * jobs.h: the video worker pool. A job is a function that never runs twice at the same time: codecs
 * and canvases need no lock inside their job. Workers take jobs in the order of their due times and
 * sleep when there is none.
 */
#pragma once

#include <tutti/types.h>

typedef void (*TuttiJobFunc) (gpointer user_data, gint64 now_us);

/* n_workers 0: one per core. clock: usually tutti_clock_real(). */
TuttiJobs *tutti_jobs_new (guint n_workers, TuttiClock *clock);
/* Every job must be freed before. Blocks until the workers have ended. */
void tutti_jobs_free (TuttiJobs *jobs);

/* CPU time spent in jobs' functions so far, all workers. Any thread. */
gint64 tutti_jobs_cpu_us (TuttiJobs *jobs);

/* name: for statistics; a literal. */
TuttiJob *tutti_job_new (TuttiJobs *jobs, const char *name, TuttiJobFunc func, gpointer user_data);

/* Waits until a run under way has ended; the function is not called again, pushes are in vain.
 * Never from the job itself. Role: main. */
void tutti_job_end (TuttiJob *job);
/* Ends it. Nobody may push any more. */
void tutti_job_free (TuttiJob *job);

/* Runs the job as soon as a worker is free. Pushed while waiting: nothing more; pushed while
 * running: it runs once more afterwards. Any thread, the job itself included. Never blocks. */
void tutti_job_push (TuttiJob *job);

/* Runs the job at due_us of the pool's clock (absolute), or sooner if also pushed. The earliest of
 * several due times counts. Any thread, the job itself included. */
void tutti_job_push_at (TuttiJob *job, gint64 due_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiJob, tutti_job_free)
