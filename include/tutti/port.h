/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * port.h: where thread roles meet: a bounded queue (packets), a newest-wins slot (pictures), and a
 * wish (what travels upstream: a key frame). All are reference-counted and may be used from any
 * thread; none ever waits. Notify functions run on the caller's thread, after the lock is released;
 * they must only wake somebody.
 */
#pragma once

#include <tutti/types.h>

typedef void (*TuttiNotify) (gpointer user_data);

/* --- Queue: first in, first out; when full the oldest is dropped and counted. --- */

/* notify: called after each push that found the queue empty; may be NULL. */
TuttiQueue *tutti_queue_new (guint capacity, TuttiNotify notify, gpointer user_data);
TuttiQueue *tutti_queue_ref (TuttiQueue *queue);
void tutti_queue_unref (TuttiQueue *queue);

/* Takes its own reference on the packet. FALSE when the oldest had to go, or the queue is closed.
 */
gboolean tutti_queue_push (TuttiQueue *queue, TuttiPacket *packet);
/* As so many pushes in order, of which nobody sees a part: a picture's packets stay together. */
gboolean tutti_queue_push_all (TuttiQueue *queue, TuttiPacket *const packets[], guint n);
/* Gives the caller the queue's reference, or NULL when empty. */
TuttiPacket *tutti_queue_pop (TuttiQueue *queue);
/* As so many pops: up to `max` packets, oldest first, and how many. Of an empty queue it costs
 * nothing. */
guint tutti_queue_pop_all (TuttiQueue *queue, TuttiPacket *packets[], guint max);
guint tutti_queue_length (TuttiQueue *queue);
guint64 tutti_queue_dropped (TuttiQueue *queue);
/* Whatever is pushed from now on goes to `tap` too, whatever becomes of it here; NULL: no longer. A
 * reference is kept. It must not have a tap that leads back. */
void tutti_queue_set_tap (TuttiQueue *queue, TuttiQueue *tap);
/* Shut: nobody reads it for now. What is inside is released, and what is pushed goes to the tap
 * alone. A new queue is open. */
void tutti_queue_set_shut (TuttiQueue *queue, gboolean shut);
/* FALSE: whatever is pushed goes nowhere, so that whoever has packets may as well not make them. It
 * costs nothing. */
gboolean tutti_queue_is_read (TuttiQueue *queue);
/* No push is taken and no notify called from now on; what is inside is released. The notify
 * function may still be running on another thread when this returns: its user_data must outlive
 * that. */
void tutti_queue_close (TuttiQueue *queue);

/* --- Slot: holds the newest picture. --- */

TuttiSlot *tutti_slot_new (void);
TuttiSlot *tutti_slot_ref (TuttiSlot *slot);
void tutti_slot_unref (TuttiSlot *slot);

/* Replaces the picture; takes its own reference. NULL empties the slot (camera off). */
void tutti_slot_put (TuttiSlot *slot, TuttiPicture *picture, gint64 now_us);
/* A new reference on the newest picture, or NULL. put_us (may be NULL): when it was put. */
TuttiPicture *tutti_slot_peek (TuttiSlot *slot, gint64 *put_us);

/* --- Wish: a key frame is wanted upstream. --- */

TuttiWish *tutti_wish_new (TuttiNotify notify, gpointer user_data);
TuttiWish *tutti_wish_ref (TuttiWish *wish);
void tutti_wish_unref (TuttiWish *wish);

/* Wakes the granter each time; repeated wishes before the next take() are one. */
void tutti_wish_make (TuttiWish *wish);
/* TRUE once for any number of make() since the last take(). */
gboolean tutti_wish_take (TuttiWish *wish);
/* As tutti_queue_close(). */
void tutti_wish_close (TuttiWish *wish);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiQueue, tutti_queue_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiSlot, tutti_slot_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiWish, tutti_wish_unref)
