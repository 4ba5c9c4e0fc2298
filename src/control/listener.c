/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * listener.c: accept -> count -> wait for the first byte -> TLS handshake -> SoupServer.
 *
 * The first byte is waited for because GIO's handshake occupies a thread of its pool: a connection
 * that says nothing must not.
 */
#include "listener.h"
#include "address.h"
#include "counts.h"

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
/* How long a connection may be silent before it has become a WebSocket: longer than a request on a
 * bad link takes, shorter than an attacker would like. */
#define SILENCE_S 30
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
    GTlsCertificate *certificate;
    GPtrArray *ears;
    TuttiCounts *counts;
    GCancellable *cancellable; /* ends guests on their way in */
};

/* A connection on its way in. Once cancelled, the listener is gone. */
typedef struct {
    TuttiListener *listener;
    GCancellable *cancellable;
    GSocket *socket;
    GIOStream *stream;
    TuttiCount *count;
} Guest;

static void
free_guest (gpointer data)
{
    Guest *guest = data;

    g_clear_object (&guest->stream);
    g_clear_object (&guest->socket);
    g_clear_object (&guest->cancellable);
    tutti_count_free (guest->count);
    g_free (guest);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Guest, free_guest)

/* Takes the guest. */
static void
hand_over (Guest *owned)
{
    g_autoptr (Guest) guest = owned;
    g_autoptr (TuttiMeter) meter = tutti_meter_new (guest->stream, guest->socket);
    g_autoptr (GSocketAddress) local = g_socket_get_local_address (guest->socket, NULL);
    g_autoptr (GSocketAddress) remote = g_socket_get_remote_address (guest->socket, NULL);

    if (!local || !remote) /* it has left already */
        return;
    g_object_set_data_full (G_OBJECT (meter), COUNT_KEY, g_steal_pointer (&guest->count),
                            tutti_count_free);
    /* The address object is what a SoupServerMessage leads back to. */
    g_object_set_data (G_OBJECT (remote), METER_KEY, meter);
    soup_server_accept_iostream (guest->listener->server, G_IO_STREAM (meter), local, remote, NULL);
}

static void
on_handshake (GObject *connection, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (Guest) guest = user_data;

    /* Also FALSE once cancelled. */
    if (g_tls_connection_handshake_finish (G_TLS_CONNECTION (connection), result, NULL))
        hand_over (g_steal_pointer (&guest));
}

/* A TLS server on the stream. Clients show no certificates: without "database" NULL each connection
 * would load the system's authorities to check them by, for 20 ms and 4 MB. NULL on failure. */
static GIOStream *
wrap (GIOStream *stream, GTlsCertificate *certificate)
{
    GType type = g_tls_backend_get_server_connection_type (g_tls_backend_get_default ());

    return g_initable_new (type, NULL, NULL, "base-io-stream", stream, "certificate", certificate,
                           "database", NULL, NULL);
}

/* Takes the guest. */
static void
shake_hands (Guest *owned)
{
    static const char *const protocols[] = {"http/1.1", NULL};
    g_autoptr (Guest) guest = owned;
    GIOStream *tls = wrap (guest->stream, guest->listener->certificate);

    if (!tls)
        return;
    g_object_unref (guest->stream);
    guest->stream = tls;
    g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (tls), protocols);
    /* WebSocket has a close frame of its own; HTTP has lengths. */
    /* Nobody is asked for a certificate; the default would read the system's authorities anew for
     * each connection: 100 ms and 3.5 MB, measured. */
    g_tls_connection_set_database (G_TLS_CONNECTION (tls), NULL);
    g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (tls), FALSE);
    g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT,
                                      guest->cancellable, on_handshake, guest);
    g_steal_pointer (&guest);
}

/* The guest has said something, has left, was silent for too long, or the listener ends. */
static gboolean
on_first_byte (GSocket *socket, GIOCondition condition, gpointer user_data)
{
    Guest *guest = user_data;

    if (g_cancellable_is_cancelled (guest->cancellable) ||
        g_socket_get_available_bytes (socket) <= 0)
        free_guest (guest);
    else
        shake_hands (guest);
    return G_SOURCE_REMOVE;
}

static void
await_first_byte (Guest *guest)
{
    g_autoptr (GSource) source =
        g_socket_create_source (guest->socket, G_IO_IN, guest->cancellable);

    g_source_set_callback (source, G_SOURCE_FUNC (on_first_byte), guest, NULL);
    g_source_attach (source, g_main_context_get_thread_default ());
}

static void
welcome (TuttiListener *listener, GSocket *socket)
{
    g_autoptr (GSocketAddress) remote = g_socket_get_remote_address (socket, NULL);
    g_autofree char *key = tutti_address_key (remote);
    TuttiCount *count = tutti_counts_take (listener->counts, key);
    Guest *guest;

    if (!count) {
        g_debug ("listener: too many connections, %s refused", key);
        return;
    }
    g_socket_set_timeout (socket, SILENCE_S);
    g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
    guest = g_new0 (Guest, 1);
    guest->listener = listener;
    guest->cancellable = g_object_ref (listener->cancellable);
    guest->socket = g_object_ref (socket);
    guest->stream = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
    guest->count = count;
    if (listener->certificate)
        await_first_byte (guest);
    else
        hand_over (guest);
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

static gboolean
on_incoming (GSocket *listening, GIOCondition condition, gpointer user_data)
{
    Ear *ear = user_data;
    g_autoptr (GError) error = NULL;
    g_autoptr (GSocket) socket = g_socket_accept (listening, NULL, &error);
    GSource *rest;

    if (socket) {
        welcome (ear->listener, socket);
        return G_SOURCE_CONTINUE;
    }
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
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

TuttiListener *
tutti_listener_new (SoupServer *server, GTlsCertificate *certificate)
{
    TuttiListener *listener = g_new0 (TuttiListener, 1);

    listener->server = server;
    listener->certificate = certificate ? g_object_ref (certificate) : NULL;
    listener->ears = g_ptr_array_new_with_free_func (free_ear);
    listener->counts = tutti_counts_new (connections_max (), CONNECTIONS_BY_ADDRESS_MAX);
    listener->cancellable = g_cancellable_new ();
    return listener;
}

void
tutti_listener_free (TuttiListener *listener)
{
    if (!listener)
        return;
    g_cancellable_cancel (listener->cancellable);
    g_object_unref (listener->cancellable);
    g_ptr_array_unref (listener->ears);
    g_clear_object (&listener->certificate);
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

gboolean
tutti_listener_add (TuttiListener *listener, GSocketAddress *address, GError **error)
{
    g_autofree char *name = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
    g_autoptr (GError) fault = NULL;
    GSocket *socket = bind_socket (address, &fault);
    Ear *ear;

    if (!socket) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_INTERNAL, "can't listen on %s: %s", name,
                     fault->message);
        return FALSE;
    }
    ear = g_new0 (Ear, 1);
    ear->listener = listener;
    ear->socket = socket;
    g_ptr_array_add (listener->ears, ear);
    listen_on (ear);
    return TRUE;
}

void
tutti_listener_set_certificate (TuttiListener *listener, GTlsCertificate *certificate)
{
    g_set_object (&listener->certificate, certificate);
}

static char *
make_url (TuttiListener *listener, GSocket *socket)
{
    g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);
    g_autofree char *name = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));

    return g_strdup_printf ("%s://%s/", listener->certificate ? "https" : "http", name);
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

guint
tutti_listener_n_connections (TuttiListener *listener)
{
    return tutti_counts_all (listener->counts);
}
