/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * socket.c: libsoup's WebSocket on one side, a client on the other.
 *
 *   client --send--> backlog counted --> libsoup's queue --> meter --> network
 */
#include "socket.h"

/* Pings keep NAT bindings and proxies awake (nginx ends a silent connection after 60 s)… */
#define KEEPALIVE_S 20
/* …and three that are not answered mean that the peer is gone. */
#define SILENCE_S 60
/* Who has not entered a room by then, does not want to. */
#define JOIN_S 30
/* Who is asked for a PIN looks for it in a mail. */
#define PIN_S 300
/* What may wait for a slow reader: some minutes of a busy room's events. */
#define BACKLOG_MAX_BYTES (1024 * 1024)
/* A message longer than allowed is still read up to here, so that it can be answered by a close
 * frame; libsoup would break off. */
#define LONG_MESSAGE_MAX_BYTES (1024 * 1024)
/* The same in many fragments, with their headers and control frames between. */
#define INPUT_MAX_BYTES (LONG_MESSAGE_MAX_BYTES + 64 * 1024)

struct _TuttiSocket {
    SoupWebsocketConnection *connection;
    TuttiMeter *meter;
    TuttiClient *client;
    char *address;
    guint join_id, condemned_id;
    gboolean is_patient; /* with somebody who types */
    gsize backlog_bytes;
    TuttiSocketClosed closed;
    gpointer user_data;
};

static gboolean
is_open (TuttiSocket *socket)
{
    return soup_websocket_connection_get_state (socket->connection) == SOUP_WEBSOCKET_STATE_OPEN;
}

/* RFC 6455 section 5.2: what a frame that we send is in all. */
static gsize
frame_size (gsize n_bytes)
{
    return n_bytes + (n_bytes < 126 ? 2 : n_bytes <= G_MAXUINT16 ? 4 : 10);
}

/* TRUE if a text of n_bytes more may be queued. Pings and pongs leave uncounted, so they count for
 * a few bytes too many as written; never for longer than the backlog lasts. */
static gboolean
count_backlog (TuttiSocket *socket, gsize n_bytes)
{
    gsize written = socket->meter ? tutti_meter_take_written (socket->meter) : G_MAXSIZE;

    socket->backlog_bytes -= MIN (written, socket->backlog_bytes);
    socket->backlog_bytes += frame_size (n_bytes);
    return socket->backlog_bytes <= BACKLOG_MAX_BYTES;
}

/* Not from within a send: room may be telling many, and must not lose one of them meanwhile. */
static gboolean
on_condemned (gpointer user_data)
{
    TuttiSocket *socket = user_data;

    socket->condemned_id = 0;
    tutti_socket_close (socket, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION);
    return G_SOURCE_REMOVE;
}

static void
on_send (const char *text, gpointer user_data)
{
    TuttiSocket *socket = user_data;

    if (!is_open (socket) || socket->condemned_id)
        return;
    if (count_backlog (socket, strlen (text)))
        soup_websocket_connection_send_text (socket->connection, text);
    else
        socket->condemned_id = g_idle_add_full (G_PRIORITY_DEFAULT, on_condemned, socket, NULL);
}

static void
on_end (guint16 code, gpointer user_data)
{
    tutti_socket_close (user_data, code);
}

static const TuttiClientOutput output = {on_send, on_end};

static gboolean
on_join_timeout (gpointer user_data)
{
    TuttiSocket *socket = user_data;

    socket->join_id = 0;
    tutti_socket_close (socket, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION);
    return G_SOURCE_REMOVE;
}

/* Once. */
static void
be_patient (TuttiSocket *socket)
{
    socket->is_patient = TRUE;
    g_clear_handle_id (&socket->join_id, g_source_remove);
    socket->join_id = g_timeout_add_seconds (PIN_S, on_join_timeout, socket);
}

static void
on_message (SoupWebsocketConnection *connection, int type, GBytes *message, gpointer user_data)
{
    TuttiSocket *socket = user_data;
    gsize n_bytes;
    const char *text = g_bytes_get_data (message, &n_bytes);

    if (socket->meter)
        tutti_meter_allow (socket->meter, INPUT_MAX_BYTES);
    if (n_bytes > TUTTI_SOCKET_FRAME_MAX_BYTES)
        tutti_socket_close (socket, SOUP_WEBSOCKET_CLOSE_TOO_BIG);
    else if (type == SOUP_WEBSOCKET_DATA_TEXT)
        tutti_client_receive (socket->client, text, n_bytes, g_get_monotonic_time ());
    else
        tutti_client_receive_nonsense (socket->client);
    if (tutti_client_is_joined (socket->client))
        g_clear_handle_id (&socket->join_id, g_source_remove);
    else if (tutti_client_is_asked (socket->client) && !socket->is_patient)
        be_patient (socket);
}

/* Page left: 1001; close() without a code: 1005; everything else was not meant. */
static gboolean
is_farewell (SoupWebsocketConnection *connection)
{
    gushort code = soup_websocket_connection_get_close_code (connection);

    return code == SOUP_WEBSOCKET_CLOSE_NORMAL || code == SOUP_WEBSOCKET_CLOSE_GOING_AWAY ||
           code == SOUP_WEBSOCKET_CLOSE_NO_STATUS;
}

/* The peer has sent its close frame: the others learn of it before the connection is down. */
static void
on_closing (SoupWebsocketConnection *connection, gpointer user_data)
{
    TuttiSocket *socket = user_data;

    tutti_client_hang_up (socket->client, !is_farewell (connection));
}

static void
on_closed (SoupWebsocketConnection *connection, gpointer user_data)
{
    TuttiSocket *socket = user_data;

    tutti_client_hang_up (socket->client, !is_farewell (connection));
    if (socket->closed)
        socket->closed (socket, socket->user_data);
}

TuttiSocket *
tutti_socket_new (const TuttiClientSetup *setup, SoupWebsocketConnection *connection,
                  TuttiMeter *meter, const char *address, const char *visitor)
{
    TuttiSocket *socket = g_new0 (TuttiSocket, 1);

    socket->connection = g_object_ref (connection);
    socket->meter = meter ? g_object_ref (meter) : NULL;
    socket->address = g_strdup (address);
    socket->client = tutti_client_new (setup, address, visitor, &output, socket);
    socket->join_id = g_timeout_add_seconds (JOIN_S, on_join_timeout, socket);
    if (meter) {
        tutti_meter_set_timeout (meter, SILENCE_S);
        tutti_meter_expect (meter, 0);
        tutti_meter_allow (meter, INPUT_MAX_BYTES);
    }
    soup_websocket_connection_set_max_incoming_payload_size (connection, LONG_MESSAGE_MAX_BYTES);
    soup_websocket_connection_set_keepalive_interval (connection, KEEPALIVE_S);
    g_signal_connect (connection, "message", G_CALLBACK (on_message), socket);
    g_signal_connect (connection, "closing", G_CALLBACK (on_closing), socket);
    g_signal_connect (connection, "closed", G_CALLBACK (on_closed), socket);
    return socket;
}

void
tutti_socket_free (TuttiSocket *socket)
{
    if (!socket)
        return;
    g_signal_handlers_disconnect_by_data (socket->connection, socket);
    g_clear_handle_id (&socket->join_id, g_source_remove);
    g_clear_handle_id (&socket->condemned_id, g_source_remove);
    tutti_client_free (socket->client);
    g_clear_object (&socket->meter);
    g_object_unref (socket->connection); /* closes it if nothing else holds it */
    g_free (socket->address);
    g_free (socket);
}

void
tutti_socket_set_closed (TuttiSocket *socket, TuttiSocketClosed closed, gpointer user_data)
{
    socket->closed = closed;
    socket->user_data = user_data;
}

void
tutti_socket_close (TuttiSocket *socket, guint16 code)
{
    if (is_open (socket))
        soup_websocket_connection_close (socket->connection, code, NULL);
}

gboolean
tutti_socket_is_waiting (TuttiSocket *socket)
{
    return is_open (socket) && !tutti_client_is_joined (socket->client);
}

const char *
tutti_socket_address (TuttiSocket *socket)
{
    return socket->address;
}
