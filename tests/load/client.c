/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client.c: joins, offers, connects. Of the server's messages only those are read as JSON that
 * matter here: a thousand people get each other's news.
 */
#include "client.h"

#include <json-glib/json-glib.h>
#include <stdatomic.h>
#include <string.h>

#include "arrival.h"
#include "control/sdp-read.h"
#include "control/sdp-write.h"

struct _LoadClient {
    LoadClientSetup setup;
    char *id;
    TuttiNet *net;
    SoupWebsocketConnection *socket;
    GCancellable *cancel;
    TuttiWish *key_frame;
    gboolean failed;
    gint64 began_us;
    /* Main writes, any thread reads. */
    _Atomic (LoadMedia *) media;
    _Atomic int max_width, max_height;
    _Atomic guint max_rate, max_bitrate_bps;
    /* Net writes, any thread reads. */
    _Atomic gint64 join_us;
    Arrival arrival;
};

/* --- Media. --- */

/* Role: net. */
static void
on_packet (const guint8 *data, gsize length_bytes, gint64 now_us, gpointer user_data)
{
    LoadClient *client = user_data;

    if (atomic_load_explicit (&client->join_us, memory_order_relaxed) == 0)
        atomic_store (&client->join_us, g_get_monotonic_time () - client->began_us);
    arrival_note (&client->arrival, data, length_bytes, now_us);
}

static void
make_media (LoadClient *client)
{
    const LoadClientSetup *of = &client->setup;
    TuttiDirection up = of->listener ? TUTTI_DIRECTION_INACTIVE : TUTTI_DIRECTION_SEND;
    TuttiPeerSetup setup = {
        .audio = up | TUTTI_DIRECTION_RECEIVE,
        .camera = (of->camera ? up : TUTTI_DIRECTION_INACTIVE) |
                  (of->canvas ? TUTTI_DIRECTION_RECEIVE : TUTTI_DIRECTION_INACTIVE),
        .setup = TUTTI_SETUP_ACTPASS,
        .in = {of->in[TUTTI_KIND_AUDIO], of->in[TUTTI_KIND_VIDEO], NULL},
        .key_frame_wanted = client->key_frame,
        .transport_cc = of->transport_cc,
        .levels = TRUE,
        .packet = on_packet,
        .user_data = client,
    };

    atomic_store (&client->media, load_media_new (client->net, of->light, &setup));
}

/* --- Signalling. --- */

/* Takes the text. */
static void
send_text (LoadClient *client, char *text)
{
    if (soup_websocket_connection_get_state (client->socket) == SOUP_WEBSOCKET_STATE_OPEN)
        soup_websocket_connection_send_text (client->socket, text);
    g_free (text);
}

/* name and value pairs, NULL ends. */
static void
send_message (LoadClient *client, const char *type, ...)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    g_autoptr (JsonNode) root = NULL;
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
    root = json_builder_get_root (builder);
    send_text (client, json_to_string (root, FALSE));
}

static void
take_welcome (LoadClient *client, JsonObject *message)
{
    g_autoptr (TuttiSession) offer = tutti_session_new ();
    g_autofree char *text = NULL;

    client->id = g_strdup (json_object_get_string_member (message, "participant"));
    make_media (client);
    load_media_offer (client->media, offer);
    text = tutti_sdp_write (offer);
    send_message (client, "webrtc_offer", "sdp", text, NULL);
}

static void
take_answer (LoadClient *client, JsonObject *message)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (TuttiSession) answer =
        tutti_sdp_read (json_object_get_string_member (message, "sdp"), &error);

    if (!answer || !client->media || !load_media_take_answer (client->media, answer)) {
        g_printerr ("tutti-load: %s: the answer can't be taken: %s\n", client->setup.name,
                    error ? error->message : "it accepts nothing");
        client->failed = TRUE;
    }
}

static void
take_candidate (LoadClient *client, JsonObject *message)
{
    if (client->media)
        load_media_add_candidate (client->media,
                                  json_object_get_string_member (message, "candidate"));
}

static int
get_int (JsonObject *object, const char *name)
{
    return (int)json_object_get_int_member_with_default (object, name, 0);
}

static void
take_uplink (LoadClient *client, JsonObject *message)
{
    atomic_store (&client->max_rate, (guint)get_int (message, "max_frame_rate"));
    atomic_store (&client->max_bitrate_bps, (guint)get_int (message, "max_bitrate_bps"));
    atomic_store (&client->max_height, get_int (message, "max_height"));
    atomic_store (&client->max_width, get_int (message, "max_width"));
}

static void
take_layout (LoadClient *client, JsonObject *message)
{
    JsonArray *tiles = json_object_get_array_member (message, "tiles");
    JsonObject *canvas = json_object_get_object_member (message, "canvas");

    for (guint i = 0; client->setup.watched_id && i < json_array_get_length (tiles); i++) {
        JsonObject *tile = json_array_get_object_element (tiles, i);
        TuttiRect rect = {get_int (tile, "x"), get_int (tile, "y"), get_int (tile, "width"),
                          get_int (tile, "height")};

        if (g_str_equal (json_object_get_string_member (tile, "participant"),
                         client->setup.watched_id))
            client->setup.layout (&rect, get_int (canvas, "width"), get_int (canvas, "height"),
                                  client->setup.user_data);
    }
}

static void
take_refusal (LoadClient *client, JsonObject *message)
{
    g_printerr (
        "tutti-load: %s: refused: %s\n", client->setup.name,
        json_object_get_string_member_with_default (message, "message", "the room is full"));
    client->failed = TRUE;
}

static const struct {
    const char *type;
    void (*take) (LoadClient *client, JsonObject *message);
} MESSAGES[] = {
    {"\"room_created\"", take_welcome}, {"\"room_joined\"", take_welcome},
    {"\"webrtc_answer\"", take_answer}, {"\"webrtc_ice_candidate\"", take_candidate},
    {"\"uplink\"", take_uplink},        {"\"layout\"", take_layout},
    {"\"error\"", take_refusal},        {"\"full_room\"", take_refusal},
};

static void
on_message (SoupWebsocketConnection *socket, int kind, GBytes *bytes, gpointer user_data)
{
    LoadClient *client = user_data;
    gsize length = 0;
    const char *text = g_bytes_get_data (bytes, &length);
    const char *type = g_strstr_len (text, (gssize)MIN (length, 16), "\"type\":");

    for (guint i = 0; type && i < G_N_ELEMENTS (MESSAGES); i++) {
        g_autoptr (JsonParser) parser = NULL;

        if (!g_str_has_prefix (type + strlen ("\"type\":"), MESSAGES[i].type))
            continue;
        if (MESSAGES[i].take == take_layout && !client->setup.watched_id)
            return;
        parser = json_parser_new ();
        if (json_parser_load_from_data (parser, text, (gssize)length, NULL))
            MESSAGES[i].take (client, json_node_get_object (json_parser_get_root (parser)));
        return;
    }
}

static void
on_closed (SoupWebsocketConnection *socket, gpointer user_data)
{
    LoadClient *client = user_data;

    g_printerr ("tutti-load: %s: the server closed: %d %s\n", client->setup.name,
                soup_websocket_connection_get_close_code (socket),
                soup_websocket_connection_get_close_data (socket));
    client->failed = TRUE;
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
        g_printerr ("tutti-load: %s: %s\n", client->setup.name, error->message);
        client->failed = TRUE;
        return;
    }
    client->socket = socket;
    /* A welcome lists everyone. */
    soup_websocket_connection_set_max_incoming_payload_size (socket, 0);
    g_signal_connect (socket, "message", G_CALLBACK (on_message), client);
    g_signal_connect (socket, "closed", G_CALLBACK (on_closed), client);
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
    client->setup.room = g_strdup (setup->room);
    client->setup.name = g_strdup (setup->name);
    client->net = net;
    client->max_width = load_first_uplink.max_width;
    client->max_height = load_first_uplink.max_height;
    client->max_rate = load_first_uplink.max_rate;
    client->max_bitrate_bps = load_first_uplink.max_bitrate_bps;
    client->began_us = g_get_monotonic_time ();
    client->cancel = g_cancellable_new ();
    client->key_frame = tutti_wish_new (NULL, NULL);
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
    load_media_free (client->media);
    tutti_wish_unref (client->key_frame);
    g_object_unref (client->cancel);
    g_free (client->setup.room);
    g_free (client->setup.name);
    g_free (client->id);
    g_free (client);
}

LoadMedia *
load_client_get_media (LoadClient *client)
{
    LoadMedia *media = atomic_load (&client->media);

    return media && load_media_is_connected (media) ? media : NULL;
}

gboolean
load_client_is_failed (LoadClient *client)
{
    return client->failed;
}

const char *
load_client_get_id (LoadClient *client)
{
    return client->id ? client->id : "";
}

gint64
load_client_get_join_us (LoadClient *client)
{
    return atomic_load (&client->join_us);
}

gboolean
load_client_take_key_frame_wish (LoadClient *client)
{
    return tutti_wish_take (client->key_frame);
}

void
load_client_get_uplink (LoadClient *client, LoadUplink *uplink)
{
    uplink->max_width = atomic_load (&client->max_width);
    uplink->max_height = atomic_load (&client->max_height);
    uplink->max_rate = atomic_load (&client->max_rate);
    uplink->max_bitrate_bps = atomic_load (&client->max_bitrate_bps);
}

void
load_client_get_received (LoadClient *client, LoadReceived *received)
{
    arrival_get (&client->arrival, received);
}
