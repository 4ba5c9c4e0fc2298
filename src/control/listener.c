/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * listener.c: accept -> count -> guests (TLS handshake) -> meter -> SoupServer.
 */
#include "listener.h"
#include "address.h"
#include "counts.h"
#include "guests.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <tutti/error.h>

/* Enough for the page's six connections and the WebSocket of everyone in full rooms. */
#define CONNECTIONS_MAX 8192
/* People behind one router, or a load test. */
#define CONNECTIONS_BY_ADDRESS_MAX 2048
/* Of the process's descriptors: the rest is for media and files. */
#define DESCRIPTORS_SHARE 2
/* Connections the kernel holds until we come round. */
#define BACKLOG 1024
/* Taken from there in a turn of the main loop, which takes its time when a thousand are open. */
#define AT_ONCE 32
/* How long a connection may be silent before it has become a WebSocket: longer than a request on a
 * bad link takes, shorter than an attacker would like. */
#define SILENCE_S 30
/* So long may a request take to arrive, silence between two included: more than an offer of 64 KiB
 * needs by the worst mobile link. Who sends a byte now and then never becomes a burden. */
#define REQUEST_US (60 * G_USEC_PER_SEC)
/* Out of descriptors or memory: wait for others to leave. */
#define REST_MS 500

#define METER_KEY "tutti-meter"
#define COUNT_KEY "tutti-count"

typedef struct {
    TuttiListener *listener;
    GSocket *socket;
    GSource *source; /* listens, or rests */
} Ear;

struct _TuttiListener {
    SoupServer *server;
    SSL_CTX *context; /* NULL: plain HTTP */
    GPtrArray *ears;
    TuttiCounts *counts;
    TuttiGuests *guests;
};

/* The next request may take its time again. */
static void
await_request (TuttiMeter *meter)
{
    tutti_meter_expect (meter, REQUEST_US);
    if (!soup_check_version (3, 4, 0))
        tutti_meter_rest (meter);
}

static void
on_request_finished (SoupServer *server, SoupServerMessage *message, gpointer user_data)
{
    TuttiMeter *meter = tutti_listener_get_meter (message);

    if (meter)
        await_request (meter);
}

static void
on_ready (GIOStream *stream, GSocket *socket, TuttiCount *count, gpointer user_data)
{
    TuttiListener *listener = user_data;
    g_autoptr (TuttiMeter) meter = tutti_meter_new (stream, socket);
    g_autoptr (GSocketAddress) local = g_socket_get_local_address (socket, NULL);
    g_autoptr (GSocketAddress) remote = g_socket_get_remote_address (socket, NULL);

    await_request (meter);
    g_object_set_data_full (G_OBJECT (meter), COUNT_KEY, count, tutti_count_free);
    if (!local || !remote) /* it has left already */
        return;
    /* The address object is what a SoupServerMessage leads back to. */
    g_object_set_data (G_OBJECT (remote), METER_KEY, meter);
    soup_server_accept_iostream (listener->server, G_IO_STREAM (meter), local, remote, NULL);
}

static void
welcome (TuttiListener *listener, GSocket *socket)
{
    g_autoptr (GSocketAddress) remote = g_socket_get_remote_address (socket, NULL);
    g_autofree char *key = tutti_address_key (remote);
    TuttiCount *count = tutti_counts_take (listener->counts, key);

    if (!count) {
        g_debug ("listener: too many connections, %s refused", key);
        return;
    }
    g_socket_set_timeout (socket, SILENCE_S);
    g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
    tutti_guests_add (listener->guests, socket, count, listener->context);
}

static void listen_on (Ear *ear);

static gboolean
on_rested (gpointer user_data)
{
    listen_on (user_data);
    return G_SOURCE_REMOVE;
}

static void
set_source (Ear *ear, GSource *source)
{
    if (ear->source) {
        g_source_destroy (ear->source);
        g_source_unref (ear->source);
    }
    ear->source = source;
    if (source)
        g_source_attach (source, g_main_context_get_thread_default ());
}

/* FALSE: there is none, or (error set) none can be had. */
static gboolean
accept_one (Ear *ear, GSocket *listening, GError **error)
{
    g_autoptr (GError) fault = NULL;
    g_autoptr (GSocket) socket = g_socket_accept (listening, NULL, &fault);

    if (socket)
        welcome (ear->listener, socket);
    else if (!g_error_matches (fault, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        g_propagate_error (error, g_steal_pointer (&fault));
    return socket != NULL;
}

static gboolean
on_incoming (GSocket *listening, GIOCondition condition, gpointer user_data)
{
    Ear *ear = user_data;
    g_autoptr (GError) error = NULL;
    GSource *rest;

    for (guint i = 0; i < AT_ONCE && accept_one (ear, listening, &error); i++)
        continue;
    if (!error)
        return G_SOURCE_CONTINUE;
    g_warning ("listener: %s", error->message);
    rest = g_timeout_source_new (REST_MS);
    g_source_set_callback (rest, on_rested, ear, NULL);
    set_source (ear, rest);
    return G_SOURCE_REMOVE;
}

static void
listen_on (Ear *ear)
{
    GSource *source = g_socket_create_source (ear->socket, G_IO_IN, NULL);

    g_source_set_callback (source, G_SOURCE_FUNC (on_incoming), ear, NULL);
    set_source (ear, source);
}

static void
free_ear (gpointer data)
{
    Ear *ear = data;

    set_source (ear, NULL);
    g_socket_close (ear->socket, NULL);
    g_object_unref (ear->socket);
    g_free (ear);
}

static guint
connections_max (void)
{
    struct rlimit limit;

    if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return CONNECTIONS_MAX;
    return (guint)MIN (CONNECTIONS_MAX, limit.rlim_cur / DESCRIPTORS_SHARE);
}

/* libsoup keeps connections alive after an answer only while it listens itself: so it does, on a
 * Unix socket whose name is taken away at once, where nobody can come. */
static gboolean
keep_alive (SoupServer *soup, GError **error)
{
    g_autofree char *directory = g_dir_make_tmp ("tutti-XXXXXX", error);
    g_autofree char *path = directory ? g_build_filename (directory, "never", NULL) : NULL;
    g_autoptr (GSocketAddress) address = path ? g_unix_socket_address_new (path) : NULL;
    g_autoptr (GSocket) socket = NULL;
    gboolean good;

    if (!address)
        return FALSE;
    socket =
        g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, error);
    good = socket && g_socket_bind (socket, address, FALSE, error) &&
           g_socket_listen (socket, error) && soup_server_listen_socket (soup, socket, 0, error);
    g_unlink (path);
    g_rmdir (directory);
    return good;
}

TuttiListener *
tutti_listener_new (SoupServer *server, SSL_CTX *context, GError **error)
{
    TuttiListener *listener;

    if (!keep_alive (server, error))
        return NULL;
    listener = g_new0 (TuttiListener, 1);
    listener->server = server;
    g_signal_connect (server, "request-finished", G_CALLBACK (on_request_finished), NULL);
    tutti_listener_set_context (listener, context);
    listener->ears = g_ptr_array_new_with_free_func (free_ear);
    listener->counts = tutti_counts_new (connections_max (), CONNECTIONS_BY_ADDRESS_MAX);
    listener->guests = tutti_guests_new (on_ready, listener);
    return listener;
}

void
tutti_listener_free (TuttiListener *listener)
{
    if (!listener)
        return;
    tutti_guests_free (listener->guests);
    g_ptr_array_unref (listener->ears);
    SSL_CTX_free (listener->context);
    tutti_counts_free (listener->counts);
    g_free (listener);
}

static GSocket *
bind_socket (GSocketAddress *address, GError **error)
{
    GSocketFamily family = g_socket_address_get_family (address);
    g_autoptr (GSocket) socket =
        g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

    if (!socket)
        return NULL;
    /* [::] is IPv6 alone: `*` stands for both, and needs both to be free. */
    if (family == G_SOCKET_FAMILY_IPV6)
        g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, 1, NULL);
    g_socket_set_blocking (socket, FALSE);
    g_socket_set_listen_backlog (socket, BACKLOG);
    if (!g_socket_bind (socket, address, TRUE, error) || !g_socket_listen (socket, error))
        return NULL;
    return g_steal_pointer (&socket);
}

void
tutti_listener_add_socket (TuttiListener *listener, GSocket *socket)
{
    Ear *ear = g_new0 (Ear, 1);

    g_socket_set_blocking (socket, FALSE);
    ear->listener = listener;
    ear->socket = g_object_ref (socket);
    g_ptr_array_add (listener->ears, ear);
    listen_on (ear);
}

gboolean
tutti_listener_add (TuttiListener *listener, GSocketAddress *address, GError **error)
{
    g_autofree char *name = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
    g_autoptr (GError) fault = NULL;
    g_autoptr (GSocket) socket = bind_socket (address, &fault);

    if (!socket) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_INTERNAL, "can't listen on %s: %s", name,
                     fault->message);
        return FALSE;
    }
    tutti_listener_add_socket (listener, socket);
    return TRUE;
}

gboolean
tutti_listener_add_all (TuttiListener *listener, GPtrArray *addresses, GError **error)
{
    for (guint i = 0; i < addresses->len; i++) {
        g_autoptr (GError) fault = NULL;

        if (!tutti_listener_add (listener, addresses->pdata[i], &fault) && i == 0) {
            g_propagate_error (error, g_steal_pointer (&fault));
            return FALSE;
        }
    }
    return TRUE;
}

void
tutti_listener_set_context (TuttiListener *listener, SSL_CTX *context)
{
    if (context)
        SSL_CTX_up_ref (context);
    SSL_CTX_free (listener->context);
    listener->context = context;
}

static char *
make_url (TuttiListener *listener, GSocket *socket)
{
    g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);
    g_autofree char *name = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));

    return g_strdup_printf ("%s://%s/", listener->context ? "https" : "http", name);
}

char **
tutti_listener_get_urls (TuttiListener *listener)
{
    g_autoptr (GStrvBuilder) urls = g_strv_builder_new ();

    for (guint i = 0; i < listener->ears->len; i++) {
        g_autofree char *url = make_url (listener, ((Ear *)listener->ears->pdata[i])->socket);

        g_strv_builder_add (urls, url);
    }
    return g_strv_builder_end (urls);
}

TuttiMeter *
tutti_listener_get_meter (SoupServerMessage *message)
{
    GSocketAddress *remote = soup_server_message_get_remote_address (message);

    return remote ? g_object_get_data (G_OBJECT (remote), METER_KEY) : NULL;
}

GSocket *
tutti_listener_get_socket (SoupServerMessage *message)
{
    TuttiMeter *meter = tutti_listener_get_meter (message);

    return meter ? tutti_meter_get_socket (meter) : soup_server_message_get_socket (message);
}

guint
tutti_listener_n_connections (TuttiListener *listener)
{
    return tutti_counts_all (listener->counts);
}
