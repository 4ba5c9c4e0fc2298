/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * handover.c: a pointer swapped under a lock, generations, and a list of what waits to be freed.
 * Roles: main; begin() and end() belong to the tick.
 */
#include "handover.h"

/* A tick lasts a few milliseconds at most: look again so soon. */
#define SWEEP_INTERVAL_MS 10

typedef struct {
    gpointer object;
    GDestroyNotify free_func;
    guint64 generation; /* the first without it */
} Retired;

struct _TuttiHandover {
    GDestroyNotify free_snapshot;
    GQueue retired; /* of Retired, oldest first */
    guint sweep_id;

    GMutex lock; /* guards the rest */
    gpointer snapshot;
    guint64 generation;        /* of `snapshot` */
    guint64 in_use_generation; /* G_MAXUINT64: no tick is running */
};

static guint64
oldest_in_use (TuttiHandover *handover)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&handover->lock);
    return handover->in_use_generation;
}

static gboolean
sweep (TuttiHandover *handover)
{
    guint64 in_use = oldest_in_use (handover);
    Retired *first;

    while ((first = g_queue_peek_head (&handover->retired)) && first->generation <= in_use) {
        g_queue_pop_head (&handover->retired);
        first->free_func (first->object);
        g_free (first);
    }
    return g_queue_is_empty (&handover->retired);
}

static gboolean
on_sweep (gpointer user_data)
{
    TuttiHandover *handover = user_data;

    if (!sweep (handover))
        return G_SOURCE_CONTINUE;
    handover->sweep_id = 0;
    return G_SOURCE_REMOVE;
}

TuttiHandover *
tutti_handover_new (GDestroyNotify free_snapshot)
{
    TuttiHandover *handover = g_new0 (TuttiHandover, 1);

    handover->free_snapshot = free_snapshot;
    handover->in_use_generation = G_MAXUINT64;
    g_queue_init (&handover->retired);
    g_mutex_init (&handover->lock);
    return handover;
}

void
tutti_handover_free (TuttiHandover *handover)
{
    if (!handover)
        return;
    g_assert (oldest_in_use (handover) == G_MAXUINT64);
    tutti_handover_give (handover, NULL);
    sweep (handover);
    g_clear_handle_id (&handover->sweep_id, g_source_remove);
    g_mutex_clear (&handover->lock);
    g_free (handover);
}

void
tutti_handover_give (TuttiHandover *handover, gpointer snapshot)
{
    gpointer old;

    g_mutex_lock (&handover->lock);
    old = handover->snapshot;
    handover->snapshot = snapshot;
    handover->generation++;
    g_mutex_unlock (&handover->lock);

    if (old)
        tutti_handover_retire (handover, old, handover->free_snapshot);
}

void
tutti_handover_retire (TuttiHandover *handover, gpointer object, GDestroyNotify free_func)
{
    Retired *retired = g_new0 (Retired, 1);

    retired->object = object;
    retired->free_func = free_func;
    retired->generation = handover->generation;
    g_queue_push_tail (&handover->retired, retired);
    if (!sweep (handover) && handover->sweep_id == 0)
        handover->sweep_id = g_timeout_add (SWEEP_INTERVAL_MS, on_sweep, handover);
}

gpointer
tutti_handover_begin (TuttiHandover *handover)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&handover->lock);

    handover->in_use_generation = handover->generation;
    return handover->snapshot;
}

void
tutti_handover_end (TuttiHandover *handover)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&handover->lock);
    handover->in_use_generation = G_MAXUINT64;
}
