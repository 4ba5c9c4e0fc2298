/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * message-write.c: a function for each message type adds its fields to an object under
 * construction.
 */
#include "message-write.h"
#include "event-json.h"
#include "json-write.h"

#include <tutti/error.h>

static TuttiJson *
begin (const char *type)
{
    TuttiJson *json = tutti_json_new ();

    tutti_json_add_string (json, "type", type);
    return json;
}

static char *
finish (TuttiJson *json)
{
    g_autoptr (TuttiJson) owned = json;

    return tutti_json_end (json);
}

/* The participant object of the protocol, into an object that is open. */
static void
add_person (TuttiJson *json, const TuttiPerson *person)
{
    tutti_json_add_string (json, "id", person->id);
    tutti_json_add_string (json, "name", person->name);
    tutti_json_add_string (json, "role", tutti_person_role_name (person->role));
    tutti_json_add_bool (json, "audio_muted", person->audio_muted);
    tutti_json_add_bool (json, "video_muted", person->video_muted);
    tutti_json_add_bool (json, "hand_raised", person->hand_raised);
    tutti_json_add_bool (json, "sharing_screen", person->sharing_screen);
    tutti_json_add_bool (json, "connected", person->connected);
}

static void
add_people (TuttiJson *json, const TuttiWelcome *welcome)
{
    tutti_json_begin_array (json, "participants");
    for (guint i = 0; i < welcome->n_people; i++) {
        tutti_json_begin_object (json, NULL);
        add_person (json, &welcome->people[i]);
        tutti_json_end_object (json);
    }
    tutti_json_end_array (json);
}

static void
add_ice_servers (TuttiJson *json, const TuttiWelcome *welcome)
{
    tutti_json_begin_array (json, "ice_servers");
    for (guint i = 0; i < welcome->n_ice_servers; i++) {
        const TuttiIceServer *server = &welcome->ice_servers[i];

        tutti_json_begin_object (json, NULL);
        tutti_json_begin_array (json, "urls");
        tutti_json_add_string (json, NULL, server->url);
        tutti_json_end_array (json);
        if (server->username) {
            tutti_json_add_string (json, "username", server->username);
            tutti_json_add_string (json, "credential", server->credential);
        }
        tutti_json_end_object (json);
    }
    tutti_json_end_array (json);
}

/* Opens an object; the caller closes it. */
static void
begin_canvas (TuttiJson *json, int width, int height)
{
    tutti_json_begin_object (json, "canvas");
    tutti_json_add_int (json, "width", width);
    tutti_json_add_int (json, "height", height);
}

static void
add_tile (TuttiJson *json, const TuttiPlacedTile *tile)
{
    tutti_json_begin_object (json, NULL);
    tutti_json_add_string (json, "participant", tile->participant);
    tutti_json_add_int (json, "x", tile->rect.x);
    tutti_json_add_int (json, "y", tile->rect.y);
    tutti_json_add_int (json, "width", tile->rect.width);
    tutti_json_add_int (json, "height", tile->rect.height);
    tutti_json_add_string (json, "source", tile->screen ? "screen" : "camera");
    tutti_json_end_object (json);
}

static void
add_layout (TuttiJson *json, const TuttiEvent *event)
{
    begin_canvas (json, event->layout.width, event->layout.height);
    tutti_json_end_object (json);
    tutti_json_add_string (json, "layout", event->layout.layout);
    tutti_json_begin_array (json, "tiles");
    for (guint i = 0; i < event->layout.n_tiles; i++)
        add_tile (json, &event->layout.tiles[i]);
    tutti_json_end_array (json);
}

static void
add_speakers (TuttiJson *json, const TuttiEvent *event)
{
    tutti_json_begin_array (json, "participants");
    for (guint i = 0; i < event->speakers.n; i++)
        tutti_json_add_string (json, NULL, event->speakers.participants[i]);
    tutti_json_end_array (json);
}

static void
add_uplink (TuttiJson *json, const TuttiEvent *event)
{
    tutti_json_add_int (json, "max_width", event->uplink.max_width);
    tutti_json_add_int (json, "max_height", event->uplink.max_height);
    tutti_json_add_int (json, "max_frame_rate", event->uplink.max_frame_rate);
    tutti_json_add_int (json, "max_bitrate_bps", event->uplink.max_bitrate_bps);
}

static void
add_downlink (TuttiJson *json, const TuttiEvent *event)
{
    tutti_json_add_bool (json, "audio_only", event->downlink.audio_only);
    tutti_json_add_int (json, "width", event->downlink.width);
    tutti_json_add_int (json, "height", event->downlink.height);
    tutti_json_add_int (json, "frame_rate", event->downlink.frame_rate);
    tutti_json_add_int (json, "bitrate_bps", event->downlink.bitrate_bps);
    tutti_json_add_int (json, "estimate_bps", event->downlink.estimate_bps);
}

static void
add_chat (TuttiJson *json, const TuttiEvent *event)
{
    tutti_json_add_string (json, "from", event->chat.from);
    tutti_json_add_string (json, "name", event->chat.name);
    tutti_json_add_string (json, "text", event->chat.text);
    tutti_json_add_string (json, "time", event->chat.time);
    tutti_json_add_bool (json, "private", event->chat.private);
}

static void
add_candidate (TuttiJson *json, const TuttiEvent *event)
{
    tutti_json_add_string (json, "candidate", event->ice.candidate);
    tutti_json_add_string (json, "sdp_mid", event->ice.sdp_mid);
    tutti_json_add_int (json, "sdp_mline_index", event->ice.sdp_mline_index);
}

/* name: NULL if whoever reads it knows. */
static void
add_left (TuttiJson *json, const char *participant, TuttiLeftReason reason, const char *name)
{
    tutti_json_add_string (json, "participant", participant);
    tutti_json_add_string (json, "reason", tutti_left_reason_name (reason));
    if (name)
        tutti_json_add_string (json, "name", name);
}

static void
add_time (TuttiJson *json, const char *field, gint64 unix_s)
{
    g_autoptr (GDateTime) time = unix_s ? g_date_time_new_from_unix_utc (unix_s) : NULL;
    g_autofree char *text = time ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : NULL;

    tutti_json_add_string (json, field, text); /* RFC 3339 */
}

static void
add_room (TuttiJson *json, const TuttiRoomState *room)
{
    tutti_json_add_bool (json, "locked", room->locked);
    tutti_json_add_string (json, "layout", room->layout);
    tutti_json_add_int (json, "limit", room->limit);
    tutti_json_add_bool (json, "waiting_room", room->waiting_room);
    tutti_json_add_string (json, "share", room->share);
    tutti_json_add_bool (json, "pin", room->has_pin);
    add_time (json, "ends_at", room->ends_at_s);
}

static void
add_waiting (TuttiJson *json, const TuttiPerson *person)
{
    tutti_json_add_string (json, "participant", person->id);
    tutti_json_add_string (json, "name", person->name);
}

/* An error that answers no message: the share may have been good when it began. */
static void
add_share_refused (TuttiJson *json)
{
    tutti_json_add_string (json, "code", "forbidden");
    tutti_json_add_string (json, "reason", "share");
    tutti_json_add_string (json, "message", "only moderators may share a screen here");
    tutti_json_add_text (json, "in_reply_to", NULL);
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
tutti_event_json_add (TuttiJson *json, const TuttiEvent *event, const char *self)
{
    switch (event->type) {
    case TUTTI_EVENT_PARTICIPANT_JOINED:
    case TUTTI_EVENT_PARTICIPANT_UPDATED:
        add_person (json, event->person);
        break;
    case TUTTI_EVENT_PARTICIPANT_LEFT:
        add_left (json, event->left.participant, event->left.reason, event->left.name);
        break;
    case TUTTI_EVENT_PARTICIPANT_WAITING:
        add_waiting (json, event->person);
        break;
    case TUTTI_EVENT_START_CALL:
    case TUTTI_EVENT_WAITING_LEFT:
        tutti_json_add_string (json, "participant", event->participant);
        break;
    case TUTTI_EVENT_ACTIVE_SPEAKER:
        add_speakers (json, event);
        break;
    case TUTTI_EVENT_LAYOUT:
        add_layout (json, event);
        break;
    case TUTTI_EVENT_UPLINK:
        add_uplink (json, event);
        break;
    case TUTTI_EVENT_DOWNLINK:
        add_downlink (json, event);
        break;
    case TUTTI_EVENT_CHAT:
        add_chat (json, event);
        break;
    case TUTTI_EVENT_ICE_CANDIDATE:
        add_candidate (json, event);
        break;
    case TUTTI_EVENT_ROOM_UPDATED:
        add_room (json, &event->room);
        break;
    case TUTTI_EVENT_SHARE_REFUSED:
        add_share_refused (json);
        break;
    case TUTTI_EVENT_RECORDING:
        tutti_json_add_string (json, "state", tutti_recording_state_name (event->recording));
        break;
    case TUTTI_EVENT_LOST:
        add_left (json, self, TUTTI_LEFT_LOST, NULL);
        break;
    case TUTTI_EVENT_KICKED:
    case TUTTI_EVENT_ROOM_CLOSED:
        tutti_json_add_string (json, "reason", event->reason);
        break;
    case TUTTI_EVENT_ADMITTED: /* the welcome says it */
    case TUTTI_EVENT_REPLACED: /* the code of the close frame says it */
        g_assert_not_reached ();
    }
}

char *
tutti_message_write_welcome (const TuttiWelcome *welcome)
{
    TuttiJson *json =
        begin (welcome->entrance == TUTTI_ENTRANCE_CREATED ? "room_created" : "room_joined");

    tutti_json_add_string (json, "room", welcome->room);
    tutti_json_add_string (json, "participant", welcome->participant);
    tutti_json_add_string (json, "role", tutti_person_role_name (welcome->role));
    tutti_json_add_string (json, "resume", welcome->resume);
    if (welcome->entrance == TUTTI_ENTRANCE_RESUMED)
        tutti_json_add_bool (json, "resumed", TRUE);
    if (welcome->entrance != TUTTI_ENTRANCE_BESIDE)
        add_ice_servers (json, welcome);
    add_people (json, welcome);
    tutti_json_add_string (json, "topology", welcome->topology);
    begin_canvas (json, welcome->canvas_width, welcome->canvas_height);
    tutti_json_add_int (json, "frame_rate", welcome->frame_rate);
    tutti_json_end_object (json);
    add_room (json, &welcome->state);
    return finish (json);
}

char *
tutti_message_write_waiting (const char *room, const TuttiPerson *person)
{
    TuttiJson *json = begin ("waiting");

    tutti_json_add_string (json, "room", room);
    add_waiting (json, person);
    return finish (json);
}

char *
tutti_message_write_full_room (const char *room, guint limit)
{
    TuttiJson *json = begin ("full_room");

    tutti_json_add_string (json, "room", room);
    tutti_json_add_int (json, "limit", limit);
    return finish (json);
}

char *
tutti_message_write_answer (const char *sdp)
{
    TuttiJson *json = begin ("webrtc_answer");

    tutti_json_add_string (json, "sdp", sdp);
    return finish (json);
}

char *
tutti_message_write_error (const GError *error, const char *reply_to)
{
    TuttiJson *json = begin ("error");

    tutti_json_add_string (json, "code", tutti_error_name (error));
    if (tutti_error_reason (error))
        tutti_json_add_string (json, "reason", tutti_error_reason (error));
    tutti_json_add_string (json, "message", error->message);
    tutti_json_add_text (json, "in_reply_to", reply_to);
    return finish (json);
}

char *
tutti_message_write_event (const TuttiEvent *event, const char *self)
{
    TuttiJson *json = begin (tutti_event_json_type (event->type));

    tutti_event_json_add (json, event, self);
    return finish (json);
}
