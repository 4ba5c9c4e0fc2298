/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client.c: HTTP over the admin socket, see client.h.
 */
#include "client.h"

#include <gio/gunixsocketaddress.h>
#include <libsoup/soup.h>

/* A server that takes longer has hung. */
#define TIMEOUT_SECONDS 10
/* One that has nothing to tell says so each 15 s. */
#define SILENCE_SECONDS 40

struct _TuttiClient {
    char *path;
    SoupSession *session;
};

TuttiClient *
tutti_client_new (const char *socket_path)
{
    TuttiClient *client = g_new0 (TuttiClient, 1);
    g_autoptr (GSocketAddress) address = g_unix_socket_address_new (socket_path);

    client->path = g_strdup (socket_path);
    client->session = soup_session_new_with_options ("remote-connectable", address, "timeout",
                                                     TIMEOUT_SECONDS, NULL);
    return client;
}

void
tutti_client_free (TuttiClient *client)
{
    if (!client)
        return;
    g_object_unref (client->session);
    g_free (client->path);
    g_free (client);
}

char *
tutti_client_path (const char *first, ...)
{
    g_autoptr (GString) path = g_string_new ("/v1");
    va_list parts;

    va_start (parts, first);
    for (const char *part = first; part; part = va_arg (parts, const char *)) {
        g_autofree char *escaped = g_uri_escape_string (part, NULL, FALSE);

        g_string_append_printf (path, "/%s", escaped);
    }
    va_end (parts);
    return g_string_free (g_steal_pointer (&path), FALSE);
}

/* A problem object's detail, or the status. */
static void
print_problem (SoupMessage *message, JsonNode *node)
{
    const char *detail = NULL;

    if (node && JSON_NODE_HOLDS_OBJECT (node))
        detail = json_object_get_string_member_with_default (json_node_get_object (node), "detail",
                                                             NULL);
    if (detail)
        g_printerr ("tutti: %s\n", detail);
    else
        g_printerr ("tutti: the server answered %u %s\n", soup_message_get_status (message),
                    soup_message_get_reason_phrase (message));
}

static int
print_unreached (TuttiClient *client, const GError *error)
{
    g_printerr ("tutti: no server reached at %s: %s\n", client->path, error->message);
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
        g_printerr ("tutti: your user may not open the socket; try as root, or join its group\n");
    else
        g_printerr ("tutti: is tuttid running? --socket or $TUTTI_SOCKET names another socket\n");
    return TUTTI_EXIT_UNREACHED;
}

static JsonNode *
parse (GBytes *bytes)
{
    g_autoptr (JsonParser) parser = json_parser_new ();
    gsize length = g_bytes_get_size (bytes);

    if (length == 0 ||
        !json_parser_load_from_data (parser, g_bytes_get_data (bytes, NULL), (gssize)length, NULL))
        return NULL;
    return json_parser_steal_root (parser);
}

static SoupMessage *
make_message (const char *method, const char *path, const char *body)
{
    g_autofree char *url = g_strconcat ("http://localhost", path, NULL);
    SoupMessage *message = soup_message_new (method, url);

    if (body) {
        g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

        soup_message_set_request_body_from_bytes (message, "application/json", bytes);
    }
    return message;
}

int
tutti_client_call (TuttiClient *client, const char *method, const char *path, const char *body,
                   JsonNode **node)
{
    g_autoptr (SoupMessage) message = make_message (method, path, body);
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) answer = soup_session_send_and_read (client->session, message, NULL, &error);
    g_autoptr (JsonNode) root = NULL;

    if (!answer)
        return print_unreached (client, error);
    root = parse (answer);
    if (!SOUP_STATUS_IS_SUCCESSFUL (soup_message_get_status (message))) {
        print_problem (message, root);
        return TUTTI_EXIT_REFUSED;
    }
    if (node)
        *node = g_steal_pointer (&root);
    return TUTTI_EXIT_DONE;
}

/* --- An answer without end. --- */

static int
refuse (SoupMessage *message, GInputStream *stream)
{
    g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (JsonNode) root = NULL;

    g_output_stream_splice (memory, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, NULL);
    bytes = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
    root = parse (bytes);
    print_problem (message, root);
    return TUTTI_EXIT_REFUSED;
}

static int
read_lines (GInputStream *stream, TuttiLineFunc func, gpointer user_data)
{
    g_autoptr (GDataInputStream) lines = g_data_input_stream_new (stream);
    gboolean goes_on = TRUE;

    while (goes_on) {
        g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);

        if (!line) {
            g_printerr ("tutti: the server has ended the connection\n");
            return TUTTI_EXIT_UNREACHED;
        }
        goes_on = func (line, user_data);
    }
    return TUTTI_EXIT_DONE;
}

int
tutti_client_follow (TuttiClient *client, const char *path, TuttiLineFunc func, gpointer user_data)
{
    g_autoptr (SoupMessage) message = make_message ("GET", path, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (GInputStream) stream = NULL;

    soup_session_set_timeout (client->session, SILENCE_SECONDS);
    stream = soup_session_send (client->session, message, NULL, &error);
    if (!stream)
        return print_unreached (client, error);
    if (!SOUP_STATUS_IS_SUCCESSFUL (soup_message_get_status (message)))
        return refuse (message, stream);
    return read_lines (stream, func, user_data);
}
