/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * message-read.c: each message type is a function that takes its fields out of the object. A field
 * that is null counts as left out (RTCIceCandidate.toJSON() gives such); unknown fields are passed
 * over, so that clients may be newer than the server.
 */
#include "message-read.h"
#include "json-check.h"

#include <json-glib/json-glib.h>
#include <tutti/error.h>

/* What is echoed of an unknown type. */
#define TYPE_MAX_BYTES 64

typedef struct {
    TuttiMessage message;
    JsonNode *root; /* owns the strings */
} Box;

typedef gboolean (*ReadFields) (JsonObject *object, TuttiMessage *message, GError **error);

static gboolean
refuse (GError **error, const char *field, const char *what)
{
    g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE, "%s: %s", field, what);
    return FALSE;
}

/* The value of a field; NULL if it is left out or null. */
static JsonNode *
get (JsonObject *object, const char *field)
{
    JsonNode *node = json_object_get_member (object, field);

    return node && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
}

static gboolean
take_string (JsonObject *object, const char *field, const char **value, GError **error)
{
    JsonNode *node = get (object, field);

    if (!node)
        return TRUE;
    if (json_node_get_value_type (node) != G_TYPE_STRING)
        return refuse (error, field, "must be a string");
    /* The text is UTF-8, but what of an escape such as \ud800? json-glib 1.6 refuses it; later
     * ones need not. */
    if (!g_utf8_validate (json_node_get_string (node), -1, NULL))
        return refuse (error, field, "is not UTF-8");
    *value = json_node_get_string (node);
    return TRUE;
}

static gboolean
need_string (JsonObject *object, const char *field, const char **value, GError **error)
{
    if (!take_string (object, field, value, error))
        return FALSE;
    return *value != NULL || refuse (error, field, "is missing");
}

static gboolean
take_bool (JsonObject *object, const char *field, TuttiMaybe *value, GError **error)
{
    JsonNode *node = get (object, field);

    if (!node)
        return TRUE;
    if (json_node_get_value_type (node) != G_TYPE_BOOLEAN)
        return refuse (error, field, "must be true or false");
    value->given = TRUE;
    value->value = json_node_get_boolean (node);
    return TRUE;
}

static gboolean
take_index (JsonObject *object, const char *field, guint *value, GError **error)
{
    JsonNode *node = get (object, field);
    gint64 number;

    if (!node)
        return TRUE;
    if (json_node_get_value_type (node) != G_TYPE_INT64)
        return refuse (error, field, "must be a whole number");
    number = json_node_get_int (node);
    if (number < 0 || number > G_MAXUINT16)
        return refuse (error, field, "is out of range");
    *value = (guint)number;
    return TRUE;
}

static gboolean
read_join (JsonObject *object, TuttiMessage *message, GError **error)
{
    const char *role = NULL;

    if (!need_string (object, "room", &message->join.room, error) ||
        !take_string (object, "name", &message->join.name, error) ||
        !take_string (object, "token", &message->join.token, error) ||
        !take_string (object, "resume", &message->join.resume, error) ||
        !take_string (object, "pin", &message->join.pin, error) ||
        !take_string (object, "role", &role, error))
        return FALSE;
    message->join.role_given = role != NULL;
    return !role || tutti_person_role_from_name (role, &message->join.role) ||
           refuse (error, "role", "must be participant, listener or moderator");
}

static gboolean
read_nothing (JsonObject *object, TuttiMessage *message, GError **error)
{
    return TRUE;
}

static gboolean
read_offer (JsonObject *object, TuttiMessage *message, GError **error)
{
    return need_string (object, "sdp", &message->sdp, error);
}

static gboolean
read_candidate (JsonObject *object, TuttiMessage *message, GError **error)
{
    return need_string (object, "candidate", &message->ice.candidate, error) &&
           take_string (object, "sdp_mid", &message->ice.sdp_mid, error) &&
           take_index (object, "sdp_mline_index", &message->ice.sdp_mline_index, error);
}

static gboolean
read_state (JsonObject *object, TuttiMessage *message, GError **error)
{
    return take_bool (object, "audio_muted", &message->state.audio_muted, error) &&
           take_bool (object, "video_muted", &message->state.video_muted, error) &&
           take_bool (object, "hand_raised", &message->state.hand_raised, error) &&
           take_string (object, "name", &message->state.name, error);
}

static gboolean
read_view (JsonObject *object, TuttiMessage *message, GError **error)
{
    return take_string (object, "layout", &message->view.layout, error) &&
           take_string (object, "quality", &message->view.quality, error) &&
           take_bool (object, "self_view", &message->view.self_view, error);
}

static gboolean
read_chat (JsonObject *object, TuttiMessage *message, GError **error)
{
    return need_string (object, "text", &message->chat.text, error) &&
           take_string (object, "to", &message->chat.to, error);
}

static gboolean
read_settings (JsonObject *object, TuttiMessage *message, GError **error)
{
    return take_bool (object, "waiting_room", &message->moderate.waiting_room, error) &&
           take_string (object, "share", &message->moderate.share, error) &&
           take_string (object, "pin", &message->moderate.pin, error);
}

static gboolean
read_moderate (JsonObject *object, TuttiMessage *message, GError **error)
{
    JsonNode *value = get (object, "value");

    if (!need_string (object, "action", &message->moderate.action, error) ||
        !take_string (object, "participant", &message->moderate.participant, error))
        return FALSE;
    if (value && JSON_NODE_HOLDS_OBJECT (value))
        return read_settings (json_node_get_object (value), message, error);
    if (!value || json_node_get_value_type (value) != G_TYPE_BOOLEAN)
        return take_string (object, "value", &message->moderate.value, error);
    message->moderate.value = json_node_get_boolean (value) ? "true" : "false";
    return TRUE;
}

static gboolean
read_leave (JsonObject *object, TuttiMessage *message, GError **error)
{
    return take_bool (object, "may_return", &message->leave.may_return, error);
}

static const struct {
    const char *name;
    ReadFields read;
} types[TUTTI_N_MESSAGES] = {
    [TUTTI_MESSAGE_JOIN_ROOM] = {"join_room", read_join},
    [TUTTI_MESSAGE_START_CALL] = {"start_call", read_nothing},
    [TUTTI_MESSAGE_WEBRTC_OFFER] = {"webrtc_offer", read_offer},
    [TUTTI_MESSAGE_WEBRTC_ICE_CANDIDATE] = {"webrtc_ice_candidate", read_candidate},
    [TUTTI_MESSAGE_SET_STATE] = {"set_state", read_state},
    [TUTTI_MESSAGE_SET_VIEW] = {"set_view", read_view},
    [TUTTI_MESSAGE_CHAT] = {"chat", read_chat},
    [TUTTI_MESSAGE_MODERATE] = {"moderate", read_moderate},
    [TUTTI_MESSAGE_GET_STATS] = {"get_stats", read_nothing},
    [TUTTI_MESSAGE_LEAVE] = {"leave", read_leave},
};

static JsonNode *
parse (const char *text, gsize n_bytes, GError **error)
{
    g_autoptr (JsonParser) parser = json_parser_new_immutable ();
    JsonNode *root;

    if (!tutti_json_check (text, n_bytes, error))
        return NULL;
    root = json_parser_load_from_data (parser, text, (gssize)n_bytes, NULL)
               ? json_parser_get_root (parser)
               : NULL;
    if (root && JSON_NODE_HOLDS_OBJECT (root))
        return json_node_ref (root);
    g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_BAD_JSON, "not one JSON object");
    return NULL;
}

static gboolean
read_type (JsonObject *object, TuttiMessage *message, char **reply_to, GError **error)
{
    const char *name = NULL;

    if (!need_string (object, "type", &name, error))
        return FALSE;
    *reply_to = g_utf8_substring (name, 0, MIN (g_utf8_strlen (name, -1), TYPE_MAX_BYTES));
    for (guint i = 0; i < TUTTI_N_MESSAGES; i++) {
        if (!g_str_equal (name, types[i].name))
            continue;
        message->type = (TuttiMessageType)i;
        return types[i].read (object, message, error);
    }
    g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE, "type: '%s' is unknown", *reply_to);
    return FALSE;
}

TuttiMessage *
tutti_message_read (const char *text, gsize n_bytes, char **reply_to, GError **error)
{
    g_autoptr (JsonNode) root = parse (text, n_bytes, error);
    g_autofree Box *box = g_new0 (Box, 1);

    *reply_to = NULL;
    if (!root || !read_type (json_node_get_object (root), &box->message, reply_to, error))
        return NULL;
    box->root = g_steal_pointer (&root);
    return &((Box *)g_steal_pointer (&box))->message;
}

void
tutti_message_free (TuttiMessage *message)
{
    Box *box = (Box *)message;

    if (!box)
        return;
    json_node_unref (box->root);
    g_free (box);
}

const char *
tutti_message_name (TuttiMessageType type)
{
    return types[type].name;
}
