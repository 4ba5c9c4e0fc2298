/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-rooms.c: entering, roster, moderation, chat, timeouts and closing, by participants that
 * never send media. What each is told is kept as lines of text, so that order is tested too.
 */
#include <string.h>

#include <tutti/error.h>

#include "room/participant.h"
#include "room/room.h"

typedef struct {
    TuttiConfig *config;
    TuttiRooms *rooms;
} Fixture;

typedef struct {
    TuttiParticipant *self;
    GString *told;
    gboolean over;          /* was told its last */
    gboolean leave_on_last; /* calls leave() from within */
    gboolean leave_on_join; /* leaves when somebody comes */
    gint in_call;           /* of its own into room */
} Client;

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
    case TUTTI_EVENT_KICKED:
        g_string_append_printf (told, "kicked %s\n", event->reason);
        break;
    case TUTTI_EVENT_ROOM_CLOSED:
        g_string_append_printf (told, "closed %s\n", event->reason);
        break;
    case TUTTI_EVENT_LOST:
        g_string_append (told, "lost\n");
        break;
    }
}

static void
on_event (const TuttiEvent *event, gpointer user_data)
{
    Client *client = user_data;

    g_assert_false (client->over);
    g_assert_cmpint (client->in_call, ==, 0);
    write_event (client->told, event);
    if (event->type == TUTTI_EVENT_KICKED || event->type == TUTTI_EVENT_ROOM_CLOSED ||
        event->type == TUTTI_EVENT_LOST) {
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

static gboolean
try_join (Fixture *fixture, Client *client, const TuttiJoin *join, GError **error)
{
    gboolean created = FALSE;

    *client = (Client){.told = g_string_new (NULL)};
    client->self = tutti_rooms_join (fixture->rooms, join, on_event, client, &created, error);
    return client->self != NULL;
}

static void
join (Fixture *fixture, Client *client, const char *room, const char *name, TuttiPersonRole role)
{
    const TuttiJoin how = {.room = room, .name = name, .role = role, .may_moderate = TRUE};
    g_autoptr (GError) error = NULL;

    try_join (fixture, client, &how, &error);
    g_assert_no_error (error);
}

static void
join_refused (Fixture *fixture, const TuttiJoin *how, int code)
{
    g_autoptr (GError) error = NULL;
    Client client;

    g_assert_false (try_join (fixture, &client, how, &error));
    g_assert_error (error, TUTTI_ERROR, code);
    g_string_free (client.told, TRUE);
}

static void
client_clear (Client *client)
{
    if (client->self)
        tutti_participant_leave (client->self);
    g_string_free (client->told, TRUE);
}

static void
iterate (void)
{
    while (g_main_context_iteration (NULL, FALSE))
        ;
}

/* What it was told since the last time. */
static void
assert_told (Client *client, const char *lines)
{
    iterate ();
    g_assert_cmpstr (client->told->str, ==, lines);
    g_string_truncate (client->told, 0);
}

static TuttiRoom *
room_of (Client *client)
{
    return tutti_participant_room (client->self);
}

static void
moderate (Client *client, const char *action, Client *target, const char *value, int code)
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

static void
set_up (Fixture *fixture, gconstpointer assignments)
{
    g_autoptr (GError) error = NULL;
    g_auto (GStrv) list = g_strsplit (assignments, ";", -1);

    fixture->config = tutti_config_new ();
    for (guint i = 0; list[i]; i++) {
        tutti_config_set (fixture->config, list[i], &error);
        g_assert_no_error (error);
    }
    fixture->rooms = tutti_rooms_new (fixture->config, &error);
    g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer assignments)
{
    tutti_rooms_free (fixture->rooms);
    tutti_config_free (fixture->config);
}

/* --- Entering --- */

static void
test_roster (Fixture *fixture, gconstpointer data)
{
    Client ada, bob, eve;

    join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    join (fixture, &bob, "blue", "", TUTTI_PERSON_PARTICIPANT);
    join (fixture, &eve, "blue", "Eve\n", TUTTI_PERSON_LISTENER);
    assert_told (&ada, "joined Guest 1\njoined Eve\n");
    assert_told (&bob, "joined Eve\n");
    assert_told (&eve, "");
    g_assert_cmpstr (tutti_participant_id (ada.self), !=, tutti_participant_id (bob.self));
    g_assert_true (tutti_room_find (room_of (&ada), tutti_participant_id (bob.self)) == bob.self);

    tutti_participant_leave (g_steal_pointer (&bob.self));
    assert_told (&ada, "left left\n");
    tutti_participant_drop (g_steal_pointer (&eve.self));
    assert_told (&ada, "left lost\n");
    g_assert_nonnull (tutti_rooms_find (fixture->rooms, "blue"));
    tutti_participant_leave (g_steal_pointer (&ada.self));
    g_assert_null (tutti_rooms_find (fixture->rooms, "blue"));
    client_clear (&ada);
    client_clear (&bob);
    client_clear (&eve);
}

static void
test_names_of_rooms (Fixture *fixture, gconstpointer data)
{
    static const char *const BAD[] = {"", "a b", "a/b", "\xc3\xa4", "a\nb", NULL};
    g_autofree char *long_name = g_strnfill (65, 'x');
    TuttiJoin how = {.room = long_name};

    join_refused (fixture, &how, TUTTI_ERROR_BAD_ROOM);
    for (guint i = 0; BAD[i]; i++) {
        how.room = BAD[i];
        join_refused (fixture, &how, TUTTI_ERROR_BAD_ROOM);
    }
    how.room = NULL;
    join_refused (fixture, &how, TUTTI_ERROR_BAD_ROOM);
    g_assert_true (tutti_room_name_is_valid ("A-z_0.9"));
}

static void
test_limit (Fixture *fixture, gconstpointer data)
{
    const TuttiJoin how = {.room = "small", .role = TUTTI_PERSON_MODERATOR, .may_moderate = TRUE};
    TuttiRoomInfo info;
    Client clients[2];

    join (fixture, &clients[0], "small", "Ada", TUTTI_PERSON_PARTICIPANT);
    join (fixture, &clients[1], "small", "Bob", TUTTI_PERSON_LISTENER);
    join_refused (fixture, &how, TUTTI_ERROR_FULL_ROOM);
    tutti_room_get_info (room_of (&clients[0]), &info);
    g_assert_cmpuint (info.limit, ==, 2);
    g_assert_cmpuint (info.n_participants, ==, 2);
    g_assert_cmpuint (info.n_listeners, ==, 1);
    client_clear (&clients[1]);
    join (fixture, &clients[1], "small", "Eve", TUTTI_PERSON_PARTICIPANT);
    client_clear (&clients[0]);
    client_clear (&clients[1]);
}

static void
test_may_create (Fixture *fixture, gconstpointer data)
{
    TuttiJoin how = {.room = "blue"};
    Client client;

    join_refused (fixture, &how, TUTTI_ERROR_FORBIDDEN);
    how.role = TUTTI_PERSON_MODERATOR;
    join_refused (fixture, &how, TUTTI_ERROR_FORBIDDEN);
    how.may_moderate = TRUE;
    g_assert_true (try_join (fixture, &client, &how, NULL));
    how = (TuttiJoin){.room = "blue"};
    Client second;
    g_assert_true (try_join (fixture, &second, &how, NULL)); /* it is there now */
    client_clear (&client);
    client_clear (&second);
}

static void
test_only_named_rooms (Fixture *fixture, gconstpointer data)
{
    TuttiJoin how = {.room = "blue", .may_moderate = TRUE};
    Client client;

    join_refused (fixture, &how, TUTTI_ERROR_FORBIDDEN);
    join (fixture, &client, "hall", "Ada", TUTTI_PERSON_PARTICIPANT);
    client_clear (&client);
}

static void
test_max_rooms (Fixture *fixture, gconstpointer data)
{
    const TuttiJoin how = {.room = "two"};
    Client client;

    join (fixture, &client, "one", "Ada", TUTTI_PERSON_PARTICIPANT);
    join_refused (fixture, &how, TUTTI_ERROR_OVERLOADED);
    client_clear (&client);
}

static void
test_drain (Fixture *fixture, gconstpointer data)
{
    const TuttiJoin how = {.room = "blue"};
    Client client;

    join (fixture, &client, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    tutti_rooms_drain (fixture->rooms);
    g_assert_true (tutti_rooms_is_draining (fixture->rooms));
    join_refused (fixture, &how, TUTTI_ERROR_OVERLOADED);
    tutti_rooms_close_all (fixture->rooms, "drained");
    g_assert_true (client.over); /* told by then: the server may stop */
    assert_told (&client, "closed drained\n");
    client_clear (&client);
}

/* --- State --- */

static void
test_state (Fixture *fixture, gconstpointer data)
{
    TuttiStateChange change = {
        .set_audio_muted = TRUE, .audio_muted = TRUE, .name = "Countess\x07"};
    Client ada, bob;

    join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    assert_told (&ada, "joined Bob\n");
    ada.in_call++;
    tutti_participant_set_state (ada.self, &change);
    tutti_participant_set_state (ada.self, &change); /* nothing new */
    ada.in_call--;
    assert_told (&ada, "updated Countess audio-muted\n");
    assert_told (&bob, "updated Countess audio-muted\n");
    change = (TuttiStateChange){.set_hand_raised = TRUE, .hand_raised = TRUE, .name = " \n"};
    tutti_participant_set_state (ada.self, &change);
    assert_told (&bob, "updated Countess audio-muted hand\n");
    tutti_participant_start_call (bob.self);
    assert_told (&ada, "updated Countess audio-muted hand\nstart-call\n");
    assert_told (&bob, "");
    client_clear (&ada);
    client_clear (&bob);
}

static void
test_view (Fixture *fixture, gconstpointer data)
{
    g_autoptr (GError) error = NULL;
    const gboolean yes = TRUE;
    Client ada;

    join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    g_assert_true (tutti_participant_set_view (ada.self, "speaker", "low", &yes, &error));
    g_assert_cmpstr (ada.told->str, ==, "layout 1280x720 speaker 0\n"); /* from within */
    g_assert_false (tutti_participant_set_view (ada.self, "spiral", NULL, NULL, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE);
    g_clear_error (&error);
    g_assert_false (tutti_participant_set_view (ada.self, "grid", "ultra", NULL, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE);
    g_string_truncate (ada.told, 0);
    g_assert_true (tutti_participant_set_view (ada.self, NULL, NULL, NULL, NULL));
    g_assert_cmpstr (ada.told->str, ==, "layout 1280x720 speaker 0\n");
    client_clear (&ada);
}

/* --- Chat --- */

static void
test_chat (Fixture *fixture, gconstpointer data)
{
    g_autofree char *longest = g_strnfill (4096, 'x');
    g_autofree char *longer = g_strnfill (4097, 'x');
    g_autoptr (GError) error = NULL;
    Client ada, bob, eve;

    join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    join (fixture, &eve, "blue", "Eve", TUTTI_PERSON_LISTENER);
    iterate ();
    g_string_truncate (ada.told, 0);
    g_string_truncate (bob.told, 0);
    ada.in_call++;
    g_assert_true (tutti_participant_chat (ada.self, "hello", NULL, NULL));
    ada.in_call--;
    g_assert_true (
        tutti_participant_chat (ada.self, "psst", tutti_participant_id (bob.self), NULL));
    tutti_room_announce (room_of (&ada), "closing soon");
    assert_told (&ada, "chat Ada: hello\nchat : closing soon\n");
    assert_told (&bob, "chat Ada: hello\nchat Ada: psst (private)\nchat : closing soon\n");
    assert_told (&eve, "chat Ada: hello\nchat : closing soon\n");

    g_assert_true (tutti_participant_chat (ada.self, longest, NULL, NULL));
    g_assert_false (tutti_participant_chat (ada.self, longer, NULL, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE);
    g_clear_error (&error);
    g_assert_false (tutti_participant_chat (ada.self, "hello", "p00000000", &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE);
    g_clear_error (&error);
    for (guint i = 3; i < 10; i++)
        g_assert_true (tutti_participant_chat (ada.self, "again", NULL, NULL));
    g_assert_false (tutti_participant_chat (ada.self, "again", NULL, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_RATE_LIMITED);
    g_assert_true (tutti_participant_chat (bob.self, "me not", NULL, NULL));
    client_clear (&ada);
    client_clear (&bob);
    client_clear (&eve);
}

/* --- Moderation --- */

static void
test_rights (Fixture *fixture, gconstpointer data)
{
    Client ada, bob;

    join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    moderate (&bob, "kick", &ada, NULL, TUTTI_ERROR_FORBIDDEN);
    moderate (&bob, "nonsense", NULL, NULL, TUTTI_ERROR_FORBIDDEN);
    moderate (&ada, "nonsense", NULL, NULL, TUTTI_ERROR_BAD_MESSAGE);
    moderate (&ada, "kick", NULL, NULL, TUTTI_ERROR_BAD_MESSAGE);
    moderate (&ada, "layout", NULL, "spiral", TUTTI_ERROR_BAD_MESSAGE);
    moderate (&ada, "layout", NULL, NULL, TUTTI_ERROR_BAD_MESSAGE);
    moderate (&ada, "record", NULL, NULL, TUTTI_ERROR_UNSUPPORTED);
    assert_told (&bob, "");
    client_clear (&ada);
    client_clear (&bob);
}

static void
test_moderation (Fixture *fixture, gconstpointer data)
{
    const TuttiJoin how = {.room = "blue"};
    Client ada, bob, eve;

    join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    iterate ();
    g_string_truncate (ada.told, 0);
    moderate (&ada, "mute", &bob, NULL, -1);
    assert_told (&bob, "updated Bob audio-muted\n");
    moderate (&ada, "mute", &bob, "false", -1);
    assert_told (&bob, "updated Bob\n");
    moderate (&ada, "mute", NULL, NULL, -1);
    assert_told (&bob, "updated Bob audio-muted\n");
    moderate (&ada, "lock", NULL, NULL, -1);
    assert_told (&bob, "room locked grid\n");
    join_refused (fixture, &how, TUTTI_ERROR_LOCKED);
    join (fixture, &eve, "blue", "Eve", TUTTI_PERSON_MODERATOR);
    moderate (&ada, "unlock", NULL, NULL, -1);
    moderate (&ada, "layout", NULL, "presenter", -1);
    moderate (&ada, "spotlight", &bob, NULL, -1);
    moderate (&ada, "spotlight", NULL, NULL, -1);
    assert_told (&bob, "joined Eve\nroom open grid\nroom open presenter\n");
    client_clear (&eve);
    client_clear (&ada);
    client_clear (&bob);
}

static void
test_kick (Fixture *fixture, gconstpointer data)
{
    Client ada, bob, eve;

    join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    join (fixture, &eve, "blue", "Eve", TUTTI_PERSON_PARTICIPANT);
    iterate ();
    g_string_truncate (ada.told, 0);
    g_string_truncate (bob.told, 0);
    bob.leave_on_last = TRUE;
    tutti_participant_chat (ada.self, "be good", NULL, NULL);
    moderate (&ada, "kick", &bob, "noise", -1);
    /* Out of the room at once, told from the loop; meanwhile nothing can be done. */
    g_assert_null (room_of (&bob));
    g_assert_false (tutti_participant_chat (bob.self, "what?", NULL, NULL));
    g_assert_false (tutti_participant_add_candidate (bob.self, "", NULL));
    tutti_participant_mute (bob.self, TRUE);
    assert_told (&bob, "chat Ada: be good\nkicked noise\n");
    assert_told (&eve, "chat Ada: be good\nleft kicked\n");
    g_string_truncate (ada.told, 0);

    moderate (&ada, "kick", &ada, NULL, -1); /* itself */
    assert_told (&ada, "kicked by a moderator\n");
    assert_told (&eve, "left kicked\n");
    client_clear (&ada);
    client_clear (&bob);
    client_clear (&eve);
}

/* Kicked, but its connection broke before it could be told. */
static void
test_leave_before_last (Fixture *fixture, gconstpointer data)
{
    Client ada, bob;

    join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    tutti_participant_kick (bob.self, "noise");
    tutti_participant_leave (g_steal_pointer (&bob.self));
    assert_told (&bob, "");
    assert_told (&ada, "joined Bob\nleft kicked\n");
    client_clear (&ada);
    client_clear (&bob);
}

static void
test_close (Fixture *fixture, gconstpointer data)
{
    Client ada, bob;

    join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    moderate (&ada, "close", NULL, "lunch", -1);
    g_assert_null (tutti_rooms_find (fixture->rooms, "blue"));
    assert_told (&ada, "joined Bob\nclosed lunch\n");
    assert_told (&bob, "closed lunch\n");
    client_clear (&ada);
    client_clear (&bob);
}

/* Handlers that leave while others are still to be told of the same event. */
static void
test_leave_from_event (Fixture *fixture, gconstpointer data)
{
    Client clients[6];

    for (guint i = 0; i < 5; i++) {
        join (fixture, &clients[i], "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
        iterate ();
    }
    for (guint i = 0; i < 5; i += 2)
        clients[i].leave_on_join = TRUE;
    join (fixture, &clients[5], "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    for (guint i = 0; i < 6; i++)
        g_string_truncate (clients[i].told, 0);
    assert_told (&clients[1], "joined Bob\nleft left\nleft left\nleft left\n");
    assert_told (&clients[5], "left left\nleft left\nleft left\n");
    for (guint i = 0; i < 6; i++)
        client_clear (&clients[i]);
}

/* --- Time --- */

static void
test_no_media (Fixture *fixture, gconstpointer data)
{
    gint64 now_us = g_get_monotonic_time ();
    Client ada, bob;

    join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_LISTENER);
    ada.self->unheard_since_us = now_us - 10 * G_USEC_PER_SEC;
    tutti_room_check (room_of (&ada), now_us + 19 * G_USEC_PER_SEC);
    assert_told (&bob, "");
    tutti_room_check (room_of (&ada), now_us + 20 * G_USEC_PER_SEC);
    assert_told (&bob, "left lost\n");
    assert_told (&ada, "joined Bob\nlost\n");
    tutti_room_check (room_of (&bob), now_us + 40 * G_USEC_PER_SEC);
    g_assert_null (tutti_rooms_find (fixture->rooms, "blue"));
    assert_told (&bob, "lost\n");
    client_clear (&ada);
    client_clear (&bob);
}

static void
test_idle_timeout (Fixture *fixture, gconstpointer data)
{
    gint64 now_us = g_get_monotonic_time ();
    Client ada;

    join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    tutti_participant_leave (g_steal_pointer (&ada.self));
    tutti_room_check (tutti_rooms_find (fixture->rooms, "blue"), now_us + 9 * G_USEC_PER_SEC);
    g_assert_nonnull (tutti_rooms_find (fixture->rooms, "blue"));
    tutti_room_check (tutti_rooms_find (fixture->rooms, "blue"), now_us + 12 * G_USEC_PER_SEC);
    g_assert_null (tutti_rooms_find (fixture->rooms, "blue"));
    client_clear (&ada);
}

/* A thousand who only joined: no rounds, no ticks, no threads of their own; and gone. */
static void
test_half_open (Fixture *fixture, gconstpointer data)
{
    g_autofree Client *clients = g_new0 (Client, 1000);
    TuttiServerStats stats;
    gint64 cpu_us;

    for (guint i = 0; i < 1000; i++) {
        g_autofree char *room = g_strdup_printf ("room%u", i % 500);
        join (fixture, &clients[i], room, NULL, TUTTI_PERSON_PARTICIPANT);
    }
    iterate ();
    tutti_rooms_get_stats (fixture->rooms, &stats);
    g_assert_cmpuint (stats.n_rooms, ==, 500);
    g_assert_cmpuint (stats.n_participants, ==, 1000);
    cpu_us = stats.cpu_audio_us + stats.cpu_video_us;
    g_usleep (100000);
    tutti_rooms_get_stats (fixture->rooms, &stats);
    g_assert_cmpint (stats.cpu_audio_us + stats.cpu_video_us - cpu_us, <, 2000);
    for (guint i = 0; i < 1000; i++)
        client_clear (&clients[i]);
    tutti_rooms_get_stats (fixture->rooms, &stats);
    g_assert_cmpuint (stats.n_rooms, ==, 0);
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
#define ADD(path, config, func)                                                                    \
    g_test_add ("/rooms/" path, Fixture, config, set_up, func, tear_down)
    ADD ("roster", "", test_roster);
    ADD ("names", "", test_names_of_rooms);
    ADD ("limit", "room small.limit=2", test_limit);
    ADD ("create/moderator", "room.create=moderator", test_may_create);
    ADD ("create/admin", "room.create=admin;room hall.limit=5", test_only_named_rooms);
    ADD ("max-rooms", "room.max-rooms=1", test_max_rooms);
    ADD ("drain", "", test_drain);
    ADD ("state", "", test_state);
    ADD ("view", "", test_view);
    ADD ("chat", "", test_chat);
    ADD ("moderate/rights", "", test_rights);
    ADD ("moderate/actions", "", test_moderation);
    ADD ("moderate/kick", "", test_kick);
    ADD ("moderate/leave-before-last", "", test_leave_before_last);
    ADD ("moderate/close", "", test_close);
    ADD ("leave-from-event", "", test_leave_from_event);
    ADD ("time/no-media", "", test_no_media);
    ADD ("time/idle", "room.idle-timeout=10", test_idle_timeout);
    ADD ("half-open", "", test_half_open);
    return g_test_run ();
}
