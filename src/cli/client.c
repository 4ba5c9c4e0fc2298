/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client.c: HTTP over the admin socket or TCP, see client.h.
 */
#include "client.h"

#include <gio/gunixsocketaddress.h>
#include <libsoup/soup.h>
#include <tutti/paths.h>

/* A server that takes longer has hung. */
#define TIMEOUT_SECONDS 10
/* One that has nothing to tell says so each 15 s. */
#define SILENCE_SECONDS 40

/* Any name does: the socket leads to the server. */
#define SOCKET_URL "http://localhost"

struct _TuttiClient {
    char *place; /* for people */
    char *url;   /* without a slash at its end */
    char *authorization;
    SoupSession *session;
};

/* --- Where the server is. --- */

void
tutti_place_clear (TuttiPlace *place)
{
    g_clear_pointer (&place->socket, g_free);
    g_clear_pointer (&place->url, g_free);
    g_clear_pointer (&place->token, g_free);
    g_clear_pointer (&place->ca_file, g_free);
}

/* NULL: empty counts as not said. */
static const char *
choose (const char *option, const char *variable)
{
    const char *value = option ? option : g_getenv (variable);

    return value && value[0] != '\0' ? value : NULL;
}

static TuttiClient *
connect_socket (const char *path)
{
    g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
    TuttiClient *client = g_new0 (TuttiClient, 1);

    client->place = g_strdup (path);
    client->url = g_strdup (SOCKET_URL);
    client->session = soup_session_new_with_options ("remote-connectable", address, "timeout",
                                                     TIMEOUT_SECONDS, NULL);
    return client;
}

/* FALSE, and printed. */
static gboolean
trust (TuttiClient *client, const char *ca_file)
{
    g_autofree char *path = g_canonicalize_filename (ca_file, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (GTlsDatabase) database = g_tls_file_database_new (path, &error);

    if (!database) {
        g_printerr ("tutti: --ca-file: %s\n", error->message);
        return FALSE;
    }
    soup_session_set_tls_database (client->session, database);
    return TRUE;
}

static TuttiClient *
connect_url (const char *url, const char *token, const char *ca_file)
{
    g_autoptr (TuttiClient) client = NULL;
    g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
    const char *scheme = uri ? g_uri_get_scheme (uri) : "";

    if ((!g_str_equal (scheme, "https") && !g_str_equal (scheme, "http")) ||
        !g_uri_get_host (uri) || g_uri_get_query (uri)) {
        g_printerr ("tutti: '%s' is no URL of a server, as https://tutti.example.org:8444\n", url);
        return NULL;
    }
    client = g_new0 (TuttiClient, 1);
    client->place = g_strdup (url);
    client->url = g_strdup (url);
    while (g_str_has_suffix (client->url, "/"))
        client->url[strlen (client->url) - 1] = '\0';
    client->authorization = token ? g_strconcat ("Bearer ", token, NULL) : NULL;
    client->session = soup_session_new_with_options ("timeout", TIMEOUT_SECONDS, NULL);
    if (ca_file && !trust (client, ca_file))
        return NULL;
    return g_steal_pointer (&client);
}

TuttiClient *
tutti_client_new (const TuttiPlace *place)
{
    const char *url = place->socket ? NULL : choose (place->url, "TUTTI_URL");
    const char *path = choose (place->socket, "TUTTI_SOCKET");
    g_autofree char *usual = tutti_paths_admin_socket ();

    if (place->socket && place->url) {
        g_printerr ("tutti: --socket and --url don't go together\n");
        return NULL;
    }
    if (url)
        return connect_url (url, choose (place->token, "TUTTI_TOKEN"), place->ca_file);
    return connect_socket (path ? path : usual);
}

void
tutti_client_free (TuttiClient *client)
{
    if (!client)
        return;
    g_object_unref (client->session);
    g_free (client->place);
    g_free (client->url);
    g_free (client->authorization);
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
    if (soup_message_get_status (message) == SOUP_STATUS_UNAUTHORIZED)
        g_printerr ("tutti: --token or $TUTTI_TOKEN says a token of the server's token-file\n");
}

static int
print_unreached (TuttiClient *client, const GError *error)
{
    g_printerr ("tutti: no server reached at %s: %s\n", client->place, error->message);
    if (error->domain == G_TLS_ERROR)
        g_printerr ("tutti: --ca-file names who may vouch for its certificate\n");
    else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
        g_printerr ("tutti: your user may not open the socket; try as root, or join its group\n");
    else
        g_printerr ("tutti: is tuttid running? --socket, --url, $TUTTI_SOCKET or $TUTTI_URL says "
                    "where\n");
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
make_message (TuttiClient *client, const char *method, const char *path, const char *body)
{
    g_autofree char *url = g_strconcat (client->url, path, NULL);
    SoupMessage *message = soup_message_new (method, url);

    /* The token is for this server alone. */
    soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
    if (client->authorization)
        soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                      client->authorization);
    if (body) {
        g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

        soup_message_set_request_body_from_bytes (message, "application/json", bytes);
    }
    return message;
}

/* DONE: *answer is the caller's. */
static int
exchange (TuttiClient *client, SoupMessage *message, GBytes **answer)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = soup_session_send_and_read (client->session, message, NULL, &error);
    g_autoptr (JsonNode) problem = NULL;

    if (!bytes)
        return print_unreached (client, error);
    if (SOUP_STATUS_IS_SUCCESSFUL (soup_message_get_status (message))) {
        *answer = g_steal_pointer (&bytes);
        return TUTTI_EXIT_DONE;
    }
    problem = parse (bytes);
    print_problem (message, problem);
    return TUTTI_EXIT_REFUSED;
}

int
tutti_client_call (TuttiClient *client, const char *method, const char *path, const char *body,
                   JsonNode **node)
{
    g_autoptr (SoupMessage) message = make_message (client, method, path, body);
    g_autoptr (GBytes) answer = NULL;
    int status = exchange (client, message, &answer);

    if (status == TUTTI_EXIT_DONE && node)
        *node = parse (answer);
    return status;
}

int
tutti_client_fetch (TuttiClient *client, const char *path, GBytes **answer)
{
    g_autoptr (SoupMessage) message = make_message (client, "GET", path, NULL);

    return exchange (client, message, answer);
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
    g_autoptr (SoupMessage) message = make_message (client, "GET", path, NULL);
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
