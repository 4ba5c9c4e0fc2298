/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-admin.c: tutti(1) against the admin API over rooms nobody calls in: what is printed, what it
 * does, exit statuses; the socket's mode and its end.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "office.h"

static void
test_listings (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_autofree char *nina = office_join (office, "blue", "Нина");
    g_auto (Run) rooms = office_run (office->socket, "rooms");
    g_auto (Run) people = office_run (office->socket, "participants blue");
    g_auto (Run) status = office_run (office->socket, "status");
    g_auto (Run) json = office_run (office->socket, "--json participants blue");
    g_autoptr (JsonNode) root = json_from_string (json.out, NULL);

    g_assert_cmpint (rooms.status, ==, 0);
    g_assert_true (g_str_has_prefix (rooms.out, "ROOM"));
    g_assert_nonnull (strstr (rooms.out, "\nblue"));
    g_assert_nonnull (strstr (people.out, ada));
    g_assert_nonnull (strstr (people.out, "Нина"));
    g_assert_nonnull (strstr (status.out, TUTTI_VERSION));
    g_assert_nonnull (strstr (status.out, "late pictures"));
    g_assert_nonnull (root);
    g_assert_cmpuint (json_array_get_length (json_object_get_array_member (
                          json_node_get_object (root), "participants")),
                      ==, 2);
    office_free (office);
}

static void
test_stats_tables (void)
{
    static const char *const ROOMS[] = {"ROOM ", "KBIT/S IN", "CPU %\n", "\nblue ", "\nred ", NULL};
    static const char *const ROOM[] = {"ID ", "CONCEALED", "ESTIMATE", "Нина", "new", NULL};
    static const char *const PERSON[] = {"UPLINK ",  "VOICE",    "CAMERA",   "SCREEN", "jitter",
                                         "DOWNLINK", "WAY DOWN", "estimate", NULL};
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_autofree char *nina = office_join (office, "blue", "Нина");
    g_autofree char *red = office_join (office, "red", "Ada");
    g_auto (Run) rooms = office_run (office->socket, "stats");
    g_auto (Run) room = office_run (office->socket, "stats blue");
    g_auto (Run) person = office_run (office->socket, "stats blue Нина");

    assert_has (rooms.out, ROOMS);
    assert_has (room.out, ROOM);
    assert_has (person.out, PERSON);
    g_assert_nonnull (strstr (person.out, nina));
    g_assert_null (strstr (person.out, ada));
    g_assert_cmpint (rooms.status | room.status | person.status, ==, 0);
    office_free (office);
}

static JsonObject *
get_first (JsonObject *object, const char *name)
{
    JsonArray *array = json_object_get_array_member (object, name);

    g_assert_cmpuint (json_array_get_length (array), ==, 1);
    return json_array_get_object_element (array, 0);
}

static void
test_stats_json (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_autofree char *bob = office_join (office, "blue", "Bob");
    g_auto (Run) all = office_run (office->socket, "stats --json");
    g_auto (Run) one = office_run (office->socket, "stats --json blue Bob");
    g_autoptr (JsonNode) all_root = json_from_string (all.out, NULL);
    g_autoptr (JsonNode) one_root = json_from_string (one.out, NULL);
    JsonObject *room, *person, *downlink;

    g_assert_nonnull (all_root);
    g_assert_nonnull (one_root);
    room = get_first (json_node_get_object (all_root), "rooms");
    g_assert_cmpint (json_object_get_int_member (room, "participants"), ==, 2);
    g_assert_false (json_object_has_member (room, "people"));
    g_assert_true (
        json_object_has_member (json_object_get_object_member (room, "cpu_us"), "encode"));
    room = get_first (json_node_get_object (one_root), "rooms");
    person = get_first (room, "people");
    g_assert_cmpstr (json_object_get_string_member (person, "id"), ==, bob);
    downlink = json_object_get_object_member (person, "downlink");
    g_assert_cmpint (json_object_get_int_member (downlink, "estimate_bps"), ==, 0);
    office_free (office);
}

static void
test_stats_refused (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_auto (Run) room = office_run (office->socket, "stats green");
    g_auto (Run) person = office_run (office->socket, "stats blue Eve");
    g_auto (Run) words = office_run (office->socket, "stats blue Ada now");
    g_auto (Run) watch = office_run (office->socket, "rooms --watch");
    g_auto (Run) nobody = office_run ("/nonexistent/admin.sock", "stats --watch");

    g_assert_cmpint (room.status, ==, 1);
    g_assert_nonnull (strstr (room.err, "green"));
    g_assert_cmpint (person.status, ==, 1);
    g_assert_nonnull (strstr (person.err, "Eve"));
    g_assert_cmpint (words.status, ==, 2);
    g_assert_cmpint (watch.status, ==, 2);
    g_assert_cmpint (nobody.status, ==, 3);
    office_free (office);
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
    *(char **)user_data =
        g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);
}

static void
on_exited (GObject *source, GAsyncResult *result, gpointer user_data)
{
    *(gboolean *)user_data = g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
}

/* An object a line, again and again; it ends by itself when nobody reads on. */
static void
test_stats_watched (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "..", "src/cli/tutti", NULL);
    g_autoptr (GSubprocess) process =
        g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, program, "--socket", office->socket,
                          "stats", "--watch", "--json", NULL);
    g_autoptr (GDataInputStream) lines =
        g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
    gboolean ended = FALSE;

    for (guint i = 0; i < 2; i++) {
        g_autofree char *line = NULL;
        g_autoptr (JsonNode) root = NULL;
        g_data_input_stream_read_line_async (lines, G_PRIORITY_DEFAULT, NULL, on_line, &line);
        while (!line)
            g_main_context_iteration (NULL, TRUE);
        root = json_from_string (line, NULL);
        g_assert_nonnull (root);
        get_first (json_node_get_object (root), "rooms");
    }
    g_input_stream_close (G_INPUT_STREAM (lines), NULL, NULL);
    g_subprocess_wait_async (process, NULL, on_exited, &ended);
    while (!ended)
        g_main_context_iteration (NULL, TRUE);
    g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
    office_free (office);
}

static void
test_gain (void)
{
    static const char *const words[] = {"gain blue Ada 21", "gain blue Ada -61"};
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    TuttiParticipant *member = tutti_room_find (tutti_rooms_find (office->rooms, "blue"), ada);
    g_auto (Run) softer = office_run (office->socket, "gain blue Ada -12.5");
    g_auto (Run) people = office_run (office->socket, "participants blue");
    g_auto (Run) text = office_run (office->socket, "gain blue Ada loud");
    g_auto (Run) nan = office_run (office->socket, "gain blue Ada nan");
    g_auto (Answer) answer = {0};

    g_assert_cmpint (softer.status, ==, 0);
    g_assert_cmpfloat (tutti_participant_get_gain_db (member), ==, -12.5);
    g_assert_nonnull (strstr (people.out, "GAIN DB"));
    g_assert_nonnull (strstr (people.out, " -12.5 "));
    g_assert_cmpint (text.status, ==, 2);
    g_assert_cmpint (nan.status, ==, 2);
    for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
        g_auto (Run) run = office_run (office->socket, words[i]);
        g_assert_cmpint (run.status, ==, 1);
        g_assert_nonnull (strstr (run.err, "-60 to 20 dB"));
    }
    /* All of it or nothing. */
    answer = office_ask (office, "PATCH", "/v1/rooms/blue/participants/Ada",
                         "{\"audio_muted\":true,\"gain_db\":30}");
    g_assert_cmpuint (answer.status, ==, 400);
    g_assert_cmpstr (answer_text (&answer, "field"), ==, "gain_db");
    g_assert_cmpfloat (tutti_participant_get_gain_db (member), ==, -12.5);
    {
        TuttiPerson person = {0};
        tutti_participant_get_person (member, &person);
        g_assert_false (person.audio_muted);
    }
    office_free (office);
}

static void
test_kick_and_mute (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_autofree char *bob = office_join (office, "blue", "Bob");
    g_autofree char *mute_by_id = g_strconcat ("mute blue ", ada, NULL);
    g_auto (Run) mute = office_run (office->socket, mute_by_id);
    TuttiRoom *room = tutti_rooms_find (office->rooms, "blue");
    TuttiPerson person = {0};

    g_assert_cmpint (mute.status, ==, 0);
    tutti_participant_get_person (tutti_room_find (room, ada), &person);
    g_assert_true (person.audio_muted);
    {
        g_auto (Run) unmute = office_run (office->socket, "unmute blue Ada");

        g_assert_cmpint (unmute.status, ==, 0);
        tutti_participant_get_person (tutti_room_find (room, ada), &person);
        g_assert_false (person.audio_muted);
    }
    {
        g_auto (Run) kick = office_run (office->socket, "kick blue Bob");

        g_assert_cmpint (kick.status, ==, 0);
        while (office->n_kicked == 0) /* told from the main loop */
            g_main_context_iteration (NULL, TRUE);
        g_assert_null (tutti_room_find (room, bob));
    }
    office_free (office);
}

static void
test_refusals (void)
{
    Office *office = office_new (NULL);
    g_autofree char *one = office_join (office, "blue", "Same");
    g_autofree char *two = office_join (office, "blue", "Same");
    static const struct {
        const char *words, *says;
        int status;
    } cases[] = {
        {"participants red", "there is no room 'red'", 1},
        {"kick blue nobody", "there is no participant 'nobody'", 1},
        {"kick blue Same", "there is no participant 'Same'", 1}, /* two have the name */
        {"mute r%2fx y", "there is no room", 1},
        {"frobnicate", "unknown command", 2},
        {"kick blue", "usage: tutti kick ROOM PARTICIPANT", 2},
        {"--nonsense", "nonsense", 2},
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_auto (Run) run = office_run (office->socket, cases[i].words);

        g_test_message ("%s: %d %s", cases[i].words, run.status, run.err);
        g_assert_cmpint (run.status, ==, cases[i].status);
        g_assert_nonnull (strstr (run.err, cases[i].says));
    }
    office_free (office);
}

static void
test_no_server (void)
{
    g_auto (Run) run = office_run ("/nowhere/admin.sock", "status");

    g_assert_cmpint (run.status, ==, 3);
    g_assert_nonnull (strstr (run.err, "no server reached"));
}

/* 0660; a second server does not take the socket of one that answers, but a dead one's. */
static void
test_socket (void)
{
    Office *office = office_new (NULL);
    g_autoptr (GError) error = NULL;
    struct stat info;

    g_assert_cmpint (stat (office->socket, &info), ==, 0);
    g_assert_cmpuint (info.st_mode & 0777, ==, 0660);
    g_assert_null (office_open (office, &error));
    g_assert_nonnull (strstr (error->message, "another server"));
    g_assert_true (g_file_test (office->socket, G_FILE_TEST_EXISTS));
    tutti_admin_free (g_steal_pointer (&office->admin));
    g_assert_true (g_file_set_contents (office->socket, "left behind", -1, NULL));
    office->admin = office_open (office, NULL);
    g_assert_nonnull (office->admin);
    office_free (office);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/admin/listings", test_listings);
    g_test_add_func ("/admin/stats-tables", test_stats_tables);
    g_test_add_func ("/admin/stats-json", test_stats_json);
    g_test_add_func ("/admin/stats-refused", test_stats_refused);
    g_test_add_func ("/admin/stats-watched", test_stats_watched);
    g_test_add_func ("/admin/kick-and-mute", test_kick_and_mute);
    g_test_add_func ("/admin/gain", test_gain);
    g_test_add_func ("/admin/refusals", test_refusals);
    g_test_add_func ("/admin/no-server", test_no_server);
    g_test_add_func ("/admin/socket", test_socket);
    return g_test_run ();
}
