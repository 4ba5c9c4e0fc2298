/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wishes.c: see wishes.h.
 */
#include "wishes.h"

static gint64
get_interval (const TuttiWishes *wishes, guint round_trip_us)
{
    gint64 least_us = MAX (TUTTI_WISHES_MIN_US, (gint64)round_trip_us * 3 / 2);

    return MAX (wishes->interval_us, least_us);
}

void
tutti_wishes_ask (TuttiWishes *wishes)
{
    wishes->is_asked = TRUE;
}

void
tutti_wishes_note_key_frame (TuttiWishes *wishes)
{
    wishes->has_got = TRUE;
    wishes->is_asked = FALSE;
}

gboolean
tutti_wishes_take (TuttiWishes *wishes, guint round_trip_us, gboolean is_lossy, gint64 now_us)
{
    gint64 since_us = now_us - wishes->passed_us;

    if (!wishes->is_asked || now_us < tutti_wishes_get_due (wishes, round_trip_us))
        return FALSE;
    if (wishes->passed_us == 0 || since_us >= TUTTI_WISHES_CALM_US || is_lossy)
        wishes->interval_us = 0;
    else if (wishes->has_got)
        wishes->interval_us = MIN (2 * get_interval (wishes, round_trip_us), TUTTI_WISHES_MAX_US);
    wishes->is_asked = FALSE;
    wishes->has_got = FALSE;
    wishes->passed_us = MAX (now_us, 1);
    return TRUE;
}

gint64
tutti_wishes_get_due (const TuttiWishes *wishes, guint round_trip_us)
{
    if (!wishes->is_asked)
        return G_MAXINT64;
    return wishes->passed_us == 0 ? 0 : wishes->passed_us + get_interval (wishes, round_trip_us);
}
