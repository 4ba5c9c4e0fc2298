/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sides.c: room's data channel on one side, a client on the other.
 */
#include "sides.h"

#include <string.h>

#include "side-channel.h"

typedef struct {
    TuttiParticipant *participant; /* NULL: gone */
    TuttiClient *client;
    gboolean is_receiving; /* it is freed afterwards */
} Side;

static void
on_send (const char *text, gpointer user_data)
{
    Side *side = user_data;

    if (side->participant)
        tutti_participant_say (side->participant, text);
}

static void
on_end (guint16 code, gpointer user_data)
{
    Side *side = user_data;

    if (side->participant)
        tutti_participant_end_side (side->participant);
}

static const TuttiClientOutput output = {on_send, on_end};

static void
free_side (Side *side)
{
    tutti_client_free (side->client);
    g_free (side);
}

static gpointer
on_open (TuttiParticipant *participant, guint max_bytes, gpointer user_data)
{
    Side *side = g_new0 (Side, 1);

    side->participant = participant;
    side->client = tutti_client_new_beside (user_data, participant, max_bytes, &output, side);
    return side;
}

static void
on_event (const TuttiEvent *event, gpointer user_data)
{
    Side *side = user_data;

    tutti_client_hear (event, side->client);
}

static void
on_receive (const char *text, gpointer user_data)
{
    Side *side = user_data;

    side->is_receiving = TRUE;
    if (text)
        tutti_client_receive (side->client, text, strlen (text), g_get_monotonic_time ());
    else
        tutti_client_receive_nonsense (side->client);
    side->is_receiving = FALSE;
    if (!side->participant)
        free_side (side);
}

static void
on_close (gpointer user_data)
{
    Side *side = user_data;

    side->participant = NULL;
    tutti_client_hang_up (side->client, FALSE);
    if (!side->is_receiving)
        free_side (side);
}

static const TuttiSideClass side_class = {on_open, on_event, on_receive, on_close};

void
tutti_sides_serve (const TuttiClientSetup *setup)
{
    tutti_rooms_serve_sides (setup->rooms, &side_class, (gpointer)setup);
}

void
tutti_sides_end (TuttiRooms *rooms)
{
    tutti_rooms_serve_sides (rooms, NULL, NULL);
}
