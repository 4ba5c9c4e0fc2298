/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * guests.c: wait for the whole first TLS record -> a turn -> handshake -> wait -> a turn -> ready.
 *
 * A step of a handshake costs us processor time, which addresses share by turns; between two steps
 * we wait for the peer, who costs memory then, and before the first only a descriptor. So slow
 * peers keep nobody waiting, and many of them only make way sooner.
 */
#include "guests.h"
#include "tls-stream.h"
#include "turns.h"

#include <poll.h>
#include <sys/socket.h>

/* RFC 8446 section 5.1: type, version, length; a record is at most 2^14 bytes. */
#define RECORD_HEADER_BYTES 5
#define RECORD_HANDSHAKE 22
#define RECORD_MAX_BYTES 16384
/* For the first word, and for all that follows: a bad mobile link's retransmissions. */
#define PATIENCE_US (10 * G_USEC_PER_SEC)
#define LOOK_MS 250
/* Under way at a time, 50 MB: the eldest of the address that has the most makes way. */
#define SHAKING_MAX 1024
/* So long the main loop's other work may be kept: some handshakes with P-256, the most of one with
 * RSA of 4096 bits. */
#define WORK_US 2000

struct _TuttiGuests {
    TuttiGuestReady ready;
    gpointer user_data;
    GPtrArray *list; /* of Guest */
    TuttiTurns *turns;
    guint work_id, look_id;
};

typedef struct {
    TuttiGuests *guests;
    GSocket *socket;
    SSL_CTX *context; /* NULL: plain */
    TuttiTls *tls;    /* NULL: had no turn yet */
    TuttiCount *count;
    TuttiTurn *turn; /* NULL: its first record isn't whole */
    GSource *source; /* while we wait for the peer */
    gsize awaited_bytes;
    gint64 since_us; /* we wait for its first word, or for the rest */
} Guest;

static void
stop_waiting (Guest *guest)
{
    if (guest->source) {
        g_source_destroy (guest->source);
        g_clear_pointer (&guest->source, g_source_unref);
    }
}

static void
free_guest (Guest *guest)
{
    g_ptr_array_remove_fast (guest->guests->list, guest);
    stop_waiting (guest);
    tutti_turn_free (guest->turn);
    tutti_tls_unref (guest->tls);
    SSL_CTX_free (guest->context);
    g_object_unref (guest->socket);
    tutti_count_free (guest->count);
    g_free (guest);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Guest, free_guest)

static void
let_in (Guest *guest, GIOStream *stream)
{
    guest->guests->ready (stream, guest->socket, g_steal_pointer (&guest->count),
                          guest->guests->user_data);
}

/* Takes the source. */
static void
wait_for (Guest *guest, GSource *source, GSocketSourceFunc callback)
{
    stop_waiting (guest);
    guest->source = source;
    g_source_set_callback (source, G_SOURCE_FUNC (callback), guest, NULL);
    g_source_attach (source, g_main_context_get_thread_default ());
}

/* --- The handshake. --- */

/* It waited too long for us: its handshake would be work for nobody. */
static gboolean
has_left (Guest *guest)
{
    struct pollfd poll_fd = {.fd = g_socket_get_fd (guest->socket), .events = POLLRDHUP};

    return poll (&poll_fd, 1, 0) > 0;
}

static void
begin (Guest *guest)
{
    TuttiTurns *turns = guest->guests->turns;

    while (tutti_turns_n_begun (turns) > SHAKING_MAX)
        free_guest (tutti_turns_eldest (turns));
    guest->tls = tutti_tls_new (guest->socket, guest->context);
    guest->since_us = g_get_monotonic_time ();
}

static gboolean on_answer (GSocket *socket, GIOCondition condition, gpointer user_data);

/* Its turn, a whole one. Takes the guest. */
static void
take_turn (Guest *owned)
{
    g_autoptr (Guest) guest = owned;
    g_autoptr (GError) error = NULL;

    if (!guest->tls && has_left (guest))
        return;
    if (!guest->tls)
        begin (guest);
    if (tutti_tls_shake (guest->tls, &error)) {
        g_autoptr (GIOStream) stream = tutti_tls_stream_new (guest->tls);

        let_in (guest, stream);
    } else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
        wait_for (guest, tutti_tls_create_source (guest->tls, TUTTI_TLS_READ), on_answer);
        g_steal_pointer (&guest);
    } else {
        g_debug ("handshake with %s: %s", tutti_count_key (guest->count), error->message);
    }
}

static gboolean
on_work (gpointer user_data)
{
    TuttiGuests *guests = user_data;
    gint64 until_us = g_get_monotonic_time () + WORK_US;
    Guest *guest;

    while (g_get_monotonic_time () < until_us && (guest = tutti_turns_next (guests->turns)))
        take_turn (guest);
    if (tutti_turns_are_asked (guests->turns))
        return G_SOURCE_CONTINUE;
    guests->work_id = 0;
    return G_SOURCE_REMOVE;
}

/* Of the same priority as other work: neither keeps the other from being done. */
static void
ask (Guest *guest)
{
    TuttiGuests *guests = guest->guests;

    if (guest->turn)
        tutti_turn_ask_again (guest->turn);
    else
        guest->turn = tutti_turns_ask (guests->turns, tutti_count_key (guest->count), guest);
    if (!guests->work_id)
        guests->work_id = g_idle_add_full (G_PRIORITY_DEFAULT, on_work, guests, NULL);
}

static gboolean
on_answer (GSocket *socket, GIOCondition condition, gpointer user_data)
{
    Guest *guest = user_data;

    stop_waiting (guest);
    ask (guest);
    return G_SOURCE_REMOVE;
}

/* --- The first word. --- */

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

/* Enough has come; if less, it has left. */
static gboolean
on_bytes (GSocket *socket, GIOCondition condition, gpointer user_data)
{
    g_autoptr (Guest) guest = user_data;
    gssize available = g_socket_get_available_bytes (socket);
    gsize needed;

    if (available < (gssize)guest->awaited_bytes || condition & (G_IO_HUP | G_IO_ERR))
        return G_SOURCE_REMOVE;
    needed = first_record_bytes (socket);
    if (needed == 0)
        return G_SOURCE_REMOVE;
    if ((gsize)available < needed) {
        await (g_steal_pointer (&guest), needed);
        return G_SOURCE_REMOVE;
    }
    g_socket_set_option (socket, SOL_SOCKET, SO_RCVLOWAT, 1, NULL);
    stop_waiting (guest);
    ask (g_steal_pointer (&guest));
    return G_SOURCE_REMOVE;
}

/* Polling tells of n_bytes, not of fewer (socket(7), SO_RCVLOWAT). */
static void
await (Guest *guest, gsize n_bytes)
{
    guest->awaited_bytes = n_bytes;
    g_socket_set_option (guest->socket, SOL_SOCKET, SO_RCVLOWAT, (int)n_bytes, NULL);
    wait_for (guest, g_socket_create_source (guest->socket, G_IO_IN, NULL), on_bytes);
}

/* Whom we keep waiting ourselves has no source. */
static gboolean
on_look (gpointer user_data)
{
    TuttiGuests *guests = user_data;
    gint64 now_us = g_get_monotonic_time ();

    for (guint i = guests->list->len; i > 0; i--) {
        Guest *guest = guests->list->pdata[i - 1];

        if (guest->source && now_us - guest->since_us > PATIENCE_US)
            free_guest (guest);
    }
    if (guests->list->len > 0)
        return G_SOURCE_CONTINUE;
    guests->look_id = 0;
    return G_SOURCE_REMOVE;
}

/* --- Public --- */

TuttiGuests *
tutti_guests_new (TuttiGuestReady ready, gpointer user_data)
{
    TuttiGuests *guests = g_new0 (TuttiGuests, 1);

    guests->ready = ready;
    guests->user_data = user_data;
    guests->list = g_ptr_array_new ();
    guests->turns = tutti_turns_new ();
    return guests;
}

void
tutti_guests_free (TuttiGuests *guests)
{
    if (!guests)
        return;
    while (guests->list->len > 0)
        free_guest (guests->list->pdata[0]);
    g_clear_handle_id (&guests->work_id, g_source_remove);
    g_clear_handle_id (&guests->look_id, g_source_remove);
    tutti_turns_free (guests->turns);
    g_ptr_array_unref (guests->list);
    g_free (guests);
}

void
tutti_guests_add (TuttiGuests *guests, GSocket *socket, TuttiCount *count, SSL_CTX *context)
{
    g_autoptr (Guest) guest = g_new0 (Guest, 1);

    guest->guests = guests;
    guest->socket = g_object_ref (socket);
    guest->count = count;
    g_ptr_array_add (guests->list, guest);
    if (!context) {
        g_autoptr (GSocketConnection) plain =
            g_socket_connection_factory_create_connection (socket);

        let_in (guest, G_IO_STREAM (plain));
        return;
    }
    SSL_CTX_up_ref (context);
    guest->context = context;
    guest->since_us = g_get_monotonic_time ();
    if (!guests->look_id)
        guests->look_id = g_timeout_add (LOOK_MS, on_look, guests);
    await (g_steal_pointer (&guest), RECORD_HEADER_BYTES);
}
