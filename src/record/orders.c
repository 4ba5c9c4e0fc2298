/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * orders.c: see orders.h.
 */
#include "orders.h"

#include "tracks.h"

struct _TuttiOrders {
    GMutex lock; /* of everything below */
    GQueue queue;
    guint n_notes;
};

TuttiOrders *
tutti_orders_new (void)
{
    TuttiOrders *self = g_new0 (TuttiOrders, 1);

    g_mutex_init (&self->lock);
    return self;
}

void
tutti_orders_free (TuttiOrders *self)
{
    TuttiOrder *order;

    if (self == NULL)
        return;
    while ((order = tutti_orders_take (self, G_MAXINT64)) != NULL) {
        if (order->kind == TUTTI_ORDER_ADD_TRACK)
            tutti_track_file_free (order->track);
        tutti_order_free (order);
    }
    g_mutex_clear (&self->lock);
    g_free (self);
}

static TuttiOrder *
copy (const TuttiOrder *order)
{
    TuttiOrder *own = g_new (TuttiOrder, 1);

    *own = *order;
    own->posted_us = g_get_monotonic_time ();
    own->note.participant = g_strdup (order->note.participant);
    own->note.name = g_strdup (order->note.name);
    own->note.value = g_strdup (order->note.value);
    own->note.text = g_strdup (order->note.text);
    return own;
}

void
tutti_orders_post (TuttiOrders *self, const TuttiOrder *order)
{
    gboolean is_note = order->kind == TUTTI_ORDER_NOTE;
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

    if (is_note && self->n_notes == TUTTI_ORDERS_NOTES_MAX)
        return;
    self->n_notes += is_note;
    g_queue_push_tail (&self->queue, copy (order));
}

TuttiOrder *
tutti_orders_take (TuttiOrders *self, gint64 posted_until_us)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
    TuttiOrder *first = g_queue_peek_head (&self->queue);

    if (first == NULL || first->posted_us > posted_until_us)
        return NULL;
    self->n_notes -= first->kind == TUTTI_ORDER_NOTE;
    return g_queue_pop_head (&self->queue);
}

void
tutti_order_free (TuttiOrder *order)
{
    if (order == NULL)
        return;
    g_free ((char *)order->note.participant);
    g_free ((char *)order->note.name);
    g_free ((char *)order->note.value);
    g_free ((char *)order->note.text);
    g_free (order);
}
