/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rooms-kit.c: see rooms-kit.h.
 */
#include "rooms-kit.h"

#include <string.h>

#include <tutti/error.h>

#include "room/room.h"

/* --- Clients --- */

static void
write_event (GString *told, const TuttiEvent *event)
{
    switch (event->type) {
    case TUTTI_EVENT_PARTICIPANT_JOINED:
        g_string_append_printf (told, "joined %s\n", event->person->name);
        break;
    case TUTTI_EVENT_PARTICIPANT_UPDATED:
        g_string_append_printf (told, "updated %s%s%s%s\n", event->person->name,
                                event->person->audio_muted ? " audio-muted" : "",
                                event->person->video_muted ? " video-muted" : "",
                                event->person->hand_raised ? " hand" : "");
        break;
    case TUTTI_EVENT_PARTICIPANT_LEFT:
        g_string_append_printf (told, "left %s\n", tutti_left_reason_name (event->left.reason));
        break;
    case TUTTI_EVENT_START_CALL:
        g_string_append (told, "start-call\n");
        break;
    case TUTTI_EVENT_ACTIVE_SPEAKER:
        g_string_append_printf (told, "speakers %u\n", event->speakers.n);
        break;
    case TUTTI_EVENT_LAYOUT:
        g_string_append_printf (told, "layout %dx%d %s %u\n", event->layout.width,
                                event->layout.height, event->layout.layout, event->layout.n_tiles);
        break;
    case TUTTI_EVENT_UPLINK:
        g_string_append_printf (told, "uplink %d\n", event->uplink.max_width);
        break;
    case TUTTI_EVENT_DOWNLINK:
        g_string_append_printf (told, "downlink %d\n", event->downlink.width);
        break;
    case TUTTI_EVENT_CHAT:
        g_string_append_printf (told, "chat %s: %s%s\n", event->chat.name, event->chat.text,
                                event->chat.private ? " (private)" : "");
        break;
    case TUTTI_EVENT_ICE_CANDIDATE:
        break;
    case TUTTI_EVENT_ROOM_UPDATED:
        g_string_append_printf (told, "room %s %s\n", event->room.locked ? "locked" : "open",
                                event->room.layout);
        break;
    case TUTTI_EVENT_PARTICIPANT_WAITING:
        g_string_append_printf (told, "waiting %s\n", event->person->name);
        break;
    case TUTTI_EVENT_WAITING_LEFT:
        g_string_append (told, "waiting-left\n");
        break;
    case TUTTI_EVENT_ADMITTED:
        g_string_append (told, "admitted\n");
        break;
    case TUTTI_EVENT_SHARE_REFUSED:
        g_string_append (told, "share refused\n");
        break;
    case TUTTI_EVENT_RECORDING:
        g_string_append_printf (told, "recording %s\n",
                                tutti_recording_state_name (event->recording));
        break;
    case TUTTI_EVENT_KICKED:
        g_string_append_printf (told, "kicked %s\n", event->reason);
        break;
    case TUTTI_EVENT_ROOM_CLOSED:
        g_string_append_printf (told, "closed %s\n", event->reason);
        break;
    case TUTTI_EVENT_LOST:
        g_string_append (told, "lost\n");
        break;
    case TUTTI_EVENT_REPLACED:
        g_string_append (told, "replaced\n");
        break;
    }
}

static void
on_event (const TuttiEvent *event, gpointer user_data)
{
    RoomsClient *client = user_data;

    g_assert_false (client->over);
    g_assert_cmpint (client->in_call, ==, 0);
    write_event (client->told, event);
    if (event->type == TUTTI_EVENT_KICKED || event->type == TUTTI_EVENT_ROOM_CLOSED ||
        event->type == TUTTI_EVENT_LOST || event->type == TUTTI_EVENT_REPLACED) {
        client->over = TRUE;
        if (client->leave_on_last)
            tutti_participant_leave (client->self);
        client->self = NULL;
    } else if (event->type == TUTTI_EVENT_PARTICIPANT_JOINED && client->leave_on_join) {
        tutti_participant_leave (client->self);
        client->self = NULL;
        client->over = TRUE;
    }
}

gboolean
rooms_try_join (RoomsFixture *fixture, RoomsClient *client, const TuttiJoin *join, GError **error)
{
    gboolean created = FALSE;

    *client = (RoomsClient){.told = g_string_new (NULL)};
    client->self = tutti_rooms_join (fixture->rooms, join, on_event, client, &created, error);
    return client->self != NULL;
}

gboolean
rooms_resume (RoomsFixture *fixture, RoomsClient *client, const char *room, const char *key)
{
    *client = (RoomsClient){.told = g_string_new (NULL)};
    client->self = tutti_rooms_resume (fixture->rooms, room, key, on_event, client);
    if (client->self)
        return TRUE;
    g_string_free (client->told, TRUE);
    return FALSE;
}

void
rooms_join (RoomsFixture *fixture, RoomsClient *client, const char *room, const char *name,
            TuttiPersonRole role)
{
    const TuttiJoin how = {.room = room, .name = name, .role = role, .may_moderate = TRUE};
    g_autoptr (GError) error = NULL;

    rooms_try_join (fixture, client, &how, &error);
    g_assert_no_error (error);
}

void
rooms_join_refused (RoomsFixture *fixture, const TuttiJoin *how, int code)
{
    g_autoptr (GError) error = NULL;
    RoomsClient client;

    g_assert_false (rooms_try_join (fixture, &client, how, &error));
    g_assert_error (error, TUTTI_ERROR, code);
    g_string_free (client.told, TRUE);
}

void
client_clear (RoomsClient *client)
{
    if (client->self)
        tutti_participant_leave (client->self);
    g_string_free (client->told, TRUE);
}

void
rooms_iterate (void)
{
    while (g_main_context_iteration (NULL, FALSE))
        ;
}

/* What it was told since the last time. */
void
client_assert_told (RoomsClient *client, const char *lines)
{
    rooms_iterate ();
    g_assert_cmpstr (client->told->str, ==, lines);
    g_string_truncate (client->told, 0);
}

TuttiRoom *
client_room (RoomsClient *client)
{
    return tutti_participant_room (client->self);
}

void
client_moderate (RoomsClient *client, const char *action, RoomsClient *target, const char *value,
                 int code)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *id = target ? g_strdup (tutti_participant_id (target->self)) : NULL;
    gboolean done;

    client->in_call++;
    done = tutti_participant_moderate (client->self, action, id, value, &error);
    client->in_call--;
    g_assert_cmpint (done, ==, code < 0);
    if (code >= 0)
        g_assert_error (error, TUTTI_ERROR, code);
}

void
rooms_set_up (RoomsFixture *fixture, gconstpointer assignments)
{
    g_autoptr (GError) error = NULL;
    g_auto (GStrv) list = g_strsplit (assignments, ";", -1);

    fixture->config = tutti_config_new ();
    /* Tests run where much else does: late rounds aren't the server's own. */
    tutti_config_set (fixture->config, "room.overload-percent=0", NULL);
    for (guint i = 0; list[i]; i++) {
        tutti_config_set (fixture->config, list[i], &error);
        g_assert_no_error (error);
    }
    fixture->rooms = tutti_rooms_new (fixture->config, &error);
    g_assert_no_error (error);
}

void
rooms_tear_down (RoomsFixture *fixture, gconstpointer assignments)
{
    tutti_rooms_free (fixture->rooms);
    tutti_config_free (fixture->config);
}
