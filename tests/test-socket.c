/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-socket.c: the signalling protocol over a real WebSocket, as a client meets it.
 */
#include "front-door.h"
#include "sdp-sample.h"

#define JOIN(room) "{\"type\":\"join_room\",\"room\":\"" room "\"}"

static const char *
get (JsonObject *object, const char *member)
{
    return json_object_get_string_member (object, member);
}

static void
test_join (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (Caller) ann = caller_new (door, NULL), bob = caller_new (door, NULL);
    JsonObject *heard;

    caller_say (ann, "{\"type\":\"join_room\",\"room\":\"blue\",\"name\":\"Ann\"}");
    heard = caller_hear (ann, "room_created");
    g_assert_cmpstr (get (heard, "room"), ==, "blue");
    g_assert_cmpstr (get (heard, "participant"), ==, "p1");
    g_assert_cmpstr (get (heard, "role"), ==, "participant");
    g_assert_cmpstr (get (heard, "topology"), ==, "mcu");
    heard = json_object_get_object_member (heard, "canvas");
    g_assert_cmpint (json_object_get_int_member (heard, "width"), ==, 1280);

    caller_say (bob, "{\"type\":\"join_room\",\"room\":\"blue\",\"name\":\"Bob\",\"role\":"
                     "\"listener\"}");
    heard = caller_hear (bob, "room_joined");
    g_assert_cmpstr (get (heard, "role"), ==, "listener");
    g_assert_cmpuint (json_array_get_length (json_object_get_array_member (heard, "participants")),
                      ==, 2);
    heard = caller_hear (ann, "participant_joined");
    g_assert_cmpstr (get (heard, "id"), ==, "p2");
    g_assert_cmpstr (get (heard, "name"), ==, "Bob");
}

static void
test_full (void)
{
    g_autoptr (Door) door = door_new_with ("room.limit=1");
    g_autoptr (Caller) ann = caller_new (door, NULL), bob = caller_new (door, NULL);
    g_autofree char *id = caller_join (ann, "blue"), *other = NULL;
    JsonObject *heard;

    caller_say (bob, JOIN ("blue"));
    heard = caller_hear (bob, "full_room");
    g_assert_cmpstr (get (heard, "room"), ==, "blue");
    g_assert_cmpint (json_object_get_int_member (heard, "limit"), ==, 1);
    other = caller_join (bob, "red"); /* may try elsewhere */
}

static void
test_bad_rooms (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (Caller) ann = caller_new (door, NULL);

    caller_say (ann, JOIN (""));
    caller_hear_error (ann, "bad_room", "join_room");
    caller_say (ann, JOIN ("a room"));
    caller_hear_error (ann, "bad_room", "join_room");
    caller_say (ann, JOIN ("../blue"));
    caller_hear_error (ann, "bad_room", "join_room");
}

/* Everything but joining needs a room; joining needs none. */
static void
test_order (void)
{
    static const char *const messages[][2] = {
        {"start_call", ""},
        {"webrtc_offer", ",\"sdp\":\"v=0\""},
        {"webrtc_ice_candidate", ",\"candidate\":\"\""},
        {"set_state", ",\"audio_muted\":true"},
        {"set_view", ""},
        {"chat", ",\"text\":\"hi\""},
        {"moderate", ",\"action\":\"kick\""},
        {"leave", ""},
    };
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (Caller) ann = caller_new (door, NULL);
    g_autofree char *id = NULL;

    for (guint i = 0; i < G_N_ELEMENTS (messages); i++) {
        g_autofree char *text =
            g_strdup_printf ("{\"type\":\"%s\"%s}", messages[i][0], messages[i][1]);

        caller_say (ann, text);
        caller_hear_error (ann, "not_joined", messages[i][0]);
    }
    id = caller_join (ann, "blue");
    caller_say (ann, JOIN ("blue"));
    caller_hear_error (ann, "already_joined", "join_room");
    caller_say (ann, JOIN ("red"));
    caller_hear_error (ann, "already_joined", "join_room");
    g_assert_cmpuint (fake_room_n_participants (door->rooms), ==, 1);
}

static void
test_faults (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (Caller) ann = caller_new (door, NULL);
    g_autofree char *id = caller_join (ann, "blue");

    caller_say (ann, "hello");
    caller_hear_error (ann, "bad_json", NULL);
    caller_say (ann, "{}");
    caller_hear_error (ann, "bad_message", NULL);
    caller_say (ann, "{\"type\":\"dance\"}");
    caller_hear_error (ann, "bad_message", "dance");
    caller_say (ann, "{\"type\":\"set_state\",\"audio_muted\":\"yes\"}");
    caller_hear_error (ann, "bad_message", "set_state");
    soup_websocket_connection_send_binary (ann->connection, "{}", 2);
    caller_hear_error (ann, "bad_json", NULL);
    caller_say (ann, "{\"type\":\"chat\",\"text\":\"still here\"}");
    caller_hear (ann, "chat");
}

/* Nineteen are borne, the twentieth is answered and then it is over. */
static void
test_twenty_faults (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (Caller) ann = caller_new (door, NULL), bob = caller_new (door, NULL);
    g_autofree char *id = caller_join (ann, "blue"), *other = caller_join (bob, "blue");

    caller_hear (ann, "participant_joined");
    for (int i = 0; i < 19; i++) {
        caller_say (ann, "nonsense");
        caller_hear_error (ann, "bad_json", NULL);
    }
    caller_say (ann, "{\"type\":\"chat\",\"text\":\"sorry\"}");
    caller_hear (ann, "chat");
    caller_say (ann, "nonsense");
    caller_hear_error (ann, "bad_json", NULL);
    caller_wait_closed (ann, 1008);
    caller_hear (bob, "chat");
    caller_hear (bob, "participant_left");
}

static void
say_offer (Caller *caller)
{
    g_autofree char *sdp = sample_load ("chromium");
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    g_autoptr (JsonNode) node = NULL;
    g_autofree char *offer = NULL;

    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "type");
    json_builder_add_string_value (builder, "webrtc_offer");
    json_builder_set_member_name (builder, "sdp");
    json_builder_add_string_value (builder, sdp);
    json_builder_end_object (builder);
    node = json_builder_get_root (builder);
    offer = json_to_string (node, FALSE);
    caller_say (caller, offer);
}

static void
test_call (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (Caller) ann = caller_new (door, NULL), bob = caller_new (door, NULL);
    g_autofree char *id = caller_join (ann, "blue"), *other = caller_join (bob, "blue");
    g_autoptr (TuttiSession) answer = NULL;
    JsonObject *heard;

    caller_hear (ann, "participant_joined");
    caller_say (ann, "{\"type\":\"start_call\"}");
    heard = caller_hear (bob, "start_call");
    g_assert_cmpstr (get (heard, "participant"), ==, id);
    caller_say (ann, "{\"type\":\"webrtc_ice_candidate\",\"candidate\":\"candidate:1 1 udp 2 "
                     "192.0.2.1 3 typ host\",\"sdp_mid\":\"0\",\"sdp_mline_index\":0}");
    say_offer (ann);
    heard = caller_hear (ann, "webrtc_answer");
    answer = tutti_sdp_read (get (heard, "sdp"), NULL);
    g_assert_cmpuint (answer->n_media, ==, 4);
    g_assert_cmpuint (fake_room_n_candidates (door->rooms), ==, 1);
    g_assert_cmpuint (fake_room_n_offers (door->rooms), ==, 1);
}

/* Twice a second, two at once. */
static void
test_stats (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (Caller) ann = caller_new (door, NULL);
    g_autofree char *id = NULL;
    JsonObject *heard, *downlink;

    caller_say (ann, "{\"type\":\"get_stats\"}");
    caller_hear_error (ann, "not_joined", "get_stats");
    id = caller_join (ann, "blue");
    for (guint i = 0; i < 2; i++) {
        caller_say (ann, "{\"type\":\"get_stats\"}");
        heard = caller_hear (ann, "stats");
        g_assert_cmpstr (get (heard, "state"), ==, "connected");
        downlink = json_object_get_object_member (heard, "downlink");
        g_assert_cmpint (json_object_get_int_member (downlink, "estimate_bps"), ==, 700000);
    }
    for (guint i = 0; i < 5; i++)
        caller_say (ann, "{\"type\":\"get_stats\"}");
    caller_hear_error (ann, "rate_limited", "get_stats");
}

static void
test_bad_call (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (Caller) ann = caller_new (door, NULL);
    g_autofree char *id = caller_join (ann, "blue");

    caller_say (ann, "{\"type\":\"webrtc_offer\",\"sdp\":\"v=0\\r\\ngarbage\"}");
    caller_hear_error (ann, "bad_sdp", "webrtc_offer");
    caller_say (ann, "{\"type\":\"webrtc_ice_candidate\",\"candidate\":\"garbage\"}");
    caller_hear_error (ann, "bad_candidate", "webrtc_ice_candidate");
    g_assert_cmpuint (fake_room_n_offers (door->rooms), ==, 0);
}

static void
test_state (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (Caller) ann = caller_new (door, NULL);
    g_autofree char *id = caller_join (ann, "blue");
    JsonObject *heard;

    caller_say (ann, "{\"type\":\"set_state\",\"hand_raised\":true,\"name\":\"Anna\"}");
    heard = caller_hear (ann, "participant_updated");
    g_assert_true (json_object_get_boolean_member (heard, "hand_raised"));
    g_assert_false (json_object_get_boolean_member (heard, "audio_muted"));
    g_assert_cmpstr (get (heard, "name"), ==, "Anna");
    caller_say (ann, "{\"type\":\"set_view\",\"layout\":\"grid\",\"self_view\":true}");
    caller_hear (ann, "layout");
    caller_say (ann, "{\"type\":\"set_view\",\"layout\":\"spiral\"}");
    caller_hear_error (ann, "bad_message", "set_view");
}

static void
test_moderation (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (Caller) ann = caller_new (door, NULL), bob = caller_new (door, NULL);
    g_autofree char *other = NULL;
    JsonObject *heard;

    caller_say (ann, "{\"type\":\"join_room\",\"room\":\"blue\",\"role\":\"moderator\"}");
    heard = caller_hear (ann, "room_created");
    g_assert_cmpstr (get (heard, "role"), ==, "moderator");
    other = caller_join (bob, "blue");
    caller_hear (ann, "participant_joined");
    caller_say (bob, "{\"type\":\"moderate\",\"action\":\"kick\",\"participant\":\"p1\"}");
    caller_hear_error (bob, "forbidden", "moderate");
    caller_say (ann, "{\"type\":\"moderate\",\"action\":\"kick\",\"participant\":\"p2\"}");
    caller_hear (bob, "kicked");
    caller_wait_closed (bob, 1000);
    heard = caller_hear (ann, "participant_left");
    g_assert_cmpstr (get (heard, "reason"), ==, "kicked");
    /* Ends the room with the one who asks in it. */
    caller_say (ann, "{\"type\":\"moderate\",\"action\":\"close\"}");
    caller_hear (ann, "room_closed");
    caller_wait_closed (ann, 1000);
    g_assert_cmpuint (fake_room_n_participants (door->rooms), ==, 0);
}

static void
test_leave (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (Caller) ann = caller_new (door, NULL), bob = caller_new (door, NULL);
    g_autofree char *id = caller_join (ann, "blue"), *other = caller_join (bob, "blue");
    JsonObject *heard;

    caller_say (ann, "{\"type\":\"leave\"}");
    heard = caller_hear (bob, "participant_left");
    g_assert_cmpstr (get (heard, "participant"), ==, id);
    g_assert_cmpstr (get (heard, "reason"), ==, "left");
    caller_hear (ann, "participant_joined");
    caller_wait_closed (ann, 1000);
    door_wait (tutti_server_n_sockets (door->server) == 1);
}

/* A page that is closed says 1001; a link that breaks says nothing. */
static void
test_ends (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (Caller) ann = caller_new (door, NULL), bob = caller_new (door, NULL);
    g_autoptr (Caller) eve = caller_new (door, NULL);
    g_autofree char *id = caller_join (ann, "blue"), *other = NULL, *third = NULL;
    JsonObject *heard;

    other = caller_join (bob, "blue");
    third = caller_join (eve, "blue");
    caller_hear (ann, "participant_joined");
    caller_hear (ann, "participant_joined");
    soup_websocket_connection_close (bob->connection, 1001, NULL);
    heard = caller_hear (ann, "participant_left");
    g_assert_cmpstr (get (heard, "participant"), ==, other);
    g_assert_cmpstr (get (heard, "reason"), ==, "left");
    g_io_stream_close (soup_websocket_connection_get_io_stream (eve->connection), NULL, NULL);
    heard = caller_hear (ann, "participant_left");
    g_assert_cmpstr (get (heard, "participant"), ==, third);
    g_assert_cmpstr (get (heard, "reason"), ==, "lost");
}

/* Joins, and has media as far as the room knows; gives the key. */
static char *
join_with_media (Caller *caller, const char *room)
{
    g_autofree char *text = g_strdup_printf (JOIN ("%s"), room);
    JsonObject *heard;
    char *key;

    caller_say (caller, text);
    heard = caller_hear (caller, "room_created");
    g_assert_false (json_object_has_member (heard, "resumed"));
    key = g_strdup (get (heard, "resume"));
    say_offer (caller);
    caller_hear (caller, "webrtc_answer");
    return key;
}

static JsonObject *
say_resume (Caller *caller, const char *room, const char *key)
{
    g_autofree char *text =
        g_strdup_printf ("{\"type\":\"join_room\",\"room\":\"%s\",\"resume\":\"%s\"}", room, key);

    caller_say (caller, text);
    return caller_hear (caller, "room_joined");
}

static void
break_off (Caller *caller)
{
    g_io_stream_close (soup_websocket_connection_get_io_stream (caller->connection), NULL, NULL);
}

/* The link breaks; the same participant is back on another one, and nobody saw it leave. */
static void
test_resume (void)
{
    g_autoptr (Door) door = door_new_with ("auth.join-rate=2");
    g_autoptr (Caller) ann = caller_new (door, NULL), bob = caller_new (door, NULL);
    g_autoptr (Caller) again = caller_new (door, NULL);
    g_autofree char *key = join_with_media (ann, "blue"), *other = caller_join (bob, "blue");
    JsonObject *heard;

    caller_hear (ann, "participant_joined");
    break_off (ann);
    door_wait (tutti_server_n_sockets (door->server) == 2);
    heard = say_resume (again, "blue", key); /* no join: not counted as one */
    g_assert_true (json_object_get_boolean_member (heard, "resumed"));
    g_assert_cmpstr (get (heard, "participant"), ==, "p1");
    g_assert_cmpstr (get (heard, "resume"), ==, key);
    g_assert_cmpuint (json_array_get_length (json_object_get_array_member (heard, "participants")),
                      ==, 2);
    caller_say (bob, "{\"type\":\"chat\",\"text\":\"there you are\"}");
    caller_hear (again, "chat");
    caller_hear (bob, "chat");
    say_offer (again);
    caller_hear (again, "webrtc_answer");
}

/* The server has not noticed yet that the old link is dead: the new one wins. */
static void
test_resume_wins (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (Caller) ann = caller_new (door, NULL), again = caller_new (door, NULL);
    g_autofree char *key = join_with_media (ann, "blue");
    JsonObject *heard = say_resume (again, "blue", key);

    g_assert_cmpstr (get (heard, "participant"), ==, "p1");
    caller_wait_closed (ann, 4001);
    door_wait (tutti_server_n_sockets (door->server) == 1);
    g_assert_cmpuint (fake_room_n_participants (door->rooms), ==, 1);
    caller_say (again, "{\"type\":\"chat\",\"text\":\"still here\"}");
    caller_hear (again, "chat");
}

/* A wrong key is an ordinary join, with all that this needs. */
static void
test_resume_wrong (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (Caller) ann = caller_new (door, NULL), eve = caller_new (door, NULL);
    g_autofree char *key = join_with_media (ann, "blue");
    JsonObject *heard = say_resume (eve, "blue", "p1.guess");

    g_assert_false (json_object_has_member (heard, "resumed"));
    g_assert_cmpstr (get (heard, "participant"), ==, "p2");
    g_assert_cmpstr (get (heard, "resume"), !=, key);
    g_assert_cmpuint (fake_room_n_participants (door->rooms), ==, 2);
}

/* A page that is loaded anew says so, and keeps its place. */
static void
test_may_return (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (Caller) ann = caller_new (door, NULL), again = caller_new (door, NULL);
    g_autofree char *key = join_with_media (ann, "blue");
    JsonObject *heard;

    caller_say (ann, "{\"type\":\"leave\",\"may_return\":true}");
    caller_wait_closed (ann, 1000);
    g_assert_cmpuint (fake_room_n_participants (door->rooms), ==, 1);
    heard = say_resume (again, "blue", key);
    g_assert_cmpstr (get (heard, "participant"), ==, "p1");
}

static void
test_lost (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (Caller) ann = caller_new (door, NULL);
    g_autofree char *id = caller_join (ann, "blue");
    JsonObject *heard;

    fake_room_lose (door->rooms, id);
    heard = caller_hear (ann, "participant_left");
    g_assert_cmpstr (get (heard, "participant"), ==, id);
    g_assert_cmpstr (get (heard, "reason"), ==, "lost");
    caller_wait_closed (ann, 1000);
}

static void
test_shutdown (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (Caller) ann = caller_new (door, NULL), bob = caller_new (door, NULL);
    g_autofree char *id = caller_join (ann, "blue");
    JsonObject *heard;

    tutti_rooms_drain (door->rooms);
    caller_say (bob, JOIN ("blue"));
    caller_hear_error (bob, "overloaded", "join_room");
    tutti_rooms_close_all (door->rooms, "the server is stopping");
    heard = caller_hear (ann, "room_closed");
    g_assert_cmpstr (get (heard, "reason"), ==, "the server is stopping");
    caller_wait_closed (ann, 1000);
}

static void
test_origin (void)
{
    g_autoptr (Door) door = door_new_with ("http.allowed-origins=https://friend.example");
    g_autofree char *own = g_strdup_printf ("http://127.0.0.1:%u", door->port);
    g_autoptr (Caller) stranger = caller_new (door, "https://evil.example");
    g_autoptr (Caller) self = caller_new (door, own);
    g_autoptr (Caller) friend = caller_new (door, "https://friend.example");

    g_assert_null (stranger->connection);
    g_assert_cmpuint (stranger->status, ==, 403);
    g_assert_nonnull (self->connection);
    g_assert_nonnull (friend->connection);
}

/* Room blue, sub Ann, role participant, exp 4102444800 (the year 2100); signed by Python's hmac. */
#define SECRET "a-secret-of-thirty-two-bytes-len"
#define TOKEN                                                                                      \
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJyb29tIjoiYmx1ZSIsInN1YiI6IkFubiIsInJvbGU"             \
    "iOiJwYXJ0aWNpcGFudCIsImV4cCI6NDEwMjQ0NDgwMH0.1oYBIkiOZyC5toSLP7r1nuzYbgw3ndHY5OU"             \
    "RCdyvaGk"

static void
test_token (void)
{
    const char *const settings[] = {"auth.mode=token", "auth.secret=" SECRET, NULL};
    g_autoptr (Door) door = door_new (settings);
    g_autoptr (Caller) ann = caller_new (door, NULL);
    JsonObject *heard;

    caller_say (ann, JOIN ("blue"));
    caller_hear_error (ann, "unauthorized", "join_room");
    caller_say (ann, "{\"type\":\"join_room\",\"room\":\"blue\",\"token\":\"e30.e30.e30\"}");
    caller_hear_error (ann, "unauthorized", "join_room");
    caller_say (ann, "{\"type\":\"join_room\",\"room\":\"red\",\"token\":\"" TOKEN "\"}");
    caller_hear_error (ann, "unauthorized", "join_room");
    caller_say (
        ann, "{\"type\":\"join_room\",\"room\":\"blue\",\"role\":\"moderator\",\"token\":\"" TOKEN
             "\"}");
    caller_hear_error (ann, "forbidden", "join_room");
    caller_say (ann, "{\"type\":\"join_room\",\"room\":\"blue\",\"name\":\"Eve\",\"token\":\"" TOKEN
                     "\"}");
    heard = caller_hear (ann, "room_created");
    g_assert_cmpstr (get (heard, "role"), ==, "participant");
    heard = json_array_get_object_element (json_object_get_array_member (heard, "participants"), 0);
    g_assert_cmpstr (get (heard, "name"), ==, "Ann");
}

static void
test_join_rate (void)
{
    g_autoptr (Door) door = door_new_with ("auth.join-rate=2");
    g_autoptr (Caller) ann = caller_new (door, NULL), bob = caller_new (door, NULL);
    g_autoptr (Caller) eve = caller_new (door, NULL);
    g_autofree char *id = caller_join (ann, "blue"), *other = caller_join (bob, "blue");

    caller_say (eve, JOIN ("blue"));
    caller_hear_error (eve, "rate_limited", "join_room");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/socket/join", test_join);
    g_test_add_func ("/socket/full", test_full);
    g_test_add_func ("/socket/bad-rooms", test_bad_rooms);
    g_test_add_func ("/socket/order", test_order);
    g_test_add_func ("/socket/faults", test_faults);
    g_test_add_func ("/socket/twenty-faults", test_twenty_faults);
    g_test_add_func ("/socket/call", test_call);
    g_test_add_func ("/socket/stats", test_stats);
    g_test_add_func ("/socket/bad-call", test_bad_call);
    g_test_add_func ("/socket/state", test_state);
    g_test_add_func ("/socket/moderation", test_moderation);
    g_test_add_func ("/socket/leave", test_leave);
    g_test_add_func ("/socket/ends", test_ends);
    g_test_add_func ("/socket/resume", test_resume);
    g_test_add_func ("/socket/resume/wins", test_resume_wins);
    g_test_add_func ("/socket/resume/wrong", test_resume_wrong);
    g_test_add_func ("/socket/may-return", test_may_return);
    g_test_add_func ("/socket/lost", test_lost);
    g_test_add_func ("/socket/shutdown", test_shutdown);
    g_test_add_func ("/socket/origin", test_origin);
    g_test_add_func ("/socket/token", test_token);
    g_test_add_func ("/socket/join-rate", test_join_rate);
    return g_test_run ();
}
