/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-cli-policy.c: tutti(1) makes rooms with rules, lets people in, sends them away, lets them
 * come again.
 */
#include "office.h"

#include <string.h>

#include "lobby.h"

static void
on_event (const TuttiEvent *event, gpointer user_data)
{
}

static void
come (Office *office, const char *name)
{
    const TuttiJoin join = {
        .room = "board", .name = name, .role = TUTTI_PERSON_PARTICIPANT, .can_wait = TRUE};
    gboolean created;

    g_assert_nonnull (tutti_rooms_join (office->rooms, &join, on_event, NULL, &created, NULL));
}

static void
assert_run (Office *office, const char *words, int status, const char *says)
{
    g_auto (Run) run = office_run (office->socket, words);

    g_test_message ("%s: %d %s%s", words, run.status, run.out, run.err);
    g_assert_cmpint (run.status, ==, status);
    if (says)
        g_assert_nonnull (strstr (run.err, says));
    else
        g_assert_cmpstr (run.err, ==, "");
    g_assert_cmpstr (run.out, ==, "");
}

static void
assert_done (Office *office, const char *words)
{
    assert_run (office, words, 0, NULL);
}

/* Lines that begin with any of the words are there, and no further ones below the heading. */
static void
assert_lists (Office *office, const char *words, const char *const *cells)
{
    g_auto (Run) run = office_run (office->socket, words);
    g_auto (GStrv) lines = g_strsplit (run.out, "\n", -1);
    guint n = 0;

    g_test_message ("%s: %s%s", words, run.out, run.err);
    for (; cells[n]; n++) {
        g_assert_nonnull (lines[n + 1]);
        g_assert_nonnull (strstr (lines[n + 1], cells[n]));
    }
    g_assert_cmpstr (lines[n + 1], ==, "");
}

static void
test_rules (void)
{
    static const char *const SHOWN[] = {"of 7", "ada, bob", "yes\nwaiting room    on\n", NULL};
    Office *office = office_new (NULL);

    assert_done (office, "room create board --pin 7391 --waiting-room on --share moderator "
                         "--limit 7 --moderator ada --moderator bob --closes-at +2h "
                         "--max-duration 90m --canvas 640x360 --frame-rate 15");
    {
        g_auto (Run) shown = office_run (office->socket, "room show board");
        g_test_message ("%s", shown.out);
        assert_has (shown.out, SHOWN);
        g_assert_null (strstr (shown.out, "7391"));
    }
    assert_run (office, "room create board", 1, "there is a room 'board' already");
    assert_done (office,
                 "room set board --no-pin --no-moderators --share anyone --closes-at never");
    {
        g_autoptr (JsonNode) node = NULL;
        JsonObject *room;
        g_auto (Run) shown = office_run (office->socket, "--json room show board");

        node = json_from_string (shown.out, NULL);
        room = json_node_get_object (node);
        g_assert_false (json_object_get_boolean_member (room, "pin"));
        g_assert_true (json_object_get_boolean_member (room, "waiting_room"));
        g_assert_cmpstr (json_object_get_string_member (room, "share"), ==, "anyone");
        g_assert_cmpstr (json_object_get_string_member (room, "closes_at"), ==, "");
        g_assert_cmpint (json_object_get_int_member (room, "max_duration"), ==, 5400);
        g_assert_cmpint (json_object_get_int_member (room, "canvas_width"), ==, 640);
        g_assert_cmpuint (json_array_get_length (json_object_get_array_member (room, "moderators")),
                          ==, 0);
    }
    assert_run (office, "room set board --canvas 1280x720", 1, "canvas");
    assert_run (office, "room set board --pin 123", 1, "pin");
    assert_run (office, "room set red --pin 1234", 1, "there is no room 'red'");
    office_free (office);
}

static void
test_lobby (void)
{
    Office *office = office_new (NULL);
    TuttiRoomInfo info = {0};
    TuttiRoom *room;

    assert_done (office, "room create board --waiting-room on");
    room = tutti_rooms_find (office->rooms, "board");
    come (office, "Zoe");
    come (office, "Bob");
    come (office, "Bob");
    assert_lists (office, "room lobby board",
                  (const char *const[]){"Zoe   participant", "Bob", "Bob", NULL});
    assert_run (office, "reject board Bob", 1, "more than one is called 'Bob'; give an id");
    assert_run (office, "admit board Eve", 1, "nobody waits as 'Eve'");
    assert_run (office, "admit board", 2, "name one, or give --all");
    assert_done (office, "admit board Zoe");
    tutti_room_get_info (room, &info);
    g_assert_cmpuint (info.n_participants, ==, 1);
    assert_done (office, "reject board --all");
    assert_lists (office, "room lobby board", (const char *const[]){NULL});
    come (office, "Eve");
    come (office, "Ida");
    assert_done (office, "admit board --all");
    tutti_room_get_info (room, &info);
    g_assert_cmpuint (info.n_participants, ==, 3);
    office_free (office);
}

static void
test_bans (void)
{
    Office *office = office_new (NULL);

    assert_done (office, "room create board");
    come (office, "Zoe");
    come (office, "Bob");
    assert_done (office, "kick board Zoe");
    assert_done (office, "kick board Bob");
    assert_lists (office, "bans board", (const char *const[]){"Zoe   -", "Bob   -", NULL});
    assert_done (office, "unban board b1");
    assert_run (office, "unban board Zoe", 1, "nobody is banned as 'Zoe'");
    assert_done (office, "unban board --all");
    assert_lists (office, "bans board", (const char *const[]){NULL});
    office_free (office);
}

static void
test_mute_all (void)
{
    Office *office = office_new (NULL);

    assert_done (office, "room create board");
    come (office, "Zoe");
    come (office, "Bob");
    assert_done (office, "mute board --all");
    {
        static const char MUTED[] = "\"audio_muted\" : true";
        g_auto (Run) people = office_run (office->socket, "--json participants board");
        const char *first = strstr (people.out, MUTED);

        g_assert_nonnull (first);
        g_assert_nonnull (strstr (first + 1, MUTED));
    }
    office_free (office);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/cli-policy/rules", test_rules);
    g_test_add_func ("/cli-policy/lobby", test_lobby);
    g_test_add_func ("/cli-policy/bans", test_bans);
    g_test_add_func ("/cli-policy/mute-all", test_mute_all);
    return g_test_run ();
}
