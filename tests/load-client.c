/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * load-client.c: joins, offers, connects, counts what comes.
 */
#include "load-client.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "control/sdp-read.h"
#include "control/sdp-write.h"

struct _LoadClient {
    LoadClientSetup setup; /* its strings are the caller's */
    TuttiNet *net;
    SoupWebsocketConnection *socket;
    GCancellable *cancel;
    TuttiPeer *peer;
    TuttiWish *key_frame;
    gboolean failed;
    GMutex lock; /* names received */
    LoadReceived received;
};

/* --- Media. --- */

/* RTP (RFC 3550 section 5.1): the marker ends a picture. Role: net. */
static void
on_packet (const guint8 *data, gsize length_bytes, gint64 now_us, gpointer user_data)
{
    LoadClient *client = user_data;
    guint8 type = data[1] & 0x7f;
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&client->lock);

    client->received.bytes += length_bytes;
    if (type == TUTTI_PEER_OPUS)
        client->received.voices++;
    else if (type == TUTTI_PEER_VP8 && (data[1] & 0x80))
        client->received.pictures++;
}

static void
make_peer (LoadClient *client)
{
    TuttiDirection direction =
        client->setup.listener ? TUTTI_DIRECTION_RECEIVE : TUTTI_DIRECTION_BOTH;
    TuttiPeerSetup setup = {.audio = direction,
                            .camera = direction,
                            .setup = TUTTI_SETUP_ACTPASS,
                            .key_frame_wanted = client->key_frame,
                            .packet = on_packet,
                            .user_data = client};

    client->peer = tutti_peer_new (client->net, &setup);
}

/* --- Signalling. --- */

static void
send_object (LoadClient *client, JsonBuilder *builder)
{
    g_autoptr (JsonNode) root = json_builder_get_root (builder);
    g_autofree char *text = json_to_string (root, FALSE);

    if (soup_websocket_connection_get_state (client->socket) == SOUP_WEBSOCKET_STATE_OPEN)
        soup_websocket_connection_send_text (client->socket, text);
}

/* name and value pairs, NULL ends. */
static void
send_message (LoadClient *client, const char *type, ...)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    const char *name;
    va_list pairs;

    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "type");
    json_builder_add_string_value (builder, type);
    va_start (pairs, type);
    while ((name = va_arg (pairs, const char *))) {
        json_builder_set_member_name (builder, name);
        json_builder_add_string_value (builder, va_arg (pairs, const char *));
    }
    va_end (pairs);
    json_builder_end_object (builder);
    send_object (client, builder);
}

static void
send_offer (LoadClient *client)
{
    g_autoptr (TuttiSession) offer = tutti_session_new ();
    g_autofree char *text = NULL;

    make_peer (client);
    tutti_peer_offer (client->peer, offer);
    text = tutti_sdp_write (offer);
    send_message (client, "webrtc_offer", "sdp", text, NULL);
}

static void
take_answer (LoadClient *client, const char *text)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (TuttiSession) answer = tutti_sdp_read (text, &error);

    if (!answer || !client->peer || !tutti_peer_take_answer (client->peer, answer)) {
        g_printerr ("load: %s: the answer can't be taken: %s\n", client->setup.name,
                    error ? error->message : "it accepts nothing");
        client->failed = TRUE;
    }
}

static void
take_message (LoadClient *client, JsonObject *message)
{
    const char *type = json_object_get_string_member_with_default (message, "type", "");

    if (g_str_equal (type, "room_created") || g_str_equal (type, "room_joined")) {
        send_offer (client);
    } else if (g_str_equal (type, "webrtc_answer")) {
        take_answer (client, json_object_get_string_member (message, "sdp"));
    } else if (g_str_equal (type, "webrtc_ice_candidate") && client->peer) {
        tutti_peer_add_candidate (client->peer,
                                  json_object_get_string_member (message, "candidate"));
    } else if (g_str_equal (type, "error") || g_str_equal (type, "full_room")) {
        g_printerr ("load: %s: %s %s\n", client->setup.name, type,
                    json_object_get_string_member_with_default (message, "message", ""));
        client->failed = TRUE;
    }
}

static void
on_message (SoupWebsocketConnection *socket, int type, GBytes *bytes, gpointer user_data)
{
    g_autoptr (JsonParser) parser = json_parser_new ();
    gsize length = 0;
    const char *text = g_bytes_get_data (bytes, &length);

    if (json_parser_load_from_data (parser, text, (gssize)length, NULL))
        take_message (user_data, json_node_get_object (json_parser_get_root (parser)));
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
    LoadClient *client = user_data;
    g_autoptr (GError) error = NULL;
    SoupWebsocketConnection *socket =
        soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);

    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* the client is gone */
    if (!socket) {
        g_printerr ("load: %s: %s\n", client->setup.name, error->message);
        client->failed = TRUE;
        return;
    }
    client->socket = socket;
    g_signal_connect (socket, "message", G_CALLBACK (on_message), client);
    send_message (client, "join_room", "room", client->setup.room, "name", client->setup.name,
                  "role", client->setup.listener ? "listener" : "participant", NULL);
}

/* The server under test made its certificate itself. */
static gboolean
on_certificate (SoupMessage *message, GTlsCertificate *certificate, GTlsCertificateFlags faults,
                gpointer user_data)
{
    return TRUE;
}

/* --- Life cycle. --- */

LoadClient *
load_client_new (SoupSession *session, TuttiNet *net, const LoadClientSetup *setup)
{
    LoadClient *client = g_new0 (LoadClient, 1);
    g_autoptr (SoupMessage) message = soup_message_new ("GET", setup->url);

    client->setup = *setup;
    client->net = net;
    client->cancel = g_cancellable_new ();
    client->key_frame = tutti_wish_new (NULL, NULL);
    g_mutex_init (&client->lock);
    g_signal_connect (message, "accept-certificate", G_CALLBACK (on_certificate), NULL);
    soup_session_websocket_connect_async (session, message, NULL, NULL, G_PRIORITY_DEFAULT,
                                          client->cancel, on_connected, client);
    return client;
}

void
load_client_free (LoadClient *client)
{
    if (!client)
        return;
    g_cancellable_cancel (client->cancel);
    if (client->socket) {
        g_signal_handlers_disconnect_by_data (client->socket, client);
        send_message (client, "leave", NULL);
        g_object_unref (client->socket);
    }
    tutti_peer_free (client->peer);
    tutti_wish_unref (client->key_frame);
    g_object_unref (client->cancel);
    g_mutex_clear (&client->lock);
    g_free (client);
}

TuttiPeer *
load_client_get_peer (LoadClient *client)
{
    if (client->peer && tutti_peer_get_state (client->peer) == TUTTI_LEG_CONNECTED)
        return client->peer;
    return NULL;
}

gboolean
load_client_is_failed (LoadClient *client)
{
    return client->failed;
}

gboolean
load_client_take_key_frame_wish (LoadClient *client)
{
    return tutti_wish_take (client->key_frame);
}

void
load_client_get_received (LoadClient *client, LoadReceived *received)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&client->lock);

    *received = client->received;
}
