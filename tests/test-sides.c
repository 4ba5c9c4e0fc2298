/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-sides.c: what a participant with a data channel is told there and may say there, in rooms
 * without media; what goes through SCTP is test-side-loop's.
 */
#include "rooms-kit.h"

#include <string.h>

#include <json-glib/json-glib.h>

#include "control/client.h"
#include "room/member.h"
#include "room/side-channel.h"

#define MAX_BYTES (64 * 1024)

typedef struct {
    TuttiClient *client;
    GString *types; /* of the messages told: words */
    char *last;     /* of them */
    guint code;     /* of the end; 0: not yet */
} Side;

static TuttiClientSetup setup;
static Side *newest; /* the test's own view of what was opened last */
static guint n_closed;
static gboolean was_kicked; /* as the last one that was closed was told */

static void
on_send (const char *text, gpointer user_data)
{
    Side *side = user_data;
    g_autoptr (JsonNode) node = json_from_string (text, NULL);

    g_assert_nonnull (node);
    g_string_append_printf (side->types, "%s ",
                            json_object_get_string_member (json_node_get_object (node), "type"));
    g_free (side->last);
    side->last = g_strdup (text);
}

static void
on_end (guint16 code, gpointer user_data)
{
    ((Side *)user_data)->code = code;
}

static const TuttiClientOutput output = {on_send, on_end};

static gpointer
on_open (TuttiParticipant *participant, guint max_bytes, gpointer user_data)
{
    Side *side = g_new0 (Side, 1);

    side->types = g_string_new (NULL);
    side->client = tutti_client_new_beside (&setup, participant, max_bytes, &output, side);
    newest = side;
    return side;
}

static void
on_event (const TuttiEvent *event, gpointer user_data)
{
    tutti_client_hear (event, ((Side *)user_data)->client);
}

static void
on_receive (const char *text, gpointer user_data)
{
    Side *side = user_data;

    if (text)
        tutti_client_receive (side->client, text, strlen (text), g_get_monotonic_time ());
    else
        tutti_client_receive_nonsense (side->client);
}

static void
on_close (gpointer user_data)
{
    Side *side = user_data;

    was_kicked = strstr (side->types->str, "kicked ") != NULL;
    tutti_client_hang_up (side->client, FALSE);
    tutti_client_free (side->client);
    g_string_free (side->types, TRUE);
    g_free (side->last);
    g_free (side);
    n_closed++;
}

static const TuttiSideClass side_class = {on_open, on_event, on_receive, on_close};

static void
set_up (RoomsFixture *fixture, gconstpointer assignments)
{
    rooms_set_up (fixture, assignments);
    setup = (TuttiClientSetup){.config = fixture->config, .rooms = fixture->rooms};
    n_closed = 0;
    tutti_rooms_serve_sides (fixture->rooms, &side_class, NULL);
}

static void
tear_down (RoomsFixture *fixture, gconstpointer assignments)
{
    tutti_rooms_serve_sides (fixture->rooms, NULL, NULL);
    rooms_tear_down (fixture, assignments);
}

static Side *
open_side (RoomsClient *client, guint max_bytes)
{
    tutti_member_open_side (client->self, max_bytes);
    return newest;
}

/* What it was told since the last time. */
static void
assert_types (Side *side, const char *types)
{
    rooms_iterate ();
    g_assert_cmpstr (side->types->str, ==, types);
    g_string_truncate (side->types, 0);
}

static void
assert_refused (RoomsClient *client, Side *side, const char *text, const char *code)
{
    g_autofree char *part = g_strdup_printf ("\"code\":\"%s\"", code);

    tutti_member_hear_side (client->self, text);
    assert_types (side, "error ");
    g_assert_nonnull (strstr (side->last, part));
}

static void
test_both (RoomsFixture *fixture, gconstpointer data)
{
    RoomsClient ada, bob;
    Side *side;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    side = open_side (&ada, MAX_BYTES);
    assert_types (side, "room_joined layout ");
    rooms_join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    assert_types (side, "participant_joined ");
    client_assert_told (&ada, "joined Bob\n");
    tutti_member_hear_side (ada.self, "{\"type\":\"chat\",\"text\":\"hello\"}");
    assert_types (side, "chat ");
    client_assert_told (&ada, "chat Ada: hello\n");
    client_assert_told (&bob, "chat Ada: hello\n");
    client_clear (&bob);
    assert_types (side, "participant_left ");
    client_assert_told (&ada, "left left\n");

    tutti_member_close_side (ada.self);
    g_assert_cmpuint (n_closed, ==, 1);
    side = open_side (&ada, MAX_BYTES);
    assert_types (side, "room_joined layout ");
    client_clear (&ada);
    g_assert_cmpuint (n_closed, ==, 2);
}

static void
test_last_word (RoomsFixture *fixture, gconstpointer data)
{
    RoomsClient ada, bob;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    rooms_join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    rooms_iterate ();
    open_side (&bob, MAX_BYTES);
    client_moderate (&ada, "kick", &bob, "enough", -1);
    g_assert_cmpuint (n_closed, ==, 1);
    g_assert_true (was_kicked);
    rooms_iterate ();
    g_assert_nonnull (strstr (bob.told->str, "kicked"));
    client_clear (&bob);
    client_clear (&ada);
}

/* They belong to the way it came by, which would not hear of them. */
static void
test_unsupported (RoomsFixture *fixture, gconstpointer data)
{
    static const char *const messages[] = {
        "{\"type\":\"webrtc_offer\",\"sdp\":\"v=0\"}",
        "{\"type\":\"webrtc_ice_candidate\",\"candidate\":\"\"}",
        "{\"type\":\"leave\"}",
    };
    RoomsClient ada;
    Side *side;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    side = open_side (&ada, MAX_BYTES);
    assert_types (side, "room_joined layout ");
    for (guint n = 0; n < 10; n++) /* none is a fault */
        for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
            assert_refused (&ada, side, messages[i], "unsupported");
    g_assert_cmpuint (side->code, ==, 0);
    client_clear (&ada);
}

static void
test_faults (RoomsFixture *fixture, gconstpointer data)
{
    RoomsClient ada;
    Side *side;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    side = open_side (&ada, MAX_BYTES);
    assert_types (side, "room_joined layout ");
    for (guint i = 0; i < 20; i++) {
        g_assert_cmpuint (side->code, ==, 0);
        assert_refused (&ada, side, i % 2 ? NULL : "no JSON", "bad_json");
    }
    g_assert_cmpuint (side->code, ==, 1008);
    tutti_member_hear_side (ada.self, "{\"type\":\"chat\",\"text\":\"hello\"}");
    assert_types (side, "");
    client_assert_told (&ada, ""); /* and it is still in the room */
    client_clear (&ada);
}

static void
test_roster_in_pieces (RoomsFixture *fixture, gconstpointer data)
{
    RoomsClient ada, bob;
    Side *side;

    rooms_join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    rooms_iterate ();
    side = open_side (&ada, 600);
    assert_types (side, "room_joined participant_joined participant_joined layout ");
    side = open_side (&ada, MAX_BYTES); /* in place of the other */
    assert_types (side, "room_joined layout ");
    g_assert_cmpuint (n_closed, ==, 1);
    client_clear (&ada);
    client_clear (&bob);
}

/* Who waits is told to a moderator that comes by a channel, and not once more on its WebSocket. */
static void
test_waiting (RoomsFixture *fixture, gconstpointer data)
{
    const TuttiJoin guest = {.room = "blue", .name = "Bob", .can_wait = TRUE};
    RoomsClient ada, bob;
    Side *side;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    g_assert_true (rooms_try_join (fixture, &bob, &guest, NULL));
    client_assert_told (&ada, "waiting Bob\n");
    side = open_side (&ada, MAX_BYTES);
    assert_types (side, "room_joined layout participant_waiting ");
    client_assert_told (&ada, "");
    tutti_member_open_side (bob.self, MAX_BYTES); /* it is not in the room yet */
    g_assert_true (newest == side);
    client_moderate (&ada, "admit", &bob, NULL, -1);
    assert_types (side, "participant_waiting_left participant_joined ");
    side = open_side (&bob, MAX_BYTES); /* is no moderator */
    assert_types (side, "room_joined layout ");
    client_clear (&bob);
    client_clear (&ada);
}

static void
test_nobody_serves (RoomsFixture *fixture, gconstpointer data)
{
    RoomsClient ada;

    tutti_rooms_serve_sides (fixture->rooms, NULL, NULL);
    newest = NULL;
    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    g_assert_null (open_side (&ada, MAX_BYTES));
    tutti_member_hear_side (ada.self, "{\"type\":\"chat\",\"text\":\"hello\"}");
    client_assert_told (&ada, "");
    client_clear (&ada);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
#define ADD(path, config, func)                                                                    \
    g_test_add ("/sides/" path, RoomsFixture, config, set_up, func, tear_down)
    ADD ("both", "", test_both);
    ADD ("last-word", "", test_last_word);
    ADD ("unsupported", "", test_unsupported);
    ADD ("faults", "", test_faults);
    ADD ("roster-in-pieces", "", test_roster_in_pieces);
    ADD ("waiting", "room.waiting-room=true", test_waiting);
    ADD ("nobody-serves", "", test_nobody_serves);
    return g_test_run ();
}
