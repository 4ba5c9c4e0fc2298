/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pace.c: see pace.h. Role: video.
 */
#include "pace.h"

/* One frame in twenty may be later than the delay: waiting for the last is what nobody would notice
 * the use of. */
#define LATE_ONE_IN 20
#define LATE_MAX (TUTTI_PACE_FRAMES / LATE_ONE_IN + 1)
/* A canvas shows a new picture each 33 ms at best: what is less than half of it is even already. */
#define EVEN_US (15 * TUTTI_USEC_PER_MSEC)
/* The delay follows at 60 ms a second, by which no movement seems to jump. */
#define STEP_US (2 * TUTTI_USEC_PER_MSEC)
/* Timestamps that leave their line by so much begin another. */
#define JUMP_US (2 * G_USEC_PER_SEC)

/* Keeps `value` among the `n` largest seen, in descending order. */
static void
rank (gint64 *largest, guint n, gint64 value)
{
    guint i = n;

    if (value <= largest[n - 1])
        return;
    for (; i > 1 && largest[i - 2] < value; i--)
        largest[i - 1] = largest[i - 2];
    largest[i - 1] = value;
}

/* *base_us: of the fastest frame. Gives how much later nearly all others are. */
static gint64
measure (const TuttiPace *pace, gint64 *base_us)
{
    gint64 largest[LATE_MAX];
    guint n_late = pace->n / LATE_ONE_IN + 1;

    *base_us = G_MAXINT64;
    for (guint i = 0; i < n_late; i++)
        largest[i] = G_MININT64;
    for (guint i = 0; i < pace->n; i++) {
        *base_us = MIN (*base_us, pace->late_us[i]);
        rank (largest, n_late, pace->late_us[i]);
    }
    return largest[n_late - 1] - *base_us;
}

static void
add (TuttiPace *pace, gint64 late_us)
{
    gint64 before_us = pace->late_us[(pace->next + TUTTI_PACE_FRAMES - 1) % TUTTI_PACE_FRAMES];

    if (pace->n > 0 && ABS (late_us - before_us) > JUMP_US)
        pace->n = pace->next = 0;
    pace->late_us[pace->next] = late_us;
    pace->next = (pace->next + 1) % TUTTI_PACE_FRAMES;
    pace->n = MIN (pace->n + 1, TUTTI_PACE_FRAMES);
}

void
tutti_pace_clear (TuttiPace *pace)
{
    pace->n = pace->next = 0;
    pace->delay_us = 0;
}

gint64
tutti_pace_take (TuttiPace *pace, guint32 timestamp, gint64 now_us)
{
    gint64 step_us =
        (gint64)(gint32)(timestamp - pace->timestamp) * G_USEC_PER_SEC / TUTTI_VIDEO_CLOCK_HZ;
    gint64 base_us, wanted_us;

    pace->media_us += step_us;
    pace->timestamp = timestamp;
    add (pace, now_us - pace->media_us);
    wanted_us = MIN (measure (pace, &base_us), TUTTI_PACE_DELAY_MAX_US);
    if (wanted_us < EVEN_US)
        wanted_us = 0;
    pace->delay_us += CLAMP (wanted_us - pace->delay_us, -STEP_US, STEP_US);
    return pace->media_us + base_us + pace->delay_us;
}
