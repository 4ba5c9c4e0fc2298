/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * player-time.c: see player-time.h.
 */
#include "player-time.h"

/* An audio round works for up to a few ms after it is due: what begins must not be behind it. */
#define LEAD_US TUTTI_ROUND_US

void
tutti_player_time_start (TuttiPlayerTime *time, gint64 at, gint64 now_us)
{
    gint64 round_us = (now_us + LEAD_US + TUTTI_ROUND_US - 1) / TUTTI_ROUND_US * TUTTI_ROUND_US;

    atomic_store (&time->anchor_us, round_us - tutti_player_to_us (at));
}

void
tutti_player_time_stop (TuttiPlayerTime *time)
{
    atomic_store (&time->anchor_us, TUTTI_PLAYER_STANDS);
}

void
tutti_player_time_delay (TuttiPlayerTime *time, gint64 by_us)
{
    gint64 anchor_us = atomic_load (&time->anchor_us);

    if (anchor_us != TUTTI_PLAYER_STANDS)
        atomic_compare_exchange_strong (&time->anchor_us, &anchor_us, anchor_us + by_us);
}

gint64
tutti_player_time_get (TuttiPlayerTime *time, gint64 now_us)
{
    gint64 anchor_us = atomic_load (&time->anchor_us);

    if (anchor_us == TUTTI_PLAYER_STANDS)
        return TUTTI_PLAYER_STANDS;
    return tutti_player_from_us (now_us - anchor_us);
}

gint64
tutti_player_time_due_us (TuttiPlayerTime *time, gint64 at)
{
    gint64 anchor_us = atomic_load (&time->anchor_us);

    if (anchor_us == TUTTI_PLAYER_STANDS)
        return TUTTI_PLAYER_NEVER;
    return anchor_us + tutti_player_to_us (at);
}
