/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * office.c: see office.h.
 */
#include "office.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>
#include <tutti/error.h>

/* --- tutti(1). --- */

void
office_clear_run (Run *run)
{
    g_free (run->out);
    g_free (run->err);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Run *run = user_data;

    g_assert_true (g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, &run->out,
                                                         &run->err, NULL));
    run->status = g_subprocess_get_exit_status (G_SUBPROCESS (source));
}

Run
office_run_at (const char *place, const char *words)
{
    g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "..", "src/cli/tutti", NULL);
    g_autofree char *line = g_strjoin (" ", program, place, words, NULL);
    g_auto (GStrv) argv = g_strsplit (line, " ", -1);
    g_autoptr (GSubprocessLauncher) launcher =
        g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_autoptr (GSubprocess) process = NULL;
    Run run = {.status = -1};

    /* It has no thread of ours, and unloads libraries at its end, which suppressions of races in
     * them don't bear. */
    g_subprocess_launcher_setenv (launcher, "TSAN_OPTIONS", "report_bugs=0", TRUE);
    process = g_subprocess_launcher_spawnv (launcher, (const char *const *)argv, NULL);

    g_assert_nonnull (process);
    g_subprocess_communicate_utf8_async (process, NULL, NULL, on_done, &run);
    while (run.status < 0)
        g_main_context_iteration (NULL, TRUE);
    return run;
}

Run
office_run (const char *socket, const char *words)
{
    g_autofree char *place = g_strconcat ("--socket ", socket, NULL);

    return office_run_at (place, words);
}

/* --- Requests by hand. --- */

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GError) error = NULL;

    *(GBytes **)user_data =
        soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);
    g_assert_no_error (error);
}

static char *
bytes_to_text (GBytes *bytes)
{
    gsize length;
    const char *data = g_bytes_get_data (bytes, &length);

    return length > 0 ? g_strndup (data, length) : g_strdup ("");
}

Answer
office_ask (Office *office, const char *method, const char *path, const char *body)
{
    g_autofree char *url = g_strconcat ("http://localhost", path, NULL);
    g_autoptr (GSocketAddress) address = g_unix_socket_address_new (office->socket);
    g_autoptr (SoupSession) session =
        soup_session_new_with_options ("proxy-resolver", NULL, "remote-connectable", address, NULL);
    g_autoptr (SoupMessage) message = soup_message_new (method, url);
    g_autoptr (GBytes) bytes = NULL;
    SoupMessageHeaders *headers;
    Answer answer = {0};

    g_assert_nonnull (message);
    headers = soup_message_get_response_headers (message);
    if (body) {
        g_autoptr (GBytes) request = g_bytes_new (body, strlen (body));
        soup_message_set_request_body_from_bytes (message, "application/json", request);
    }
    if (office->header)
        soup_message_headers_replace (soup_message_get_request_headers (message), office->header,
                                      office->header_value);
    soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT, NULL, on_answer,
                                      &bytes);
    while (!bytes)
        g_main_context_iteration (NULL, TRUE);
    answer.status = soup_message_get_status (message);
    answer.type = g_strdup (soup_message_headers_get_one (headers, "Content-Type"));
    answer.allow = g_strdup (soup_message_headers_get_one (headers, "Allow"));
    answer.location = g_strdup (soup_message_headers_get_one (headers, "Location"));
    answer.etag = g_strdup (soup_message_headers_get_one (headers, "ETag"));
    answer.text = bytes_to_text (bytes);
    answer.json = json_from_string (answer.text, NULL);
    g_test_message ("%s %s: %u %.300s", method, path, answer.status, answer.text);
    return answer;
}

void
office_clear_answer (Answer *answer)
{
    g_free (answer->type);
    g_free (answer->allow);
    g_free (answer->location);
    g_free (answer->etag);
    g_free (answer->text);
    g_clear_pointer (&answer->json, json_node_unref);
}

JsonObject *
answer_object (const Answer *answer)
{
    g_assert_nonnull (answer->json);
    return json_node_get_object (answer->json);
}

const char *
answer_text (const Answer *answer, const char *name)
{
    return json_object_get_string_member_with_default (answer_object (answer), name, NULL);
}

void
assert_has (const char *text, const char *const *words)
{
    for (; *words; words++) {
        if (!strstr (text, *words))
            g_test_message ("no '%s' in:\n%s", *words, text);
        g_assert_nonnull (strstr (text, *words));
    }
}

/* --- The office. --- */

static void
on_event (const TuttiEvent *event, gpointer user_data)
{
    Office *office = user_data;

    office->n_kicked += event->type == TUTTI_EVENT_KICKED;
    if (event->type == TUTTI_EVENT_CHAT)
        g_string_append_printf (office->said, "%s\n", event->chat.text);
}

char *
office_join (Office *office, const char *room, const char *name)
{
    TuttiJoin join = {.room = room, .name = name, .role = TUTTI_PERSON_PARTICIPANT};
    gboolean created;
    TuttiParticipant *participant =
        tutti_rooms_join (office->rooms, &join, on_event, office, &created, NULL);

    g_assert_nonnull (participant);
    return g_strdup (tutti_participant_id (participant));
}

static void
on_drain (guint deadline_s, gpointer user_data)
{
    Office *office = user_data;

    office->n_drains++;
    office->drain_deadline_s = deadline_s;
}

static void
on_shutdown (gpointer user_data)
{
    ((Office *)user_data)->n_shutdowns++;
}

static gboolean
on_reload (gpointer user_data, GError **error)
{
    Office *office = user_data;

    office->n_reloads++;
    if (office->reload_fails)
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG, "no such certificate");
    return !office->reload_fails;
}

static char *
on_write_token (const TuttiToken *token, gpointer user_data, GError **error)
{
    return tutti_admission_write_token (((Office *)user_data)->admission, token, error);
}

TuttiAdmin *
office_open (Office *office, GError **error)
{
    const TuttiAdminHands hands = {on_drain,       on_shutdown, on_reload,
                                   on_write_token, office,      office->hooks};

    return tutti_admin_new (office->config, office->rooms, &hands, error);
}

Office *
office_new (const char *const *more)
{
    Office *office = g_new0 (Office, 1);
    g_autofree char *set = NULL;

    office->folder = g_dir_make_tmp ("tutti-admin-XXXXXX", NULL);
    office->socket = g_build_filename (office->folder, "admin.sock", NULL);
    office->said = g_string_new (NULL);
    set = g_strconcat ("admin.socket=", office->socket, NULL);
    office->config = tutti_config_new ();
    g_assert_true (tutti_config_set (office->config, set, NULL));
    /* Tests run where much else does: late rounds aren't the server's own. */
    g_assert_true (tutti_config_set (office->config, "room.overload-percent=0", NULL));
    for (; more && *more; more++)
        g_assert_true (tutti_config_set (office->config, *more, NULL));
    office->rooms = tutti_rooms_new (office->config, NULL);
    office->admission = tutti_admission_new (office->config, NULL);
    office->hooks = tutti_hooks_new (office->config, office->rooms, NULL);
    g_assert_nonnull (office->hooks);
    office->admin = office_open (office, NULL);
    g_assert_nonnull (office->admin);
    return office;
}

void
office_free (Office *office)
{
    tutti_admin_free (office->admin);
    g_assert_false (g_file_test (office->socket, G_FILE_TEST_EXISTS));
    tutti_hooks_free (office->hooks);
    tutti_rooms_free (office->rooms);
    tutti_admission_free (office->admission);
    tutti_config_free (office->config);
    g_string_free (office->said, TRUE);
    g_rmdir (office->folder);
    g_free (office->folder);
    g_free (office->socket);
    g_free (office);
}
