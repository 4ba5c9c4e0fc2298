/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wire.c: one leg's sockets between the net thread's epoll set and libnice. Role: net.
 *
 * A packet costs one wake-up of the leg it is for and nothing of any other leg: no poll() over all
 * legs' descriptors, as one shared GMainContext would do.
 */
#include "wire.h"

#include <linux/filter.h>
#include <netinet/in.h>
#include <string.h>

#include "rtp-session.h"
#include "sieve.h"

/* Packets taken from a socket in one go, before other legs have their turn: a key frame's burst
 * (some 50 packets) takes two. */
#define BATCH_MAX 32

/* See is_watched(). */
#define WATCH_AGAIN_US G_USEC_PER_SEC
#define WATCH_AGAIN_UDP_US (10 * G_USEC_PER_SEC)

/* So many packets in such a time are more than comfort noise with a report between: somebody talks,
 * or a picture moves. */
#define DENSE_PACKETS 4
#define DENSE_US (100 * TUTTI_USEC_PER_MSEC)

/* While libnice gathers, resolver threads answer into the context without ringing any bell (one
 * that they would ring, libnice's own timers ring too, each time). */
#define GATHER_POLL_US (50 * TUTTI_USEC_PER_MSEC)

struct _TuttiWire {
    TuttiLoop *loop;
    TuttiSeat *seat;
    TuttiWirePacketFunc packet;
    TuttiWireCheckFunc check;
    TuttiWireStrangerFunc stranger;
    gpointer user_data;

    GMainContext *context;
    int bell_fd; /* the context's own */
    /* Of GPollFD: what the context wants polled and the seat watches; and room for the next. */
    GArray *fds, *spare_fds;
    gint64 watched_us;
    gboolean is_gathering;
    gint64 due_us;

    TuttiPath path; /* the selected pair's */
    gint64 heard_us;
    gint64 dense_us; /* since when packets are counted, and how many */
    guint n_dense;
    TuttiSieve sieve;
    TuttiWireStats stats;
};

static gboolean
is_same_ipv4 (const struct sockaddr_in *a, const struct sockaddr_in *b)
{
    return a->sin_port == b->sin_port && a->sin_addr.s_addr == b->sin_addr.s_addr;
}

static gboolean
is_same_ipv6 (const struct sockaddr_in6 *a, const struct sockaddr_in6 *b)
{
    return a->sin6_port == b->sin6_port &&
           memcmp (&a->sin6_addr, &b->sin6_addr, sizeof a->sin6_addr) == 0;
}

static gboolean
is_peer (TuttiWire *wire, const struct sockaddr_storage *from)
{
    if (from->ss_family != wire->path.peer.ss_family)
        return FALSE;
    if (from->ss_family == AF_INET)
        return is_same_ipv4 ((const void *)from, (const void *)&wire->path.peer);
    return is_same_ipv6 ((const void *)from, (const void *)&wire->path.peer);
}

static void
drop_packet (TuttiWire *wire, int fd)
{
    guint8 byte;

    recv (fd, &byte, sizeof byte, MSG_DONTWAIT);
    wire->stats.malformed++;
}

/* RFC 7983 section 7: DTLS begins with 20 to 63; somebody waits for it. */
static void
note_density (TuttiWire *wire, guint8 first_byte, gint64 now_us)
{
    if (now_us - wire->dense_us >= DENSE_US) {
        wire->dense_us = now_us;
        wire->n_dense = 0;
    }
    if (++wire->n_dense >= DENSE_PACKETS || first_byte <= 63)
        tutti_loop_note_busy (wire->loop, now_us);
}

static void
take_packet (TuttiWire *wire, gint64 now_us)
{
    guint8 buffer[TUTTI_DATAGRAM_MAX_BYTES + TUTTI_SRTP_TRAILER_BYTES]
        __attribute__ ((aligned (8)));
    gssize length = recv (wire->path.fd, buffer, TUTTI_DATAGRAM_MAX_BYTES, MSG_DONTWAIT);

    if (length <= 0)
        return;
    tutti_loop_count_received (wire->loop, 1);
    note_density (wire, buffer[0], now_us);
    wire->packet (buffer, (gsize)length, now_us, wire->user_data);
}

static gboolean
is_udp (int fd)
{
    int type = 0;
    socklen_t bytes = sizeof type;

    return getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &bytes) == 0 && type == SOCK_DGRAM;
}

/* Closed, the kernel drops what comes for our UDP sockets; what they hold already stays. */
static void
set_gates (TuttiWire *wire, gboolean closed)
{
    struct sock_filter nothing[] = {BPF_STMT (BPF_RET | BPF_K, 0)};
    struct sock_fprog program = {.len = G_N_ELEMENTS (nothing), .filter = nothing};

    for (guint i = 0; i < wire->fds->len; i++) {
        int fd = g_array_index (wire->fds, GPollFD, i).fd;

        if (is_udp (fd))
            setsockopt (fd, SOL_SOCKET, closed ? SO_ATTACH_FILTER : SO_DETACH_FILTER, &program,
                        sizeof program);
    }
}

/* libnice empties its sockets, and would never end while a flood fills them. */
static void
run_guarded (TuttiWire *wire, gint64 now_us)
{
    set_gates (wire, TRUE);
    tutti_wire_run (wire, now_us);
    set_gates (wire, FALSE);
}

/* STUN while there is a path. TRUE: taken, and gone from the socket. */
static gboolean
show_stun (TuttiWire *wire, int fd, const struct sockaddr_storage *from, const guint8 *head,
           gsize length_bytes, gint64 now_us)
{
    guint8 byte;

    if (fd == wire->path.fd && is_peer (wire, from)) {
        if (!wire->check || !wire->check (head, length_bytes, now_us, wire->user_data))
            return FALSE;
        recv (fd, &byte, sizeof byte, MSG_DONTWAIT);
        return TRUE;
    }
    if (wire->stranger)
        wire->stranger (fd, from, head, length_bytes, now_us, wire->user_data);
    return FALSE;
}

/* One packet of a UDP socket. FALSE: no more for now. */
static gboolean
receive_one (TuttiWire *wire, int fd, gint64 now_us)
{
    struct sockaddr_storage from = {0};
    socklen_t from_bytes = sizeof from;
    guint8 head[TUTTI_SIEVE_BYTES];
    gssize length = recvfrom (fd, head, sizeof head, MSG_PEEK | MSG_DONTWAIT,
                              (struct sockaddr *)&from, &from_bytes);
    gboolean from_peer;
    TuttiVerdict verdict;

    if (length < 0)
        return FALSE;
    from_peer = fd == wire->path.fd && is_peer (wire, &from);
    if (from_peer)
        wire->heard_us = now_us;
    verdict = tutti_sieve_judge (&wire->sieve, head, (gsize)length, from_peer, now_us);
    /* RFC 7983 section 7: STUN begins with 0 to 3. */
    if ((verdict == TUTTI_SIEVE_NICE || verdict == TUTTI_SIEVE_GUARDED) && wire->path.fd >= 0 &&
        head[0] <= 3 && show_stun (wire, fd, &from, head, (gsize)length, now_us))
        return TRUE;
    switch (verdict) {
    case TUTTI_SIEVE_MEDIA:
        take_packet (wire, now_us);
        return TRUE;
    case TUTTI_SIEVE_NICE:
        tutti_wire_run (wire, now_us);
        return FALSE;
    case TUTTI_SIEVE_GUARDED:
        run_guarded (wire, now_us);
        return FALSE;
    default:
        drop_packet (wire, fd);
        return TRUE;
    }
}

static gboolean
holds_fd (GArray *fds, int fd)
{
    for (guint i = 0; i < fds->len; i++)
        if (g_array_index (fds, GPollFD, i).fd == fd)
            return TRUE;
    return FALSE;
}

/* What the context wants polled now, and its next timer. */
static GArray *
query_context (TuttiWire *wire, gint64 now_us)
{
    GArray *fds = wire->spare_fds;
    int timeout_ms = -1;
    int needed = 8;

    g_main_context_prepare (wire->context, NULL);
    do {
        g_array_set_size (fds, (guint)needed);
        needed = g_main_context_query (wire->context, G_MAXINT, &timeout_ms, (GPollFD *)fds->data,
                                       (int)fds->len);
    } while (needed > (int)fds->len);
    g_array_set_size (fds, (guint)needed);
    wire->due_us =
        timeout_ms < 0 ? TUTTI_DEADLINE_NEVER : now_us + (gint64)timeout_ms * TUTTI_USEC_PER_MSEC;
    if (wire->is_gathering)
        wire->due_us = MIN (wire->due_us, now_us + GATHER_POLL_US);
    return fds;
}

/* All of them anew now and then even if nothing seems to have changed: an fd that libnice closed
 * and got again with the same number (TCP) is another one to the kernel. */
static gboolean
is_watched (TuttiWire *wire, GArray *fds, gint64 now_us)
{
    gint64 again_us = wire->path.fd >= 0 ? WATCH_AGAIN_UDP_US : WATCH_AGAIN_US;

    if (now_us - wire->watched_us >= again_us || fds->len != wire->fds->len)
        return FALSE;
    for (guint i = 0; i < fds->len; i++) {
        const GPollFD *is = &g_array_index (fds, GPollFD, i);
        const GPollFD *was = &g_array_index (wire->fds, GPollFD, i);

        if (is->fd != was->fd || is->events != was->events)
            return FALSE;
    }
    return TRUE;
}

static void
watch_fds (TuttiWire *wire, GArray *fds)
{
    for (guint i = 0; i < wire->fds->len; i++) {
        int fd = g_array_index (wire->fds, GPollFD, i).fd;

        if (!holds_fd (fds, fd))
            tutti_seat_unwatch (wire->seat, fd);
    }
    for (guint i = 0; i < fds->len; i++) {
        const GPollFD *poll_fd = &g_array_index (fds, GPollFD, i);

        if (poll_fd->fd == wire->bell_fd && wire->path.fd >= 0)
            tutti_seat_unwatch (wire->seat, poll_fd->fd);
        else
            tutti_seat_watch (wire->seat, poll_fd->fd, (poll_fd->events & G_IO_OUT) != 0);
    }
}

static void
watch_context (TuttiWire *wire, gint64 now_us)
{
    GArray *fds = query_context (wire, now_us);

    if (!is_watched (wire, fds, now_us)) {
        watch_fds (wire, fds);
        wire->watched_us = now_us;
    }
    wire->spare_fds = wire->fds;
    wire->fds = fds;
}

/* The only descriptor of a context without sources. libnice rings it whenever it changes its
 * timers, also in our own calls, after which these are looked at anyway: on a UDP path, where
 * packets don't go by way of libnice, it isn't watched. */
static int
find_bell (GMainContext *context)
{
    GPollFD bell = {.fd = -1};
    int timeout_ms;

    if (!g_main_context_acquire (context))
        return -1;
    g_main_context_prepare (context, NULL);
    g_main_context_query (context, G_MAXINT, &timeout_ms, &bell, 1);
    g_main_context_release (context);
    return bell.fd;
}

TuttiWire *
tutti_wire_new (TuttiLoop *loop, TuttiSeat *seat, TuttiWirePacketFunc packet, gpointer user_data)
{
    TuttiWire *wire = g_new0 (TuttiWire, 1);

    wire->loop = loop;
    wire->seat = seat;
    wire->packet = packet;
    wire->user_data = user_data;
    wire->context = g_main_context_new ();
    wire->bell_fd = find_bell (wire->context);
    wire->fds = g_array_new (FALSE, FALSE, sizeof (GPollFD));
    wire->spare_fds = g_array_new (FALSE, FALSE, sizeof (GPollFD));
    wire->due_us = TUTTI_DEADLINE_NEVER;
    wire->path.fd = -1;
    return wire;
}

void
tutti_wire_set_stun (TuttiWire *wire, TuttiWireCheckFunc check, TuttiWireStrangerFunc stranger)
{
    wire->check = check;
    wire->stranger = stranger;
}

void
tutti_wire_free (TuttiWire *wire)
{
    if (!wire)
        return;
    for (guint i = 0; i < wire->fds->len; i++)
        tutti_seat_unwatch (wire->seat, g_array_index (wire->fds, GPollFD, i).fd);
    tutti_burst_forget (tutti_loop_get_burst (wire->loop), &wire->path);
    g_array_unref (wire->fds);
    g_array_unref (wire->spare_fds);
    g_main_context_unref (wire->context);
    g_free (wire);
}

GMainContext *
tutti_wire_get_context (TuttiWire *wire)
{
    return wire->context;
}

void
tutti_wire_run (TuttiWire *wire, gint64 now_us)
{
    g_main_context_acquire (wire->context);
    g_main_context_iteration (wire->context, FALSE);
    watch_context (wire, now_us);
    g_main_context_release (wire->context);
}

void
tutti_wire_set_gathering (TuttiWire *wire, gboolean gathering)
{
    wire->is_gathering = gathering;
}

gint64
tutti_wire_get_due (TuttiWire *wire)
{
    return wire->due_us;
}

gboolean
tutti_wire_has_path (TuttiWire *wire)
{
    return wire->path.fd >= 0;
}

const struct sockaddr_storage *
tutti_wire_get_peer (TuttiWire *wire)
{
    return wire->path.fd >= 0 ? &wire->path.peer : NULL;
}

void
tutti_wire_set_ufrag (TuttiWire *wire, const char *ufrag, gboolean has_relay)
{
    g_strlcpy (wire->sieve.ufrag, ufrag, sizeof wire->sieve.ufrag);
    wire->sieve.has_relay = has_relay;
}

void
tutti_wire_receive (TuttiWire *wire, int fd, gint64 now_us)
{
    if (wire->path.fd < 0) {
        wire->heard_us = now_us;
        tutti_loop_note_busy (wire->loop, now_us);
    }
    if (fd != wire->path.fd && !is_udp (fd)) {
        tutti_wire_run (wire, now_us);
        return;
    }
    /* Where few come there is hardly one more: epoll tells if there is. */
    for (guint i = 0; i < BATCH_MAX && receive_one (wire, fd, now_us); i++)
        if (wire->heard_us == now_us && wire->n_dense < DENSE_PACKETS)
            break;
}

void
tutti_wire_set_path (TuttiWire *wire, int fd, const struct sockaddr *peer, socklen_t peer_bytes)
{
    TuttiBurst *burst = tutti_loop_get_burst (wire->loop);

    g_assert (peer_bytes <= sizeof wire->path.peer);
    tutti_burst_send (burst);
    wire->path = (TuttiPath){.fd = fd, .peer_bytes = peer_bytes, .failures = wire->path.failures};
    wire->sieve.has_path = fd >= 0;
    wire->watched_us = 0; /* see find_bell() */
    if (fd >= 0)
        memcpy (&wire->path.peer, peer, peer_bytes);
}

gboolean
tutti_wire_send (TuttiWire *wire, const guint8 *data, gsize length_bytes)
{
    if (wire->path.fd < 0)
        return FALSE;
    tutti_burst_add (tutti_loop_get_burst (wire->loop), &wire->path, data, length_bytes);
    return TRUE;
}

void
tutti_wire_flush (TuttiWire *wire)
{
    tutti_burst_send (tutti_loop_get_burst (wire->loop));
}

void
tutti_wire_send_to (TuttiWire *wire, int fd, const struct sockaddr_storage *to, const guint8 *data,
                    gsize length_bytes)
{
    TuttiPath path = {.fd = fd, .peer = *to};

    path.peer_bytes =
        to->ss_family == AF_INET ? sizeof (struct sockaddr_in) : sizeof (struct sockaddr_in6);
    tutti_burst_add (tutti_loop_get_burst (wire->loop), &path, data, length_bytes);
    tutti_wire_flush (wire);
    wire->path.failures += path.failures;
}

gint64
tutti_wire_get_heard (TuttiWire *wire)
{
    return wire->heard_us;
}

void
tutti_wire_get_stats (TuttiWire *wire, TuttiWireStats *stats)
{
    *stats = wire->stats;
    stats->send_failures = wire->path.failures;
}
