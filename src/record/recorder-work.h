/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recorder-work.h: what a recorder's thread does, round by round: the mix into its file, tracks,
 * notes, and what main ordered. Role: file; each call is given the time (our clock). All of it may
 * block on the disk.
 */
#pragma once

#include "orders.h"
#include "recorder.h"

typedef struct _TuttiRecorderWork TuttiRecorderWork;

/* All is borrowed. */
typedef struct {
    TuttiRecorderSetup recorder;
    const char *take;
    gint64 start_us, wall_us;
    TuttiQueue *pictures, *sounds;
    TuttiOrders *orders;
} TuttiRecorderWorkSetup;

TuttiRecorderWork *tutti_recorder_work_new (const TuttiRecorderWorkSetup *setup);
/* Without end(): as after a crash. */
void tutti_recorder_work_free (TuttiRecorderWork *work);

/* First. FALSE: it has ended already. Errors: STORAGE. */
gboolean tutti_recorder_work_open (TuttiRecorderWork *work, GError **error);
/* A few times a second. FALSE: it is to end, since it was stopped or the disk failed. */
gboolean tutti_recorder_work_run (TuttiRecorderWork *work, gint64 now_us);
/* Last, if it was opened: the file gets its name, the sidecar is made. */
void tutti_recorder_work_end (TuttiRecorderWork *work);
/* But for state and cpu_us. why: empty if nothing failed. */
void tutti_recorder_work_get_stats (const TuttiRecorderWork *work, gint64 now_us,
                                    TuttiRecorderStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiRecorderWork, tutti_recorder_work_free)
