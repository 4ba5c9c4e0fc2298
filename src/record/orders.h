/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * orders.h: what main wants of a recorder's thread, in the order of its time. Bounded: a thread
 * that hangs in the disk reads none. Any thread; nobody waits.
 */
#pragma once

#include "notes.h"

typedef struct _TuttiTrackFile TuttiTrackFile;
typedef struct _TuttiOrders TuttiOrders;

/* Notes that may wait: a room in which everybody joins and talks at once, for as long as a disk may
 * hang before people notice. */
#define TUTTI_ORDERS_NOTES_MAX 1000

typedef enum {
    TUTTI_ORDER_PAUSE,
    TUTTI_ORDER_RESUME,
    TUTTI_ORDER_STOP,
    TUTTI_ORDER_NOTE,
    TUTTI_ORDER_ADD_TRACK,
    TUTTI_ORDER_DROP_TRACK,
} TuttiOrderKind;

typedef struct {
    TuttiOrderKind kind;
    gint64 time_us;        /* our clock: where in the recording it belongs */
    gint64 posted_us;      /* the system's clock */
    TuttiNote note;        /* NOTE; STOP: its value. Strings are its own */
    TuttiTrackFile *track; /* ADD, DROP */
} TuttiOrder;

TuttiOrders *tutti_orders_new (void);
/* Tracks that were to be added and never were are freed. */
void tutti_orders_free (TuttiOrders *orders);

/* Takes copies of the note's strings. A note too many is left out. */
void tutti_orders_post (TuttiOrders *orders, const TuttiOrder *order);
/* The first one, if it was posted until then; NULL: there is none. Free it. */
TuttiOrder *tutti_orders_take (TuttiOrders *orders, gint64 posted_until_us);
void tutti_order_free (TuttiOrder *order);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiOrders, tutti_orders_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiOrder, tutti_order_free)
