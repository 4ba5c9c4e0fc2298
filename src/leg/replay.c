/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * replay.c: see replay.h.
 */
#include "replay.h"

#include <string.h>

static guint64 *
find_word (TuttiReplay *replay, guint64 index)
{
    return &replay->seen[index % TUTTI_REPLAY_WINDOW / 64];
}

static guint64
mask (guint64 index)
{
    return G_GUINT64_CONSTANT (1) << index % 64;
}

static gboolean
is_too_old (const TuttiReplay *replay, guint64 index)
{
    return replay->highest >= TUTTI_REPLAY_WINDOW && index <= replay->highest - TUTTI_REPLAY_WINDOW;
}

/* Places in the ring that numbers behind the window leave to those up to index. */
static void
advance (TuttiReplay *replay, guint64 index)
{
    if (index - replay->highest >= TUTTI_REPLAY_WINDOW)
        memset (replay->seen, 0, sizeof replay->seen);
    else
        for (guint64 i = replay->highest + 1; i <= index; i++)
            *find_word (replay, i) &= ~mask (i);
    replay->highest = index;
}

guint64
tutti_replay_extend (const TuttiReplay *replay, guint16 seq)
{
    gint64 nearest;

    if (!replay->is_started)
        return seq;
    nearest = (gint64)replay->highest + (gint16)(guint16)(seq - (guint16)replay->highest);
    return nearest >= 0 ? (guint64)nearest : seq;
}

gboolean
tutti_replay_is_new (const TuttiReplay *replay, guint64 index)
{
    if (!replay->is_started || index > replay->highest)
        return TRUE;
    return !is_too_old (replay, index) &&
           (replay->seen[index % TUTTI_REPLAY_WINDOW / 64] & mask (index)) == 0;
}

void
tutti_replay_add (TuttiReplay *replay, guint64 index)
{
    if (!replay->is_started) {
        replay->is_started = TRUE;
        replay->highest = index;
    } else if (index > replay->highest) {
        advance (replay, index);
    } else if (is_too_old (replay, index)) {
        return;
    }
    *find_word (replay, index) |= mask (index);
}
