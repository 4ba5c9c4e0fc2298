/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * queue.c: the bounded packet queue between two thread roles.
 */
#include <tutti/packet.h>
#include <tutti/port.h>

#include <stdatomic.h>

struct _TuttiQueue {
    _Atomic int references;
    guint capacity;
    TuttiNotify notify;
    gpointer user_data;

    GMutex lock; /* names everything below */
    gboolean closed, shut;
    _Atomic gboolean is_read; /* by anybody; read without the lock, too */
    guint first;
    _Atomic guint length; /* read without the lock, too */
    guint64 dropped;
    TuttiQueue *tap; /* NULL: none */
    TuttiPacket *ring[];
};

TuttiQueue *
tutti_queue_new (guint capacity, TuttiNotify notify, gpointer user_data)
{
    TuttiQueue *queue = g_malloc0 (sizeof *queue + capacity * sizeof queue->ring[0]);

    g_assert (capacity > 0);
    atomic_init (&queue->references, 1);
    queue->capacity = capacity;
    queue->notify = notify;
    queue->user_data = user_data;
    queue->is_read = TRUE;
    g_mutex_init (&queue->lock);
    return queue;
}

TuttiQueue *
tutti_queue_ref (TuttiQueue *queue)
{
    atomic_fetch_add (&queue->references, 1);
    return queue;
}

void
tutti_queue_unref (TuttiQueue *queue)
{
    if (!queue || atomic_fetch_sub (&queue->references, 1) > 1)
        return;
    tutti_queue_close (queue);
    tutti_queue_unref (queue->tap);
    g_mutex_clear (&queue->lock);
    g_free (queue);
}

/* With the lock held. */
static TuttiPacket *
take_first (TuttiQueue *queue)
{
    TuttiPacket *packet;

    if (queue->length == 0)
        return NULL;
    packet = g_steal_pointer (&queue->ring[queue->first]);
    queue->first = (queue->first + 1) % queue->capacity;
    queue->length--;
    return packet;
}

/* With the lock held. TRUE when the oldest had to go; letting go of it calls nobody. */
static gboolean
append (TuttiQueue *queue, TuttiPacket *packet)
{
    gboolean is_full = queue->length == queue->capacity;

    if (is_full)
        tutti_packet_unref (take_first (queue));
    queue->ring[(queue->first + queue->length++) % queue->capacity] = tutti_packet_ref (packet);
    return is_full;
}

gboolean
tutti_queue_push_all (TuttiQueue *queue, TuttiPacket *const packets[], guint n)
{
    g_autoptr (TuttiQueue) tap = NULL;
    guint64 dropped = 0;
    gboolean was_empty;

    g_mutex_lock (&queue->lock);
    if (queue->closed) {
        g_mutex_unlock (&queue->lock);
        return FALSE;
    }
    was_empty = queue->length == 0 && !queue->shut;
    for (guint i = 0; i < n && !queue->shut; i++)
        dropped += append (queue, packets[i]) ? 1 : 0;
    queue->dropped += dropped;
    tap = queue->tap ? tutti_queue_ref (queue->tap) : NULL;
    g_mutex_unlock (&queue->lock);

    if (tap)
        tutti_queue_push_all (tap, packets, n);
    if (was_empty && n > 0 && queue->notify)
        queue->notify (queue->user_data);
    return dropped == 0;
}

gboolean
tutti_queue_push (TuttiQueue *queue, TuttiPacket *packet)
{
    return tutti_queue_push_all (queue, &packet, 1);
}

TuttiPacket *
tutti_queue_pop (TuttiQueue *queue)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&queue->lock);

    return take_first (queue);
}

guint
tutti_queue_pop_all (TuttiQueue *queue, TuttiPacket *packets[], guint max)
{
    guint n = 0;

    /* A push that this misses tells by its notify. */
    if (atomic_load (&queue->length) == 0)
        return 0;
    g_mutex_lock (&queue->lock);
    while (n < max && (packets[n] = take_first (queue)))
        n++;
    g_mutex_unlock (&queue->lock);
    return n;
}

guint
tutti_queue_length (TuttiQueue *queue)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&queue->lock);

    return queue->length;
}

guint64
tutti_queue_dropped (TuttiQueue *queue)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&queue->lock);

    return queue->dropped;
}

/* With the lock held. */
static void
judge_readers (TuttiQueue *queue)
{
    queue->is_read = !queue->closed && (!queue->shut || queue->tap);
}

static void
release_all (TuttiQueue *queue)
{
    TuttiPacket *packet;

    while ((packet = tutti_queue_pop (queue)))
        tutti_packet_unref (packet);
}

void
tutti_queue_set_tap (TuttiQueue *queue, TuttiQueue *tap)
{
    TuttiQueue *old;

    g_mutex_lock (&queue->lock);
    old = queue->tap;
    queue->tap = tap ? tutti_queue_ref (tap) : NULL;
    judge_readers (queue);
    g_mutex_unlock (&queue->lock);
    tutti_queue_unref (old);
}

void
tutti_queue_close (TuttiQueue *queue)
{
    g_mutex_lock (&queue->lock);
    queue->closed = TRUE;
    judge_readers (queue);
    g_mutex_unlock (&queue->lock);
    release_all (queue);
}

void
tutti_queue_set_shut (TuttiQueue *queue, gboolean shut)
{
    g_mutex_lock (&queue->lock);
    queue->shut = shut;
    judge_readers (queue);
    g_mutex_unlock (&queue->lock);
    if (shut)
        release_all (queue);
}

gboolean
tutti_queue_is_read (TuttiQueue *queue)
{
    return atomic_load (&queue->is_read);
}
