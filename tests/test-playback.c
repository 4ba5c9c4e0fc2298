/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-playback.c: a film in a room as its people are told of it, without media of theirs. What is
 * heard and seen of it: test-film.c.
 */
#include <math.h>
#include <string.h>

#include <tutti/error.h>

#include "room/news.h"
#include "room/playback.h"

#include "patience.h"
#include "reel.h"
#include "rooms-kit.h"

static const TuttiPlaybackOptions INTRO = {.title = "Intro"};
static const TuttiPlaybackOptions ENDLESS = {.title = "Intro", .loop = TRUE};

static char *
make_tone (void)
{
    return film_make ("tone.wav", FILM_TONE, 500.0, 0.3, 48000);
}

static void
on_news (const TuttiNews *news, gpointer user_data)
{
    if (news->type == TUTTI_NEWS_PLAYBACK)
        g_string_append_printf (user_data, "%s %s%s\n", news->item ? news->item : "-", news->state,
                                news->text && news->text[0] ? ": why" : "");
}

#define wait_for(condition)                                                                        \
    do {                                                                                           \
        gint64 end_us = g_get_monotonic_time () + TEST_PATIENCE * 20 * G_USEC_PER_SEC;             \
        while (!(condition)) {                                                                     \
            g_assert_cmpint (g_get_monotonic_time (), <, end_us);                                  \
            rooms_iterate ();                                                                      \
            g_usleep (TUTTI_USEC_PER_MSEC);                                                        \
        }                                                                                          \
    } while (0)

static void
start (TuttiRoom *room, const char *path, const TuttiPlaybackOptions *options)
{
    GError *error = NULL;

    g_assert_true (tutti_room_start_playback (room, film_open (path), options, &error));
    g_assert_no_error (error);
}

static gboolean
is_in_state (TuttiRoom *room, TuttiPlayerState state)
{
    TuttiPlaybackInfo info;

    return tutti_room_get_playback (room, &info) && info.stats.state == state;
}

static gboolean
is_over (TuttiRoom *room)
{
    TuttiPlaybackInfo info;

    return !tutti_room_get_playback (room, &info);
}

static void
test_comes_and_goes (RoomsFixture *fixture, gconstpointer data)
{
    g_autofree char *path = make_tone ();
    g_autoptr (GString) news = g_string_new (NULL);
    RoomsClient ada;

    if (!path)
        return;
    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    tutti_rooms_follow_news (fixture->rooms, on_news, news);
    start (client_room (&ada), path, &INTRO);
    wait_for (is_over (client_room (&ada)));
    rooms_iterate ();
    client_assert_told (&ada, "joined Intro\nupdated Intro\nleft left\n");
    g_assert_cmpstr (news->str, ==, "Intro playing\nIntro ended\n");
    client_clear (&ada);
}

static void
test_announcement (RoomsFixture *fixture, gconstpointer data)
{
    const TuttiPlaybackOptions options = {.title = NULL};
    g_autofree char *path = make_tone ();
    g_autoptr (GString) news = g_string_new (NULL);
    RoomsClient ada;

    if (!path)
        return;
    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    tutti_rooms_follow_news (fixture->rooms, on_news, news);
    start (client_room (&ada), path, &options);
    wait_for (is_over (client_room (&ada)));
    client_assert_told (&ada, "");
    g_assert_cmpstr (news->str, ==, "- playing\n- ended\n");
    start (client_room (&ada), path, &options);
    client_clear (&ada);
    g_assert_null (tutti_rooms_find (fixture->rooms, "blue"));
}

/* limit 2: a film takes no place. */
static void
test_is_nobody (RoomsFixture *fixture, gconstpointer data)
{
    g_autofree char *path = make_tone ();
    RoomsClient ada, bob;
    TuttiRoomInfo info;

    if (!path)
        return;
    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    start (client_room (&ada), path, &ENDLESS);
    wait_for (is_in_state (client_room (&ada), TUTTI_PLAYER_PLAYING));
    rooms_iterate ();
    rooms_join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    tutti_room_get_info (client_room (&ada), &info);
    g_assert_cmpuint (info.n_participants, ==, 2);
    rooms_join_refused (fixture, &(TuttiJoin){.room = "blue", .name = "Eve"},
                        TUTTI_ERROR_FULL_ROOM);
    client_clear (&ada);
    g_assert_false (is_over (client_room (&bob)));
    client_clear (&bob);
    g_assert_null (tutti_rooms_find (fixture->rooms, "blue"));
}

/* The room stays for a while, its film does not. */
static void
test_empty_room (RoomsFixture *fixture, gconstpointer data)
{
    g_autofree char *path = make_tone ();
    TuttiRoom *room;
    RoomsClient ada;
    GError *error = NULL;

    if (!path)
        return;
    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    room = client_room (&ada);
    start (room, path, &ENDLESS);
    wait_for (is_in_state (room, TUTTI_PLAYER_PLAYING));
    client_clear (&ada);
    g_assert_true (tutti_rooms_find (fixture->rooms, "blue") == room);
    g_assert_true (is_over (room));
    g_assert_false (tutti_room_start_playback (room, film_open (path), &INTRO, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_CONFLICT);
    g_clear_error (&error);
}

static void
test_moderated (RoomsFixture *fixture, gconstpointer data)
{
    g_autofree char *path = make_tone ();
    TuttiPlaybackInfo info;
    RoomsClient ada;
    GError *error = NULL;
    TuttiRoom *room;
    g_autoptr (GPtrArray) people = NULL;

    if (!path)
        return;
    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    room = client_room (&ada);
    start (room, path, &ENDLESS);
    g_assert_false (tutti_room_start_playback (room, film_open (path), &INTRO, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_CONFLICT);
    g_clear_error (&error);
    wait_for (is_in_state (room, TUTTI_PLAYER_PLAYING));
    rooms_iterate ();
    client_assert_told (&ada, "joined Intro\nupdated Intro\n");
    g_assert_true (tutti_room_set_playback_gain (room, -20, NULL));
    g_assert_false (tutti_room_set_playback_gain (room, NAN, NULL));
    g_assert_false (tutti_room_set_playback_gain (room, 21, NULL));
    g_assert_true (tutti_room_pause_playback (room, TRUE, NULL));
    g_assert_true (tutti_room_get_playback (room, &info));
    g_assert_cmpint (info.stats.state, ==, TUTTI_PLAYER_PAUSED);
    g_assert_cmpfloat (info.gain_db, ==, -20);
    people = tutti_room_list (room);
    g_assert_cmpuint (people->len, ==, 2);
    tutti_participant_mute (people->pdata[1], TRUE);
    tutti_participant_kick (people->pdata[1], "enough");
    g_assert_true (is_over (room));
    rooms_iterate ();
    client_assert_told (&ada, "updated Intro audio-muted\nleft kicked\n");
    client_clear (&ada);
}

static void
test_broken (RoomsFixture *fixture, gconstpointer data)
{
    g_autofree char *path = film_write ("broken.mp4", "nothing", 7), *good = make_tone ();
    g_autoptr (GString) news = g_string_new (NULL);
    RoomsClient ada;
    TuttiRoom *room;

    if (!good)
        return;
    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    room = client_room (&ada);
    tutti_rooms_follow_news (fixture->rooms, on_news, news);
    start (room, path, &INTRO);
    wait_for (is_in_state (room, TUTTI_PLAYER_FAILED));
    wait_for (news->len > 0);
    client_assert_told (&ada, "");
    g_assert_cmpstr (news->str, ==, "Intro failed: why\n");
    g_assert_false (tutti_room_stop_playback (room, NULL));
    g_assert_true (is_in_state (room, TUTTI_PLAYER_FAILED));
    start (room, good, &ENDLESS);
    wait_for (is_in_state (room, TUTTI_PLAYER_PLAYING));
    g_assert_true (tutti_room_stop_playback (room, NULL));
    g_assert_true (is_over (room));
    start (room, good, &ENDLESS);
    tutti_room_close (room, "over");
    rooms_iterate ();
    g_assert_true (ada.over);
    client_clear (&ada);
}

int
main (int argc, char **argv)
{
    static const struct {
        const char *path, *config;
        void (*func) (RoomsFixture *fixture, gconstpointer data);
    } TESTS[] = {
        {"/playback/comes-and-goes", "", test_comes_and_goes},
        {"/playback/announcement", "room.idle-timeout=0", test_announcement},
        {"/playback/is-nobody", "room.limit=2;room.idle-timeout=0", test_is_nobody},
        {"/playback/empty-room", "room.idle-timeout=60", test_empty_room},
        {"/playback/moderated", "", test_moderated},
        {"/playback/broken", "", test_broken},
    };
    int result;

    g_test_init (&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS (TESTS); i++)
        g_test_add (TESTS[i].path, RoomsFixture, TESTS[i].config, rooms_set_up, TESTS[i].func,
                    rooms_tear_down);
    result = g_test_run ();
    film_clear ();
    return result;
}
