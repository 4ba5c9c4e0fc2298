/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-message-read.c: each message with its fields; every way of saying it wrong gives the right
 * code, names the field, and tells what it answers.
 */
#include "control/message-read.h"

#include <string.h>
#include <tutti/error.h>

static TuttiMessage *
read_good (const char *text)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *reply_to = NULL;
    TuttiMessage *message = tutti_message_read (text, strlen (text), &reply_to, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (reply_to, ==, tutti_message_name (message->type));
    return message;
}

static void
test_join (void)
{
    g_autoptr (TuttiMessage) all =
        read_good ("{\"type\":\"join_room\",\"room\":\"blue\",\"name\":"
                   "\"Zo\\u00eb\",\"token\":\"t\",\"role\":\"listener\"}");
    g_autoptr (TuttiMessage) least = read_good (
        "{\"type\":\"join_room\",\"room\":\"blue\",\"name\":null,\"color\":{\"is\":[\"red\"]}}");

    g_assert_cmpint (all->type, ==, TUTTI_MESSAGE_JOIN_ROOM);
    g_assert_cmpstr (all->join.room, ==, "blue");
    g_assert_cmpstr (all->join.name, ==, "Zoë");
    g_assert_cmpstr (all->join.token, ==, "t");
    g_assert_true (all->join.role_given);
    g_assert_cmpint (all->join.role, ==, TUTTI_PERSON_LISTENER);
    g_assert_null (least->join.name);
    g_assert_null (least->join.token);
    g_assert_false (least->join.role_given);
}

static void
test_call (void)
{
    g_autoptr (TuttiMessage) start = read_good ("{\"type\":\"start_call\"}");
    g_autoptr (TuttiMessage) offer =
        read_good (" {\"type\":\"webrtc_offer\",\"sdp\":\"v=0\\r\\n\"} ");
    g_autoptr (TuttiMessage) leave = read_good ("{\"type\":\"leave\"}");
    g_autoptr (TuttiMessage) reload = read_good ("{\"type\":\"leave\",\"may_return\":true}");

    g_assert_cmpint (start->type, ==, TUTTI_MESSAGE_START_CALL);
    g_assert_cmpstr (offer->sdp, ==, "v=0\r\n");
    g_assert_cmpint (leave->type, ==, TUTTI_MESSAGE_LEAVE);
    g_assert_false (leave->leave.may_return.value);
    g_assert_true (reload->leave.may_return.value);
}

static void
test_candidate (void)
{
    g_autoptr (TuttiMessage) one = read_good (
        "{\"type\":\"webrtc_ice_candidate\",\"candidate\":\"candidate:1 1 udp 2 192.0.2.1 3 typ "
        "host\",\"sdp_mid\":\"0\",\"sdp_mline_index\":1}");
    g_autoptr (TuttiMessage) end =
        read_good ("{\"type\":\"webrtc_ice_candidate\",\"candidate\":\"\",\"sdp_mid\":null,"
                   "\"sdp_mline_index\":null}");

    g_assert_true (g_str_has_prefix (one->ice.candidate, "candidate:1 "));
    g_assert_cmpstr (one->ice.sdp_mid, ==, "0");
    g_assert_cmpuint (one->ice.sdp_mline_index, ==, 1);
    g_assert_cmpstr (end->ice.candidate, ==, "");
    g_assert_null (end->ice.sdp_mid);
}

static void
test_state (void)
{
    g_autoptr (TuttiMessage) message = read_good (
        "{\"type\":\"set_state\",\"audio_muted\":true,\"hand_raised\":false,\"name\":\"A\"}");

    g_assert_true (message->state.audio_muted.given);
    g_assert_true (message->state.audio_muted.value);
    g_assert_false (message->state.video_muted.given);
    g_assert_true (message->state.hand_raised.given);
    g_assert_false (message->state.hand_raised.value);
    g_assert_cmpstr (message->state.name, ==, "A");
}

static void
test_view (void)
{
    g_autoptr (TuttiMessage) message =
        read_good ("{\"type\":\"set_view\",\"layout\":\"grid\",\"self_view\":true}");

    g_assert_cmpstr (message->view.layout, ==, "grid");
    g_assert_null (message->view.quality);
    g_assert_true (message->view.self_view.value);
}

static void
test_talk (void)
{
    g_autoptr (TuttiMessage) chat =
        read_good ("{\"type\":\"chat\",\"text\":\"[[[[[[[[[[ \\\" // 'x'\",\"to\":\"p1\"}");
    g_autoptr (TuttiMessage) moderate = read_good ("{\"type\":\"moderate\",\"action\":\"mute\","
                                                   "\"participant\":\"p1\",\"value\":true}");
    g_autoptr (TuttiMessage) layout =
        read_good ("{\"type\":\"moderate\",\"action\":\"layout\",\"value\":\"speaker\"}");

    g_assert_cmpstr (chat->chat.text, ==, "[[[[[[[[[[ \" // 'x'");
    g_assert_cmpstr (chat->chat.to, ==, "p1");
    g_assert_cmpstr (moderate->moderate.action, ==, "mute");
    g_assert_cmpstr (moderate->moderate.participant, ==, "p1");
    g_assert_cmpstr (moderate->moderate.value, ==, "true");
    g_assert_cmpstr (layout->moderate.value, ==, "speaker");
}

typedef struct {
    const char *name, *text;
    int code;
    const char *says, *reply_to;
} Fault;

#define BAD_JSON TUTTI_ERROR_BAD_JSON
#define BAD_MESSAGE TUTTI_ERROR_BAD_MESSAGE

static const Fault faults[] = {
    {"empty", "", BAD_JSON, "", NULL},
    {"word", "hello", BAD_JSON, "", NULL},
    {"array", "[1]", BAD_JSON, "object", NULL},
    {"string", "\"leave\"", BAD_JSON, "object", NULL},
    {"open", "{\"type\":\"leave\"", BAD_JSON, "", NULL},
    {"open-string", "{\"type\":\"leave", BAD_JSON, "string", NULL},
    {"newline-in-string", "{\"type\":\"le\nave\"}", BAD_JSON, "string", NULL},
    {"backslash-at-end", "{\"type\":\"leave\\", BAD_JSON, "string", NULL},
    {"comment", "{/* \" */\"type\":\"leave\"}", BAD_JSON, "not JSON", NULL},
    {"single-quotes", "{'type':'leave'}", BAD_JSON, "not JSON", NULL},
    {"not-utf8", "{\"type\":\"\xff\"}", BAD_JSON, "UTF-8", NULL},
    {"deep", "{\"a\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}", BAD_JSON, "deep", NULL},
    {"no-type", "{}", BAD_MESSAGE, "type", NULL},
    {"type-number", "{\"type\":1}", BAD_MESSAGE, "type", NULL},
    {"type-object", "{\"type\":{}}", BAD_MESSAGE, "type", NULL},
    {"type-unknown", "{\"type\":\"dance\"}", BAD_MESSAGE, "dance", "dance"},
    {"join-no-room", "{\"type\":\"join_room\"}", BAD_MESSAGE, "room: is missing", "join_room"},
    {"join-room-null", "{\"type\":\"join_room\",\"room\":null}", BAD_MESSAGE, "room: is m",
     "join_room"},
    {"join-room-number", "{\"type\":\"join_room\",\"room\":7}", BAD_MESSAGE, "room: must",
     "join_room"},
    {"join-room-list", "{\"type\":\"join_room\",\"room\":[\"a\"]}", BAD_MESSAGE, "room: must",
     "join_room"},
    {"join-name", "{\"type\":\"join_room\",\"room\":\"a\",\"name\":1}", BAD_MESSAGE, "name: must",
     "join_room"},
    {"half-character", "{\"type\":\"join_room\",\"room\":\"\\ud800\"}", BAD_JSON, "object", NULL},
    {"join-token", "{\"type\":\"join_room\",\"room\":\"a\",\"token\":true}", BAD_MESSAGE,
     "token: must", "join_room"},
    {"join-role", "{\"type\":\"join_room\",\"room\":\"a\",\"role\":\"king\"}", BAD_MESSAGE,
     "role: must", "join_room"},
    {"offer-no-sdp", "{\"type\":\"webrtc_offer\"}", BAD_MESSAGE, "sdp: is m", "webrtc_offer"},
    {"offer-sdp", "{\"type\":\"webrtc_offer\",\"sdp\":{}}", BAD_MESSAGE, "sdp: must",
     "webrtc_offer"},
    {"ice-none", "{\"type\":\"webrtc_ice_candidate\"}", BAD_MESSAGE, "candidate: is m",
     "webrtc_ice_candidate"},
    {"ice-mid", "{\"type\":\"webrtc_ice_candidate\",\"candidate\":\"\",\"sdp_mid\":0}", BAD_MESSAGE,
     "sdp_mid: must", "webrtc_ice_candidate"},
    {"ice-index", "{\"type\":\"webrtc_ice_candidate\",\"candidate\":\"\",\"sdp_mline_index\":-1}",
     BAD_MESSAGE, "sdp_mline_index: is out", "webrtc_ice_candidate"},
    {"ice-index-word",
     "{\"type\":\"webrtc_ice_candidate\",\"candidate\":\"\",\"sdp_mline_index\":\"0\"}",
     BAD_MESSAGE, "sdp_mline_index: must", "webrtc_ice_candidate"},
    {"state-number", "{\"type\":\"set_state\",\"audio_muted\":1}", BAD_MESSAGE, "audio_muted: must",
     "set_state"},
    {"state-word", "{\"type\":\"set_state\",\"hand_raised\":\"yes\"}", BAD_MESSAGE,
     "hand_raised: must", "set_state"},
    {"view-self", "{\"type\":\"set_view\",\"self_view\":0}", BAD_MESSAGE, "self_view: must",
     "set_view"},
    {"chat-none", "{\"type\":\"chat\"}", BAD_MESSAGE, "text: is m", "chat"},
    {"chat-to", "{\"type\":\"chat\",\"text\":\"a\",\"to\":1}", BAD_MESSAGE, "to: must", "chat"},
    {"moderate-none", "{\"type\":\"moderate\"}", BAD_MESSAGE, "action: is m", "moderate"},
    {"moderate-value", "{\"type\":\"moderate\",\"action\":\"mute\",\"value\":[]}", BAD_MESSAGE,
     "value: must", "moderate"},
};

static void
test_fault (gconstpointer data)
{
    const Fault *fault = data;
    g_autoptr (GError) error = NULL;
    g_autofree char *reply_to = NULL;

    g_assert_null (tutti_message_read (fault->text, strlen (fault->text), &reply_to, &error));
    g_assert_error (error, TUTTI_ERROR, fault->code);
    g_assert_cmpstr (reply_to, ==, fault->reply_to);
    g_assert_nonnull (strstr (error->message, fault->says));
}

/* As long as a frame may be, and nothing but opening brackets: no stack may overrun. */
static void
test_abyss (void)
{
    g_autofree char *text = g_strnfill (256 * 1024, '[');
    g_autoptr (GError) error = NULL;
    g_autofree char *reply_to = NULL;

    g_assert_null (tutti_message_read (text, 256 * 1024, &reply_to, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_JSON);
}

static void
test_long_type (void)
{
    g_autofree char *type = g_strnfill (10000, 'x');
    g_autofree char *text = g_strdup_printf ("{\"type\":\"%s\"}", type);
    g_autoptr (GError) error = NULL;
    g_autofree char *reply_to = NULL;

    g_assert_null (tutti_message_read (text, strlen (text), &reply_to, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE);
    g_assert_cmpuint (strlen (reply_to), ==, 64);
    g_assert_cmpuint (strlen (error->message), <, 200);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/message-read/join", test_join);
    g_test_add_func ("/message-read/call", test_call);
    g_test_add_func ("/message-read/candidate", test_candidate);
    g_test_add_func ("/message-read/state", test_state);
    g_test_add_func ("/message-read/view", test_view);
    g_test_add_func ("/message-read/talk", test_talk);
    for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
        g_autofree char *path = g_strconcat ("/message-read/fault/", faults[i].name, NULL);

        g_test_add_data_func (path, &faults[i], test_fault);
    }
    g_test_add_func ("/message-read/abyss", test_abyss);
    g_test_add_func ("/message-read/long-type", test_long_type);
    return g_test_run ();
}
