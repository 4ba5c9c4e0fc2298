/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sctp.c: usrsctp, held at arm's length. To it an association's peer has an address, which is a
 * number of ours and never a pointer: what it still wants to send for one that is gone finds
 * nothing. Role: net.
 */
#include "sctp.h"

#include <errno.h>

#include <usrsctp.h>

/* A DTLS record on a way of 1280 bytes, with room for IPv6, UDP, TURN and the widest cipher. */
#define MTU_BYTES 1100

/* RFC 6298 has 1 s at least; what we say is a few hundred bytes now and then, on ways whose round
 * trip libraries of its kind (dcSCTP, Pion) give 200 to 1000 ms. */
#define RTO_MIN_MS 400
#define RTO_INITIAL_MS 1000
#define RTO_MAX_MS 2000
/* A minute of RTO_MAX_MS: a leg that is lost comes back after 30 s at the latest. */
#define RETRANSMISSIONS_MAX 30

/* One message of the largest kind, whole, and as much again that is under way. */
#define SEND_BUFFER_BYTES (2 * TUTTI_SCTP_SEND_MAX_BYTES)
/* Half of it is where usrsctp begins to give messages in parts: one that comes so is too long. */
#define RECEIVE_BUFFER_BYTES (4 * TUTTI_SCTP_RECEIVE_MAX_BYTES)

/* While something is on its way or due again: a fraction of RTO_MIN_MS. */
#define TICK_US (50 * 1000)
/* Made and not yet sent. More are lost, as packets are: each comes again. */
#define PACKETS_MAX 512

struct _TuttiSctp {
    gpointer id; /* its address to usrsctp */
    TuttiSeat *seat;
    guint16 peer_port;
    const TuttiSctpEvents *events;
    gpointer user_data;

    TuttiSctpState state;
    struct socket *socket; /* NULL: closed */
    gint64 due_us;
    guint64 resets; /* of our side of streams, wanted; a bit each */

    GQueue packets;   /* of GBytes; locked */
    gint has_packets; /* atomic */
};

G_STATIC_ASSERT (TUTTI_SCTP_STREAMS <= 64);

/* --- The one usrsctp --- */

static GMutex lock;              /* of what follows, and of usrsctp */
static GHashTable *associations; /* id -> TuttiSctp; NULL: not started */
static TuttiSctp *inside;        /* on whose behalf usrsctp is called */
static guintptr last_id;
static gint64 ticked_us;

/* Role: net, of any leg; within usrsctp, so locked. */
static int
on_output (void *address, void *data, size_t length_bytes, uint8_t tos, uint8_t unfragmented)
{
    TuttiSctp *sctp = g_hash_table_lookup (associations, address);

    if (!sctp || sctp->packets.length >= PACKETS_MAX)
        return 0;
    g_queue_push_tail (&sctp->packets, g_bytes_new (data, length_bytes));
    g_atomic_int_set (&sctp->has_packets, TRUE);
    if (sctp != inside)
        tutti_seat_wake (sctp->seat);
    return 0;
}

/* Off is what data channels have no use for and what has been a way in before: addresses that
 * change (ASCONF, and AUTH, which it needs), ECN, packet drop reports, non-renegable SACKs. Of the
 * extensions these remain: partial reliability (RFC 8831 section 5 wants it), and stream resets.
 * Packets of no association are passed over in silence. */
static void
set_defaults (void)
{
    usrsctp_sysctl_set_sctp_asconf_enable (0);
    usrsctp_sysctl_set_sctp_auto_asconf (0);
    usrsctp_sysctl_set_sctp_auth_enable (0);
    usrsctp_sysctl_set_sctp_ecn_enable (0);
    usrsctp_sysctl_set_sctp_pktdrop_enable (0);
    usrsctp_sysctl_set_sctp_nrsack_enable (0);
    usrsctp_sysctl_set_sctp_cmt_on_off (0);
    usrsctp_sysctl_set_sctp_blackhole (2);
    usrsctp_sysctl_set_sctp_rto_initial_default (RTO_INITIAL_MS);
    usrsctp_sysctl_set_sctp_init_rto_max_default (RTO_MAX_MS);
    usrsctp_sysctl_set_sctp_rto_min_default (RTO_MIN_MS);
    usrsctp_sysctl_set_sctp_rto_max_default (RTO_MAX_MS);
    usrsctp_sysctl_set_sctp_init_rtx_max_default (RETRANSMISSIONS_MAX);
    usrsctp_sysctl_set_sctp_assoc_rtx_max_default (RETRANSMISSIONS_MAX);
    usrsctp_sysctl_set_sctp_path_rtx_max_default (RETRANSMISSIONS_MAX);
}

/* It stays for the life of the process: what it frees later it frees by its timers. */
static void
start_up (gint64 now_us)
{
    associations = g_hash_table_new (NULL, NULL);
    usrsctp_init_nothreads (0, on_output, NULL);
    set_defaults ();
    ticked_us = now_us;
}

/* Its time goes on only here, so that no timer of an hour's idleness is behind. */
static void
enter (TuttiSctp *sctp, gint64 now_us)
{
    gint64 elapsed_ms;

    g_mutex_lock (&lock);
    if (!associations)
        start_up (now_us);
    inside = sctp;
    elapsed_ms = (now_us - ticked_us) / 1000;
    if (elapsed_ms < 10) /* its own unit */
        return;
    ticked_us += elapsed_ms * 1000;
    usrsctp_handle_timers ((guint32)MIN (elapsed_ms, G_MAXINT32));
}

static void
leave (void)
{
    inside = NULL;
    g_mutex_unlock (&lock);
}

/* --- Options --- */

static void
set (TuttiSctp *sctp, int level, int option, const void *value, gsize value_bytes)
{
    usrsctp_setsockopt (sctp->socket, level, option, value, (socklen_t)value_bytes);
}

static void
set_int (TuttiSctp *sctp, int level, int option, int value)
{
    set (sctp, level, option, &value, sizeof value);
}

static void
want_event (TuttiSctp *sctp, guint16 type)
{
    struct sctp_event event = {.se_assoc_id = SCTP_ALL_ASSOC, .se_type = type, .se_on = 1};

    set (sctp, IPPROTO_SCTP, SCTP_EVENT, &event, sizeof event);
}

static void
set_options (TuttiSctp *sctp)
{
    struct linger linger = {.l_onoff = 1}; /* close means ABORT */
    struct sctp_initmsg init = {.sinit_num_ostreams = TUTTI_SCTP_STREAMS,
                                .sinit_max_instreams = TUTTI_SCTP_STREAMS};
    struct sctp_assoc_value resets = {SCTP_ALL_ASSOC, SCTP_ENABLE_RESET_STREAM_REQ};
    struct sctp_sack_info sack = {.sack_freq = 1}; /* at once: no timer while idle */

    usrsctp_set_non_blocking (sctp->socket, 1);
    set (sctp, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    set_int (sctp, SOL_SOCKET, SO_SNDBUF, SEND_BUFFER_BYTES);
    set_int (sctp, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER_BYTES);
    set_int (sctp, IPPROTO_SCTP, SCTP_NODELAY, 1);
    set_int (sctp, IPPROTO_SCTP, SCTP_RECVRCVINFO, 1);
    set_int (sctp, IPPROTO_SCTP, SCTP_PARTIAL_DELIVERY_POINT, RECEIVE_BUFFER_BYTES / 2);
    set (sctp, IPPROTO_SCTP, SCTP_INITMSG, &init, sizeof init);
    set (sctp, IPPROTO_SCTP, SCTP_ENABLE_STREAM_RESET, &resets, sizeof resets);
    set (sctp, IPPROTO_SCTP, SCTP_DELAYED_SACK, &sack, sizeof sack);
    want_event (sctp, SCTP_ASSOC_CHANGE);
    want_event (sctp, SCTP_STREAM_RESET_EVENT);
}

static struct sockaddr_conn
make_address (TuttiSctp *sctp, guint16 port)
{
    return (struct sockaddr_conn){
#ifdef HAVE_SCONN_LEN
        .sconn_len = sizeof (struct sockaddr_conn),
#endif
        .sconn_family = AF_CONN,
        .sconn_port = GUINT16_TO_BE (port),
        .sconn_addr = sctp->id,
    };
}

/* No heartbeats: ICE knows whether the peer is there. No search for the path's MTU: RFC 8831
 * section 5 has it done by DTLS, whose own is fixed here. */
static void
set_path (TuttiSctp *sctp, const struct sockaddr_conn *peer)
{
    struct sctp_paddrparams path = {.spp_flags = SPP_HB_DISABLE | SPP_PMTUD_DISABLE,
                                    .spp_pathmtu = MTU_BYTES};

    memcpy (&path.spp_address, peer, sizeof *peer);
    set (sctp, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, &path, sizeof path);
}

/* --- Within the lock --- */

static gboolean
open_socket (TuttiSctp *sctp)
{
    struct sockaddr_conn own;

    sctp->id = (gpointer)++last_id;
    sctp->socket = usrsctp_socket (AF_CONN, SOCK_STREAM, IPPROTO_SCTP, NULL, NULL, 0, NULL);
    if (!sctp->socket)
        return FALSE;
    g_hash_table_insert (associations, sctp->id, sctp);
    usrsctp_register_address (sctp->id);
    set_options (sctp);
    own = make_address (sctp, TUTTI_SCTP_PORT);
    return usrsctp_bind (sctp->socket, (struct sockaddr *)&own, sizeof own) == 0;
}

static void
close_socket (TuttiSctp *sctp)
{
    sctp->state = TUTTI_SCTP_CLOSED;
    if (!sctp->socket)
        return;
    usrsctp_close (g_steal_pointer (&sctp->socket));
    usrsctp_deregister_address (sctp->id);
    g_hash_table_remove (associations, sctp->id);
}

/* EALREADY: one is under way, the rest must wait for its end. */
static void
send_resets (TuttiSctp *sctp)
{
    guint64 buffer[(sizeof (struct sctp_reset_streams) + 2 * TUTTI_SCTP_STREAMS) / 8 + 1] = {0};
    struct sctp_reset_streams *request = (struct sctp_reset_streams *)buffer;
    gsize bytes;

    if (!sctp->resets || !sctp->socket)
        return;
    request->srs_flags = SCTP_STREAM_RESET_OUTGOING;
    for (guint16 stream = 0; stream < TUTTI_SCTP_STREAMS; stream++)
        if (sctp->resets >> stream & 1)
            request->srs_stream_list[request->srs_number_streams++] = stream;
    bytes = sizeof *request + request->srs_number_streams * sizeof request->srs_stream_list[0];
    if (usrsctp_setsockopt (sctp->socket, IPPROTO_SCTP, SCTP_RESET_STREAMS, request,
                            (socklen_t)bytes) == 0 ||
        (errno != EALREADY && errno != EAGAIN))
        sctp->resets = 0;
}

/* Something is on its way, or is to be sent again. */
static gboolean
is_busy (TuttiSctp *sctp)
{
    struct sctp_status status = {0};
    socklen_t bytes = sizeof status;

    if (!sctp->socket)
        return FALSE;
    if (sctp->state != TUTTI_SCTP_UP || sctp->resets)
        return TRUE;
    return usrsctp_getsockopt (sctp->socket, IPPROTO_SCTP, SCTP_STATUS, &status, &bytes) == 0 &&
           (status.sstat_unackdata > 0 || status.sstat_penddata > 0);
}

static GQueue
take_packets (TuttiSctp *sctp)
{
    GQueue packets = sctp->packets;

    g_queue_init (&sctp->packets);
    g_atomic_int_set (&sctp->has_packets, FALSE);
    return packets;
}

/* --- Outside of it --- */

static void
send_packets (TuttiSctp *sctp, GQueue *packets)
{
    GBytes *packet;

    while ((packet = g_queue_pop_head (packets))) {
        gsize bytes;
        const guint8 *data = g_bytes_get_data (packet, &bytes);

        sctp->events->packet (data, bytes, sctp->user_data);
        g_bytes_unref (packet);
    }
}

static void
flush (TuttiSctp *sctp, gint64 now_us)
{
    GQueue packets;

    enter (sctp, now_us);
    send_resets (sctp);
    sctp->due_us = is_busy (sctp) ? now_us + TICK_US : TUTTI_DEADLINE_NEVER;
    packets = take_packets (sctp);
    leave ();
    send_packets (sctp, &packets);
}

static void
end (TuttiSctp *sctp)
{
    g_mutex_lock (&lock);
    inside = sctp;
    close_socket (sctp);
    leave ();
    sctp->events->closed (sctp->user_data);
}

static void
tell_resets (TuttiSctp *sctp, const struct sctp_stream_reset_event *event, gsize bytes)
{
    gsize n = (bytes - sizeof *event) / sizeof event->strreset_stream_list[0];

    if (!(event->strreset_flags & SCTP_STREAM_RESET_INCOMING_SSN) ||
        event->strreset_flags & (SCTP_STREAM_RESET_DENIED | SCTP_STREAM_RESET_FAILED))
        return;
    for (gsize i = 0; i < n && sctp->state == TUTTI_SCTP_UP; i++)
        sctp->events->reset (event->strreset_stream_list[i], sctp->user_data);
}

/* A peer that begins the association anew has lost its channels; so it ends. */
static void
take_notification (TuttiSctp *sctp, const guint8 *data, gsize bytes)
{
    const union sctp_notification *notification =
        (const union sctp_notification *)(gconstpointer)data;

    if (notification->sn_header.sn_type == SCTP_STREAM_RESET_EVENT &&
        bytes >= sizeof (struct sctp_stream_reset_event))
        tell_resets (sctp, &notification->sn_strreset_event, bytes);
    if (notification->sn_header.sn_type != SCTP_ASSOC_CHANGE)
        return;
    if (notification->sn_assoc_change.sac_state == SCTP_COMM_UP)
        sctp->state = TUTTI_SCTP_UP;
    else
        end (sctp);
}

/* FALSE: there is nothing more. */
static gboolean
receive_one (TuttiSctp *sctp, gint64 now_us)
{
    guint8 data[TUTTI_SCTP_RECEIVE_MAX_BYTES] __attribute__ ((aligned (8)));
    struct sctp_rcvinfo info = {0};
    socklen_t info_bytes = sizeof info, no_bytes = 0;
    guint info_type = 0;
    int flags = 0;
    gssize bytes;

    enter (sctp, now_us);
    errno = 0;
    bytes = usrsctp_recvv (sctp->socket, data, sizeof data, NULL, &no_bytes, &info, &info_bytes,
                           &info_type, &flags);
    leave ();
    if (bytes < 0 && (errno == EWOULDBLOCK || errno == EAGAIN))
        return FALSE;
    if (bytes <= 0 || !(flags & MSG_EOR))
        end (sctp); /* the association is gone, or the message is longer than we announced */
    else if (flags & MSG_NOTIFICATION)
        take_notification (sctp, data, (gsize)bytes);
    else if (info_type == SCTP_RECVV_RCVINFO)
        sctp->events->message (info.rcv_sid, g_ntohl (info.rcv_ppid), data, (gsize)bytes,
                               sctp->user_data);
    return TRUE;
}

static void
drain (TuttiSctp *sctp, gint64 now_us)
{
    while (sctp->socket && sctp->events->is_ready (sctp->user_data))
        if (!receive_one (sctp, now_us))
            break;
}

TuttiSctp *
tutti_sctp_new (TuttiSeat *seat, guint16 peer_port, const TuttiSctpEvents *events,
                gpointer user_data, gint64 now_us)
{
    TuttiSctp *sctp = g_new0 (TuttiSctp, 1);
    gboolean opened;

    sctp->seat = seat;
    sctp->peer_port = peer_port;
    sctp->events = events;
    sctp->user_data = user_data;
    sctp->due_us = TUTTI_DEADLINE_NEVER;
    g_queue_init (&sctp->packets);
    enter (sctp, now_us);
    opened = open_socket (sctp);
    leave ();
    if (opened)
        return sctp;
    tutti_sctp_free (sctp);
    return NULL;
}

void
tutti_sctp_free (TuttiSctp *sctp)
{
    if (!sctp)
        return;
    tutti_sctp_abort (sctp);
    g_free (sctp);
}

void
tutti_sctp_connect (TuttiSctp *sctp, gint64 now_us)
{
    struct sockaddr_conn peer = make_address (sctp, sctp->peer_port);

    if (!sctp->socket)
        return;
    enter (sctp, now_us);
    usrsctp_connect (sctp->socket, (struct sockaddr *)&peer, sizeof peer);
    set_path (sctp, &peer);
    leave ();
    flush (sctp, now_us);
}

void
tutti_sctp_receive (TuttiSctp *sctp, const guint8 *data, gsize length_bytes, gint64 now_us)
{
    /* RFC 9260 section 3: the common header and one chunk's. */
    if (!sctp->socket || length_bytes < 16)
        return;
    enter (sctp, now_us);
    usrsctp_conninput (sctp->id, data, length_bytes, 0);
    leave ();
    tutti_sctp_run (sctp, now_us);
}

void
tutti_sctp_run (TuttiSctp *sctp, gint64 now_us)
{
    drain (sctp, now_us);
    flush (sctp, now_us);
}

gint64
tutti_sctp_tick (TuttiSctp *sctp, gint64 now_us)
{
    if (now_us >= sctp->due_us || g_atomic_int_get (&sctp->has_packets))
        tutti_sctp_run (sctp, now_us);
    return sctp->due_us;
}

TuttiSctpResult
tutti_sctp_send (TuttiSctp *sctp, guint16 stream, guint32 ppid, const guint8 *data,
                 gsize length_bytes, gint64 now_us)
{
    struct sctp_sndinfo info = {.snd_sid = stream, .snd_ppid = g_htonl (ppid)};
    gssize sent;
    int error;

    if (sctp->state != TUTTI_SCTP_UP)
        return TUTTI_SCTP_FAILED;
    enter (sctp, now_us);
    sent = usrsctp_sendv (sctp->socket, data, length_bytes, NULL, 0, &info, sizeof info,
                          SCTP_SENDV_SNDINFO, 0);
    error = errno;
    leave ();
    if (sent >= 0)
        return TUTTI_SCTP_SENT;
    return error == EWOULDBLOCK || error == EAGAIN || error == ENOBUFS ? TUTTI_SCTP_FULL
                                                                       : TUTTI_SCTP_FAILED;
}

void
tutti_sctp_reset_stream (TuttiSctp *sctp, guint16 stream)
{
    if (stream < TUTTI_SCTP_STREAMS)
        sctp->resets |= (guint64)1 << stream;
}

void
tutti_sctp_abort (TuttiSctp *sctp)
{
    GQueue packets;

    g_mutex_lock (&lock);
    inside = sctp;
    close_socket (sctp);
    packets = take_packets (sctp);
    leave ();
    send_packets (sctp, &packets);
}

TuttiSctpState
tutti_sctp_get_state (const TuttiSctp *sctp)
{
    return sctp->state;
}
