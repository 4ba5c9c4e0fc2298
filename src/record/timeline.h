/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * timeline.h: our clock to a recording's time: from 0 at its start, without its pauses. Pure, a
 * plain value.
 */
#pragma once

#include <glib.h>

typedef struct {
    gint64 start_us;
    gint64 cut_us;          /* of all pauses that have ended */
    gint64 paused_since_us; /* 0: it runs */
    gint64 resumed_us;      /* when the last pause ended; 0: there was none */
} TuttiTimeline;

void tutti_timeline_start (TuttiTimeline *timeline, gint64 now_us);
void tutti_timeline_pause (TuttiTimeline *timeline, gint64 now_us);
void tutti_timeline_resume (TuttiTimeline *timeline, gint64 now_us);
/* FALSE: that instant is not in the recording (before the start, in a pause). Instants before the
 * last pause's end may no longer be told apart. */
gboolean tutti_timeline_map (const TuttiTimeline *timeline, gint64 time_us, gint64 *file_us);
/* The recording's length by now. */
gint64 tutti_timeline_get_length_us (const TuttiTimeline *timeline, gint64 now_us);
