/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-server.c: the front door over HTTP: pages, what is refused, headers, TLS, configuration.
 */
#include "front-door.h"

#include <glib/gstdio.h>
#include <string.h>
#include <tutti/error.h>

static const char *
get_header (SoupMessage *message, const char *name)
{
    const char *value =
        soup_message_headers_get_one (soup_message_get_response_headers (message), name);

    return value ? value : "";
}

static void
assert_page (Door *door, const char *path, const char *type, const char *has)
{
    g_autofree char *body = NULL;
    g_autoptr (SoupMessage) message = door_ask (door, "GET", path, NULL, &body);

    g_assert_cmpuint (soup_message_get_status (message), ==, 200);
    g_assert_cmpstr (get_header (message, "Content-Type"), ==, type);
    g_assert_nonnull (strstr (body, has));
}

static void
test_pages (void)
{
    g_autoptr (Door) door = door_new (NULL);

    assert_page (door, "/", "text/html; charset=utf-8", "<html");
    assert_page (door, "/r/blue", "text/html; charset=utf-8", "<html");
    assert_page (door, "/r/A-z_0.9?token=x#y", "text/html; charset=utf-8", "<html");
    assert_page (door, "/assets/room.js", "text/javascript; charset=utf-8", "import");
    assert_page (door, "/assets/style.css", "text/css; charset=utf-8", "{");
    assert_page (door, "/assets/logo.svg", "image/svg+xml", "<svg");
    assert_page (door, "/healthz", "text/plain; charset=utf-8", "ok");
    /* libsoup closes after each answer unless it is told otherwise. */
    g_assert_cmpuint (tutti_server_n_connections (door->server), ==, 1);
}

/* libsoup before 3.4 forgets who leaves between two requests, descriptor and all; and who leaves
 * without any. */
static void
test_leaving (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (GSocketClient) client = g_socket_client_new ();
    g_autoptr (GSocketConnection) silent = NULL;

    door_wait (door_get_status (door, "/healthz") == 200);
    silent = g_socket_client_connect_to_host (client, "127.0.0.1", door->port, NULL, NULL);
    g_assert_nonnull (silent);
    door_wait (tutti_server_n_connections (door->server) == 2);
    soup_session_abort (door->session);
    g_io_stream_close (G_IO_STREAM (silent), NULL, NULL);
    door_wait (tutti_server_n_connections (door->server) == 0);
    g_assert_cmpuint (door_get_status (door, "/healthz"), ==, 200);
}

static void
test_refused (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autofree char *long_name = g_strnfill (65, 'a');
    g_autofree char *long_room = g_strconcat ("/r/", long_name, NULL);
    const char *const bad_rooms[] = {"/r/",      "/r/a%20b", "/r/a/b", "/r/%C3%A9",
                                     "/r/a%2fb", "/r/a%00b", long_room};
    const char *const missing[] = {"/nothing",    "/assets/",        "/assets/nothing.js",
                                   "/assets",     "/assets/.hidden", "/assets/a/room.js",
                                   "/healthz/x",  "/ws/x",           "/index.html",
                                   "/assets/%2e", "/assets//room.js"};

    for (guint i = 0; i < G_N_ELEMENTS (bad_rooms); i++)
        g_assert_cmpuint (door_get_status (door, bad_rooms[i]), ==, 400);
    for (guint i = 0; i < G_N_ELEMENTS (missing); i++)
        g_assert_cmpuint (door_get_status (door, missing[i]), ==, 404);
}

static void
assert_no_way_out (Door *door, const char *path)
{
    g_autofree char *body = NULL;
    g_autoptr (SoupMessage) message = door_ask (door, "GET", path, NULL, &body);

    g_assert_cmpuint (soup_message_get_status (message), >=, 400);
    g_assert_null (strstr (body, "secret"));
}

static void
test_directory (void)
{
    g_autofree char *parent = g_dir_make_tmp ("tutti-XXXXXX", NULL);
    g_autofree char *web = g_build_filename (parent, "web", NULL);
    g_autofree char *page = g_build_filename (web, "index.html", NULL);
    g_autofree char *secret = g_build_filename (parent, "secret.txt", NULL);
    g_autofree char *setting = g_strconcat ("http.web-directory=", web, NULL);
    g_autoptr (Door) door = door_new_with (setting);

    g_assert_cmpint (g_mkdir (web, 0700), ==, 0);
    g_assert_true (g_file_set_contents (page, "<p>first", -1, NULL));
    g_assert_true (g_file_set_contents (secret, "secret", -1, NULL));
    assert_page (door, "/", "text/html; charset=utf-8", "<p>first");
    g_assert_true (g_file_set_contents (page, "<p>second", -1, NULL));
    assert_page (door, "/", "text/html; charset=utf-8", "<p>second");
    assert_no_way_out (door, "/assets/../secret.txt");
    assert_no_way_out (door, "/assets/%2e%2e/secret.txt");
    assert_no_way_out (door, "/assets/..%2fsecret.txt");
    assert_no_way_out (door, "/assets/%2e%2e%2fsecret.txt");
    assert_no_way_out (door, "/assets/..%5csecret.txt");
    assert_no_way_out (door, "/assets/%252e%252e%252fsecret.txt");
    g_remove (page);
    g_remove (secret);
    g_rmdir (web);
    g_rmdir (parent);
}

static void
test_methods (void)
{
    g_autoptr (Door) door = door_new (NULL);
    static const char *const methods[] = {"POST", "PUT", "DELETE", "OPTIONS", "BREW"};
    g_autofree char *body = NULL;
    g_autoptr (SoupMessage) head = door_ask (door, "HEAD", "/", NULL, &body);

    g_assert_cmpuint (soup_message_get_status (head), ==, 200);
    g_assert_cmpstr (body, ==, "");
    for (guint i = 0; i < G_N_ELEMENTS (methods); i++) {
        g_autoptr (SoupMessage) message = door_ask (door, methods[i], "/", NULL, NULL);

        g_assert_cmpuint (soup_message_get_status (message), ==, 405);
        g_assert_cmpstr (get_header (message, "Allow"), ==, "GET, HEAD");
    }
}

static void
test_headers (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (SoupMessage) page = door_ask (door, "GET", "/r/blue", NULL, NULL);
    g_autoptr (SoupMessage) missing = door_ask (door, "GET", "/nothing", NULL, NULL);
    const char *policy = get_header (page, "Content-Security-Policy");

    g_assert_nonnull (strstr (policy, "default-src 'none'"));
    g_assert_nonnull (strstr (policy, "script-src 'self'"));
    g_assert_nonnull (strstr (policy, "frame-ancestors 'none'"));
    g_assert_null (strstr (policy, "unsafe"));
    g_assert_cmpstr (get_header (missing, "Content-Security-Policy"), ==, policy);
    g_assert_cmpstr (get_header (page, "X-Content-Type-Options"), ==, "nosniff");
    g_assert_cmpstr (get_header (page, "Referrer-Policy"), ==, "no-referrer");
    g_assert_nonnull (strstr (get_header (page, "Permissions-Policy"), "camera=(self)"));
    g_assert_cmpstr (get_header (page, "Strict-Transport-Security"), ==, "");
}

/* Whatever is answered, and by whichever door. */
static void
test_every_door (void)
{
    static const struct {
        const char *method, *path;
        guint status;
    } asked[] = {
        {"GET", "/", 200},
        {"GET", "/r/blue", 200},
        {"GET", "/r/a%2fb", 400},
        {"GET", "/nothing", 404},
        {"GET", "/assets/nothing", 404},
        {"GET", "/healthz", 200},
        {"POST", "/r/blue", 405},
        {"GET", "/ws", 426},
        {"GET", "/ws/more", 404},
        {"GET", "/whip/blue", 204},
        {"POST", "/whip/blue", 415},
        {"PUT", "/whip/blue", 405},
        {"DELETE", "/whip/blue/none", 404},
        {"POST", "/whep/blue", 415},
        {"GET", "/live/blue/", 200},
        {"GET", "/r/blue/recordings/none", 400},
    };
    g_autoptr (Door) door = door_new (NULL);

    for (guint i = 0; i < G_N_ELEMENTS (asked); i++) {
        g_autoptr (SoupMessage) message =
            door_ask (door, asked[i].method, asked[i].path, NULL, NULL);

        g_test_message ("%s %s", asked[i].method, asked[i].path);
        g_assert_cmpuint (soup_message_get_status (message), ==, asked[i].status);
        g_assert_cmpstr (get_header (message, "X-Content-Type-Options"), ==, "nosniff");
        g_assert_nonnull (strstr (get_header (message, "Content-Security-Policy"), "'none'"));
        g_assert_cmpstr (get_header (message, "Referrer-Policy"), ==, "no-referrer");
        g_assert_cmpstr (get_header (message, "Strict-Transport-Security"), ==, "");
    }
}

static void
test_cache (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (SoupMessage) first = door_ask (door, "GET", "/assets/room.js", NULL, NULL);
    const char *tag = get_header (first, "ETag");
    const char *const again[] = {"If-None-Match", tag, NULL};
    const char *const other[] = {"If-None-Match", "\"0123\"", NULL};
    g_autofree char *body = NULL;
    g_autoptr (SoupMessage) same = door_ask (door, "GET", "/assets/room.js", again, &body);
    g_autoptr (SoupMessage) changed = door_ask (door, "GET", "/assets/room.js", other, NULL);

    g_assert_cmpuint (strlen (tag), >, 10);
    g_assert_cmpstr (get_header (first, "Cache-Control"), ==, "no-cache");
    g_assert_cmpuint (soup_message_get_status (same), ==, 304);
    g_assert_cmpstr (body, ==, "");
    g_assert_cmpuint (soup_message_get_status (changed), ==, 200);
}

static void
assert_not_ready (Door *door, const char *why)
{
    g_autofree char *body = NULL;
    g_autoptr (SoupMessage) message = door_ask (door, "GET", "/readyz", NULL, &body);

    g_assert_cmpuint (soup_message_get_status (message), ==, 503);
    g_assert_cmpstr (get_header (message, "Retry-After"), ==, "10");
    g_assert_cmpstr (body, ==, why);
}

static void
test_readiness (void)
{
    g_autoptr (Door) door = door_new (NULL);

    g_assert_cmpuint (door_get_status (door, "/healthz"), ==, 200);
    g_assert_cmpuint (door_get_status (door, "/readyz"), ==, 200);
    /* Worse pictures are no reason to send people elsewhere. */
    fake_room_set_overload (door->rooms, TUTTI_OVERLOAD_LITTLE);
    g_assert_cmpuint (door_get_status (door, "/readyz"), ==, 200);
    fake_room_set_overload (door->rooms, TUTTI_OVERLOAD_REFUSES);
    assert_not_ready (door, "overloaded\n");
    fake_room_set_overload (door->rooms, TUTTI_OVERLOAD_NONE);
    g_assert_cmpuint (door_get_status (door, "/readyz"), ==, 200);
    tutti_rooms_drain (door->rooms);
    g_assert_cmpuint (door_get_status (door, "/healthz"), ==, 200);
    assert_not_ready (door, "draining\n");
}

static void
test_plain_get_of_socket (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (SoupMessage) message = door_ask (door, "GET", "/ws", NULL, NULL);

    g_assert_cmpuint (soup_message_get_status (message), ==, 426);
    g_assert_cmpstr (get_header (message, "Upgrade"), ==, "websocket");
}

static void
test_tls (void)
{
    g_autoptr (Door) door = door_new_with ("http.tls=auto");
    g_autoptr (Caller) caller = NULL;
    g_autoptr (GError) error = NULL;
    g_autofree char *id = NULL;

    g_assert_true (g_str_has_prefix (door->url, "https://127.0.0.1:"));
    assert_page (door, "/r/blue", "text/html; charset=utf-8", "<html");
    g_assert_true (tutti_server_reload (door->server, &error));
    g_assert_no_error (error);
    caller = caller_new (door, NULL);
    id = caller_join (caller, "blue");
    g_assert_cmpstr (id, ==, "p1");
}

/* The operator's files, which browsers trust: they may insist on TLS. */
static void
test_tls_files (void)
{
    g_autoptr (Door) first = door_new_with ("http.tls=auto");
    g_autofree char *certificate =
        g_build_filename (g_getenv ("XDG_STATE_HOME"), "tutti", "tls-certificate.pem", NULL);
    g_autofree char *key =
        g_build_filename (g_getenv ("XDG_STATE_HOME"), "tutti", "tls-key.pem", NULL);
    g_autofree char *certificate_setting = g_strconcat ("http.certificate=", certificate, NULL);
    g_autofree char *key_setting = g_strconcat ("http.private-key=", key, NULL);
    const char *const settings[] = {"http.tls=files", certificate_setting, key_setting, NULL};
    g_autoptr (Door) door = door_new (settings);
    g_autoptr (SoupMessage) message = door_ask (door, "GET", "/", NULL, NULL);
    g_autoptr (GError) error = NULL;

    g_assert_nonnull (strstr (get_header (message, "Strict-Transport-Security"), "max-age="));
    g_remove (key);
    g_assert_false (tutti_server_reload (door->server, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG);
    g_assert_cmpuint (door_get_status (door, "/"), ==, 200);
}

static void
test_localhost (void)
{
    g_autoptr (Door) door = door_new_with ("http.listen=localhost:0");
    g_auto (GStrv) urls = tutti_server_get_urls (door->server);

    g_assert_true (g_str_has_prefix (urls[0], "http://127.0.0.1:"));
    g_assert_cmpuint (door_get_status (door, "/healthz"), ==, 200);
}

typedef struct {
    const char *name, *settings[4], *says; /* NULL: good */
} Check;

static const Check checks[] = {
    {"default", {NULL}, NULL},
    {"beyond", {"http.listen=0.0.0.0:8443", NULL}, "[auth] mode"},
    {"beyond-ipv6", {"http.listen=[::]:8443", NULL}, "[auth] mode"},
    {"beyond-all", {"http.listen=*:8443", NULL}, "[auth] mode"},
    {"beyond-open", {"http.listen=0.0.0.0:8443", "auth.mode=open", NULL}, NULL},
    {"beyond-token",
     {"http.listen=192.0.2.1:8443", "auth.mode=token", "auth.secret=0123", NULL},
     NULL},
    {"token-alone", {"auth.mode=token", NULL}, "needs secret"},
    {"files-alone", {"http.tls=files", NULL}, "needs certificate"},
    {"name", {"http.listen=example.org:8443", NULL}, "[http] listen"},
};

static void
test_check (gconstpointer data)
{
    const Check *check = data;
    g_autoptr (TuttiConfig) config = tutti_config_new ();
    g_autoptr (GError) error = NULL;

    for (guint i = 0; check->settings[i]; i++)
        g_assert_true (tutti_config_set (config, check->settings[i], NULL));
    g_assert_cmpint (tutti_server_check (config, &error), ==, check->says == NULL);
    if (!check->says)
        return;
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG);
    g_assert_nonnull (strstr (error->message, check->says));
}

/* Two servers can't have one port; the second says so. */
static void
test_port_taken (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autofree char *setting = g_strdup_printf ("http.listen=127.0.0.1:%u", door->port);
    g_autoptr (GError) error = NULL;

    g_assert_true (tutti_config_set (door->config, setting, NULL));
    g_assert_null (tutti_server_new (door->config, door->rooms, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_INTERNAL);
    g_assert_nonnull (strstr (error->message, "can't listen on 127.0.0.1:"));
}

/* A body that no route wants is neither kept nor an offence. */
static void
test_large_body (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autofree char *large = g_strnfill (8 * 1024 * 1024, 'x');
    g_autoptr (GSocketClient) client = g_socket_client_new ();
    g_autoptr (GSocketConnection) connection = NULL;
    g_autofree char *head = g_strdup_printf (
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n", strlen (large));
    gsize n_sent = 0, n = strlen (large);
    GSocket *socket;

    g_socket_client_set_enable_proxy (client, FALSE);
    connection = g_socket_client_connect_to_host (client, "127.0.0.1", door->port, NULL, NULL);
    socket = g_socket_connection_get_socket (connection);
    g_socket_set_blocking (socket, FALSE);
    g_socket_send (socket, head, strlen (head), NULL, NULL);
    while (n_sent < n) {
        gssize now = g_socket_send (socket, large + n_sent, n - n_sent, NULL, NULL);

        if (now < 0 && g_socket_condition_check (socket, G_IO_IN | G_IO_HUP))
            break; /* answered before the end, which is allowed */
        n_sent += (gsize)MAX (now, 0);
        g_main_context_iteration (NULL, FALSE);
    }
    door_wait (g_socket_condition_check (socket, G_IO_IN));
    g_assert_cmpuint (door_get_status (door, "/healthz"), ==, 200);
}

int
main (int argc, char **argv)
{
    g_autofree char *state = g_dir_make_tmp ("tutti-XXXXXX", NULL);
    g_autofree char *kept = g_build_filename (state, "tutti", NULL);
    g_autofree char *certificate = g_build_filename (kept, "tls-certificate.pem", NULL);
    g_autofree char *key = g_build_filename (kept, "tls-key.pem", NULL);
    int result;

    g_setenv ("XDG_STATE_HOME", state, TRUE);
    g_unsetenv ("STATE_DIRECTORY");
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/server/pages", test_pages);
    g_test_add_func ("/server/leaving", test_leaving);
    g_test_add_func ("/server/refused", test_refused);
    g_test_add_func ("/server/directory", test_directory);
    g_test_add_func ("/server/methods", test_methods);
    g_test_add_func ("/server/headers", test_headers);
    g_test_add_func ("/server/every-door", test_every_door);
    g_test_add_func ("/server/cache", test_cache);
    g_test_add_func ("/server/readiness", test_readiness);
    g_test_add_func ("/server/plain-get-of-socket", test_plain_get_of_socket);
    g_test_add_func ("/server/tls", test_tls);
    g_test_add_func ("/server/tls-files", test_tls_files);
    g_test_add_func ("/server/localhost", test_localhost);
    for (guint i = 0; i < G_N_ELEMENTS (checks); i++) {
        g_autofree char *path = g_strconcat ("/server/check/", checks[i].name, NULL);

        g_test_add_data_func (path, &checks[i], test_check);
    }
    g_test_add_func ("/server/port-taken", test_port_taken);
    g_test_add_func ("/server/large-body", test_large_body);
    result = g_test_run ();
    g_remove (certificate);
    g_remove (key);
    g_rmdir (kept);
    g_rmdir (state);
    return result;
}
