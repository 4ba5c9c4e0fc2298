/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * message-write.c: a function for each message type adds its fields to an object under
 * construction.
 */
#include "message-write.h"
#include "event-json.h"

#include <tutti/error.h>

/* Names and texts are cleaned by room; SDP and reasons are our own. Should half a character slip
 * through all the same, it must not end the connection. */
static void
add_string (JsonBuilder *builder, const char *field, const char *value)
{
    g_autofree char *valid = g_utf8_make_valid (value ? value : "", -1);

    json_builder_set_member_name (builder, field);
    json_builder_add_string_value (builder, valid);
}

static void
add_int (JsonBuilder *builder, const char *field, gint64 value)
{
    json_builder_set_member_name (builder, field);
    json_builder_add_int_value (builder, value);
}

static void
add_bool (JsonBuilder *builder, const char *field, gboolean value)
{
    json_builder_set_member_name (builder, field);
    json_builder_add_boolean_value (builder, value);
}

static JsonBuilder *
begin (const char *type)
{
    JsonBuilder *builder = json_builder_new_immutable ();

    json_builder_begin_object (builder);
    add_string (builder, "type", type);
    return builder;
}

static char *
finish (JsonBuilder *builder)
{
    g_autoptr (JsonBuilder) owned = builder;
    g_autoptr (JsonNode) root = NULL;

    json_builder_end_object (builder);
    root = json_builder_get_root (builder);
    return json_to_string (root, FALSE);
}

/* The participant object of the protocol, into an object that is open. */
static void
add_person (JsonBuilder *builder, const TuttiPerson *person)
{
    add_string (builder, "id", person->id);
    add_string (builder, "name", person->name);
    add_string (builder, "role", tutti_person_role_name (person->role));
    add_bool (builder, "audio_muted", person->audio_muted);
    add_bool (builder, "video_muted", person->video_muted);
    add_bool (builder, "hand_raised", person->hand_raised);
    add_bool (builder, "sharing_screen", person->sharing_screen);
    add_bool (builder, "connected", person->connected);
}

static void
add_people (JsonBuilder *builder, const TuttiWelcome *welcome)
{
    json_builder_set_member_name (builder, "participants");
    json_builder_begin_array (builder);
    for (guint i = 0; i < welcome->n_people; i++) {
        json_builder_begin_object (builder);
        add_person (builder, &welcome->people[i]);
        json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
}

static void
add_ice_servers (JsonBuilder *builder, const TuttiWelcome *welcome)
{
    json_builder_set_member_name (builder, "ice_servers");
    json_builder_begin_array (builder);
    for (guint i = 0; i < welcome->n_ice_servers; i++) {
        const TuttiIceServer *server = &welcome->ice_servers[i];

        json_builder_begin_object (builder);
        json_builder_set_member_name (builder, "urls");
        json_builder_begin_array (builder);
        json_builder_add_string_value (builder, server->url);
        json_builder_end_array (builder);
        if (server->username) {
            add_string (builder, "username", server->username);
            add_string (builder, "credential", server->credential);
        }
        json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
}

/* Opens an object; the caller closes it. */
static void
begin_canvas (JsonBuilder *builder, int width, int height)
{
    json_builder_set_member_name (builder, "canvas");
    json_builder_begin_object (builder);
    add_int (builder, "width", width);
    add_int (builder, "height", height);
}

static void
add_tile (JsonBuilder *builder, const TuttiPlacedTile *tile)
{
    json_builder_begin_object (builder);
    add_string (builder, "participant", tile->participant);
    add_int (builder, "x", tile->rect.x);
    add_int (builder, "y", tile->rect.y);
    add_int (builder, "width", tile->rect.width);
    add_int (builder, "height", tile->rect.height);
    add_string (builder, "source", tile->screen ? "screen" : "camera");
    json_builder_end_object (builder);
}

static void
add_layout (JsonBuilder *builder, const TuttiEvent *event)
{
    begin_canvas (builder, event->layout.width, event->layout.height);
    json_builder_end_object (builder);
    add_string (builder, "layout", event->layout.layout);
    json_builder_set_member_name (builder, "tiles");
    json_builder_begin_array (builder);
    for (guint i = 0; i < event->layout.n_tiles; i++)
        add_tile (builder, &event->layout.tiles[i]);
    json_builder_end_array (builder);
}

static void
add_speakers (JsonBuilder *builder, const TuttiEvent *event)
{
    json_builder_set_member_name (builder, "participants");
    json_builder_begin_array (builder);
    for (guint i = 0; i < event->speakers.n; i++)
        json_builder_add_string_value (builder, event->speakers.participants[i]);
    json_builder_end_array (builder);
}

static void
add_uplink (JsonBuilder *builder, const TuttiEvent *event)
{
    add_int (builder, "max_width", event->uplink.max_width);
    add_int (builder, "max_height", event->uplink.max_height);
    add_int (builder, "max_frame_rate", event->uplink.max_frame_rate);
    add_int (builder, "max_bitrate_bps", event->uplink.max_bitrate_bps);
}

static void
add_downlink (JsonBuilder *builder, const TuttiEvent *event)
{
    add_bool (builder, "audio_only", event->downlink.audio_only);
    add_int (builder, "width", event->downlink.width);
    add_int (builder, "height", event->downlink.height);
    add_int (builder, "frame_rate", event->downlink.frame_rate);
    add_int (builder, "bitrate_bps", event->downlink.bitrate_bps);
    add_int (builder, "estimate_bps", event->downlink.estimate_bps);
}

static void
add_chat (JsonBuilder *builder, const TuttiEvent *event)
{
    add_string (builder, "from", event->chat.from);
    add_string (builder, "name", event->chat.name);
    add_string (builder, "text", event->chat.text);
    add_string (builder, "time", event->chat.time);
    add_bool (builder, "private", event->chat.private);
}

static void
add_candidate (JsonBuilder *builder, const TuttiEvent *event)
{
    add_string (builder, "candidate", event->ice.candidate);
    add_string (builder, "sdp_mid", event->ice.sdp_mid);
    add_int (builder, "sdp_mline_index", event->ice.sdp_mline_index);
}

/* name: NULL if whoever reads it knows. */
static void
add_left (JsonBuilder *builder, const char *participant, TuttiLeftReason reason, const char *name)
{
    add_string (builder, "participant", participant);
    add_string (builder, "reason", tutti_left_reason_name (reason));
    if (name)
        add_string (builder, "name", name);
}

static void
add_time (JsonBuilder *builder, const char *field, gint64 unix_s)
{
    g_autoptr (GDateTime) time = unix_s ? g_date_time_new_from_unix_utc (unix_s) : NULL;
    g_autofree char *text = time ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : NULL;

    add_string (builder, field, text); /* RFC 3339 */
}

static void
add_room (JsonBuilder *builder, const TuttiRoomState *room)
{
    add_bool (builder, "locked", room->locked);
    add_string (builder, "layout", room->layout);
    add_int (builder, "limit", room->limit);
    add_bool (builder, "waiting_room", room->waiting_room);
    add_string (builder, "share", room->share);
    add_bool (builder, "pin", room->has_pin);
    add_time (builder, "ends_at", room->ends_at_s);
}

static void
add_waiting (JsonBuilder *builder, const TuttiPerson *person)
{
    add_string (builder, "participant", person->id);
    add_string (builder, "name", person->name);
}

/* An error that answers no message: the share may have been good when it began. */
static void
add_share_refused (JsonBuilder *builder)
{
    add_string (builder, "code", "forbidden");
    add_string (builder, "reason", "share");
    add_string (builder, "message", "only moderators may share a screen here");
    json_builder_set_member_name (builder, "in_reply_to");
    json_builder_add_null_value (builder);
}

static const char *const event_names[] = {
    [TUTTI_EVENT_PARTICIPANT_JOINED] = "participant_joined",
    [TUTTI_EVENT_PARTICIPANT_UPDATED] = "participant_updated",
    [TUTTI_EVENT_PARTICIPANT_LEFT] = "participant_left",
    [TUTTI_EVENT_START_CALL] = "start_call",
    [TUTTI_EVENT_ACTIVE_SPEAKER] = "active_speaker",
    [TUTTI_EVENT_LAYOUT] = "layout",
    [TUTTI_EVENT_UPLINK] = "uplink",
    [TUTTI_EVENT_DOWNLINK] = "downlink",
    [TUTTI_EVENT_CHAT] = "chat",
    [TUTTI_EVENT_ICE_CANDIDATE] = "webrtc_ice_candidate",
    [TUTTI_EVENT_ROOM_UPDATED] = "room_updated",
    [TUTTI_EVENT_RECORDING] = "recording",
    [TUTTI_EVENT_KICKED] = "kicked",
    [TUTTI_EVENT_ROOM_CLOSED] = "room_closed",
    [TUTTI_EVENT_LOST] = "participant_left",
    [TUTTI_EVENT_PARTICIPANT_WAITING] = "participant_waiting",
    [TUTTI_EVENT_WAITING_LEFT] = "participant_waiting_left",
    [TUTTI_EVENT_SHARE_REFUSED] = "error",
};

const char *
tutti_event_json_type (TuttiEventType type)
{
    return event_names[type];
}

void
tutti_event_json_add (JsonBuilder *builder, const TuttiEvent *event, const char *self)
{
    switch (event->type) {
    case TUTTI_EVENT_PARTICIPANT_JOINED:
    case TUTTI_EVENT_PARTICIPANT_UPDATED:
        add_person (builder, event->person);
        break;
    case TUTTI_EVENT_PARTICIPANT_LEFT:
        add_left (builder, event->left.participant, event->left.reason, event->left.name);
        break;
    case TUTTI_EVENT_PARTICIPANT_WAITING:
        add_waiting (builder, event->person);
        break;
    case TUTTI_EVENT_START_CALL:
    case TUTTI_EVENT_WAITING_LEFT:
        add_string (builder, "participant", event->participant);
        break;
    case TUTTI_EVENT_ACTIVE_SPEAKER:
        add_speakers (builder, event);
        break;
    case TUTTI_EVENT_LAYOUT:
        add_layout (builder, event);
        break;
    case TUTTI_EVENT_UPLINK:
        add_uplink (builder, event);
        break;
    case TUTTI_EVENT_DOWNLINK:
        add_downlink (builder, event);
        break;
    case TUTTI_EVENT_CHAT:
        add_chat (builder, event);
        break;
    case TUTTI_EVENT_ICE_CANDIDATE:
        add_candidate (builder, event);
        break;
    case TUTTI_EVENT_ROOM_UPDATED:
        add_room (builder, &event->room);
        break;
    case TUTTI_EVENT_SHARE_REFUSED:
        add_share_refused (builder);
        break;
    case TUTTI_EVENT_RECORDING:
        add_string (builder, "state", tutti_recording_state_name (event->recording));
        break;
    case TUTTI_EVENT_LOST:
        add_left (builder, self, TUTTI_LEFT_LOST, NULL);
        break;
    case TUTTI_EVENT_KICKED:
    case TUTTI_EVENT_ROOM_CLOSED:
        add_string (builder, "reason", event->reason);
        break;
    case TUTTI_EVENT_ADMITTED: /* the welcome says it */
    case TUTTI_EVENT_REPLACED: /* the code of the close frame says it */
        g_assert_not_reached ();
    }
}

char *
tutti_message_write_welcome (const TuttiWelcome *welcome)
{
    JsonBuilder *builder =
        begin (welcome->entrance == TUTTI_ENTRANCE_CREATED ? "room_created" : "room_joined");

    add_string (builder, "room", welcome->room);
    add_string (builder, "participant", welcome->participant);
    add_string (builder, "role", tutti_person_role_name (welcome->role));
    add_string (builder, "resume", welcome->resume);
    if (welcome->entrance == TUTTI_ENTRANCE_RESUMED)
        add_bool (builder, "resumed", TRUE);
    if (welcome->entrance != TUTTI_ENTRANCE_BESIDE)
        add_ice_servers (builder, welcome);
    add_people (builder, welcome);
    add_string (builder, "topology", welcome->topology);
    begin_canvas (builder, welcome->canvas_width, welcome->canvas_height);
    add_int (builder, "frame_rate", welcome->frame_rate);
    json_builder_end_object (builder);
    add_room (builder, &welcome->state);
    return finish (builder);
}

char *
tutti_message_write_waiting (const char *room, const TuttiPerson *person)
{
    JsonBuilder *builder = begin ("waiting");

    add_string (builder, "room", room);
    add_waiting (builder, person);
    return finish (builder);
}

char *
tutti_message_write_full_room (const char *room, guint limit)
{
    JsonBuilder *builder = begin ("full_room");

    add_string (builder, "room", room);
    add_int (builder, "limit", limit);
    return finish (builder);
}

char *
tutti_message_write_answer (const char *sdp)
{
    JsonBuilder *builder = begin ("webrtc_answer");

    add_string (builder, "sdp", sdp);
    return finish (builder);
}

char *
tutti_message_write_error (const GError *error, const char *reply_to)
{
    JsonBuilder *builder = begin ("error");

    add_string (builder, "code", tutti_error_name (error));
    if (tutti_error_reason (error))
        add_string (builder, "reason", tutti_error_reason (error));
    add_string (builder, "message", error->message);
    json_builder_set_member_name (builder, "in_reply_to");
    if (reply_to)
        json_builder_add_string_value (builder, reply_to);
    else
        json_builder_add_null_value (builder);
    return finish (builder);
}

char *
tutti_message_write_event (const TuttiEvent *event, const char *self)
{
    JsonBuilder *builder = begin (tutti_event_json_type (event->type));

    tutti_event_json_add (builder, event, self);
    return finish (builder);
}
