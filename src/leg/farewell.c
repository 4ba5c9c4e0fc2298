/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * farewell.c: what is left of a leg with a relay: its agent, that still waits for the server. Role:
 * net.
 */
#include "farewell.h"

#include <tutti/clock.h>

typedef struct {
    TuttiSeat *seat;
    TuttiWire *wire;
    NiceAgent *agent;
    gboolean is_closed;
} Farewell;

static void
on_end (gpointer self)
{
    Farewell *farewell = self;

    g_object_unref (farewell->agent);
    tutti_wire_free (farewell->wire);
    tutti_seat_free (farewell->seat);
    g_free (farewell);
}

/* Until libnice says that it is closed, which it does of itself when the server is silent. */
static void
go_on (Farewell *farewell)
{
    if (farewell->is_closed)
        on_end (farewell);
    else
        tutti_seat_set_due (farewell->seat, tutti_wire_get_due (farewell->wire));
}

static void
on_closed (GObject *agent, GAsyncResult *result, gpointer user_data)
{
    Farewell *farewell = user_data;

    farewell->is_closed = TRUE;
}

static void
on_packet (NiceAgent *agent, guint stream, guint component, guint length, char *data,
           gpointer user_data)
{
}

static void
on_readable (gpointer self, int fd, gint64 now_us)
{
    Farewell *farewell = self;

    tutti_wire_receive (farewell->wire, fd, now_us);
    go_on (farewell);
}

static void
on_woken (gpointer self, gint64 now_us)
{
}

static void
on_due (gpointer self, gint64 now_us)
{
    Farewell *farewell = self;

    tutti_wire_run (farewell->wire, now_us);
    go_on (farewell);
}

static const TuttiSeatClass seat_class = {on_readable, on_woken, on_due, on_end};

void
tutti_farewell_say (TuttiSeat *seat, TuttiWire *wire, NiceAgent *agent, guint stream)
{
    GMainContext *context = tutti_wire_get_context (wire);
    Farewell *farewell = g_new0 (Farewell, 1);
    gint64 now_us = tutti_clock_now_us (tutti_clock_real ());

    farewell->seat = seat;
    farewell->wire = wire;
    farewell->agent = agent;
    tutti_seat_hand_over (seat, &seat_class, farewell);
    /* Without a receiver libnice would not read the server's answers either. */
    nice_agent_attach_recv (agent, stream, NICE_COMPONENT_TYPE_RTP, context, on_packet, NULL);
    g_main_context_push_thread_default (context);
    nice_agent_close_async (agent, on_closed, farewell);
    g_main_context_pop_thread_default (context);
    tutti_wire_run (wire, now_us);
    go_on (farewell);
}
