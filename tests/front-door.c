/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * front-door.c: see front-door.h.
 */
#include "front-door.h"

#include <string.h>

static void
set (TuttiConfig *config, const char *setting)
{
    g_autoptr (GError) error = NULL;

    tutti_config_set (config, setting, &error);
    g_assert_no_error (error);
}

static gboolean
on_certificate (SoupMessage *message, GTlsCertificate *certificate, GTlsCertificateFlags errors,
                gpointer user_data)
{
    return TRUE;
}

Door *
door_new (const char *const *settings)
{
    Door *door = g_new0 (Door, 1);
    g_autoptr (GError) error = NULL;
    g_auto (GStrv) urls = NULL;
    g_autoptr (GUri) uri = NULL;

    door->config = tutti_config_new ();
    set (door->config, "http.listen=127.0.0.1:0");
    set (door->config, "http.tls=off");
    /* Tests run where much else does: late rounds aren't the server's own. */
    set (door->config, "room.overload-percent=0");
    for (guint i = 0; settings && settings[i]; i++)
        set (door->config, settings[i]);
    door->rooms = tutti_rooms_new (door->config, &error);
    g_assert_no_error (error);
    door->server = tutti_server_new (door->config, door->rooms, &error);
    g_assert_no_error (error);
    urls = tutti_server_get_urls (door->server);
    g_assert_nonnull (urls[0]);
    door->url = g_strdup (urls[0]);
    uri = g_uri_parse (door->url, G_URI_FLAGS_NONE, NULL);
    door->port = (guint16)g_uri_get_port (uri);
    door->session =
        soup_session_new_with_options ("proxy-resolver", NULL, "max-conns", 2000,
                                       "max-conns-per-host", 2000, "proxy-resolver", NULL, NULL);
    return door;
}

Door *
door_new_with (const char *setting)
{
    const char *const settings[] = {setting, NULL};

    return door_new (settings);
}

void
door_free (Door *door)
{
    soup_session_abort (door->session);
    tutti_server_free (door->server);
    tutti_rooms_free (door->rooms);
    tutti_config_free (door->config);
    g_object_unref (door->session);
    g_free (door->url);
    g_free (door);
    /* What libsoup has left to do: closing connections. */
    while (g_main_context_iteration (NULL, FALSE))
        continue;
}

typedef struct {
    gboolean done;
    GBytes *body;
} Reply;

static void
on_reply (GObject *session, GAsyncResult *result, gpointer user_data)
{
    Reply *reply = user_data;
    g_autoptr (GError) error = NULL;

    reply->body = soup_session_send_and_read_finish (SOUP_SESSION (session), result, &error);
    g_assert_no_error (error);
    reply->done = TRUE;
}

static SoupMessage *
make_message (Door *door, const char *method, const char *path)
{
    g_autofree char *url = g_strconcat (door->url, path + 1, NULL);
    g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED | G_URI_FLAGS_PARSE_RELAXED, NULL);
    SoupMessage *message = soup_message_new_from_uri (method, uri);

    g_signal_connect (message, "accept-certificate", G_CALLBACK (on_certificate), NULL);
    return message;
}

GBytes *
door_send (Door *door, SoupMessage *message)
{
    Reply reply = {FALSE, NULL};

    soup_session_send_and_read_async (door->session, message, G_PRIORITY_DEFAULT, NULL, on_reply,
                                      &reply);
    door_wait (reply.done);
    return reply.body;
}

SoupMessage *
door_ask (Door *door, const char *method, const char *path, const char *const *headers, char **body)
{
    SoupMessage *message = make_message (door, method, path);
    g_autoptr (GBytes) answer = NULL;

    for (guint i = 0; headers && headers[i]; i += 2)
        soup_message_headers_replace (soup_message_get_request_headers (message), headers[i],
                                      headers[i + 1]);
    answer = door_send (door, message);
    if (body) {
        const char *bytes = g_bytes_get_data (answer, NULL);

        *body = g_strndup (bytes ? bytes : "", g_bytes_get_size (answer));
    }
    return message;
}

guint
door_get_status (Door *door, const char *path)
{
    g_autoptr (SoupMessage) message = door_ask (door, "GET", path, NULL, NULL);

    return soup_message_get_status (message);
}

static void
on_text (SoupWebsocketConnection *connection, int type, GBytes *text, gpointer user_data)
{
    Caller *caller = user_data;
    g_autoptr (GError) error = NULL;
    JsonNode *node;

    g_assert_cmpint (type, ==, SOUP_WEBSOCKET_DATA_TEXT);
    node = json_from_string (g_bytes_get_data (text, NULL), &error);
    g_assert_no_error (error);
    g_queue_push_tail (&caller->texts, node);
}

static void
on_closed (SoupWebsocketConnection *connection, gpointer user_data)
{
    Caller *caller = user_data;

    caller->closed = TRUE;
    caller->close_code = soup_websocket_connection_get_close_code (connection);
}

typedef struct {
    Caller *caller;
    gboolean done;
} Call;

static void
on_connected (GObject *session, GAsyncResult *result, gpointer user_data)
{
    Call *call = user_data;

    call->done = TRUE;
    call->caller->connection =
        soup_session_websocket_connect_finish (SOUP_SESSION (session), result, NULL);
}

Caller *
caller_new (Door *door, const char *origin)
{
    g_autoptr (SoupMessage) message = make_message (door, "GET", "/ws");
    Caller *caller = g_new0 (Caller, 1);
    Call call = {caller, FALSE};

    g_queue_init (&caller->texts);
    soup_session_websocket_connect_async (door->session, message, origin, NULL, G_PRIORITY_DEFAULT,
                                          NULL, on_connected, &call);
    door_wait (call.done);
    caller->status = soup_message_get_status (message);
    if (!caller->connection)
        return caller;
    soup_websocket_connection_set_max_incoming_payload_size (caller->connection, 0);
    g_signal_connect (caller->connection, "message", G_CALLBACK (on_text), caller);
    g_signal_connect (caller->connection, "closed", G_CALLBACK (on_closed), caller);
    return caller;
}

void
caller_free (Caller *caller)
{
    if (caller->connection) {
        g_signal_handlers_disconnect_by_data (caller->connection, caller);
        g_object_unref (caller->connection);
    }
    g_queue_clear_full (&caller->texts, (GDestroyNotify)json_node_unref);
    g_free (caller);
}

void
caller_say (Caller *caller, const char *text)
{
    soup_websocket_connection_send_text (caller->connection, text);
}

JsonObject *
caller_hear (Caller *caller, const char *type)
{
    static JsonNode *heard;
    JsonObject *object;

    door_wait (!g_queue_is_empty (&caller->texts) || caller->closed);
    g_assert_false (g_queue_is_empty (&caller->texts));
    g_clear_pointer (&heard, json_node_unref);
    heard = g_queue_pop_head (&caller->texts);
    object = json_node_get_object (heard);
    g_assert_cmpstr (json_object_get_string_member (object, "type"), ==, type);
    return object;
}

JsonObject *
caller_hear_error (Caller *caller, const char *code, const char *in_reply_to)
{
    JsonObject *object = caller_hear (caller, "error");

    g_assert_cmpstr (json_object_get_string_member (object, "code"), ==, code);
    g_assert_cmpstr (json_object_get_string_member_with_default (object, "in_reply_to", NULL), ==,
                     in_reply_to);
    g_assert_cmpuint (strlen (json_object_get_string_member (object, "message")), >, 0);
    return object;
}

char *
caller_join (Caller *caller, const char *room)
{
    g_autofree char *text = g_strdup_printf ("{\"type\":\"join_room\",\"room\":\"%s\"}", room);
    g_autoptr (JsonNode) welcome = NULL;
    JsonObject *object;

    caller_say (caller, text);
    door_wait (!g_queue_is_empty (&caller->texts));
    welcome = g_queue_pop_head (&caller->texts);
    object = json_node_get_object (welcome);
    g_assert_true (json_object_has_member (object, "participants"));
    return g_strdup (json_object_get_string_member (object, "participant"));
}

void
caller_wait_closed (Caller *caller, guint code)
{
    door_wait (caller->closed);
    g_assert_cmpuint (caller->close_code, ==, code);
}
