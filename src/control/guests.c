/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * guests.c: wait for the whole first TLS record -> wait for a place -> handshake -> ready.
 *
 * A handshake occupies a thread while the peer keeps us waiting, and another one of GIO's, which
 * has ten and makes more of them slowly: a dozen people on slow links keep those busy. So a peer
 * must have said all of its first word before it gets one, no address gets more than it leaves to
 * others, and in a crowd it may take less time over the second.
 */
#include "guests.h"
#include "places.h"

#include <poll.h>
#include <sys/socket.h>

/* RFC 8446 section 5.1: type, version, length; a record is at most 2^14 bytes. */
#define RECORD_HEADER_BYTES 5
#define RECORD_HANDSHAKE 22
#define RECORD_MAX_BYTES 16384
/* Nearly all wait for a peer; those that work are as many as there are cores. */
#define THREADS 64
#define CROWD 48
/* How long we wait for a peer's second word: a bad mobile link's retransmissions; in a crowd, two
 * round trips by satellite; while others wait, one, if nobody else's address is as busy. */
#define PATIENCE_US (10 * G_USEC_PER_SEC)
#define PATIENCE_CROWD_US (2 * G_USEC_PER_SEC)
#define PATIENCE_SHORT_US (G_USEC_PER_SEC * 3 / 4)
#define LOOK_MS 100
/* First words that GIO has not come to: more than a class that arrives at once leaves waiting. */
#define UNREAD_MAX 16

struct _TuttiGuests {
    TuttiGuestReady ready;
    gpointer user_data;
    GThreadPool *threads;
    GPtrArray *list;     /* of Guest, borrowed: each frees itself when its callback comes */
    TuttiPlaces *places; /* one for each thread */
    guint n_unread;      /* who have a place, but GIO no thread for them yet */
    gboolean closing;
    guint look_id;
};

typedef struct {
    TuttiGuests *guests;
    GCancellable *cancellable;
    GSocket *socket;
    GIOStream *stream;
    GTlsCertificate *certificate;
    TuttiCount *count;
    gsize awaited_bytes;
    TuttiPlace *place;       /* NULL: its first record isn't whole */
    gboolean shaking;        /* in a thread, or its callback is due */
    gboolean shaken;         /* the thread's, until it hands the guest back */
    gint64 waiting_since_us; /* for its second word; 0: not yet */
} Guest;

static void free_guest (gpointer data);
static gboolean on_shaken (gpointer user_data);

/* It waited too long for us: its handshake would be work for nobody. */
static gboolean
has_left (Guest *guest)
{
    struct pollfd poll_fd = {.fd = g_socket_get_fd (guest->socket), .events = POLLRDHUP};

    return poll (&poll_fd, 1, 0) > 0;
}

/* Those who can have a place now get one. */
static void
fill_places (TuttiGuests *guests)
{
    Guest *guest;

    while (!guests->closing && (guest = tutti_places_next (guests->places))) {
        guest->shaking = TRUE;
        if (has_left (guest))
            g_idle_add_full (G_PRIORITY_DEFAULT, on_shaken, guest, free_guest);
        else
            g_thread_pool_push (guests->threads, guest, NULL);
    }
}

static void
free_guest (gpointer data)
{
    Guest *guest = data;
    TuttiGuests *guests = guest->guests;

    g_ptr_array_remove_fast (guests->list, guest);
    tutti_place_free (guest->place);
    g_clear_object (&guest->stream);
    g_clear_object (&guest->certificate);
    g_object_unref (guest->socket);
    g_object_unref (guest->cancellable);
    tutti_count_free (guest->count);
    g_free (guest);
    fill_places (guests);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Guest, free_guest)

static void
let_in (Guest *guest)
{
    guest->guests->ready (guest->stream, guest->socket, g_steal_pointer (&guest->count),
                          guest->guests->user_data);
}

static gboolean
on_shaken (gpointer user_data)
{
    Guest *guest = user_data;

    if (guest->shaken)
        let_in (guest);
    return G_SOURCE_REMOVE;
}

/* In a thread of the pool; nothing else touches the stream meanwhile. */
static void
shake (gpointer data, gpointer user_data)
{
    Guest *guest = data;

    guest->shaken =
        g_tls_connection_handshake (G_TLS_CONNECTION (guest->stream), guest->cancellable, NULL);
    g_idle_add_full (G_PRIORITY_DEFAULT, on_shaken, guest, free_guest);
}

static gint64
patience_us (const Guest *guest)
{
    const TuttiPlaces *places = guest->guests->places;
    gboolean is_short = tutti_places_is_short (places) || guest->guests->n_unread > UNREAD_MAX;

    if (is_short && tutti_place_is_greediest (guest->place))
        return PATIENCE_SHORT_US;
    return tutti_places_n_held (places) > CROWD ? PATIENCE_CROWD_US : PATIENCE_US;
}

/* Bytes that are there mean that its thread has not come to them yet. */
static gboolean
is_unread (Guest *guest)
{
    return guest->shaking && g_socket_get_available_bytes (guest->socket) > 0;
}

static void
look_at (Guest *guest, gint64 now_us)
{
    if (!guest->shaking || is_unread (guest))
        return;
    if (guest->waiting_since_us == 0)
        guest->waiting_since_us = now_us;
    else if (now_us - guest->waiting_since_us > patience_us (guest))
        g_cancellable_cancel (guest->cancellable);
}

static gboolean
on_look (gpointer user_data)
{
    TuttiGuests *guests = user_data;
    gint64 now_us = g_get_monotonic_time ();

    guests->n_unread = 0;
    for (guint i = 0; i < guests->list->len; i++)
        guests->n_unread += is_unread (guests->list->pdata[i]) ? 1 : 0;
    for (guint i = 0; i < guests->list->len; i++)
        look_at (guests->list->pdata[i], now_us);
    if (tutti_places_n_held (guests->places) > 0)
        return G_SOURCE_CONTINUE;
    guests->look_id = 0;
    return G_SOURCE_REMOVE;
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
    TuttiGuests *guests = guest->guests;
    GIOStream *tls = wrap (guest->stream, guest->certificate);

    if (!tls)
        return;
    g_object_unref (guest->stream);
    guest->stream = tls;
    if (!guests->look_id)
        guests->look_id = g_timeout_add (LOOK_MS, on_look, guests);
    g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (tls), protocols);
    /* WebSocket has a close frame of its own; HTTP has lengths. */
    g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (tls), FALSE);
    guest->place = tutti_places_ask (guests->places, tutti_count_key (guest->count), guest);
    g_steal_pointer (&guest);
    fill_places (guests);
}

/* What the first record needs in all; 0: this is no handshake. */
static gsize
first_record_bytes (GSocket *socket)
{
    guint8 header[RECORD_HEADER_BYTES];
    GInputVector vector = {header, sizeof header};
    int flags = G_SOCKET_MSG_PEEK;
    gssize n = g_socket_receive_message (socket, NULL, &vector, 1, NULL, NULL, &flags, NULL, NULL);
    gsize length;

    if (n < RECORD_HEADER_BYTES || header[0] != RECORD_HANDSHAKE)
        return 0;
    length = (gsize)header[3] << 8 | header[4];
    return length <= RECORD_MAX_BYTES ? RECORD_HEADER_BYTES + length : 0;
}

static void await (Guest *guest, gsize n_bytes);

/* Enough has come; if less, it has left, was silent for too long, or all are turned away. */
static gboolean
on_bytes (GSocket *socket, GIOCondition condition, gpointer user_data)
{
    g_autoptr (Guest) guest = user_data;
    gssize available = g_socket_get_available_bytes (socket);
    gsize needed;

    if (g_cancellable_is_cancelled (guest->cancellable) || available < (gssize)guest->awaited_bytes)
        return G_SOURCE_REMOVE;
    needed = first_record_bytes (socket);
    if (needed == 0 || condition & (G_IO_HUP | G_IO_ERR))
        return G_SOURCE_REMOVE;
    if ((gsize)available >= needed) {
        g_socket_set_option (socket, SOL_SOCKET, SO_RCVLOWAT, 1, NULL);
        shake_hands (g_steal_pointer (&guest));
    } else {
        await (g_steal_pointer (&guest), needed);
    }
    return G_SOURCE_REMOVE;
}

/* Polling tells of n_bytes, not of fewer (socket(7), SO_RCVLOWAT). */
static void
await (Guest *guest, gsize n_bytes)
{
    g_autoptr (GSource) source =
        g_socket_create_source (guest->socket, G_IO_IN, guest->cancellable);

    guest->awaited_bytes = n_bytes;
    g_socket_set_option (guest->socket, SOL_SOCKET, SO_RCVLOWAT, (int)n_bytes, NULL);
    g_source_set_callback (source, G_SOURCE_FUNC (on_bytes), guest, NULL);
    g_source_attach (source, g_main_context_get_thread_default ());
}

/* Whose handshake is over has an idle source, which frees it; the others one that waits for bytes.
 */
static void
turn_away (Guest *guest)
{
    gboolean shaking = guest->shaking;

    g_source_remove_by_user_data (guest);
    if (!shaking)
        free_guest (guest);
}

TuttiGuests *
tutti_guests_new (TuttiGuestReady ready, gpointer user_data)
{
    TuttiGuests *guests = g_new0 (TuttiGuests, 1);

    guests->ready = ready;
    guests->user_data = user_data;
    guests->list = g_ptr_array_new ();
    guests->threads = g_thread_pool_new (shake, NULL, THREADS, FALSE, NULL);
    guests->places = tutti_places_new (THREADS);
    return guests;
}

void
tutti_guests_free (TuttiGuests *guests)
{
    if (!guests)
        return;
    guests->closing = TRUE;
    for (guint i = 0; i < guests->list->len; i++)
        g_cancellable_cancel (((Guest *)guests->list->pdata[i])->cancellable);
    g_thread_pool_free (guests->threads, FALSE, TRUE);
    while (guests->list->len > 0)
        turn_away (guests->list->pdata[0]);
    g_clear_handle_id (&guests->look_id, g_source_remove);
    tutti_places_free (guests->places);
    g_ptr_array_unref (guests->list);
    g_free (guests);
}

void
tutti_guests_add (TuttiGuests *guests, GSocket *socket, TuttiCount *count,
                  GTlsCertificate *certificate)
{
    g_autoptr (Guest) guest = g_new0 (Guest, 1);

    guest->guests = guests;
    guest->cancellable = g_cancellable_new ();
    guest->socket = g_object_ref (socket);
    guest->stream = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
    guest->count = count;
    g_ptr_array_add (guests->list, guest);
    if (!certificate) {
        let_in (guest);
        return;
    }
    guest->certificate = g_object_ref (certificate);
    await (g_steal_pointer (&guest), RECORD_HEADER_BYTES);
}
