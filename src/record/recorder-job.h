/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recorder-job.h: what a recorder's thread does and has. It keeps itself alive: when the recorder
 * goes while the thread hangs in the disk, the thread is left with all it needs.
 *
 * Any thread, except where said.
 */
#pragma once

#include "orders.h"
#include "recorder.h"

typedef struct _TuttiRecorderJob TuttiRecorderJob;

/* told: on main, when a gap or the end is to be told; user_data is given until
 * tutti_recorder_job_forget(). The setup's strings, store and wish are taken over by copy and
 * reference. Role: main. */
TuttiRecorderJob *tutti_recorder_job_new (const TuttiRecorderSetup *setup, const char *take,
                                          gint64 start_us, TuttiNotify told, gpointer user_data);
void tutti_recorder_job_unref (TuttiRecorderJob *job);
/* Role: main. */
void tutti_recorder_job_forget (TuttiRecorderJob *job);

TuttiQueue *tutti_recorder_job_get_input (TuttiRecorderJob *job, TuttiKind kind);
void tutti_recorder_job_post (TuttiRecorderJob *job, const TuttiOrder *order);
/* state: ON, DONE or FAILED. */
void tutti_recorder_job_get_stats (TuttiRecorderJob *job, TuttiRecorderStats *stats);
/* Until the thread has ended, but not longer than until then (g_get_monotonic_time()). */
void tutti_recorder_job_wait (TuttiRecorderJob *job, gint64 until_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiRecorderJob, tutti_recorder_job_unref)
