/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-rooms.c: entering, roster, limits, timeouts: by participants that never send media.
 */
#include "rooms-kit.h"

#include <string.h>

#include <tutti/error.h>

#include "room/room.h"
#include "room/rooms-inside.h"

/* --- Entering --- */

static void
test_roster (RoomsFixture *fixture, gconstpointer data)
{
    RoomsClient ada, bob, eve;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    rooms_join (fixture, &bob, "blue", "", TUTTI_PERSON_PARTICIPANT);
    rooms_join (fixture, &eve, "blue", "Eve\n", TUTTI_PERSON_LISTENER);
    client_assert_told (&ada, "joined Guest 1\njoined Eve\n");
    client_assert_told (&bob, "joined Eve\n");
    client_assert_told (&eve, "");
    g_assert_cmpstr (tutti_participant_id (ada.self), !=, tutti_participant_id (bob.self));
    g_assert_true (tutti_room_find (client_room (&ada), tutti_participant_id (bob.self)) ==
                   bob.self);

    tutti_participant_leave (g_steal_pointer (&bob.self));
    client_assert_told (&ada, "left left\n");
    tutti_participant_drop (g_steal_pointer (&eve.self));
    client_assert_told (&ada, "left lost\n");
    g_assert_nonnull (tutti_rooms_find (fixture->rooms, "blue"));
    tutti_participant_leave (g_steal_pointer (&ada.self));
    g_assert_null (tutti_rooms_find (fixture->rooms, "blue"));
    client_clear (&ada);
    client_clear (&bob);
    client_clear (&eve);
}

static void
test_names_of_rooms (RoomsFixture *fixture, gconstpointer data)
{
    static const char *const BAD[] = {"", "a b", "a/b", "\xc3\xa4", "a\nb", NULL};
    g_autofree char *long_name = g_strnfill (65, 'x');
    TuttiJoin how = {.room = long_name};

    rooms_join_refused (fixture, &how, TUTTI_ERROR_BAD_ROOM);
    for (guint i = 0; BAD[i]; i++) {
        how.room = BAD[i];
        rooms_join_refused (fixture, &how, TUTTI_ERROR_BAD_ROOM);
    }
    how.room = NULL;
    rooms_join_refused (fixture, &how, TUTTI_ERROR_BAD_ROOM);
    g_assert_true (tutti_room_name_is_valid ("A-z_0.9"));
}

static void
test_limit (RoomsFixture *fixture, gconstpointer data)
{
    const TuttiJoin how = {.room = "small", .role = TUTTI_PERSON_MODERATOR, .may_moderate = TRUE};
    TuttiRoomInfo info;
    RoomsClient clients[2];

    rooms_join (fixture, &clients[0], "small", "Ada", TUTTI_PERSON_PARTICIPANT);
    rooms_join (fixture, &clients[1], "small", "Bob", TUTTI_PERSON_LISTENER);
    rooms_join_refused (fixture, &how, TUTTI_ERROR_FULL_ROOM);
    tutti_room_get_info (client_room (&clients[0]), &info);
    g_assert_cmpuint (info.limit, ==, 2);
    g_assert_cmpuint (info.n_participants, ==, 2);
    g_assert_cmpuint (info.n_listeners, ==, 1);
    client_clear (&clients[1]);
    rooms_join (fixture, &clients[1], "small", "Eve", TUTTI_PERSON_PARTICIPANT);
    client_clear (&clients[0]);
    client_clear (&clients[1]);
}

static void
test_may_create (RoomsFixture *fixture, gconstpointer data)
{
    TuttiJoin how = {.room = "blue"};
    RoomsClient client;

    rooms_join_refused (fixture, &how, TUTTI_ERROR_FORBIDDEN);
    how.role = TUTTI_PERSON_MODERATOR;
    rooms_join_refused (fixture, &how, TUTTI_ERROR_FORBIDDEN);
    how.may_moderate = TRUE;
    g_assert_true (rooms_try_join (fixture, &client, &how, NULL));
    how = (TuttiJoin){.room = "blue"};
    RoomsClient second;
    g_assert_true (rooms_try_join (fixture, &second, &how, NULL)); /* it is there now */
    client_clear (&client);
    client_clear (&second);
}

static void
test_only_named_rooms (RoomsFixture *fixture, gconstpointer data)
{
    TuttiJoin how = {.room = "blue", .may_moderate = TRUE};
    RoomsClient client;

    rooms_join_refused (fixture, &how, TUTTI_ERROR_FORBIDDEN);
    rooms_join (fixture, &client, "hall", "Ada", TUTTI_PERSON_PARTICIPANT);
    client_clear (&client);
}

static void
test_max_rooms (RoomsFixture *fixture, gconstpointer data)
{
    const TuttiJoin how = {.room = "two"};
    RoomsClient client;

    rooms_join (fixture, &client, "one", "Ada", TUTTI_PERSON_PARTICIPANT);
    rooms_join_refused (fixture, &how, TUTTI_ERROR_OVERLOADED);
    client_clear (&client);
}

static void
test_drain (RoomsFixture *fixture, gconstpointer data)
{
    const TuttiJoin how = {.room = "blue"};
    RoomsClient client;

    rooms_join (fixture, &client, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    tutti_rooms_drain (fixture->rooms);
    g_assert_true (tutti_rooms_is_draining (fixture->rooms));
    rooms_join_refused (fixture, &how, TUTTI_ERROR_OVERLOADED);
    tutti_rooms_close_all (fixture->rooms, "drained");
    g_assert_true (client.over); /* told by then: the server may stop */
    client_assert_told (&client, "closed drained\n");
    client_clear (&client);
}

#define WINDOWS_US(n) ((n)*TUTTI_OVERLOAD_WINDOW_US)

/* Two of three rounds late in each of three windows, then none. */
static void
test_overload (RoomsFixture *fixture, gconstpointer data)
{
    const TuttiJoin how = {.room = "blue"};
    GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL); /* it warns */
    gint64 start_us = g_get_monotonic_time ();
    RoomsClient ada, bob;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    for (guint i = 0; i <= TUTTI_OVERLOAD_REFUSES; i++) {
        TuttiOverloadSeen seen = {.run = i * 100, .late = i * 200};

        tutti_rooms_note_load (fixture->rooms, &seen, start_us + WINDOWS_US (i));
    }
    g_assert_cmpint (tutti_rooms_get_overload (fixture->rooms), ==, TUTTI_OVERLOAD_REFUSES);
    g_assert_true (fixture->rooms->shared->halved);
    rooms_join_refused (fixture, &how, TUTTI_ERROR_OVERLOADED);
    for (guint i = 1; i <= TUTTI_OVERLOAD_CALM_WINDOWS; i++) {
        guint n = TUTTI_OVERLOAD_REFUSES + i;
        TuttiOverloadSeen seen = {.run = n * 100, .late = TUTTI_OVERLOAD_REFUSES * 200};

        tutti_rooms_note_load (fixture->rooms, &seen, start_us + WINDOWS_US (n));
    }
    rooms_join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    client_clear (&ada);
    client_clear (&bob);
    g_log_set_always_fatal (fatal);
}

/* --- Time --- */

static void
test_no_media (RoomsFixture *fixture, gconstpointer data)
{
    gint64 now_us = g_get_monotonic_time ();
    RoomsClient ada, bob;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    rooms_join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_LISTENER);
    ada.self->unheard_since_us = now_us - 10 * G_USEC_PER_SEC;
    tutti_room_check (client_room (&ada), now_us + 19 * G_USEC_PER_SEC);
    client_assert_told (&bob, "");
    tutti_room_check (client_room (&ada), now_us + 20 * G_USEC_PER_SEC);
    client_assert_told (&bob, "left lost\n");
    client_assert_told (&ada, "joined Bob\nlost\n");
    tutti_room_check (client_room (&bob), now_us + 40 * G_USEC_PER_SEC);
    g_assert_null (tutti_rooms_find (fixture->rooms, "blue"));
    client_assert_told (&bob, "lost\n");
    client_clear (&ada);
    client_clear (&bob);
}

/* Its signalling breaks off, as if it had been connected. */
static TuttiParticipant *
detach (RoomsClient *client)
{
    TuttiParticipant *self = g_steal_pointer (&client->self);

    self->has_media = TRUE;
    self->unheard_since_us = 0;
    tutti_participant_detach (self);
    self->has_media = FALSE; /* there is no chain */
    return self;
}

static char *
copy_key (const RoomsClient *client)
{
    return g_strdup (tutti_participant_key (client->self));
}

/* Who came by a token leaves when it ends, though media flow. */
static void
test_pass_ends (RoomsFixture *fixture, gconstpointer data)
{
    gint64 now_us = g_get_monotonic_time ();
    TuttiJoin how = {.room = "blue", .name = "Ada", .pass_until_us = now_us + 90 * G_USEC_PER_SEC};
    RoomsClient ada, bob;

    g_assert_true (rooms_try_join (fixture, &ada, &how, NULL));
    rooms_join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    client_assert_told (&ada, "joined Bob\n");
    ada.self->unheard_since_us = bob.self->unheard_since_us = 0;
    tutti_room_check (client_room (&bob), now_us + 89 * G_USEC_PER_SEC);
    client_assert_told (&ada, "");
    tutti_room_check (client_room (&bob), now_us + 90 * G_USEC_PER_SEC);
    client_assert_told (&ada, "kicked the token has expired\n");
    client_assert_told (&bob, "left kicked\n");
    client_clear (&ada);
    client_clear (&bob);
}

/* Without signalling it stays while its media flows, and 30 s after that, counted in the room; its
 * key brings it back, and no other does. */
static void
test_detached (RoomsFixture *fixture, gconstpointer data)
{
    const TuttiJoin how = {.room = "small"};
    gint64 now_us = g_get_monotonic_time ();
    RoomsClient ada, bob, again;
    g_autofree char *key = NULL;
    TuttiParticipant *self;

    rooms_join (fixture, &ada, "small", "Ada", TUTTI_PERSON_PARTICIPANT);
    rooms_join (fixture, &bob, "small", "Bob", TUTTI_PERSON_PARTICIPANT);
    client_assert_told (&ada, "joined Bob\n");
    bob.self->unheard_since_us = 0;
    key = copy_key (&ada);
    self = detach (&ada);
    tutti_room_check (client_room (&bob), now_us + 60 * G_USEC_PER_SEC);
    client_assert_told (&bob, "");
    rooms_join_refused (fixture, &how, TUTTI_ERROR_FULL_ROOM);
    g_assert_false (rooms_resume (fixture, &again, "blue", key));
    g_assert_false (rooms_resume (fixture, &again, "small", "Ada"));
    g_assert_false (rooms_resume (fixture, &again, "small", ""));
    key[strlen (key) - 1] ^= 1;
    g_assert_false (rooms_resume (fixture, &again, "small", key));
    key[strlen (key) - 1] ^= 1;
    g_assert_true (rooms_resume (fixture, &again, "small", key));
    g_assert_true (again.self == self);
    client_assert_told (&ada, ""); /* was gone already */
    g_assert_true (tutti_participant_chat (bob.self, "back?", NULL, NULL));
    client_assert_told (&again, "chat Bob: back?\n");
    client_assert_told (&bob, "chat Bob: back?\n");

    detach (&again)->unheard_since_us = now_us;
    tutti_room_check (client_room (&bob), now_us + 29 * G_USEC_PER_SEC);
    client_assert_told (&bob, "");
    tutti_room_check (client_room (&bob), now_us + 30 * G_USEC_PER_SEC);
    client_assert_told (&bob, "left lost\n");
    client_clear (&ada);
    client_clear (&bob);
    client_clear (&again);
}

static void
test_replaced (RoomsFixture *fixture, gconstpointer data)
{
    RoomsClient ada, again;
    g_autofree char *key = NULL;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    key = copy_key (&ada);
    g_assert_true (rooms_resume (fixture, &again, "blue", key));
    client_assert_told (&ada, "replaced\n");
    g_assert_null (ada.self);
    tutti_participant_leave (g_steal_pointer (&again.self));
    g_assert_false (rooms_resume (fixture, &ada, "blue", key));
    client_clear (&again);
}

/* A page that may be back keeps its place for some seconds, without a tile. */
static void
test_stepped_out (RoomsFixture *fixture, gconstpointer data)
{
    gint64 now_us = g_get_monotonic_time ();
    RoomsClient ada, bob, again;
    g_autofree char *key = NULL;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    rooms_join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    key = copy_key (&ada);
    tutti_participant_step_out (g_steal_pointer (&ada.self));
    tutti_room_check (client_room (&bob), now_us + 9 * G_USEC_PER_SEC);
    client_assert_told (&bob, "");
    g_assert_true (rooms_resume (fixture, &again, "blue", key));
    tutti_room_check (client_room (&bob), now_us + 20 * G_USEC_PER_SEC);
    client_assert_told (&bob, "");
    tutti_participant_step_out (g_steal_pointer (&again.self));
    tutti_room_check (client_room (&bob), now_us + 20 * G_USEC_PER_SEC);
    client_assert_told (&bob, "left left\n");
    client_clear (&ada);
    client_clear (&bob);
    client_clear (&again);
}

static void
test_idle_timeout (RoomsFixture *fixture, gconstpointer data)
{
    gint64 now_us = g_get_monotonic_time ();
    RoomsClient ada;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    tutti_participant_leave (g_steal_pointer (&ada.self));
    tutti_room_check (tutti_rooms_find (fixture->rooms, "blue"), now_us + 9 * G_USEC_PER_SEC);
    g_assert_nonnull (tutti_rooms_find (fixture->rooms, "blue"));
    tutti_room_check (tutti_rooms_find (fixture->rooms, "blue"), now_us + 12 * G_USEC_PER_SEC);
    g_assert_null (tutti_rooms_find (fixture->rooms, "blue"));
    client_clear (&ada);
}

/* A thousand who only joined: no rounds, no ticks, no threads of their own; and gone. */
static void
test_half_open (RoomsFixture *fixture, gconstpointer data)
{
    g_autofree RoomsClient *clients = g_new0 (RoomsClient, 1000);
    TuttiServerStats stats;
    gint64 cpu_us;

    for (guint i = 0; i < 1000; i++) {
        g_autofree char *room = g_strdup_printf ("room%u", i % 500);
        rooms_join (fixture, &clients[i], room, NULL, TUTTI_PERSON_PARTICIPANT);
    }
    rooms_iterate ();
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
    g_test_add ("/rooms/" path, RoomsFixture, config, rooms_set_up, func, rooms_tear_down)
    ADD ("roster", "", test_roster);
    ADD ("names", "", test_names_of_rooms);
    ADD ("limit", "room small.limit=2", test_limit);
    ADD ("create/moderator", "room.create=moderator", test_may_create);
    ADD ("create/admin", "room.create=admin;room hall.limit=5", test_only_named_rooms);
    ADD ("max-rooms", "room.max-rooms=1", test_max_rooms);
    ADD ("drain", "", test_drain);
    ADD ("overload", "room.overload-percent=2", test_overload);
    ADD ("time/no-media", "", test_no_media);
    ADD ("detached", "room small.limit=2", test_detached);
    ADD ("pass-ends", "", test_pass_ends);
    ADD ("replaced", "", test_replaced);
    ADD ("stepped-out", "", test_stepped_out);
    ADD ("time/idle", "room.idle-timeout=10", test_idle_timeout);
    ADD ("half-open", "", test_half_open);
    return g_test_run ();
}
