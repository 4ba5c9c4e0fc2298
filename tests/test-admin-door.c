/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-admin-door.c: the admin API over TCP: who has a token comes in, by hand and with tutti(1);
 * who guesses is slowed down and told of once; what configuration is not taken.
 */
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <tutti/error.h>

#include "control/admin-door.h"
#include "office.h"

#define TOKEN "Zm9yIHRoZSBiYWNrdXA="
#define OTHER "bW9uaXRvcmluZyBvbmx5"
#define THIRD "YWZ0ZXIgdGhlIHJlbG9hZA"
#define WRONG "Zm9yIHRoZSBiYWNrdXB="

static char *folder;      /* the state's, and the token file's */
static GString *warnings; /* a line each */

static GLogWriterOutput
on_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
    for (gsize i = 0; (level & G_LOG_LEVEL_WARNING) && i < n_fields; i++) {
        if (g_str_equal (fields[i].key, "MESSAGE"))
            g_string_append_printf (warnings, "%s\n", (const char *)fields[i].value);
    }
    return G_LOG_WRITER_HANDLED;
}

/* And no other. */
static void
assert_warned (const char *text)
{
    g_assert_cmpstr (warnings->str, ==, text);
    g_string_truncate (warnings, 0);
}

static char *
write_tokens (const char *text, int mode)
{
    char *path = g_build_filename (folder, "tokens", NULL);

    g_assert_true (g_file_set_contents (path, text, -1, NULL));
    g_assert_cmpint (g_chmod (path, (mode_t)mode), ==, 0);
    return path;
}

/* Where it listens; url: what is to be asked for, "http://127.0.0.1:PORT". */
static Office *
open_office (const char *listen, char **url)
{
    g_autofree char *path = write_tokens (TOKEN "\n" OTHER "\n", 0600);
    g_autofree char *file = g_strconcat ("admin.token-file=", path, NULL);
    g_autofree char *where = g_strconcat ("admin.listen=", listen, NULL);
    const char *const more[] = {where, file, NULL};
    Office *office = office_new (more);
    g_auto (GStrv) urls = tutti_admin_get_urls (office->admin);
    g_autoptr (GUri) uri = NULL;

    g_assert_cmpuint (g_strv_length (urls), ==, 1);
    uri = g_uri_parse (urls[0], G_URI_FLAGS_NONE, NULL);
    *url = g_strdup_printf ("%s://127.0.0.1:%d", g_uri_get_scheme (uri), g_uri_get_port (uri));
    return office;
}

/* --- By hand. --- */

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes =
        soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);

    g_assert_no_error (error);
    *(gboolean *)user_data = TRUE;
}

/* token NULL: none. The answer's headers are the message's. */
static SoupMessage *
ask (const char *url, const char *path, const char *token)
{
    g_autoptr (SoupSession) session = soup_session_new_with_options ("proxy-resolver", NULL, NULL);
    g_autofree char *whole = g_strconcat (url, path, NULL);
    g_autofree char *bearer = g_strconcat ("Bearer ", token, NULL);
    SoupMessage *message = soup_message_new ("GET", whole);
    gboolean done = FALSE;

    if (token)
        soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                      bearer);
    soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT, NULL, on_sent, &done);
    while (!done)
        g_main_context_iteration (NULL, TRUE);
    return message;
}

static void
assert_answer (const char *url, const char *token, guint status, const char *header,
               const char *value)
{
    g_autoptr (SoupMessage) message = ask (url, "/v1/status", token);

    g_assert_cmpuint (soup_message_get_status (message), ==, status);
    if (header)
        g_assert_cmpstr (
            soup_message_headers_get_one (soup_message_get_response_headers (message), header), ==,
            value);
}

static void
test_tokens (void)
{
    g_autofree char *url = NULL;
    Office *office = open_office ("127.0.0.1:0", &url);
    g_auto (Answer) socket = office_ask (office, "GET", "/v1/status", NULL);

    g_assert_true (g_str_has_prefix (url, "http:"));
    g_assert_cmpuint (socket.status, ==, 200); /* who may open it needs none */
    assert_answer (url, TOKEN, 200, NULL, NULL);
    assert_answer (url, OTHER, 200, NULL, NULL);
    assert_answer (url, NULL, 401, "WWW-Authenticate", "Bearer");
    assert_warned ("admin API: 127.0.0.1 is refused: no token\n");
    assert_answer (url, WRONG, 401, "WWW-Authenticate", "Bearer error=\"invalid_token\"");
    assert_answer (url, "", 401, "Content-Type", "application/problem+json");
    assert_answer (url, TOKEN " " OTHER, 401, NULL, NULL);
    assert_answer (url, TOKEN, 200, NULL, NULL);
    office_free (office);
}

/* Told of once. */
static void
test_guesses (void)
{
    g_autofree char *url = NULL;
    Office *office = open_office ("127.0.0.1:0", &url);
    g_auto (Answer) metrics = {0};

    for (guint i = 0; i < 10; i++)
        assert_answer (url, WRONG, 401, NULL, NULL);
    assert_answer (url, WRONG, 429, "Retry-After", "6");
    assert_answer (url, TOKEN, 429, NULL, NULL);
    assert_warned ("admin API: 127.0.0.1 is refused: a bad token\n");
    metrics = office_ask (office, "GET", "/metrics", NULL);
    g_assert_nonnull (strstr (metrics.text, "\ntutti_admin_refusals_total 12\n"));
    office_free (office);
}

static void
test_reload (void)
{
    g_autofree char *url = NULL;
    Office *office = open_office ("127.0.0.1:0", &url);
    g_autoptr (GError) error = NULL;

    g_free (write_tokens (THIRD, 0600));
    assert_answer (url, TOKEN, 200, NULL, NULL);
    g_assert_true (tutti_admin_renew (office->admin, &error));
    assert_answer (url, THIRD, 200, NULL, NULL);
    assert_answer (url, TOKEN, 401, NULL, NULL);
    g_free (write_tokens (TOKEN, 0644));
    g_assert_false (tutti_admin_renew (office->admin, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG);
    assert_answer (url, THIRD, 200, NULL, NULL);
    assert_warned ("admin API: 127.0.0.1 is refused: a bad token\n");
    office_free (office);
}

/* --- tutti(1). --- */

/* Beyond loopback there is TLS, by the server's own certificate. */
static void
test_command (void)
{
    g_autofree char *url = NULL;
    Office *office = open_office ("0.0.0.0:0", &url);
    g_autofree char *room = office_join (office, "blue", "Ada");
    g_autofree char *known = g_strconcat ("--url ", url, "/ --ca-file ", folder,
                                          "/tutti/tls-certificate.pem --token ", NULL);
    g_autofree char *good = g_strconcat (known, TOKEN, NULL);
    g_autofree char *bad = g_strconcat (known, WRONG, NULL);
    g_autofree char *stranger = g_strconcat ("--url ", url, " --token " TOKEN, NULL);
    g_autofree char *words = g_strconcat ("complete -- ", good, " kick ", NULL);
    g_autofree char *both = g_strconcat (good, " --socket ", office->socket, NULL);
    g_auto (Run) rooms = office_run_at (good, "rooms");
    g_auto (Run) complete = office_run_at (good, words);
    g_auto (Run) untrusted = office_run_at (stranger, "rooms");
    g_auto (Run) no_url = office_run_at ("--url example.org:1", "rooms");
    g_auto (Run) two = office_run_at (both, "rooms");

    g_assert_true (g_str_has_prefix (url, "https:"));
    g_assert_cmpint (rooms.status, ==, 0);
    g_assert_nonnull (strstr (rooms.out, "blue"));
    g_assert_cmpstr (complete.out, ==, "blue\n");
    g_assert_cmpint (untrusted.status, ==, 3);
    g_assert_nonnull (strstr (untrusted.err, "--ca-file"));
    g_assert_cmpint (no_url.status, ==, 2);
    g_assert_cmpint (two.status, ==, 2);
    {
        g_auto (Run) refused = office_run_at (bad, "rooms");

        g_assert_cmpint (refused.status, ==, 1);
        g_assert_nonnull (strstr (refused.err, "$TUTTI_TOKEN"));
    }
    assert_warned ("admin API: 127.0.0.1 is refused: a bad token\n");
    office_free (office);
}

/* --- What is not taken. --- */

static void
test_check (void)
{
    static const struct {
        const char *listen, *tls;
        gboolean has_file;
        int mode;
        const char *says; /* NULL: it is good */
    } cases[] = {
        {"off", "off", FALSE, 0, NULL},
        {"127.0.0.1:8444", "off", TRUE, 0600, NULL},
        {"[::1]:8444", "auto", TRUE, 0640, NULL},
        {"192.0.2.1:8444", "auto", TRUE, 0600, NULL},
        {"192.0.2.1:8444", "off", TRUE, 0600, "[admin] listen: "},
        {"*:8444", "off", TRUE, 0600, "need TLS"},
        {"example.org:8444", "auto", TRUE, 0600, "[admin] listen: "},
        {"127.0.0.1:8444", "auto", FALSE, 0, "[admin] token-file: must be written"},
        {"127.0.0.1:8444", "auto", TRUE, 0604, "[admin] token-file: "},
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (TuttiConfig) config = tutti_config_new ();
        g_autofree char *path = write_tokens (TOKEN, cases[i].mode);
        g_autofree char *file =
            g_strconcat ("admin.token-file=", cases[i].has_file ? path : "", NULL);
        g_autofree char *listen = g_strconcat ("admin.listen=", cases[i].listen, NULL);
        g_autofree char *tls = g_strconcat ("http.tls=", cases[i].tls, NULL);
        g_autoptr (GError) error = NULL;

        tutti_config_set (config, file, NULL);
        tutti_config_set (config, listen, NULL);
        tutti_config_set (config, tls, NULL);
        g_assert_cmpint (tutti_admin_check (config, &error), ==, cases[i].says == NULL);
        if (!cases[i].says)
            continue;
        g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG);
        g_assert_nonnull (strstr (error->message, cases[i].says));
    }
}

static void
remove_folder (void)
{
    static const char *const names[] = {"tutti/tls-certificate.pem", "tutti/tls-key.pem", "tutti",
                                        "tokens", ""};

    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autofree char *path = g_build_filename (folder, names[i], NULL);

        g_remove (path);
    }
    g_free (folder);
}

int
main (int argc, char **argv)
{
    int status;

    folder = g_dir_make_tmp ("tutti-door-XXXXXX", NULL);
    g_setenv ("XDG_STATE_HOME", folder, TRUE);
    g_unsetenv ("STATE_DIRECTORY");
    g_test_init (&argc, &argv, NULL);
    g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
    g_log_set_writer_func (on_log, NULL, NULL);
    warnings = g_string_new (NULL);
    g_test_add_func ("/admin-door/tokens", test_tokens);
    g_test_add_func ("/admin-door/guesses", test_guesses);
    g_test_add_func ("/admin-door/reload", test_reload);
    g_test_add_func ("/admin-door/command", test_command);
    g_test_add_func ("/admin-door/check", test_check);
    status = g_test_run ();
    remove_folder ();
    g_string_free (warnings, TRUE);
    return status;
}
