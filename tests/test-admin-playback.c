/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-admin-playback.c: films into rooms by the admin API and tutti(1): which files may be played,
 * and what is said of them.
 */
#include "office.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PLAYBACK "/v1/rooms/blue/playback"

/* An office with a folder of films, in it a tone (silent), and somebody in the room blue. */
typedef struct {
    Office *office;
    char *films, *outside, *ada;
} Cinema;

/* RIFF WAVE, one second of silence, 8 kHz, mono, 16 bits. */
static void
write_tone (const char *folder, const char *name)
{
    static const guchar head[44] =
        "RIFF\xa4\x3e\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0"
        "\0\2\0\x10\0data\x80\x3e\0";
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *content = g_malloc0 (sizeof head + 16000);

    memcpy (content, head, sizeof head);
    g_assert_true (g_file_set_contents (path, content, sizeof head + 16000, NULL));
}

static Cinema
cinema_open (void)
{
    Cinema cinema = {.films = g_dir_make_tmp ("tutti-films-XXXXXX", NULL),
                     .outside = g_dir_make_tmp ("tutti-outside-XXXXXX", NULL)};
    g_autofree char *set = g_strconcat ("play.directory=", cinema.films, NULL);
    const char *const more[] = {set, NULL};

    cinema.office = office_new (more);
    cinema.ada = office_join (cinema.office, "blue", "Ada");
    write_tone (cinema.films, "tone.wav");
    write_tone (cinema.outside, "secret.wav");
    return cinema;
}

static void
remove_in (char *folder, const char *const *names)
{
    for (; *names; names++) {
        g_autofree char *path = g_build_filename (folder, *names, NULL);
        g_remove (path);
    }
    g_assert_cmpint (g_rmdir (folder), ==, 0);
    g_free (folder);
}

static void
cinema_clear (Cinema *cinema)
{
    static const char *const FILMS[] = {"tone.wav", "text.txt", "way-out", "fifo", "within", NULL};
    static const char *const OUTSIDE[] = {"secret.wav", NULL};

    office_free (cinema->office);
    remove_in (cinema->films, FILMS);
    remove_in (cinema->outside, OUTSIDE);
    g_free (cinema->ada);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Cinema, cinema_clear)

/* Until the playback's state is another. */
static char *
wait_while (Cinema *cinema, const char *state)
{
    for (;;) {
        g_auto (Answer) answer = office_ask (cinema->office, "GET", PLAYBACK, NULL);

        if (answer.status != 200)
            return g_strdup_printf ("%u", answer.status);
        if (g_strcmp0 (answer_text (&answer, "state"), state) != 0)
            return g_strdup (answer_text (&answer, "state"));
        g_usleep (10 * 1000);
    }
}

static void
test_play (void)
{
    g_auto (Cinema) cinema = cinema_open ();
    g_auto (Answer) before = office_ask (cinema.office, "GET", PLAYBACK, NULL);
    g_auto (Answer) start =
        office_ask (cinema.office, "PUT", PLAYBACK, "{\"file\":\"tone.wav\",\"loop\":true}");
    g_autofree char *state = wait_while (&cinema, "opening");
    g_auto (Answer) twice = office_ask (cinema.office, "PUT", PLAYBACK, "{\"file\":\"tone.wav\"}");
    g_auto (Answer) change =
        office_ask (cinema.office, "PATCH", PLAYBACK, "{\"gain_db\":-6.5,\"paused\":true}");
    g_autofree char *paused = wait_while (&cinema, "playing");
    g_auto (Answer) loud = office_ask (cinema.office, "PATCH", PLAYBACK, "{\"gain_db\":21}");
    g_auto (Answer) shown = office_ask (cinema.office, "GET", PLAYBACK, NULL);
    g_auto (Answer) people = office_ask (cinema.office, "GET", "/v1/rooms/blue/participants", NULL);
    g_auto (Answer) stop = office_ask (cinema.office, "DELETE", PLAYBACK, NULL);
    g_auto (Answer) after = office_ask (cinema.office, "DELETE", PLAYBACK, NULL);

    g_assert_cmpuint (before.status, ==, 404);
    g_assert_cmpuint (start.status, ==, 200);
    g_assert_cmpstr (state, ==, "playing");
    g_assert_cmpuint (twice.status, ==, 409);
    g_assert_cmpuint (change.status, ==, 204);
    g_assert_cmpstr (paused, ==, "paused");
    g_assert_cmpuint (loud.status, ==, 400);
    g_assert_cmpstr (answer_text (&shown, "title"), ==, "tone");
    g_assert_cmpfloat (json_object_get_double_member (answer_object (&shown), "gain_db"), ==, -6.5);
    g_assert_true (json_object_get_boolean_member (answer_object (&shown), "loop"));
    g_assert_true (json_object_get_boolean_member (answer_object (&shown), "has_sound"));
    g_assert_nonnull (strstr (people.text, "\"tone\""));
    g_assert_cmpuint (stop.status, ==, 204);
    g_assert_cmpuint (after.status, ==, 409);
}

/* Only what is below the directory, whatever the path looks like. */
static void
test_files (void)
{
    g_auto (Cinema) cinema = cinema_open ();
    g_autofree char *absolute = g_build_filename (cinema.films, "tone.wav", NULL);
    g_autofree char *secret = g_build_filename (cinema.outside, "secret.wav", NULL);
    g_autofree char *up =
        g_strconcat ("../", strrchr (cinema.outside, '/') + 1, "/secret.wav", NULL);
    g_autofree char *hidden = g_strconcat (cinema.films, "/", up, NULL);
    g_autofree char *link = g_build_filename (cinema.films, "way-out", NULL);
    g_autofree char *within = g_build_filename (cinema.films, "within", NULL);
    g_autofree char *fifo = g_build_filename (cinema.films, "fifo", NULL);
    const struct {
        const char *file;
        guint status;
    } cases[] = {
        {"tone.wav", 200},   {absolute, 200},
        {"within", 200},     {"gone.wav", 404},
        {secret, 403},       {up, 403},
        {hidden, 403},       {"way-out", 403},
        {"fifo", 403},       {".", 403},
        {"", 404},           {"/etc/passwd", 403},
        {"tone.wav/x", 404}, {"/proc/self/exe", 403},
    };

    g_assert_cmpint (symlink (secret, link), ==, 0);
    g_assert_cmpint (symlink ("tone.wav", within), ==, 0);
    g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *body = g_strdup_printf ("{\"file\":\"%s\"}", cases[i].file);
        g_auto (Answer) answer = office_ask (cinema.office, "PUT", PLAYBACK, body);
        g_auto (Answer) stop = office_ask (cinema.office, "DELETE", PLAYBACK, NULL);

        g_assert_cmpuint (answer.status, ==, cases[i].status);
        if (answer.status == 403)
            g_assert_null (strstr (answer.text, "root:"));
    }
}

static void
test_refusals (void)
{
    g_auto (Cinema) cinema = cinema_open ();
    Office *bare = office_new (NULL);
    g_autofree char *bob = office_join (bare, "blue", "Bob");
    g_auto (Answer) none = office_ask (bare, "PUT", PLAYBACK, "{\"file\":\"tone.wav\"}");
    g_auto (Answer) room =
        office_ask (cinema.office, "PUT", "/v1/rooms/red/playback", "{\"file\":\"tone.wav\"}");
    g_auto (Answer) lacks = office_ask (cinema.office, "PUT", PLAYBACK, "{}");
    g_auto (Answer) pause = office_ask (cinema.office, "PATCH", PLAYBACK, "{\"paused\":true}");

    g_assert_cmpuint (none.status, ==, 501);
    g_assert_nonnull (strstr (answer_text (&none, "detail"), "[play] directory"));
    g_assert_cmpuint (room.status, ==, 404);
    g_assert_cmpstr (answer_text (&lacks, "field"), ==, "file");
    g_assert_cmpuint (pause.status, ==, 409);
    office_free (bare);
}

/* --- tutti(1). --- */

static void
assert_done (Office *office, const char *words)
{
    g_auto (Run) run = office_run (office->socket, words);

    g_test_message ("%s: %s%s", words, run.out, run.err);
    g_assert_cmpint (run.status, ==, 0);
}

static void
test_commands (void)
{
    static const char *const SHOWN[] = {"Tone", "playing", "-6.0", "0:00:01", NULL};
    static const char *const UNSEEN[] = {"heard only", NULL};
    g_auto (Cinema) cinema = cinema_open ();
    Office *office = cinema.office;

    assert_done (office, "play blue tone.wav --loop --gain -6 --title Tone");
    {
        g_auto (Run) shown = office_run (office->socket, "play show blue");
        assert_has (shown.out, SHOWN);
    }
    assert_done (office, "play gain blue -12.5");
    assert_done (office, "play pause blue");
    assert_done (office, "play resume blue");
    assert_done (office, "play stop blue");
    assert_done (office, "play start blue tone.wav --loop --title=");
    {
        g_auto (Run) shown = office_run (office->socket, "play show blue");
        assert_has (shown.out, UNSEEN);
    }
}

/* It says what to do. */
static void
test_advice (void)
{
    g_auto (Cinema) cinema = cinema_open ();
    g_autofree char *secret = g_build_filename (cinema.outside, "secret.wav", NULL);
    g_autofree char *words = g_strconcat ("play blue ", secret, NULL);
    g_autofree char *text = g_build_filename (cinema.films, "text.txt", NULL);
    g_auto (Run) elsewhere = office_run (cinema.office->socket, words);
    g_auto (Run) stop = office_run (cinema.office->socket, "play stop blue");
    g_auto (Run) loud = office_run (cinema.office->socket, "play gain blue loud");

    g_assert_cmpint (elsewhere.status, ==, 1);
    g_assert_nonnull (strstr (elsewhere.err, "copy the file there"));
    g_assert_nonnull (strstr (elsewhere.err, cinema.films));
    g_assert_cmpint (stop.status, ==, 1);
    g_assert_nonnull (strstr (stop.err, "nothing plays"));
    g_assert_cmpint (loud.status, ==, 2);
    g_assert_true (g_file_set_contents (text, "no film", -1, NULL));
    {
        g_auto (Run) run = office_run (cinema.office->socket, "play blue text.txt");
        g_assert_cmpint (run.status, ==, 1);
        g_assert_nonnull (strstr (run.err, "can't be played"));
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/admin-playback/play", test_play);
    g_test_add_func ("/admin-playback/files", test_files);
    g_test_add_func ("/admin-playback/refusals", test_refusals);
    g_test_add_func ("/admin-playback/commands", test_commands);
    g_test_add_func ("/admin-playback/advice", test_advice);
    return g_test_run ();
}
