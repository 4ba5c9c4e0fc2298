/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * player-time.h: a film's own time and how it runs by our clock. Film time is counted in samples of
 * 48 kHz since the first pass began, through all loops: sound needs no rounding, so nothing drifts.
 *
 * Any thread: one atomic word. The film runs from an anchor, the instant at which its time was 0,
 * or stands still. The sound stops it when there is nothing to play (so that pictures wait for it),
 * the reader lets it run again.
 */
#pragma once

#include <tutti/types.h>

#include <stdatomic.h>

#define TUTTI_PLAYER_NEVER G_MAXINT64
#define TUTTI_PLAYER_STANDS G_MININT64

typedef struct {
    _Atomic gint64 anchor_us; /* TUTTI_PLAYER_STANDS: it does not run */
} TuttiPlayerTime;

static inline gint64
tutti_player_to_us (gint64 samples)
{
    return samples / TUTTI_RATE_HZ * G_USEC_PER_SEC +
           samples % TUTTI_RATE_HZ * G_USEC_PER_SEC / TUTTI_RATE_HZ;
}

static inline gint64
tutti_player_from_us (gint64 us)
{
    return us / G_USEC_PER_SEC * TUTTI_RATE_HZ +
           (us % G_USEC_PER_SEC * TUTTI_RATE_HZ + G_USEC_PER_SEC / 2) / G_USEC_PER_SEC;
}

/* From `at` on at the first audio round for which there is time to get ready: rounds and samples
 * then fall together. */
void tutti_player_time_start (TuttiPlayerTime *time, gint64 at, gint64 now_us);
void tutti_player_time_stop (TuttiPlayerTime *time);
/* The film was slower than our clock, by so much. */
void tutti_player_time_delay (TuttiPlayerTime *time, gint64 by_us);
/* Film time now; before `at` while it is about to start. TUTTI_PLAYER_STANDS. */
gint64 tutti_player_time_get (TuttiPlayerTime *time, gint64 now_us);
/* When a film time is due; TUTTI_PLAYER_NEVER while it stands. */
gint64 tutti_player_time_due_us (TuttiPlayerTime *time, gint64 at);
