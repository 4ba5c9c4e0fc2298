/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client-join.c: how a client comes to have a participant, and what it is told as long as it has.
 * Role: main.
 */
#include "client-inside.h"
#include "lobby.h"
#include "message-write.h"
#include "settings.h"
#include "welcome.h"

#include <string.h>

#include <tutti/error.h>

static void
welcome (TuttiClient *client, TuttiEntrance entrance)
{
    g_free (client->id);
    client->id = g_strdup (tutti_participant_id (client->participant));
    tutti_client_send (client,
                       tutti_welcome_write (client->setup->config, client->participant, entrance));
}

void
tutti_client_hear (const TuttiEvent *event, gpointer user_data)
{
    TuttiClient *client = user_data;

    if (event->type == TUTTI_EVENT_REPLACED) {
        client->participant = NULL;
        tutti_client_end (client, TUTTI_CLOSE_REPLACED);
        return;
    }
    if (event->type == TUTTI_EVENT_ADMITTED) {
        welcome (client, TUTTI_ENTRANCE_JOINED);
        return;
    }
    if (event->type == TUTTI_EVENT_ICE_CANDIDATE && client->is_beside)
        return;
    tutti_client_send (client, tutti_message_write_event (event, client->id));
    if (event->type != TUTTI_EVENT_KICKED && event->type != TUTTI_EVENT_ROOM_CLOSED &&
        event->type != TUTTI_EVENT_LOST)
        return;
    client->participant = NULL; /* the room has let go of it */
    tutti_client_end (client, TUTTI_CLOSE_NORMAL);
}

static void
tell_waiting (TuttiClient *client, const char *room)
{
    TuttiPerson person;

    tutti_participant_get_person (client->participant, &person);
    client->id = g_strdup (person.id);
    tutti_client_send (client, tutti_message_write_waiting (room, &person));
}

static gboolean
enter_room (TuttiClient *client, TuttiJoin *join, GError **error)
{
    gboolean created = FALSE;

    join->can_wait = TRUE;
    join->address = client->address;
    join->visitor = client->visitor;
    client->participant =
        tutti_rooms_join (client->setup->rooms, join, tutti_client_hear, client, &created, error);
    if (!client->participant)
        return FALSE;
    if (tutti_participant_is_waiting (client->participant))
        tell_waiting (client, join->room);
    else
        welcome (client, created ? TUTTI_ENTRANCE_CREATED : TUTTI_ENTRANCE_JOINED);
    return TRUE;
}

/* Whoever has the key was let in before. */
static gboolean
resume (TuttiClient *client, const char *room, const char *key)
{
    if (!key)
        return FALSE;
    client->participant =
        tutti_rooms_resume (client->setup->rooms, room, key, tutti_client_hear, client);
    if (!client->participant)
        return FALSE;
    welcome (client, TUTTI_ENTRANCE_RESUMED);
    return TRUE;
}

/* A full room is told by a message of its own. */
static gboolean
tell_full (TuttiClient *client, const char *name, GError *error)
{
    TuttiRoom *room = tutti_rooms_find (client->setup->rooms, name);
    TuttiRoomInfo info;

    if (!room || !g_error_matches (error, TUTTI_ERROR, TUTTI_ERROR_FULL_ROOM))
        return FALSE;
    tutti_room_get_info (room, &info);
    tutti_client_send (client, tutti_message_write_full_room (name, info.limit));
    return TRUE;
}

/* Clears it. */
static gboolean
take_pass (TuttiClient *client, const TuttiMessage *message, TuttiPass *pass, GError **error)
{
    TuttiJoin join = {.room = message->join.room, .pin = message->join.pin};
    g_autoptr (GError) fault = NULL;
    gboolean entered;

    tutti_pass_fill_join (pass, &join);
    entered = enter_room (client, &join, &fault);
    tutti_pass_clear (pass);
    if (entered || tell_full (client, message->join.room, fault))
        return TRUE;
    client->asked |= g_error_matches (fault, TUTTI_ERROR, TUTTI_ERROR_PIN_REQUIRED);
    g_propagate_error (error, g_steal_pointer (&fault));
    return FALSE;
}

gboolean
tutti_client_join (TuttiClient *client, const TuttiMessage *message, GError **error)
{
    TuttiRequest request = {.room = message->join.room,
                            .name = message->join.name,
                            .token = message->join.token,
                            .role_given = message->join.role_given,
                            .role = message->join.role,
                            .address = client->address,
                            .rooms = client->setup->rooms};
    TuttiPass pass = {0};

    if (!tutti_room_name_is_valid (request.room)) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_BAD_ROOM,
                             "a room's name has 1 to 64 of A-Z a-z 0-9 . _ -");
        return FALSE;
    }
    if (resume (client, request.room, message->join.resume))
        return TRUE;
    if (!tutti_admission_check (client->setup->admission, &request, g_get_monotonic_time (),
                                g_get_real_time () / G_USEC_PER_SEC, &pass, error))
        return FALSE;
    return take_pass (client, message, &pass, error);
}

/* A roster that is longer than the channel takes comes in pieces. */
static void
welcome_briefly (TuttiClient *client)
{
    g_autoptr (GPtrArray) members = tutti_room_list (tutti_participant_room (client->participant));

    tutti_client_send (client, tutti_welcome_write_brief (client->participant));
    for (guint i = 0; i < members->len; i++) {
        TuttiPerson person;
        TuttiEvent event = {.type = TUTTI_EVENT_PARTICIPANT_JOINED, .person = &person};

        tutti_participant_get_person (members->pdata[i], &person);
        tutti_client_send (client, tutti_message_write_event (&event, client->id));
    }
}

TuttiClient *
tutti_client_new_beside (const TuttiClientSetup *setup, TuttiParticipant *participant,
                         gsize max_bytes, const TuttiClientOutput *output, gpointer user_data)
{
    TuttiClient *client = tutti_client_new (setup, NULL, NULL, output, user_data);
    g_autofree char *text = tutti_welcome_write_beside (participant);

    client->is_beside = TRUE;
    client->participant = participant;
    client->id = g_strdup (tutti_participant_id (participant));
    if (strlen (text) <= max_bytes)
        tutti_client_send (client, g_steal_pointer (&text));
    else
        welcome_briefly (client);
    return client;
}
