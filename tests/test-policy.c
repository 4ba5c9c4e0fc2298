/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-policy.c: who may come into a room, who waits, who was kicked, who may share, until when:
 * by participants that never send media.
 */
#include "rooms-kit.h"

#include <string.h>

#include <tutti/error.h>
#include <tutti/secret.h>

#include "room/bans.h"
#include "room/lobby.h"
#include "room/room.h"
#include "room/settings.h"

#define SECOND_US ((gint64)G_USEC_PER_SEC)

static TuttiJoin
come (const char *name, TuttiPersonRole role)
{
    return (TuttiJoin){
        .room = "blue", .name = name, .role = role, .may_moderate = TRUE, .can_wait = TRUE};
}

static void
join (RoomsFixture *fixture, RoomsClient *client, const TuttiJoin *how)
{
    g_autoptr (GError) error = NULL;

    rooms_try_join (fixture, client, how, &error);
    g_assert_no_error (error);
}

/* code -1: it is good. */
static void
set (RoomsFixture *fixture, const char *key, const char *value, int code)
{
    TuttiSettings settings = {0};
    g_autoptr (GError) error = NULL;
    gboolean done;

    tutti_settings_add (&settings, key, value);
    done = tutti_room_set (tutti_rooms_find (fixture->rooms, "blue"), &settings, &error);
    g_assert_cmpint (done, ==, code < 0);
    if (code < 0)
        return;
    g_assert_error (error, TUTTI_ERROR, code);
    g_assert_cmpstr (settings.faulty, ==, key);
}

static TuttiRoom *
put (RoomsFixture *fixture, const char *key, const char *value, gboolean *created)
{
    TuttiSettings settings = {0};
    g_autoptr (GError) error = NULL;
    TuttiRoom *room;

    if (key)
        tutti_settings_add (&settings, key, value);
    room = tutti_rooms_put (fixture->rooms, "blue", &settings, created, &error);
    g_assert_no_error (error);
    return room;
}

static char *
format_time (gint64 from_now_s)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
    g_autoptr (GDateTime) time = g_date_time_add_seconds (now, (gdouble)from_now_s);

    return g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
}

/* --- PIN --- */

static void
test_pin (RoomsFixture *fixture, gconstpointer data)
{
    TuttiJoin how = come ("Ada", TUTTI_PERSON_MODERATOR);
    RoomsClient ada, bob;

    rooms_join_refused (fixture, &how, TUTTI_ERROR_PIN_REQUIRED);
    how.pin = "";
    rooms_join_refused (fixture, &how, TUTTI_ERROR_PIN_REQUIRED);
    how.pin = "12345";
    rooms_join_refused (fixture, &how, TUTTI_ERROR_PIN_WRONG);
    g_assert_null (tutti_rooms_find (fixture->rooms, "blue")); /* a wrong one makes no room */
    how.pin = "1234";
    join (fixture, &ada, &how);
    how = come ("Bob", TUTTI_PERSON_PARTICIPANT);
    rooms_join_refused (fixture, &how, TUTTI_ERROR_PIN_REQUIRED);
    how.has_token = TRUE;
    join (fixture, &bob, &how);
    client_assert_told (&ada, "joined Bob\n");
    set (fixture, "pin", "", -1);
    client_clear (&bob);
    how.has_token = FALSE;
    join (fixture, &bob, &how);
    set (fixture, "pin", "123", TUTTI_ERROR_BAD_MESSAGE);
    set (fixture, "pin", "12\n34", TUTTI_ERROR_BAD_MESSAGE);
    client_clear (&ada);
    client_clear (&bob);
}

static void
test_secret (void)
{
    g_assert_true (tutti_secret_is_same ("1234", "1234"));
    g_assert_false (tutti_secret_is_same ("1234", "123"));
    g_assert_false (tutti_secret_is_same ("1234", "12345"));
    g_assert_false (tutti_secret_is_same ("1234", "1235"));
    g_assert_false (tutti_secret_is_same ("1234", ""));
    g_assert_false (tutti_secret_is_same ("12", "12\0012"));
    g_assert_true (tutti_secret_is_same ("", ""));
}

/* --- The waiting room --- */

static void
test_wait (RoomsFixture *fixture, gconstpointer data)
{
    const TuttiJoin guest = come ("Bob", TUTTI_PERSON_PARTICIPANT);
    TuttiStateChange change = {.set_hand_raised = TRUE, .hand_raised = TRUE};
    g_autoptr (GPtrArray) list = NULL;
    RoomsClient ada, bob, again;
    TuttiRoomInfo info;

    join (fixture, &bob, &guest); /* the first one, and still it waits */
    g_assert_true (tutti_participant_is_waiting (bob.self));
    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    client_assert_told (&ada, "waiting Bob\n");
    client_assert_told (&bob, "");
    tutti_room_get_info (client_room (&ada), &info);
    g_assert_cmpuint (info.n_participants, ==, 1);
    g_assert_cmpuint (info.n_waiting, ==, 1);
    list = tutti_room_list_waiting (client_room (&ada));
    g_assert_true (list->len == 1 && list->pdata[0] == bob.self);
    g_assert_false (tutti_participant_chat (bob.self, "let me in", NULL, NULL));
    client_moderate (&bob, "admit", NULL, NULL, TUTTI_ERROR_NOT_JOINED);
    g_assert_false (rooms_resume (fixture, &again, "blue", tutti_participant_key (bob.self)));
    client_moderate (&ada, "admit", &bob, NULL, -1);
    g_assert_false (tutti_participant_is_waiting (bob.self));
    client_assert_told (&ada, "waiting-left\njoined Bob\n");
    client_assert_told (&bob, "admitted\n");
    tutti_participant_set_state (bob.self, &change);
    client_assert_told (&ada, "updated Bob hand\n");
    client_clear (&ada);
    client_clear (&bob);
}

static void
test_admitted_is_told (RoomsFixture *fixture, gconstpointer data)
{
    const TuttiJoin guest = come ("Bob", TUTTI_PERSON_PARTICIPANT);
    RoomsClient ada, bob, eve;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    join (fixture, &bob, &guest);
    join (fixture, &eve, &guest);
    client_assert_told (&ada, "waiting Bob\nwaiting Bob\n");
    client_moderate (&ada, "reject", NULL, NULL, TUTTI_ERROR_BAD_MESSAGE);
    client_moderate (&ada, "kick", &bob, NULL, TUTTI_ERROR_BAD_MESSAGE); /* it is not in yet */
    client_moderate (&ada, "reject", &eve, NULL, -1);
    client_assert_told (&eve, "kicked rejected\n");
    client_moderate (&ada, "admit", NULL, NULL, -1); /* all */
    client_assert_told (&bob, "admitted\n");
    client_assert_told (&ada, "waiting-left\nwaiting-left\njoined Bob\n");
    client_clear (&ada);
    client_clear (&bob);
    client_clear (&eve);
}

static void
test_stop_waiting (RoomsFixture *fixture, gconstpointer data)
{
    TuttiJoin guest = come ("Bob", TUTTI_PERSON_LISTENER);
    gint64 now_us = g_get_monotonic_time ();
    RoomsClient ada, bob;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    join (fixture, &bob, &guest);
    tutti_participant_detach (g_steal_pointer (&bob.self)); /* its connection broke */
    client_assert_told (&ada, "waiting Bob\nwaiting-left\n");
    client_clear (&bob);

    guest.pass_until_us = now_us + 60 * SECOND_US;
    join (fixture, &bob, &guest);
    tutti_room_check (client_room (&ada), now_us + 20 * SECOND_US);
    client_assert_told (&bob, "");
    ada.self->unheard_since_us = 0;
    tutti_room_check (client_room (&ada), now_us + 60 * SECOND_US);
    client_assert_told (&bob, "kicked the token has expired\n");
    client_clear (&bob);

    guest.pass_until_us = 0;
    join (fixture, &bob, &guest);
    client_clear (&ada); /* the room lives on for the one who waits */
    g_assert_nonnull (tutti_rooms_find (fixture->rooms, "blue"));
    tutti_participant_leave (g_steal_pointer (&bob.self));
    g_assert_null (tutti_rooms_find (fixture->rooms, "blue"));
    client_clear (&bob);
}

static void
test_close_while_waiting (RoomsFixture *fixture, gconstpointer data)
{
    const TuttiJoin guest = come ("Bob", TUTTI_PERSON_PARTICIPANT);
    RoomsClient ada, bob;

    join (fixture, &bob, &guest);
    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    client_moderate (&ada, "close", NULL, "enough", -1);
    client_assert_told (&bob, "closed enough\n");
    client_assert_told (&ada, "waiting Bob\nclosed enough\n");
    g_assert_null (tutti_rooms_find (fixture->rooms, "blue"));
    client_clear (&ada);
    client_clear (&bob);
}

static void
test_waiting_limits (RoomsFixture *fixture, gconstpointer data)
{
    TuttiJoin guest = come ("Bob", TUTTI_PERSON_PARTICIPANT);
    RoomsClient ada, guests[TUTTI_LOBBY_MAX];

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    for (guint i = 0; i < TUTTI_LOBBY_MAX; i++)
        join (fixture, &guests[i], &guest);
    rooms_join_refused (fixture, &guest, TUTTI_ERROR_OVERLOADED);
    guest.can_wait = FALSE;
    rooms_join_refused (fixture, &guest, TUTTI_ERROR_WAITING_ROOM);
    client_moderate (&ada, "admit", NULL, NULL, TUTTI_ERROR_FULL_ROOM); /* there is one place */
    g_assert_false (tutti_participant_is_waiting (guests[0].self));
    g_assert_true (tutti_participant_is_waiting (guests[1].self));
    client_clear (&guests[0]);
    set (fixture, "waiting-room", "false", -1); /* lets in whom there is a place for */
    g_assert_false (tutti_participant_is_waiting (guests[1].self));
    g_assert_true (tutti_participant_is_waiting (guests[2].self));
    for (guint i = 1; i < TUTTI_LOBBY_MAX; i++)
        client_clear (&guests[i]);
    client_clear (&ada);
}

/* --- Bans --- */

/* Kicked as the one, may the other come? */
static gboolean
is_kept_out (const TuttiIdentity *kicked, const TuttiIdentity *comes)
{
    g_autoptr (TuttiBans) bans = tutti_bans_new ();

    tutti_bans_add (bans, kicked, 0);
    return tutti_bans_has (bans, comes);
}

static void
test_identities (void)
{
    const TuttiIdentity token = {"bob", "a", "v", "Bob"}, other_token = {"eve", "a", "w", "Bob"};
    const TuttiIdentity page = {NULL, "a", "v", "Bob"}, renamed = {NULL, "b", "v", "Eve"};
    const TuttiIdentity same_house = {NULL, "a", "w", "Eve"}, elsewhere = {NULL, "b", "w", "Bob"};
    const TuttiIdentity no_cookie = {NULL, "a", NULL, "Bob"}, nameless = {NULL, "a", NULL, NULL};
    const TuttiIdentity nameless_page = {NULL, "a", "v", ""},
                        nameless_neighbour = {NULL, "a", "w", ""};

    g_assert_true (is_kept_out (&token, &(TuttiIdentity){"bob", "b", "w", "Eve"}));
    g_assert_false (is_kept_out (&token, &other_token));
    g_assert_false (is_kept_out (&token, &page)); /* a token is who it is */
    g_assert_true (is_kept_out (&page, &renamed));
    g_assert_true (is_kept_out (&page, &no_cookie));
    g_assert_false (is_kept_out (&page, &same_house));
    g_assert_false (is_kept_out (&page, &elsewhere));
    g_assert_true (is_kept_out (&nameless, &nameless));
    g_assert_true (is_kept_out (&nameless_page, &nameless_page));
    g_assert_true (is_kept_out (&nameless_page, &nameless));
    g_assert_false (is_kept_out (&nameless_page, &nameless_neighbour));
    g_assert_false (is_kept_out (&nameless, &nameless_neighbour));
    g_assert_false (is_kept_out (&nameless, &no_cookie));
    g_assert_false (is_kept_out (&(TuttiIdentity){0}, &(TuttiIdentity){0}));
}

static void
test_ban_list (void)
{
    g_autoptr (TuttiBans) bans = tutti_bans_new ();
    char name[16] = "";

    for (guint i = 0; i <= TUTTI_BANS_MAX; i++) {
        const TuttiIdentity who = {.subject = name};
        g_snprintf (name, sizeof name, "n%u", i);
        tutti_bans_add (bans, &who, i);
    }
    g_assert_cmpuint (tutti_bans_count (bans), ==, TUTTI_BANS_MAX);
    g_assert_cmpstr (tutti_bans_get (bans, 0)->id, ==, "b2");
    g_assert_cmpstr (tutti_bans_get (bans, 0)->identity.subject, ==, "n1");
    g_assert_false (tutti_bans_remove (bans, "b1"));
    g_assert_true (tutti_bans_remove (bans, "b2"));
    g_assert_false (tutti_bans_has (bans, &(TuttiIdentity){.subject = "n1"}));
    g_assert_true (tutti_bans_has (bans, &(TuttiIdentity){.subject = "n2"}));
    tutti_bans_clear (bans);
    g_assert_cmpuint (tutti_bans_count (bans), ==, 0);
}

static void
test_kick (RoomsFixture *fixture, gconstpointer data)
{
    TuttiJoin how = come ("Bob", TUTTI_PERSON_PARTICIPANT);
    g_autofree char *key = NULL;
    RoomsClient ada, bob;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    how.address = "192.0.2.1";
    how.visitor = "cookie";
    join (fixture, &bob, &how);
    key = g_strdup (tutti_participant_key (bob.self));
    client_moderate (&ada, "kick", &bob, NULL, -1);
    client_assert_told (&bob, "kicked by a moderator\n");
    client_clear (&bob);
    g_assert_false (rooms_resume (fixture, &bob, "blue", key));
    rooms_join_refused (fixture, &how, TUTTI_ERROR_BANNED);
    how.name = "Bert";
    rooms_join_refused (fixture, &how, TUTTI_ERROR_BANNED);
    how.visitor = NULL;
    join (fixture, &bob, &how); /* the same address, another name */
    how.name = "Bob";
    rooms_join_refused (fixture, &how, TUTTI_ERROR_BANNED);
    client_clear (&bob);
    client_moderate (&ada, "unban", NULL, "b7", TUTTI_ERROR_BAD_MESSAGE);
    client_moderate (&ada, "unban", NULL, "b1", -1);
    join (fixture, &bob, &how);
    client_moderate (&ada, "kick", &bob, NULL, -1);
    rooms_iterate ();
    client_clear (&bob);
    client_moderate (&ada, "unban", NULL, "all", -1);
    join (fixture, &bob, &how);
    client_clear (&bob);
    client_clear (&ada);
}

/* --- Time --- */

static void
test_closes_at (RoomsFixture *fixture, gconstpointer data)
{
    g_autofree char *past = format_time (-1), *soon = format_time (100), *later = format_time (400);
    gint64 now_us = g_get_monotonic_time ();
    RoomsClient ada;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    ada.self->unheard_since_us = 0;
    set (fixture, "closes-at", past, TUTTI_ERROR_BAD_MESSAGE);
    set (fixture, "closes-at", "tomorrow", TUTTI_ERROR_BAD_MESSAGE);
    set (fixture, "closes-at", "2026-01-01", TUTTI_ERROR_BAD_MESSAGE);
    set (fixture, "closes-at", soon, -1);
    client_assert_told (&ada, "room open grid\n");
    tutti_room_check (client_room (&ada), now_us + 38 * SECOND_US);
    client_assert_told (&ada, "");
    tutti_room_check (client_room (&ada), now_us + 42 * SECOND_US);
    tutti_room_check (client_room (&ada), now_us + 43 * SECOND_US);
    client_assert_told (&ada, "chat : This room closes in one minute.\n");
    set (fixture, "closes-at", later, -1); /* it is put off, and said again in time */
    tutti_room_check (client_room (&ada), now_us + 300 * SECOND_US);
    client_assert_told (&ada, "room open grid\n");
    tutti_room_check (client_room (&ada), now_us + 350 * SECOND_US);
    client_assert_told (&ada, "chat : This room closes in one minute.\n");
    tutti_room_check (client_room (&ada), now_us + 402 * SECOND_US);
    client_assert_told (&ada, "closed time\n");
    client_clear (&ada);
}

static void
test_max_duration (RoomsFixture *fixture, gconstpointer data)
{
    gint64 now_us = g_get_monotonic_time ();
    gboolean created = FALSE;
    TuttiRoom *room = put (fixture, "max-duration", "120", &created);
    TuttiRoomPolicy policy;
    RoomsClient ada;

    tutti_room_check (room, now_us + 500 * SECOND_US); /* nobody has come */
    tutti_room_get_policy (room, &policy);
    g_assert_cmpint (policy.ends_at_s, ==, 0);
    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    ada.self->unheard_since_us = 0;
    tutti_room_get_policy (room, &policy);
    g_assert_cmpint (ABS (policy.ends_at_s - g_get_real_time () / SECOND_US - 120), <=, 2);
    tutti_room_check (room, now_us + 59 * SECOND_US);
    client_assert_told (&ada, "");
    tutti_room_check (room, now_us + 119 * SECOND_US);
    client_assert_told (&ada, "chat : This room closes in one minute.\n");
    tutti_room_check (room, now_us + 122 * SECOND_US);
    client_assert_told (&ada, "closed time\n");
    g_assert_null (tutti_rooms_find (fixture->rooms, "blue"));
    client_clear (&ada);
}

static void
test_time_over (RoomsFixture *fixture, gconstpointer data)
{
    const TuttiJoin how = come ("Ada", TUTTI_PERSON_MODERATOR);
    TuttiSettings settings = {0};
    g_autoptr (GError) error = NULL;
    gboolean created;

    rooms_join_refused (fixture, &how, TUTTI_ERROR_TIME_OVER);
    g_assert_null (tutti_rooms_put (fixture->rooms, "blue", &settings, &created, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_TIME_OVER);
}

/* --- Settings --- */

static void
test_put (RoomsFixture *fixture, gconstpointer data)
{
    gint64 now_us = g_get_monotonic_time ();
    gboolean created = FALSE;
    TuttiRoom *room = put (fixture, "canvas", "640x360", &created);
    TuttiRoomPolicy policy;
    TuttiRoomInfo info;
    RoomsClient ada;

    g_assert_true (created);
    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    client_clear (&ada);
    tutti_room_check (room, now_us + 3600 * SECOND_US);
    g_assert_true (tutti_rooms_find (fixture->rooms, "blue") == room); /* empty, and there */
    set (fixture, "canvas", "1280x720", TUTTI_ERROR_CONFLICT);
    set (fixture, "canvas", "640x360", -1);
    set (fixture, "spiral", "1", TUTTI_ERROR_BAD_MESSAGE);
    set (fixture, "limit", "0", TUTTI_ERROR_BAD_MESSAGE);
    set (fixture, "limit", "9", -1);
    set (fixture, "locked", "true", -1);
    set (fixture, "layout", "speaker", -1);
    set (fixture, "record", "true", -1);
    set (fixture, "share", "moderator", -1);
    set (fixture, "moderators", "Ada; Bob", -1);
    tutti_room_get_policy (room, &policy);
    g_assert_true (policy.record && policy.is_kept && policy.waiting_room && !policy.has_pin);
    g_assert_cmpstr (policy.share, ==, "moderator");
    g_assert_cmpstr (policy.moderators[1], ==, "Bob");
    g_assert_true (tutti_rooms_is_moderator (fixture->rooms, "blue", "Bob"));
    g_assert_false (tutti_rooms_is_moderator (fixture->rooms, "blue", "Eve"));

    g_assert_true (put (fixture, "pin", "geheim", &created) == room);
    g_assert_false (created);
    tutti_room_get_policy (room, &policy);
    tutti_room_get_info (room, &info);
    g_assert_true (policy.has_pin && policy.waiting_room && !policy.record);
    g_assert_cmpstr (policy.share, ==, "anyone");
    g_assert_cmpuint (info.limit, ==, 5); /* as configured */
    g_assert_cmpstr (info.layout, ==, "grid");
    g_assert_true (info.locked);
    g_assert_cmpint (info.canvas_width, ==, 640);
    tutti_room_close (room, "done");
}

static void
test_moderators_settings (RoomsFixture *fixture, gconstpointer data)
{
    RoomsClient ada, bob;
    TuttiSettings settings = {0};
    TuttiRoomState state;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    rooms_join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    tutti_settings_add (&settings, "share", "moderator");
    tutti_settings_add (&settings, "pin", "12345");
    g_assert_false (tutti_participant_change_settings (bob.self, &settings, NULL));
    g_assert_true (tutti_participant_change_settings (ada.self, &settings, NULL));
    client_assert_told (&bob, "room open grid\n");
    tutti_room_get_state (client_room (&ada), &state);
    g_assert_true (state.has_pin);
    g_assert_cmpstr (state.share, ==, "moderator");
    tutti_settings_add (&settings, "limit", "3");
    g_assert_false (tutti_participant_change_settings (ada.self, &settings, NULL));
    client_clear (&ada);
    client_clear (&bob);
}

static void
test_mute_all (RoomsFixture *fixture, gconstpointer data)
{
    RoomsClient ada, bob, eve;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    rooms_join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    rooms_join (fixture, &eve, "blue", "Eve", TUTTI_PERSON_MODERATOR);
    client_assert_told (&eve, "");
    client_moderate (&ada, "mute_all", NULL, NULL, -1);
    client_assert_told (&eve, "updated Bob audio-muted\n");
    tutti_participant_mute (bob.self, FALSE); /* by its own hand */
    client_assert_told (&eve, "updated Bob\n");
    client_clear (&ada);
    client_clear (&bob);
    client_clear (&eve);
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
#define ADD(path, config, func)                                                                    \
    g_test_add ("/policy/" path, RoomsFixture, config, rooms_set_up, func, rooms_tear_down)
#define WAITING "room.waiting-room=true"
    ADD ("pin", "room blue.pin=1234", test_pin);
    ADD ("waiting/wait", WAITING, test_wait);
    ADD ("waiting/told", WAITING, test_admitted_is_told);
    ADD ("waiting/stop", WAITING, test_stop_waiting);
    ADD ("waiting/close", WAITING, test_close_while_waiting);
    ADD ("waiting/limits", WAITING ";room.limit=2", test_waiting_limits);
    ADD ("kick", "", test_kick);
    ADD ("time/closes-at", "", test_closes_at);
    ADD ("time/max-duration", "", test_max_duration);
    ADD ("time/over", "room blue.closes-at=2020-01-01T00:00:00Z", test_time_over);
    ADD ("settings/put", "room blue.limit=5;room blue.waiting-room=true", test_put);
    ADD ("settings/moderator", "", test_moderators_settings);
    ADD ("mute-all", "", test_mute_all);
    g_test_add_func ("/policy/secret", test_secret);
    g_test_add_func ("/policy/bans/identities", test_identities);
    g_test_add_func ("/policy/bans/list", test_ban_list);
    return g_test_run ();
}
