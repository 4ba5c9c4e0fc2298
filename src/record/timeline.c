/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * timeline.c: see timeline.h. Pure.
 */
#include "timeline.h"

void
tutti_timeline_start (TuttiTimeline *timeline, gint64 now_us)
{
    *timeline = (TuttiTimeline){.start_us = now_us};
}

void
tutti_timeline_pause (TuttiTimeline *timeline, gint64 now_us)
{
    if (timeline->paused_since_us == 0)
        timeline->paused_since_us = now_us;
}

void
tutti_timeline_resume (TuttiTimeline *timeline, gint64 now_us)
{
    if (timeline->paused_since_us == 0)
        return;
    timeline->cut_us += now_us - timeline->paused_since_us;
    timeline->paused_since_us = 0;
    timeline->resumed_us = now_us;
}

gboolean
tutti_timeline_map (const TuttiTimeline *timeline, gint64 time_us, gint64 *file_us)
{
    if (time_us < timeline->start_us || time_us < timeline->resumed_us)
        return FALSE;
    if (timeline->paused_since_us != 0 && time_us >= timeline->paused_since_us)
        return FALSE;
    *file_us = time_us - timeline->start_us - timeline->cut_us;
    return TRUE;
}

gint64
tutti_timeline_get_length_us (const TuttiTimeline *timeline, gint64 now_us)
{
    gint64 end_us = timeline->paused_since_us != 0 ? timeline->paused_since_us : now_us;

    return end_us - timeline->start_us - timeline->cut_us;
}
