/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-admin-recordings.c: recordings by the admin API and tutti(1): start, pause, stop, what is
 * listed, and what is refused.
 */
#include "office.h"

#include <gio/gio.h>
#include <string.h>

#define RECORDING "/v1/rooms/blue/recording"

static void
remove_all (const char *folder)
{
    g_autoptr (GSubprocess) process =
        g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, NULL, "rm", "-r", folder, NULL);

    g_assert_true (g_subprocess_wait (process, NULL, NULL));
}

typedef struct {
    Office *office;
    char *folder, *ada;
} Studio;

static Studio
studio_open (void)
{
    Studio studio = {.folder = g_dir_make_tmp ("tutti-takes-XXXXXX", NULL)};
    g_autofree char *set = g_strconcat ("record.directory=", studio.folder, NULL);
    const char *const more[] = {set, "record.minimum-free-space=0", NULL};

    studio.office = office_new (more);
    studio.ada = office_join (studio.office, "blue", "Ada");
    return studio;
}

static void
studio_clear (Studio *studio)
{
    office_free (studio->office);
    remove_all (studio->folder);
    g_free (studio->folder);
    g_free (studio->ada);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Studio, studio_clear)

/* The state of the newest recording once it is not that any more; "none": there is none. */
static char *
wait_while (Studio *studio, const char *state)
{
    for (;;) {
        g_auto (Answer) answer = office_ask (studio->office, "GET", "/v1/recordings", NULL);
        JsonArray *list = json_object_get_array_member (answer_object (&answer), "recordings");
        const char *now = "none";

        if (json_array_get_length (list) > 0)
            now = json_object_get_string_member (json_array_get_object_element (list, 0), "state");
        if (!g_str_equal (now, state))
            return g_strdup (now);
        g_usleep (10 * 1000);
    }
}

static void
test_record (void)
{
    g_auto (Studio) studio = studio_open ();
    Office *office = studio.office;
    g_auto (Answer) before = office_ask (office, "GET", RECORDING, NULL);
    g_auto (Answer) start = office_ask (office, "PUT", RECORDING, "{\"container\":\"mkv\"}");
    g_auto (Answer) twice = office_ask (office, "PUT", RECORDING, NULL);
    g_auto (Answer) pause = office_ask (office, "PATCH", RECORDING, "{\"state\":\"paused\"}");
    g_auto (Answer) paused = office_ask (office, "GET", RECORDING, NULL);
    g_auto (Answer) resume = office_ask (office, "PATCH", RECORDING, "{\"state\":\"on\"}");
    g_auto (Answer) wrong = office_ask (office, "PATCH", RECORDING, "{\"state\":\"off\"}");
    g_auto (Answer) list = office_ask (office, "GET", "/v1/recordings", NULL);
    g_auto (Answer) stop = office_ask (office, "DELETE", RECORDING, NULL);
    g_auto (Answer) after = office_ask (office, "DELETE", RECORDING, NULL);

    g_assert_cmpuint (before.status, ==, 404);
    g_assert_cmpuint (start.status, ==, 200);
    g_assert_true (g_str_has_suffix (answer_text (&start, "file"), ".mkv"));
    g_assert_cmpuint (twice.status, ==, 409);
    g_assert_cmpuint (pause.status, ==, 204);
    g_assert_cmpstr (answer_text (&paused, "state"), ==, "paused");
    g_assert_cmpuint (resume.status, ==, 204);
    g_assert_cmpuint (wrong.status, ==, 400);
    g_assert_cmpuint (list.status, ==, 200);
    g_assert_nonnull (strstr (list.text, answer_text (&start, "name")));
    g_assert_cmpuint (stop.status, ==, 204);
    g_assert_cmpuint (after.status, ==, 409);
}

static void
test_refusals (void)
{
    g_auto (Studio) studio = studio_open ();
    g_auto (Answer) room = office_ask (studio.office, "PUT", "/v1/rooms/red/recording", NULL);
    g_auto (Answer) avi = office_ask (studio.office, "PUT", RECORDING, "{\"container\":\"avi\"}");
    g_auto (Answer) gone = office_ask (studio.office, "GET", "/v1/recordings/gone", NULL);
    g_auto (Answer) out = office_ask (studio.office, "DELETE", "/v1/recordings/..%2Fx", NULL);

    g_assert_cmpuint (room.status, ==, 404);
    g_assert_cmpuint (avi.status, ==, 400);
    g_assert_cmpstr (answer_text (&avi, "field"), ==, "container");
    g_assert_cmpuint (gone.status, ==, 404);
    g_assert_cmpuint (out.status, ==, 404);
}

static void
assert_run (Office *office, const char *words, int status, const char *says)
{
    g_auto (Run) run = office_run (office->socket, words);

    g_test_message ("%s: %d %s%s", words, run.status, run.out, run.err);
    g_assert_cmpint (run.status, ==, status);
    g_assert_nonnull (strstr (status == 0 ? run.out : run.err, says));
}

static void
test_commands (void)
{
    g_auto (Studio) studio = studio_open ();
    Office *office = studio.office;
    g_autofree char *state = NULL;

    assert_run (office, "record pause blue", 1, "");
    assert_run (office, "record start blue --container webm", 0, "");
    assert_run (office, "record show blue", 0, ".webm");
    assert_run (office, "record start blue", 1, "");
    assert_run (office, "record pause blue", 0, "");
    assert_run (office, "record show blue", 0, "paused");
    assert_run (office, "record resume blue", 0, "");
    assert_run (office, "recordings", 0, "running");
    assert_run (office, "record stop blue", 0, "");
    state = wait_while (&studio, "running");
    g_assert_cmpstr (state, !=, "broken");
    assert_run (office, "recordings delete nothing", 1, "nothing");
    assert_run (office, "rooms --tracks", 2, "--tracks is not for `tutti rooms`");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/admin-recordings/record", test_record);
    g_test_add_func ("/admin-recordings/refusals", test_refusals);
    g_test_add_func ("/admin-recordings/commands", test_commands);
    return g_test_run ();
}
