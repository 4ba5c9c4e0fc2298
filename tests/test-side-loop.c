/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-side-loop.c: the data channel `tutti` through everything: clients over loopback, legs, a
 * room, and control behind it, each client's net thread another than the next one's.
 *
 *   test <-> SCTP <-> peer <-> DTLS <-> leg <-> room <-> sides.c <-> client.c
 */
#include <string.h>

#include <json-glib/json-glib.h>

#include "control/sides.h"
#include "leg/sctp.h"
#include "patience.h"
#include "peer.h"
#include "rooms-kit.h"
#include "room/side-channel.h"

/* What the client opens; odd or even is its own business here. */
#define STREAM 1
/* RFC 8831 section 8: DCEP; a text. */
#define PPID_DCEP 50
#define PPID_TEXT 51

typedef struct {
    RoomsFixture rooms;
    TuttiClientSetup setup;
    TuttiNet *net; /* the clients' */
} Hall;

typedef struct {
    RoomsClient ws; /* told as by a WebSocket */
    TuttiPeer *peer;
    GAsyncQueue *heard; /* texts */
    GAsyncQueue *to_say;
    JsonNode *last;

    TuttiSctp *sctp; /* role: net, and what follows */
    gboolean is_started, has_opened, is_closed;
} Aside;

/* --- Role: net --- */

static void
on_packet (const guint8 *data, gsize length_bytes, gpointer user_data)
{
    tutti_peer_send_data (((Aside *)user_data)->peer, data, length_bytes);
}

static gboolean
is_ready (gpointer user_data)
{
    return TRUE;
}

static void
on_message (guint16 stream, guint32 ppid, const guint8 *data, gsize length_bytes,
            gpointer user_data)
{
    g_assert_cmpuint (stream, ==, STREAM);
    if (ppid == PPID_TEXT)
        g_async_queue_push (((Aside *)user_data)->heard,
                            g_strndup ((const char *)data, length_bytes));
}

static void
on_reset (guint16 stream, gpointer user_data)
{
    tutti_sctp_reset_stream (((Aside *)user_data)->sctp, stream);
}

static void
on_closed (gpointer user_data)
{
    ((Aside *)user_data)->is_closed = TRUE;
}

static const TuttiSctpEvents sctp_events = {on_packet, is_ready, on_message, on_reset, on_closed};

static void
start (Aside *aside, gint64 now_us)
{
    if (aside->is_started)
        return;
    aside->is_started = TRUE;
    tutti_sctp_connect (aside->sctp, now_us);
}

static void
on_data (const guint8 *data, gsize length_bytes, gpointer user_data)
{
    Aside *aside = user_data;
    gint64 now_us = g_get_monotonic_time ();

    if (!aside->sctp)
        return;
    start (aside, now_us);
    tutti_sctp_receive (aside->sctp, data, length_bytes, now_us);
}

static void
run_make (gpointer user_data, gint64 now_us)
{
    Aside *aside = user_data;

    aside->sctp = tutti_sctp_new (tutti_peer_get_seat (aside->peer), TUTTI_SCTP_PORT, &sctp_events,
                                  aside, now_us);
    g_assert_nonnull (aside->sctp);
}

static void
say_next (Aside *aside, gint64 now_us)
{
    /* RFC 8832 section 5.1, as Chromium writes it for createDataChannel("tutti"). */
    static const guint8 open[] = {3, 0, 1, 0, 0, 0, 0, 0, 0, 5, 0, 0, 't', 'u', 't', 't', 'i'};
    char *text;

    if (!aside->has_opened)
        tutti_sctp_send (aside->sctp, STREAM, PPID_DCEP, open, sizeof open, now_us);
    aside->has_opened = TRUE;
    while ((text = g_async_queue_try_pop (aside->to_say))) {
        tutti_sctp_send (aside->sctp, STREAM, PPID_TEXT, (guint8 *)text, strlen (text), now_us);
        g_free (text);
    }
    tutti_sctp_run (aside->sctp, now_us);
}

static void
run_step (gpointer user_data, gint64 now_us)
{
    Aside *aside = user_data;

    if (tutti_peer_get_state (aside->peer) != TUTTI_LEG_CONNECTED || aside->is_closed)
        return;
    start (aside, now_us);
    tutti_sctp_tick (aside->sctp, now_us);
    if (tutti_sctp_get_state (aside->sctp) == TUTTI_SCTP_UP)
        say_next (aside, now_us);
}

static void
run_end (gpointer user_data, gint64 now_us)
{
    tutti_sctp_free (g_steal_pointer (&((Aside *)user_data)->sctp));
}

/* --- On main --- */

static void
hall_open (Hall *hall)
{
    const TuttiNetConfig net = {.n_threads = 2, .interfaces = "lo"};
    g_autoptr (GError) error = NULL;

    *hall = (Hall){0};
    rooms_set_up (&hall->rooms, "ice.interfaces=lo");
    hall->setup.config = hall->rooms.config;
    hall->setup.rooms = hall->rooms.rooms;
    tutti_sides_serve (&hall->setup);
    hall->net = tutti_net_new (&net, &error);
    g_assert_no_error (error);
}

static void
hall_close (Hall *hall)
{
    tutti_sides_end (hall->rooms.rooms);
    rooms_tear_down (&hall->rooms, NULL);
    tutti_net_free (hall->net);
}

static void
aside_offer (Aside *aside)
{
    g_autoptr (TuttiSession) offer = tutti_session_new ();
    g_autoptr (TuttiSession) answer = tutti_session_new ();
    g_autoptr (GError) error = NULL;

    tutti_peer_offer (aside->peer, offer);
    tutti_participant_offer (aside->ws.self, offer, answer, &error);
    g_assert_no_error (error);
    g_assert_true (tutti_peer_take_answer (aside->peer, answer));
}

static void
aside_enter (Aside *aside, Hall *hall, const char *name, gboolean channel)
{
    const TuttiPeerSetup setup = {
        .audio = TUTTI_DIRECTION_BOTH,
        .setup = TUTTI_SETUP_ACTPASS,
        .channel = channel,
        .data = on_data,
        .user_data = aside,
    };

    *aside = (Aside){0};
    aside->heard = g_async_queue_new_full (g_free);
    aside->to_say = g_async_queue_new_full (g_free);
    rooms_join (&hall->rooms, &aside->ws, "blue", name, TUTTI_PERSON_PARTICIPANT);
    aside->peer = tutti_peer_new (hall->net, &setup);
    tutti_peer_run (aside->peer, run_make, aside);
    aside_offer (aside);
}

/* Its media end; it may have left before. */
static void
aside_leave (Aside *aside)
{
    client_clear (&aside->ws);
    tutti_peer_run (aside->peer, run_end, aside);
    tutti_peer_free (aside->peer);
    g_async_queue_unref (aside->heard);
    g_async_queue_unref (aside->to_say);
    g_clear_pointer (&aside->last, json_node_unref);
}

static void
step (Aside *aside)
{
    rooms_iterate ();
    tutti_peer_run (aside->peer, run_step, aside);
    g_usleep (1000);
}

#define step_until(aside, condition)                                                               \
    G_STMT_START                                                                                   \
    {                                                                                              \
        gint64 end_us = g_get_monotonic_time () + TEST_PATIENCE * 20 * G_USEC_PER_SEC;             \
        while (!(condition) && g_get_monotonic_time () < end_us)                                   \
            step (aside);                                                                          \
        g_assert_true (condition);                                                                 \
    }                                                                                              \
    G_STMT_END

static void
aside_say (Aside *aside, const char *text)
{
    g_async_queue_push (aside->to_say, g_strdup (text));
    step (aside);
}

static gboolean
take (Aside *aside, const char *type)
{
    g_autofree char *text = g_async_queue_try_pop (aside->heard);

    if (!text)
        return FALSE;
    g_clear_pointer (&aside->last, json_node_unref);
    aside->last = json_from_string (text, NULL);
    g_assert_nonnull (aside->last);
    return g_str_equal (json_object_get_string_member (json_node_get_object (aside->last), "type"),
                        type);
}

/* The next message of the type; others before it are passed over. Borrowed until the next call. */
static JsonObject *
aside_hear (Aside *aside, const char *type)
{
    gboolean has_come = FALSE;

    step_until (aside, has_come || (has_come = take (aside, type)));
    return json_node_get_object (aside->last);
}

static void
expect_text (Aside *aside, const char *type, const char *member, const char *text)
{
    g_assert_cmpstr (json_object_get_string_member (aside_hear (aside, type), member), ==, text);
}

static guint
count_people (Aside *aside)
{
    JsonObject *joined = aside_hear (aside, "room_joined");

    g_assert_false (json_object_has_member (joined, "ice_servers"));
    g_assert_cmpstr (json_object_get_string_member (joined, "participant"), ==,
                     tutti_participant_id (aside->ws.self));
    return json_array_get_length (json_object_get_array_member (joined, "participants"));
}

/* Who has a WebSocket besides is told on both. */
static void
test_chat (void)
{
    Hall hall;
    Aside ada, bob;
    RoomsClient eve;

    hall_open (&hall);
    aside_enter (&ada, &hall, "Ada", TRUE);
    g_assert_cmpuint (count_people (&ada), ==, 1);
    aside_hear (&ada, "layout");
    aside_enter (&bob, &hall, "Bob", TRUE);
    g_assert_cmpuint (count_people (&bob), ==, 2);
    expect_text (&ada, "participant_joined", "name", "Bob");
    rooms_join (&hall.rooms, &eve, "blue", "Eve", TUTTI_PERSON_PARTICIPANT);
    expect_text (&ada, "participant_joined", "name", "Eve");

    aside_say (&ada, "{\"type\":\"chat\",\"text\":\"from Ada\"}");
    expect_text (&ada, "chat", "text", "from Ada");
    expect_text (&bob, "chat", "text", "from Ada");
    aside_say (&bob, "{\"type\":\"chat\",\"text\":\"from Bob\"}");
    expect_text (&bob, "chat", "text", "from Bob");
    expect_text (&ada, "chat", "text", "from Bob");
    tutti_participant_chat (eve.self, "from Eve", NULL, NULL);
    expect_text (&ada, "chat", "text", "from Eve");
    expect_text (&bob, "chat", "text", "from Eve");
    g_assert_nonnull (strstr (eve.told->str, "chat Ada: from Ada\nchat Bob: from Bob\n"));
    g_assert_nonnull (strstr (bob.ws.told->str, "chat Ada: from Ada\nchat Bob: from Bob\n"));
    client_clear (&eve);
    aside_leave (&bob);
    aside_leave (&ada);
    hall_close (&hall);
}

/* Everyone is told of it each time. */
static void
raise_hand (Aside *aside, gboolean is_raised)
{
    aside_say (aside, is_raised ? "{\"type\":\"set_state\",\"hand_raised\":true}"
                                : "{\"type\":\"set_state\",\"hand_raised\":false}");
}

/* Legs end at either side while texts are under way both ways. */
static void
test_leave (void)
{
    Hall hall;
    Aside ada, bob, eve;

    hall_open (&hall);
    aside_enter (&ada, &hall, "Ada", TRUE);
    aside_enter (&bob, &hall, "Bob", TRUE);
    aside_enter (&eve, &hall, "Eve", TRUE);
    aside_hear (&ada, "room_joined");
    aside_hear (&bob, "room_joined");
    aside_hear (&eve, "room_joined");
    for (guint i = 0; i < 60; i++) {
        raise_hand (&ada, i % 2 == 0);
        raise_hand (&bob, i % 2 == 0);
        if (i < 30)
            raise_hand (&eve, i % 2 == 0);
        if (i == 20) /* the room's side ends */
            tutti_participant_leave (g_steal_pointer (&bob.ws.self));
        if (i == 30) /* the client's does */
            aside_leave (&eve);
    }
    aside_say (&ada, "{\"type\":\"chat\",\"text\":\"the last\"}");
    expect_text (&ada, "chat", "text", "the last");
    aside_leave (&bob);
    aside_leave (&ada);
    hall_close (&hall);
}

/* Told when a running call's second offer brings the channel. */
static void
test_second_offer (void)
{
    Hall hall;
    Aside ada;

    hall_open (&hall);
    aside_enter (&ada, &hall, "Ada", FALSE);
    step_until (&ada, tutti_peer_get_state (ada.peer) == TUTTI_LEG_CONNECTED);
    g_assert_cmpint (g_async_queue_length (ada.heard), ==, 0);
    tutti_peer_set_channel (ada.peer, TRUE);
    aside_offer (&ada);
    g_assert_cmpuint (count_people (&ada), ==, 1);
    aside_say (&ada, "{\"type\":\"chat\",\"text\":\"late\"}");
    expect_text (&ada, "chat", "text", "late");
    aside_leave (&ada);
    hall_close (&hall);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/side-loop/chat", test_chat);
    g_test_add_func ("/side-loop/leave", test_leave);
    g_test_add_func ("/side-loop/second-offer", test_second_offer);
    return g_test_run ();
}
