/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * closing.c: rooms that end at a time, or so long after the first one came in; said a minute ahead.
 * Role: main.
 */
#include <tutti/clock.h>

#include "policy.h"
#include "room.h"

/* Time to say goodbye. */
#define WARNING_US (60 * G_USEC_PER_SEC)

/* Monotonic; G_MAXINT64: there is none. */
static gint64
end_us (const TuttiPolicy *policy)
{
    gint64 end_us = policy->closes_at_us != 0 ? policy->closes_us : G_MAXINT64;

    if (policy->max_duration_us == 0 || policy->first_in_us == 0)
        return end_us;
    return MIN (end_us, policy->first_in_us + policy->max_duration_us);
}

void
tutti_closing_begin (TuttiRoom *room)
{
    if (room->policy.first_in_us != 0)
        return;
    room->policy.first_in_us = tutti_clock_now_us (room->shared->clock);
    room->policy.first_in_wall_us = g_get_real_time ();
}

void
tutti_closing_follow (TuttiRoom *room, gint64 now_us, gint64 wall_us)
{
    room->policy.closes_us = now_us + room->policy.closes_at_us - wall_us;
    if (end_us (&room->policy) - now_us > WARNING_US)
        room->policy.is_warned = FALSE; /* it was put off */
}

gboolean
tutti_closing_is_due (const TuttiRoom *room)
{
    return end_us (&room->policy) != G_MAXINT64;
}

gint64
tutti_closing_get_end_s (const TuttiRoom *room)
{
    const TuttiPolicy *policy = &room->policy;
    gint64 by_duration_us = policy->max_duration_us != 0 && policy->first_in_us != 0
                                ? policy->first_in_wall_us + policy->max_duration_us
                                : G_MAXINT64;
    gint64 by_clock_us = policy->closes_at_us != 0 ? policy->closes_at_us : G_MAXINT64;
    gint64 first_us = MIN (by_duration_us, by_clock_us);

    return first_us == G_MAXINT64 ? 0 : first_us / G_USEC_PER_SEC;
}

gboolean
tutti_closing_check (TuttiRoom *room, gint64 now_us)
{
    gint64 left_us = end_us (&room->policy) - now_us;

    if (left_us <= 0) {
        tutti_room_close (room, "time");
        return FALSE;
    }
    if (left_us <= WARNING_US && !room->policy.is_warned) {
        room->policy.is_warned = TRUE;
        tutti_room_announce (room, "This room closes in one minute.");
    }
    return TRUE;
}
