/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hold.c: see hold.h. Role: video.
 */
#include "hold.h"

#include <string.h>

static void
drop_first (TuttiHold *hold, guint n)
{
    for (guint i = 0; i < n; i++)
        tutti_picture_unref (hold->held[i].picture);
    hold->n -= n;
    memmove (hold->held, hold->held + n, hold->n * sizeof (TuttiHeld));
}

void
tutti_hold_push (TuttiHold *hold, TuttiPicture *picture, gint64 due_us)
{
    if (hold->n == TUTTI_HOLD_PICTURES_MAX) {
        drop_first (hold, 1);
        hold->held[0].due_us = 0;
    }
    if (hold->n > 0)
        due_us = MAX (due_us, hold->held[hold->n - 1].due_us);
    hold->held[hold->n++] = (TuttiHeld){picture, due_us};
}

TuttiPicture *
tutti_hold_take (TuttiHold *hold, gint64 now_us)
{
    TuttiPicture *picture;
    guint n = 0;

    while (n < hold->n && hold->held[n].due_us <= now_us)
        n++;
    if (n == 0)
        return NULL;
    picture = tutti_picture_ref (hold->held[n - 1].picture);
    drop_first (hold, n);
    return picture;
}

gint64
tutti_hold_next_us (const TuttiHold *hold)
{
    return hold->n > 0 ? hold->held[0].due_us : 0;
}

void
tutti_hold_clear (TuttiHold *hold)
{
    drop_first (hold, hold->n);
}
