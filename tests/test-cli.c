/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-cli.c: the commands of tutti(1) that change something, what it says when it is used wrongly,
 * events, completion.
 */
#include "office.h"

#include <gio/gio.h>
#include <string.h>

static void
assert_done (Office *office, const char *words)
{
    g_auto (Run) run = office_run (office->socket, words);

    g_test_message ("%s: %s%s", words, run.out, run.err);
    g_assert_cmpint (run.status, ==, 0);
    g_assert_cmpstr (run.out, ==, "");
    g_assert_cmpstr (run.err, ==, "");
}

static TuttiRoomInfo
look (Office *office)
{
    TuttiRoomInfo info = {0};

    tutti_room_get_info (tutti_rooms_find (office->rooms, "blue"), &info);
    return info;
}

static void
test_room (void)
{
    static const char *const SHOWN[] = {"name", "blue", "1 of 100", "locked", "speaker", NULL};
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");

    assert_done (office, "room lock blue");
    g_assert_true (look (office).locked);
    assert_done (office, "layout blue speaker");
    g_assert_cmpstr (look (office).layout, ==, "speaker");
    assert_done (office, "spotlight blue Ada");
    g_assert_cmpstr (look (office).spotlight, ==, ada);
    {
        g_auto (Run) shown = office_run (office->socket, "room show blue");
        assert_has (shown.out, SHOWN);
        g_assert_nonnull (strstr (shown.out, ada));
    }
    assert_done (office, "spotlight blue");
    g_assert_null (look (office).spotlight);
    assert_done (office, "room unlock blue");
    g_assert_false (look (office).locked);
    assert_done (office, "room close blue");
    g_assert_null (tutti_rooms_find (office->rooms, "blue"));
    office_free (office);
}

static void
test_chat (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");

    assert_done (office, "chat blue In five minutes: пауза");
    while (office->said->len == 0)
        g_main_context_iteration (NULL, TRUE);
    g_assert_cmpstr (office->said->str, ==, "In five minutes: пауза\n");
    office_free (office);
}

static void
test_server (void)
{
    Office *office = office_new (NULL);

    assert_done (office, "log info tutti-room tutti-leg");
    assert_done (office, "log message");
    assert_done (office, "drain --deadline 60");
    g_assert_cmpuint (office->drain_deadline_s, ==, 60);
    assert_done (office, "drain");
    g_assert_cmpuint (office->drain_deadline_s, ==, 0);
    assert_done (office, "reload");
    g_assert_cmpuint (office->n_reloads, ==, 1);
    assert_done (office, "shutdown");
    g_assert_cmpuint (office->n_shutdowns, ==, 1);
    office_free (office);
}

static void
test_refusals (void)
{
    static const struct {
        const char *words, *says;
        int status;
    } cases[] = {
        {"layout blue heap", "'heap' is none of: grid speaker presenter", 1},
        {"layout red grid", "there is no room 'red'", 1},
        {"spotlight blue Eve", "there is no participant 'Eve'", 1},
        {"log loud", "'level' must be", 1},
        {"reload", "no such certificate", 1},
        {"room", "usage: tutti room show ROOM\n       tutti room create ROOM", 2},
        {"room create blue", "there is a room 'blue' already", 1},
        {"room set blue", "nothing to set", 2},
        {"room set blue --limit few", "--limit is a number, not 'few'", 2},
        {"room set blue --waiting-room yes", "--waiting-room is on or off, not 'yes'", 2},
        {"room set blue --closes-at soon", "--closes-at is a time like", 2},
        {"room set blue --max-duration 5x", "--max-duration is a number and s, m, h or d", 2},
        {"rooms --no-pin", "--no-pin is not for `tutti rooms`", 2},
        {"mute blue", "name one, or give --all", 2},
        {"mute blue Ada --all", "name one, or give --all, not both", 2},
        {"kick blue Ada --all", "--all is not for `tutti kick`", 2},
        {"room paint blue", "usage: tutti room show ROOM", 2},
        {"room lock", "usage: tutti room lock ROOM", 2},
        {"room lock blue red", "usage: tutti room lock ROOM", 2},
        {"chat blue", "usage: tutti chat ROOM TEXT...", 2},
        {"rooms --deadline 5", "--deadline is not for `tutti rooms`", 2},
        {"drain --deadline soon", "soon", 2},
    };
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");

    office->reload_fails = TRUE;
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_auto (Run) run = office_run (office->socket, cases[i].words);

        g_test_message ("%s: %d %s", cases[i].words, run.status, run.err);
        g_assert_cmpint (run.status, ==, cases[i].status);
        g_assert_nonnull (strstr (run.err, cases[i].says));
        g_assert_cmpstr (run.out, ==, "");
    }
    office_free (office);
}

/* --- Events. --- */

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

static gboolean
on_touch (gpointer user_data)
{
    tutti_room_announce (user_data, "here");
    return G_SOURCE_CONTINUE;
}

/* Each line comes when it happens; the command ends when the server does, and says so. */
static void
test_events (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "..", "src/cli/tutti", NULL);
    g_autoptr (GSubprocess) process =
        g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL,
                          program, "--socket", office->socket, "events", "blue", NULL);
    g_autoptr (GDataInputStream) lines =
        g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
    guint timer = g_timeout_add (50, on_touch, tutti_rooms_find (office->rooms, "blue"));
    g_autofree char *line = NULL;
    g_autoptr (JsonNode) node = NULL;
    gboolean ended = FALSE;

    g_data_input_stream_read_line_async (lines, G_PRIORITY_DEFAULT, NULL, on_line, &line);
    while (!line)
        g_main_context_iteration (NULL, TRUE);
    g_source_remove (timer);
    node = json_from_string (line, NULL);
    g_assert_cmpstr (json_object_get_string_member (json_node_get_object (node), "text"), ==,
                     "here");
    office_free (office);
    g_subprocess_wait_async (process, NULL, on_exited, &ended);
    while (!ended)
        g_main_context_iteration (NULL, TRUE);
    g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 3);
}

/* --- Completion. --- */

static void
assert_completes (Office *office, const char *words, const char *wanted)
{
    g_autofree char *line = g_strconcat ("complete -- ", words, NULL);
    g_auto (Run) run = office_run (office->socket, line);

    g_test_message ("'%s': %s", words, run.out);
    g_assert_cmpint (run.status, ==, 0);
    g_assert_cmpstr (run.out, ==, wanted);
}

static void
test_complete (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_autofree char *bob = office_join (office, "red", "Bob");
    g_autofree char *people = g_strdup_printf ("Ada\n%s\n", ada);

    assert_completes (office, "room ", "show\ncreate\nset\nlobby\nlock\nunlock\nclose\n");
    assert_completes (office, "room lock ", "blue\nred\n");
    assert_completes (office, "kick blue ", people);
    assert_completes (office, "--deadline 5 kick blue ", people);
    assert_completes (office, "--socket /nowhere kick blue ", "");
    assert_completes (office, "kick --json blue ", people);
    assert_completes (office, "kick green ", "");
    assert_completes (office, "kick blue Ada ", "");
    assert_completes (office, "layout blue ", "grid\nspeaker\npresenter\n");
    assert_completes (office, "log d", "error\nwarning\nmessage\ninfo\ndebug\n");
    assert_completes (office, "nonsense ", "");
    assert_completes (office, "mute blue --a",
                      "--socket\n--url\n--token\n--ca-file\n--json\n--all\n--version\n--help\n");
    assert_completes (office, "room set blue --share ", "anyone\nmoderator\n");
    assert_completes (office, "room set --waiting-room on ", "blue\nred\n");
    assert_completes (office, "room set --waiting-room=on ", "blue\nred\n");
    assert_completes (office, "room set blue --share=a", "--share=anyone\n--share=moderator\n");
    assert_completes (office, "--socket=/nowhere kick blue ", "");
    assert_completes (office, "--socket=/no", "");
    assert_completes (office, "room set --no-pin ", "blue\nred\n");
    office_free (office);
}

/* What a shell prints, in a line, for the script with the program's path and the socket put in. */
static char *
run_shell (Office *office, const char *shell, const char *option, const char *completion,
           const char *script)
{
    g_autofree char *file = g_test_build_filename (G_TEST_DIST, "..", "etc", completion, NULL);
    g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "..", "src/cli/tutti", NULL);
    g_autoptr (GSubprocess) process =
        g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, shell, option, script, file,
                          program, office->socket, NULL);
    g_autoptr (GDataInputStream) lines =
        g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
    char *line = NULL;

    g_data_input_stream_read_line_async (lines, G_PRIORITY_DEFAULT, NULL, on_line, &line);
    while (!line)
        g_main_context_iteration (NULL, TRUE);
    return line;
}

/* The shell's part: what is typed chooses, odd names are quoted as they were begun, and of a word
 * that bash takes apart the rest is given. */
static void
test_bash (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada L.");
    g_autofree char *bob = office_join (office, "blue", "Bob");
    g_autofree char *eve = office_join (office, "blue", "E:v$e's");
    g_autofree char *line = run_shell (
        office, "bash", "-c", "tutti.bash",
        ". $0; COMP_WORDS=($1); "
        "try () { COMP_LINE=\"tutti $1\"; COMP_POINT=${#COMP_LINE}; _tutti; "
        "printf '<%s>' \"${COMPREPLY[@]}\"; }; "
        "try \"--socket $2 kick blue A\"; try \"--socket=$2 kick blue 'A\"; "
        "try \"-s $2 kick  blue Ada\\\\ \"; try \"-s $2 kick blue \\\"E\"; "
        "try \"-s $2 kick blue 'E:v\"; try \"-s $2 kick blue E:v\"; "
        "try 'room set blue --layout=s'; try sh");

    g_assert_cmpstr (line, ==,
                     "<Ada\\ L.><Ada L.><Ada\\ L.><E:v\\$e's><E:v$e'\\''s><v\\$e\\'s>"
                     "<speaker><shutdown>");
    office_free (office);
}

/* It chooses and quotes by itself: it is given all candidates, and files where there are none. */
static void
test_zsh (void)
{
    static const char SCRIPT[] =
        "compadd () { printf '<%s>' \"${(@P)2}\" }; _files () { printf '(files)' }; "
        "compset () { }; "
        "words=($1 --socket $2 kick blue A) CURRENT=6; . $0; "
        "words=($1 --socket $2 room lock '') CURRENT=6; . $0; "
        "words=($1 --socket $2 play blue '') CURRENT=6; . $0";
    Office *office;
    g_autofree char *program = g_find_program_in_path ("zsh");
    g_autofree char *ada = NULL, *wanted = NULL, *line = NULL;

    if (!program) {
        g_test_skip ("zsh is not installed");
        return;
    }
    office = office_new (NULL);
    ada = office_join (office, "blue", "Ada L.");
    line = run_shell (office, program, "-fc", "_tutti", SCRIPT);
    wanted = g_strdup_printf ("<Ada L.><%s><blue>(files)", ada);
    g_assert_cmpstr (line, ==, wanted);
    office_free (office);
}

/* Of a command what it takes, of a word that some begin with those. */
static void
test_help (void)
{
    static const struct {
        const char *words, *says, *not ;
    } cases[] = {
        {"--help", "  status ", "nothing of the kind"},
        {"token --help", "token ROOM\n\na token to join a room with", "--loop"},
        {"-h room", "  room lobby ROOM ", "  status "},
        {"room set blue -h", "--waiting-room=on|off", "--ttl"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_auto (Run) run = office_run ("/nowhere/admin.sock", cases[i].words);

        g_assert_cmpint (run.status, ==, 0);
        g_assert_nonnull (strstr (run.out, cases[i].says));
        g_assert_null (strstr (run.out, cases[i].not ));
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/cli/room", test_room);
    g_test_add_func ("/cli/chat", test_chat);
    g_test_add_func ("/cli/server", test_server);
    g_test_add_func ("/cli/refusals", test_refusals);
    g_test_add_func ("/cli/help", test_help);
    g_test_add_func ("/cli/events", test_events);
    g_test_add_func ("/cli/complete", test_complete);
    g_test_add_func ("/cli/bash", test_bash);
    g_test_add_func ("/cli/zsh", test_zsh);
    return g_test_run ();
}
