/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-rooms.c: /v1/rooms and all that is below. Role: main.
 */
#include "admin-json.h"
#include "admin-routes.h"

/* A PATCH names a field or two. */
#define BODY_MAX_BYTES 4096

void
tutti_admin_serve_rooms (TuttiAdminCall *call)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();

    if (!tutti_admin_allow (call, "GET, HEAD"))
        return;
    tutti_admin_json_rooms (builder, call->rooms);
    tutti_admin_answer (call->message, builder);
}

static void
serve_room (TuttiAdminCall *call, TuttiRoom *room)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();

    if (!tutti_admin_allow (call, "GET, HEAD, DELETE"))
        return;
    if (g_str_equal (call->method, "DELETE")) {
        tutti_room_close (room, "closed by the administrator");
        tutti_admin_answer_done (call->message);
        return;
    }
    tutti_admin_json_room (builder, room);
    tutti_admin_answer (call->message, builder);
}

static void
serve_participants (TuttiAdminCall *call, TuttiRoom *room)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();

    if (!tutti_admin_allow (call, "GET, HEAD"))
        return;
    tutti_admin_json_participants (builder, room);
    tutti_admin_answer (call->message, builder);
}

/* The body's {"audio_muted": BOOL}; FALSE if it is anything else. */
static gboolean
read_muted (SoupServerMessage *message, gboolean *muted)
{
    SoupMessageBody *body = soup_server_message_get_request_body (message);
    g_autoptr (JsonParser) parser = json_parser_new ();
    JsonNode *root, *value;

    if (body->length > BODY_MAX_BYTES ||
        !json_parser_load_from_data (parser, body->data, body->length, NULL))
        return FALSE;
    root = json_parser_get_root (parser);
    if (!root || !JSON_NODE_HOLDS_OBJECT (root))
        return FALSE;
    value = json_object_get_member (json_node_get_object (root), "audio_muted");
    if (!value || json_node_get_value_type (value) != G_TYPE_BOOLEAN)
        return FALSE;
    *muted = json_node_get_boolean (value);
    return TRUE;
}

static void
patch_participant (TuttiAdminCall *call, TuttiParticipant *participant)
{
    gboolean muted;

    if (!read_muted (call->message, &muted)) {
        tutti_admin_answer_problem (call->message, SOUP_STATUS_BAD_REQUEST, "bad_message",
                                    "the body must be {\"audio_muted\": true} or false");
        return;
    }
    tutti_participant_mute (participant, muted);
    tutti_admin_answer_done (call->message);
}

static void
serve_participant (TuttiAdminCall *call, TuttiParticipant *participant)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();

    if (!tutti_admin_allow (call, "GET, HEAD, PATCH, DELETE"))
        return;
    if (g_str_equal (call->method, "PATCH")) {
        patch_participant (call, participant);
    } else if (g_str_equal (call->method, "DELETE")) {
        tutti_participant_kick (participant, "removed by the administrator");
        tutti_admin_answer_done (call->message);
    } else {
        tutti_admin_json_participant (builder, participant);
        tutti_admin_answer (call->message, builder);
    }
}

void
tutti_admin_serve_below_rooms (TuttiAdminCall *call)
{
    const char *name = call->parts[1];
    TuttiRoom *room = tutti_rooms_find (call->rooms, name);
    TuttiParticipant *participant;

    if (!room) {
        tutti_admin_answer_not_found (call, "room", name);
    } else if (call->n_parts == 2) {
        serve_room (call, room);
    } else if (!g_str_equal (call->parts[2], "participants") || call->n_parts > 4) {
        tutti_admin_answer_not_found (call, "resource", call->parts[2]);
    } else if (call->n_parts == 3) {
        serve_participants (call, room);
    } else {
        participant = tutti_admin_find_participant (room, call->parts[3]);
        if (participant)
            serve_participant (call, participant);
        else
            tutti_admin_answer_not_found (call, "participant", call->parts[3]);
    }
}
