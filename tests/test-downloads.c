/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-downloads.c: whole files, parts of them and versions of them, as a player asks for them; and
 * that no more is kept in memory or open than is said.
 */
#include "patience.h"

#include "control/downloads.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Several pieces, and not a whole number of them. */
#define FILE_BYTES (1000 * 1000 + 7)

typedef struct {
    SoupServer *soup;
    SoupSession *session;
    TuttiDownloads *downloads;
    char *path, *url;
    guint8 *content;
    gboolean save;
} Desk;

static void
on_request (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
    Desk *desk = user_data;
    int descriptor = open (desk->path, O_RDONLY | O_CLOEXEC);

    g_assert_cmpint (descriptor, >=, 0);
    tutti_downloads_serve (desk->downloads, message, descriptor,
                           &(TuttiDownload){.name = "blue.tracks/film.webm",
                                            .save = desk->save,
                                            .caching = "private, no-cache"});
}

static void
open_desk (Desk *desk, guint n_max)
{
    g_autoptr (GError) error = NULL;
    GSList *uris;
    int descriptor = g_file_open_tmp ("tutti-XXXXXX", &desk->path, NULL);

    desk->content = g_malloc (FILE_BYTES);
    for (guint i = 0; i < FILE_BYTES; i++)
        desk->content[i] = (guint8)((i * 2654435761U) >> 24);
    g_assert_cmpint (write (descriptor, desk->content, FILE_BYTES), ==, FILE_BYTES);
    close (descriptor);
    desk->downloads = tutti_downloads_new (n_max);
    desk->soup = soup_server_new (NULL, NULL);
    soup_server_add_handler (desk->soup, NULL, on_request, desk, NULL);
    soup_server_listen_local (desk->soup, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
    g_assert_no_error (error);
    uris = soup_server_get_uris (desk->soup);
    desk->url = g_uri_to_string (uris->data);
    g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
    desk->session = soup_session_new_with_options ("proxy-resolver", NULL, NULL);
}

static void
wait_idle (Desk *desk)
{
    gint64 until_us = g_get_monotonic_time () + TEST_PATIENCE * 20 * G_USEC_PER_SEC;

    while (tutti_downloads_n_running (desk->downloads) > 0) {
        g_assert_cmpint (g_get_monotonic_time (), <, until_us);
        if (!g_main_context_iteration (NULL, FALSE))
            g_usleep (200);
    }
}

static void
close_desk (Desk *desk)
{
    wait_idle (desk);
    soup_session_abort (desk->session);
    soup_server_disconnect (desk->soup);
    g_object_unref (desk->session);
    g_object_unref (desk->soup);
    tutti_downloads_free (desk->downloads);
    while (g_main_context_iteration (NULL, FALSE))
        continue;
    g_remove (desk->path);
    g_free (desk->path);
    g_free (desk->url);
    g_free (desk->content);
}

typedef struct {
    gboolean done;
    GBytes *body;
    GError *error;
} Reply;

static void
on_reply (GObject *session, GAsyncResult *result, gpointer user_data)
{
    Reply *reply = user_data;

    reply->body = soup_session_send_and_read_finish (SOUP_SESSION (session), result, &reply->error);
    reply->done = TRUE;
}

/* header NULL: none. */
static SoupMessage *
ask (Desk *desk, const char *method, const char *header, const char *value, GBytes **body)
{
    SoupMessage *message = soup_message_new (method, desk->url);
    Reply reply = {0};

    if (header)
        soup_message_headers_replace (soup_message_get_request_headers (message), header, value);
    soup_session_send_and_read_async (desk->session, message, G_PRIORITY_DEFAULT, NULL, on_reply,
                                      &reply);
    while (!reply.done)
        g_main_context_iteration (NULL, TRUE);
    g_assert_no_error (reply.error);
    *body = reply.body;
    return message;
}

static const char *
get_header (SoupMessage *message, const char *name)
{
    return soup_message_headers_get_one (soup_message_get_response_headers (message), name);
}

typedef struct {
    const char *name, *method, *range;
    guint status;
    gsize start, length;
    const char *content_range;
} Case;

static const Case cases[] = {
    {"whole", "GET", NULL, 200, 0, FILE_BYTES, NULL},
    {"first", "GET", "bytes=0-0", 206, 0, 1, "bytes 0-0/1000007"},
    {"middle", "GET", "bytes=300000-899999", 206, 300000, 600000, "bytes 300000-899999/1000007"},
    {"from", "GET", "bytes=999999-", 206, 999999, 8, "bytes 999999-1000006/1000007"},
    {"last", "GET", "bytes=-7", 206, 1000000, 7, "bytes 1000000-1000006/1000007"},
    {"beyond", "GET", "bytes=1000000-9999999", 206, 1000000, 7, "bytes 1000000-1000006/1000007"},
    {"outside", "GET", "bytes=1000007-", 416, 0, 0, "bytes */1000007"},
    {"several", "GET", "bytes=0-1,500-600", 200, 0, FILE_BYTES, NULL},
    {"nonsense", "GET", "bytes=x-y", 200, 0, FILE_BYTES, NULL},
    {"other-unit", "GET", "seconds=1-2", 200, 0, FILE_BYTES, NULL},
    {"head", "HEAD", NULL, 200, 0, 0, NULL},
};

static void
test_range (gconstpointer data)
{
    const Case *wanted = data;
    Desk desk = {0};
    g_autoptr (SoupMessage) message = NULL;
    g_autoptr (GBytes) body = NULL;

    open_desk (&desk, 1);
    message = ask (&desk, wanted->method, wanted->range ? "Range" : NULL, wanted->range, &body);
    g_assert_cmpuint (soup_message_get_status (message), ==, wanted->status);
    g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body),
                     desk.content + wanted->start, wanted->length);
    g_assert_cmpstr (get_header (message, "Content-Range"), ==, wanted->content_range);
    if (wanted->status != 416)
        g_assert_cmpstr (get_header (message, "Accept-Ranges"), ==, "bytes");
    if (wanted->status == 200)
        g_assert_cmpint (
            soup_message_headers_get_content_length (soup_message_get_response_headers (message)),
            ==, FILE_BYTES);
    close_desk (&desk);
}

static void
test_headers (void)
{
    Desk desk = {0};
    g_autoptr (SoupMessage) shown = NULL, saved = NULL;
    g_autoptr (GBytes) first = NULL, second = NULL;

    open_desk (&desk, 1);
    shown = ask (&desk, "HEAD", NULL, NULL, &first);
    desk.save = TRUE;
    saved = ask (&desk, "HEAD", NULL, NULL, &second);
    g_assert_cmpstr (get_header (shown, "Content-Type"), ==, "video/webm");
    g_assert_cmpstr (get_header (shown, "Cache-Control"), ==, "private, no-cache");
    g_assert_cmpstr (get_header (shown, "Content-Disposition"), ==, "inline; filename=film.webm");
    g_assert_cmpstr (get_header (saved, "Content-Disposition"), ==,
                     "attachment; filename=film.webm");
    close_desk (&desk);
}

/* A player that has the first half goes on with the same version, or begins anew. */
static void
test_versions (void)
{
    Desk desk = {0};
    g_autoptr (SoupMessage) first = NULL, same = NULL, whole = NULL;
    g_autoptr (GBytes) body1 = NULL, body2 = NULL, body3 = NULL;
    g_autofree char *tag = NULL;

    open_desk (&desk, 1);
    first = ask (&desk, "GET", NULL, NULL, &body1);
    tag = g_strdup (get_header (first, "ETag"));
    same = ask (&desk, "GET", "If-None-Match", tag, &body2);
    g_assert_cmpuint (soup_message_get_status (same), ==, 304);
    g_assert_cmpuint (g_bytes_get_size (body2), ==, 0);
    g_assert_true (g_file_set_contents (desk.path, "new", 3, NULL));
    whole = ask (&desk, "GET", "If-None-Match", tag, &body3);
    g_assert_cmpuint (soup_message_get_status (whole), ==, 200);
    g_assert_cmpmem (g_bytes_get_data (body3, NULL), g_bytes_get_size (body3), "new", 3);
    close_desk (&desk);
}

static SoupMessage *
ask_if_range (Desk *desk, const char *tag, GBytes **body)
{
    SoupMessage *message = soup_message_new ("GET", desk->url);
    SoupMessageHeaders *headers = soup_message_get_request_headers (message);
    Reply reply = {0};

    soup_message_headers_replace (headers, "Range", "bytes=10-19");
    soup_message_headers_replace (headers, "If-Range", tag);
    soup_session_send_and_read_async (desk->session, message, G_PRIORITY_DEFAULT, NULL, on_reply,
                                      &reply);
    while (!reply.done)
        g_main_context_iteration (NULL, TRUE);
    g_assert_no_error (reply.error);
    *body = reply.body;
    return message;
}

static void
test_if_range (void)
{
    Desk desk = {0};
    g_autoptr (SoupMessage) head = NULL, part = NULL, whole = NULL;
    g_autoptr (GBytes) body1 = NULL, body2 = NULL, body3 = NULL;

    open_desk (&desk, 1);
    head = ask (&desk, "HEAD", NULL, NULL, &body1);
    part = ask_if_range (&desk, get_header (head, "ETag"), &body2);
    g_assert_cmpuint (soup_message_get_status (part), ==, 206);
    g_assert_cmpuint (g_bytes_get_size (body2), ==, 10);
    whole = ask_if_range (&desk, "\"another\"", &body3);
    g_assert_cmpuint (soup_message_get_status (whole), ==, 200);
    g_assert_cmpuint (g_bytes_get_size (body3), ==, FILE_BYTES);
    close_desk (&desk);
}

static void
test_empty (void)
{
    Desk desk = {0};
    g_autoptr (SoupMessage) message = NULL;
    g_autoptr (GBytes) body = NULL;

    open_desk (&desk, 1);
    g_assert_true (g_file_set_contents (desk.path, "", 0, NULL));
    message = ask (&desk, "GET", "Range", "bytes=0-", &body);
    g_assert_cmpuint (soup_message_get_status (message), ==, 200);
    g_assert_cmpuint (g_bytes_get_size (body), ==, 0);
    close_desk (&desk);
}

/* Sends a request and reads nothing. */
static GSocketConnection *
dawdle (Desk *desk)
{
    g_autoptr (GSocketClient) client = g_socket_client_new ();
    g_autoptr (GUri) uri = g_uri_parse (desk->url, G_URI_FLAGS_NONE, NULL);
    const char *request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    GSocketConnection *connection;

    g_socket_client_set_enable_proxy (client, FALSE);
    connection = g_socket_client_connect_to_host (client, "127.0.0.1",
                                                  (guint16)g_uri_get_port (uri), NULL, NULL);
    g_assert_nonnull (connection);
    g_socket_set_option (g_socket_connection_get_socket (connection), SOL_SOCKET, SO_RCVBUF, 4096,
                         NULL);
    g_socket_send (g_socket_connection_get_socket (connection), request, strlen (request), NULL,
                   NULL);
    return connection;
}

/* One too many is told to come again; who goes away in the middle leaves nothing behind. */
static void
test_too_many (void)
{
    Desk desk = {0};
    g_autoptr (GSocketConnection) slow = NULL;
    g_autoptr (SoupMessage) refused = NULL, again = NULL;
    g_autoptr (GBytes) body1 = NULL, body2 = NULL;
    g_autofree char *large = g_malloc0 (32 * 1024 * 1024);

    open_desk (&desk, 1);
    /* More than the kernel takes off us. */
    g_assert_true (g_file_set_contents (desk.path, large, 32 * 1024 * 1024, NULL));
    slow = dawdle (&desk);
    while (tutti_downloads_n_running (desk.downloads) == 0)
        g_main_context_iteration (NULL, TRUE);
    refused = ask (&desk, "GET", NULL, NULL, &body1);
    g_assert_cmpuint (soup_message_get_status (refused), ==, 503);
    g_assert_nonnull (get_header (refused, "Retry-After"));
    g_io_stream_close (G_IO_STREAM (slow), NULL, NULL);
    wait_idle (&desk);
    again = ask (&desk, "GET", NULL, NULL, &body2);
    g_assert_cmpuint (soup_message_get_status (again), ==, 200);
    g_assert_cmpuint (g_bytes_get_size (body2), ==, 32 * 1024 * 1024);
    close_desk (&desk);
}

/* A file that is cut while it is being sent: the answer ends, and not as if it were whole. */
static void
test_cut (void)
{
    Desk desk = {0};
    g_autoptr (SoupMessage) message = NULL;
    g_autofree char *large = g_malloc0 (32 * 1024 * 1024);
    Reply reply = {0};

    open_desk (&desk, 1);
    g_assert_true (g_file_set_contents (desk.path, large, 32 * 1024 * 1024, NULL));
    message = soup_message_new ("GET", desk.url);
    soup_session_send_and_read_async (desk.session, message, G_PRIORITY_DEFAULT, NULL, on_reply,
                                      &reply);
    while (tutti_downloads_n_running (desk.downloads) == 0)
        g_main_context_iteration (NULL, TRUE);
    g_assert_cmpint (truncate (desk.path, 300 * 1000), ==, 0);
    while (!reply.done)
        g_main_context_iteration (NULL, TRUE);
    if (!reply.error)
        g_assert_cmpuint (g_bytes_get_size (reply.body), <, 32 * 1024 * 1024);
    g_clear_error (&reply.error);
    g_clear_pointer (&reply.body, g_bytes_unref);
    close_desk (&desk);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *path = g_strconcat ("/downloads/range/", cases[i].name, NULL);

        g_test_add_data_func (path, &cases[i], test_range);
    }
    g_test_add_func ("/downloads/headers", test_headers);
    g_test_add_func ("/downloads/versions", test_versions);
    g_test_add_func ("/downloads/if-range", test_if_range);
    g_test_add_func ("/downloads/empty", test_empty);
    g_test_add_func ("/downloads/too-many", test_too_many);
    g_test_add_func ("/downloads/cut", test_cut);
    return g_test_run ();
}
