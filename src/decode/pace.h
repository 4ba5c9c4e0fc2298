/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pace.h: at what pace a camera's frames would be shown evenly, though some are decoded late: they
 * had to be repaired, and those behind them waited. Pure; time is given. Role: video.
 *
 *   ready:   |  |  |        ||| |  |        decoded at once: four pictures, of which one is seen
 *   paced:      |  |  |  |  |  |  |         `delay` later than the fastest
 */
#pragma once

#include <tutti/types.h>

/* What is learnt from: five seconds of a usual camera. */
#define TUTTI_PACE_FRAMES 150
/* More would be a conversation with pauses; frames that come later still are shown when they come.
 */
#define TUTTI_PACE_DELAY_MAX_US (200 * TUTTI_USEC_PER_MSEC)

typedef struct {
    guint n, next;
    gint64 media_us; /* of the newest frame, in the stream's own time */
    guint32 timestamp;
    gint64 delay_us;
    gint64 late_us[TUTTI_PACE_FRAMES]; /* ready time minus media time */
} TuttiPace;

/* Another stream begins. */
void tutti_pace_clear (TuttiPace *pace);
/* The next frame, with this RTP timestamp, is ready at now_us. Gives the time at which it is to be
 * shown: before now_us, or up to TUTTI_PACE_DELAY_MAX_US behind it. */
gint64 tutti_pace_take (TuttiPace *pace, guint32 timestamp, gint64 now_us);
