/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * deadlines.c: the binary heap behind deadlines.h: place 1 is the earliest, the children of place p
 * are 2p and 2p + 1. Role: net.
 */
#include "deadlines.h"

struct _TuttiDeadlines {
    GPtrArray *heap; /* of TuttiDeadline, borrowed; index 0 is unused */
};

static TuttiDeadline *
get (TuttiDeadlines *deadlines, guint place)
{
    return g_ptr_array_index (deadlines->heap, place);
}

static void
place_at (TuttiDeadlines *deadlines, TuttiDeadline *deadline, guint place)
{
    deadlines->heap->pdata[place] = deadline;
    deadline->place = place;
}

static void
sift_up (TuttiDeadlines *deadlines, TuttiDeadline *deadline)
{
    guint place = deadline->place;

    while (place > 1 && get (deadlines, place / 2)->due_us > deadline->due_us) {
        place_at (deadlines, get (deadlines, place / 2), place);
        place /= 2;
    }
    place_at (deadlines, deadline, place);
}

static void
sift_down (TuttiDeadlines *deadlines, TuttiDeadline *deadline)
{
    guint last = deadlines->heap->len - 1;
    guint place = deadline->place;

    while (place * 2 <= last) {
        guint child = place * 2;

        if (child < last && get (deadlines, child + 1)->due_us < get (deadlines, child)->due_us)
            child++;
        if (get (deadlines, child)->due_us >= deadline->due_us)
            break;
        place_at (deadlines, get (deadlines, child), place);
        place = child;
    }
    place_at (deadlines, deadline, place);
}

static void
take_out (TuttiDeadlines *deadlines, TuttiDeadline *deadline)
{
    guint place = deadline->place;
    TuttiDeadline *last = get (deadlines, deadlines->heap->len - 1);

    g_ptr_array_set_size (deadlines->heap, deadlines->heap->len - 1);
    deadline->place = 0;
    if (last == deadline)
        return;
    place_at (deadlines, last, place);
    sift_up (deadlines, last);
    sift_down (deadlines, last);
}

TuttiDeadlines *
tutti_deadlines_new (void)
{
    TuttiDeadlines *deadlines = g_new0 (TuttiDeadlines, 1);

    deadlines->heap = g_ptr_array_new ();
    g_ptr_array_add (deadlines->heap, NULL);
    return deadlines;
}

void
tutti_deadlines_free (TuttiDeadlines *deadlines)
{
    if (!deadlines)
        return;
    g_ptr_array_unref (deadlines->heap);
    g_free (deadlines);
}

void
tutti_deadlines_set (TuttiDeadlines *deadlines, TuttiDeadline *deadline, gint64 due_us)
{
    if (due_us == TUTTI_DEADLINE_NEVER) {
        if (deadline->place)
            take_out (deadlines, deadline);
        return;
    }
    if (deadline->place && deadline->due_us == due_us)
        return;
    deadline->due_us = due_us;
    if (!deadline->place) {
        g_ptr_array_add (deadlines->heap, deadline);
        deadline->place = deadlines->heap->len - 1;
    }
    sift_up (deadlines, deadline);
    sift_down (deadlines, deadline);
}

TuttiDeadline *
tutti_deadlines_peek (TuttiDeadlines *deadlines)
{
    return deadlines->heap->len > 1 ? get (deadlines, 1) : NULL;
}
