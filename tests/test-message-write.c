/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-message-write.c: each event and answer as the text that clients are promised.
 */
#include "control/message-write.h"

#include <string.h>
#include <tutti/error.h>

static void
assert_event (const TuttiEvent *event, const char *text)
{
    g_autofree char *got = tutti_message_write_event (event, "p1");

    g_assert_cmpstr (got, ==, text);
}

#define PERSON_TEXT                                                                                \
    "\"id\":\"p2\",\"name\":\"Zoë \\\"Z\\\"\",\"role\":\"listener\",\"audio_muted\":true,"        \
    "\"video_muted\":false,\"hand_raised\":false,\"sharing_screen\":false,\"connected\":true}"

static const TuttiPerson person = {.id = "p2",
                                   .name = "Zoë \"Z\"",
                                   .role = TUTTI_PERSON_LISTENER,
                                   .audio_muted = TRUE,
                                   .connected = TRUE};

static void
test_roster (void)
{
    TuttiEvent joined = {.type = TUTTI_EVENT_PARTICIPANT_JOINED, .person = &person};
    TuttiEvent updated = {.type = TUTTI_EVENT_PARTICIPANT_UPDATED, .person = &person};
    TuttiEvent left = {.type = TUTTI_EVENT_PARTICIPANT_LEFT,
                       .left = {"p2", TUTTI_LEFT_KICKED, "Grace"}};
    TuttiEvent call = {.type = TUTTI_EVENT_START_CALL, .participant = "p2"};

    assert_event (&joined, "{\"type\":\"participant_joined\"," PERSON_TEXT);
    assert_event (&updated, "{\"type\":\"participant_updated\"," PERSON_TEXT);
    assert_event (&left, "{\"type\":\"participant_left\",\"participant\":\"p2\","
                         "\"reason\":\"kicked\",\"name\":\"Grace\"}");
    assert_event (&call, "{\"type\":\"start_call\",\"participant\":\"p2\"}");
}

static void
test_picture (void)
{
    static const TuttiPlacedTile tiles[] = {{"p1", {0, 0, 640, 360}, FALSE},
                                            {"p2", {640, 0, 640, 360}, TRUE}};
    TuttiEvent layout = {.type = TUTTI_EVENT_LAYOUT, .layout = {1280, 720, 2, tiles, "grid"}};
    TuttiEvent uplink = {.type = TUTTI_EVENT_UPLINK, .uplink = {640, 360, 30, 500000}};
    TuttiEvent downlink = {.type = TUTTI_EVENT_DOWNLINK,
                           .downlink = {FALSE, 640, 360, 30, 500000, 700000}};
    const char *const ids[] = {"p2", "p1"};
    TuttiEvent speakers = {.type = TUTTI_EVENT_ACTIVE_SPEAKER, .speakers = {2, ids}};

    assert_event (&layout,
                  "{\"type\":\"layout\",\"canvas\":{\"width\":1280,\"height\":720},\"layout\":"
                  "\"grid\",\"tiles\":[{\"participant\":\"p1\",\"x\":0,\"y\":0,\"width\":640,"
                  "\"height\":360,\"source\":\"camera\"},{\"participant\":\"p2\",\"x\":640,\"y\":0,"
                  "\"width\":640,\"height\":360,\"source\":\"screen\"}]}");
    assert_event (&uplink, "{\"type\":\"uplink\",\"max_width\":640,\"max_height\":360,"
                           "\"max_frame_rate\":30,\"max_bitrate_bps\":500000}");
    assert_event (&downlink,
                  "{\"type\":\"downlink\",\"audio_only\":false,\"width\":640,\"height\":360,"
                  "\"frame_rate\":30,\"bitrate_bps\":500000,\"estimate_bps\":700000}");
    assert_event (&speakers, "{\"type\":\"active_speaker\",\"participants\":[\"p2\",\"p1\"]}");
}

static void
test_words (void)
{
    TuttiEvent chat = {.type = TUTTI_EVENT_CHAT,
                       .chat = {"p2", "Bo", "a\nb</script>", "2026-01-01T00:00:00Z", TRUE}};
    TuttiEvent broken = {.type = TUTTI_EVENT_KICKED, .reason = "half \xc3"};
    TuttiEvent candidate = {.type = TUTTI_EVENT_ICE_CANDIDATE, .ice = {"candidate:1", "0", 0}};
    g_autofree char *text = tutti_message_write_event (&broken, "p1");

    assert_event (&chat, "{\"type\":\"chat\",\"from\":\"p2\",\"name\":\"Bo\",\"text\":"
                         "\"a\\nb</script>\",\"time\":\"2026-01-01T00:00:00Z\",\"private\":true}");
    assert_event (&candidate, "{\"type\":\"webrtc_ice_candidate\",\"candidate\":\"candidate:1\","
                              "\"sdp_mid\":\"0\",\"sdp_mline_index\":0}");
    g_assert_true (g_utf8_validate (text, -1, NULL));
}

static void
test_ends (void)
{
    TuttiEvent kicked = {.type = TUTTI_EVENT_KICKED, .reason = "noise"};
    TuttiEvent closed = {.type = TUTTI_EVENT_ROOM_CLOSED, .reason = "shutdown"};
    TuttiEvent lost = {.type = TUTTI_EVENT_LOST, .reason = "no media"};
    TuttiEvent room = {.type = TUTTI_EVENT_ROOM_UPDATED,
                       .room = {.locked = TRUE,
                                .layout = "speaker",
                                .share = "moderator",
                                .has_pin = TRUE,
                                .limit = 9,
                                .ends_at_s = 1700000000}};
    TuttiEvent waiting = {.type = TUTTI_EVENT_PARTICIPANT_WAITING, .person = &person};
    TuttiEvent gone = {.type = TUTTI_EVENT_WAITING_LEFT, .participant = "p7"};
    TuttiEvent share = {.type = TUTTI_EVENT_SHARE_REFUSED};
    TuttiEvent paused = {.type = TUTTI_EVENT_RECORDING, .recording = TUTTI_RECORDING_PAUSED};

    assert_event (&kicked, "{\"type\":\"kicked\",\"reason\":\"noise\"}");
    assert_event (&closed, "{\"type\":\"room_closed\",\"reason\":\"shutdown\"}");
    assert_event (&lost,
                  "{\"type\":\"participant_left\",\"participant\":\"p1\",\"reason\":\"lost\"}");
    assert_event (&room, "{\"type\":\"room_updated\",\"locked\":true,\"layout\":\"speaker\","
                         "\"limit\":9,\"waiting_room\":false,\"share\":\"moderator\","
                         "\"pin\":true,\"ends_at\":\"2023-11-14T22:13:20Z\"}");
    assert_event (&waiting, "{\"type\":\"participant_waiting\",\"participant\":\"p2\","
                            "\"name\":\"Zoë \\\"Z\\\"\"}");
    assert_event (&gone, "{\"type\":\"participant_waiting_left\",\"participant\":\"p7\"}");
    assert_event (&share, "{\"type\":\"error\",\"code\":\"forbidden\",\"reason\":\"share\","
                          "\"message\":\"only moderators may share a screen here\","
                          "\"in_reply_to\":null}");
    assert_event (&paused, "{\"type\":\"recording\",\"state\":\"paused\"}");
}

static void
test_welcome (void)
{
    const TuttiIceServer servers[] = {{(char *)"stun:192.0.2.1", NULL, NULL},
                                      {(char *)"turn:192.0.2.1", (char *)"user", (char *)"secret"}};
    TuttiWelcome welcome = {.entrance = TUTTI_ENTRANCE_CREATED,
                            .room = "blue",
                            .participant = "p2",
                            .topology = "mcu",
                            .resume = "p2.f00d",
                            .role = TUTTI_PERSON_LISTENER,
                            .n_ice_servers = 2,
                            .ice_servers = servers,
                            .n_people = 1,
                            .people = &person,
                            .canvas_width = 1280,
                            .canvas_height = 720,
                            .frame_rate = 30,
                            .state = {.layout = "grid", .share = "anyone"}};
    g_autofree char *created = tutti_message_write_welcome (&welcome), *joined = NULL;
    g_autofree char *resumed = NULL;

    g_assert_cmpstr (
        created, ==,
        "{\"type\":\"room_created\",\"room\":\"blue\",\"participant\":\"p2\",\"role\":\"listener\","
        "\"resume\":\"p2.f00d\",\"ice_servers\":[{\"urls\":[\"stun:192.0.2.1\"]},{\"urls\":[\"turn:"
        "192.0.2.1\"],"
        "\"username\":\"user\",\"credential\":\"secret\"}],\"participants\":[{" PERSON_TEXT
        "],\"topology\":\"mcu\",\"canvas\":{\"width\":1280,\"height\":720,\"frame_rate\":30},"
        "\"locked\":false,\"layout\":\"grid\",\"limit\":0,\"waiting_room\":false,"
        "\"share\":\"anyone\",\"pin\":false,\"ends_at\":\"\"}");
    welcome.entrance = TUTTI_ENTRANCE_JOINED;
    joined = tutti_message_write_welcome (&welcome);
    g_assert_true (g_str_has_prefix (joined, "{\"type\":\"room_joined\""));
    g_assert_null (strstr (joined, "resumed"));
    welcome.entrance = TUTTI_ENTRANCE_RESUMED;
    resumed = tutti_message_write_welcome (&welcome);
    g_assert_true (g_str_has_prefix (resumed, "{\"type\":\"room_joined\""));
    g_assert_nonnull (strstr (resumed, "\"resumed\":true"));
}

static void
test_answers (void)
{
    g_autoptr (GError) error =
        g_error_new_literal (TUTTI_ERROR, TUTTI_ERROR_BAD_ROOM, "a room's name");
    g_autofree char *full = tutti_message_write_full_room ("blue", 2);
    g_autofree char *answer = tutti_message_write_answer ("v=0\r\n");
    g_autofree char *named = tutti_message_write_error (error, "join_room");
    g_autofree char *unnamed = tutti_message_write_error (error, NULL);

    g_assert_cmpstr (full, ==, "{\"type\":\"full_room\",\"room\":\"blue\",\"limit\":2}");
    g_assert_cmpstr (answer, ==, "{\"type\":\"webrtc_answer\",\"sdp\":\"v=0\\r\\n\"}");
    g_assert_cmpstr (named, ==,
                     "{\"type\":\"error\",\"code\":\"bad_room\",\"message\":\"a room's name\","
                     "\"in_reply_to\":\"join_room\"}");
    g_assert_nonnull (strstr (unnamed, "\"in_reply_to\":null"));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/message-write/roster", test_roster);
    g_test_add_func ("/message-write/picture", test_picture);
    g_test_add_func ("/message-write/words", test_words);
    g_test_add_func ("/message-write/ends", test_ends);
    g_test_add_func ("/message-write/welcome", test_welcome);
    g_test_add_func ("/message-write/answers", test_answers);
    return g_test_run ();
}
