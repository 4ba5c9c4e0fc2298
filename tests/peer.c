/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * peer.c: a leg turned around: the same transport in the controlling role, the same RTP session
 * with our offer as its own side.
 */
#include "peer.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include <gio/gio.h>

#include "leg/candidate.h"
#include "leg/negotiate.h"
#include "leg/net-private.h"
#include "leg/rtp-session.h"
#include "leg/transport.h"
#include "peer-level.h"
#include "peer-media.h"
#include "peer-socket.h"

/* As leg.c has it; a peer sends no more than a leg. */
#define QUEUE_PACKETS 512

struct _TuttiPeer {
    TuttiPeerSetup setup;
    TuttiLoop *loop;
    TuttiNet *net;
    TuttiTransport *transport;
    TuttiRtpSession *rtp;
    TuttiQueue *out[2];
    TuttiIdentity identity;
    TuttiSession *offer; /* the last one */
    gboolean has_screen, wants_restart;
    guint8 level; /* of the sound that is being sent; net */
    gint state;   /* atomic */
    GThread *sleeper;
    gint is_asleep; /* atomic */
};

/* --- On the net thread --- */

static void
on_state (TuttiLegState state, gpointer user_data)
{
    TuttiPeer *peer = user_data;

    g_atomic_int_set (&peer->state, (gint)state);
    g_main_context_wakeup (NULL);
}

static void
on_candidate (const char *candidate, gpointer user_data)
{
}

static void
on_rtp (guint8 *data, gsize length_bytes, gint64 now_us, gpointer user_data)
{
    TuttiPeer *peer = user_data;

    if (peer->setup.packet)
        peer->setup.packet (data, length_bytes, now_us, peer->setup.user_data);
    tutti_rtp_session_receive_rtp (peer->rtp, data, length_bytes, now_us);
}

static void
on_rtcp (guint8 *data, gsize length_bytes, gint64 now_us, gpointer user_data)
{
    TuttiPeer *peer = user_data;

    tutti_rtp_session_receive_rtcp (peer->rtp, data, length_bytes, now_us);
}

static void
on_rtp_output (guint8 *data, gsize length_bytes, gboolean rtcp, gpointer user_data)
{
    TuttiPeer *peer = user_data;

    if (peer->setup.levels && !rtcp && (data[1] & 0x7f) == TUTTI_PEER_OPUS)
        length_bytes = peer_add_level (data, length_bytes, peer->level);
    tutti_transport_send (peer->transport, data, length_bytes, rtcp);
}

static void
on_woken (gint64 now_us, gpointer user_data)
{
    TuttiPeer *peer = user_data;

    for (guint kind = 0; kind < G_N_ELEMENTS (peer->out); kind++) {
        TuttiPacket *packet;

        while ((packet = tutti_queue_pop (peer->out[kind]))) {
            if (kind == TUTTI_KIND_AUDIO)
                peer->level = packet->level;
            if (tutti_transport_get_state (peer->transport) == TUTTI_LEG_CONNECTED)
                tutti_rtp_session_send (peer->rtp, packet, now_us);
            tutti_packet_unref (packet);
        }
    }
}

static gint64
on_tick (gint64 now_us, gpointer user_data)
{
    TuttiPeer *peer = user_data;

    if (tutti_transport_get_state (peer->transport) != TUTTI_LEG_CONNECTED)
        return TUTTI_DEADLINE_NEVER;
    return tutti_rtp_session_settle (peer->rtp, now_us);
}

static void
on_data (const guint8 *data, gsize length_bytes, gpointer user_data)
{
    TuttiPeer *peer = user_data;

    if (peer->setup.data)
        peer->setup.data (data, length_bytes, peer->setup.user_data);
}

static const TuttiTransportEvents transport_events = {on_state, on_candidate, on_rtp, on_rtcp,
                                                      on_woken, on_tick,      NULL,   on_data};

static void
make_transport (gpointer user_data, gint64 now_us)
{
    TuttiPeer *peer = user_data;
    TuttiTransportSetup setup = {
        .loop = peer->loop,
        .ice = tutti_net_get_ice (peer->net),
        .certificate = tutti_net_get_certificate (peer->net),
        .controlling = TRUE,
        .srtp_profiles = peer->setup.srtp_profiles,
        .name = "peer",
        .events = &transport_events,
        .user_data = peer,
    };

    peer->transport = tutti_transport_new (&setup);
}

static void
end_transport (gpointer user_data, gint64 now_us)
{
    TuttiPeer *peer = user_data;

    if (tutti_transport_get_state (peer->transport) == TUTTI_LEG_CONNECTED)
        tutti_rtp_session_bye (peer->rtp, now_us);
    tutti_transport_free (peer->transport);
}

typedef struct {
    TuttiPeer *peer;
    const TuttiSession *answer;
    TuttiSession *offer;
    const NiceCandidate *candidate;
    const guint8 *data;
    gsize length_bytes;
    gboolean rtcp;
} Call;

static void
run_offer (gpointer user_data, gint64 now_us)
{
    Call *call = user_data;
    g_autoptr (GError) error = NULL;

    if (!tutti_transport_start (call->peer->transport, &error))
        g_error ("peer: %s", error->message);
    if (call->peer->wants_restart)
        tutti_transport_restart (call->peer->transport);
    call->peer->wants_restart = FALSE;
    tutti_transport_describe (call->peer->transport, call->offer);
    tutti_transport_settle (call->peer->transport, now_us);
}

static void
run_answer (gpointer user_data, gint64 now_us)
{
    Call *call = user_data;
    TuttiPeer *peer = call->peer;

    tutti_rtp_session_configure (peer->rtp, call->answer, peer->offer);
    tutti_transport_connect (peer->transport, call->answer,
                             call->answer->setup == TUTTI_SETUP_PASSIVE);
    for (guint i = 0; i < call->answer->candidates->len; i++) {
        g_autoptr (NiceCandidate) candidate = NULL;

        if (tutti_candidate_parse (call->answer->candidates->pdata[i], &candidate, NULL) &&
            candidate)
            tutti_transport_add_remote (peer->transport, candidate);
    }
    tutti_transport_settle (peer->transport, now_us);
}

static void
run_addition (gpointer user_data, gint64 now_us)
{
    Call *call = user_data;

    tutti_transport_add_remote (call->peer->transport, call->candidate);
    tutti_transport_settle (call->peer->transport, now_us);
}

static void
run_send (gpointer user_data, gint64 now_us)
{
    Call *call = user_data;
    guint8 buffer[TUTTI_PACKET_CAPACITY + TUTTI_SRTP_TRAILER_BYTES] __attribute__ ((aligned (8)));

    g_assert_cmpuint (call->length_bytes, <=, TUTTI_PACKET_CAPACITY);
    memcpy (buffer, call->data, call->length_bytes);
    tutti_transport_send (call->peer->transport, buffer, call->length_bytes, call->rtcp);
}

static void
run_sleep (gpointer user_data, gint64 now_us)
{
    TuttiPeer *peer = user_data;

    while (g_atomic_int_get (&peer->is_asleep))
        g_usleep (10 * TUTTI_USEC_PER_MSEC);
}

static gpointer
put_to_sleep (gpointer user_data)
{
    TuttiPeer *peer = user_data;

    tutti_loop_call (peer->loop, run_sleep, peer);
    return NULL;
}

/* --- On main --- */

static void
on_output (gpointer user_data)
{
    tutti_seat_wake (user_data);
}

TuttiPeer *
tutti_peer_new (TuttiNet *net, const TuttiPeerSetup *setup)
{
    TuttiPeer *peer = g_new0 (TuttiPeer, 1);
    TuttiRtpSetup rtp = {
        .key_frame_wanted = setup->key_frame_wanted,
        .sync = setup->sync,
        .output = on_rtp_output,
        .user_data = peer,
    };

    peer->setup = *setup;
    peer->net = net;
    peer->loop = tutti_net_pick_loop (net);
    peer->offer = tutti_session_new ();
    tutti_identity_make (&peer->identity);
    memcpy (rtp.in, setup->in, sizeof rtp.in);
    peer->rtp = tutti_rtp_session_new (&rtp);
    tutti_loop_call (peer->loop, make_transport, peer);
    for (guint kind = 0; kind < G_N_ELEMENTS (peer->out); kind++)
        peer->out[kind] =
            tutti_queue_new (QUEUE_PACKETS, on_output, tutti_transport_get_seat (peer->transport));
    return peer;
}

void
tutti_peer_free (TuttiPeer *peer)
{
    if (!peer)
        return;
    tutti_peer_set_awake (peer, TRUE);
    for (guint kind = 0; kind < G_N_ELEMENTS (peer->out); kind++)
        tutti_queue_close (peer->out[kind]);
    tutti_loop_call (peer->loop, end_transport, peer);
    for (guint kind = 0; kind < G_N_ELEMENTS (peer->out); kind++)
        tutti_queue_unref (peer->out[kind]);
    tutti_rtp_session_free (peer->rtp);
    tutti_session_free (peer->offer);
    g_free (peer);
}

void
tutti_peer_offer (TuttiPeer *peer, TuttiSession *offer)
{
    Call call = {.peer = peer, .offer = offer};
    GPtrArray *candidates;

    peer_fill_media (&peer->setup, &peer->identity, peer->has_screen, offer);
    offer->setup = peer->setup.setup;
    g_strlcpy (offer->cname, peer->identity.cname, sizeof offer->cname);
    tutti_loop_call (peer->loop, run_offer, &call);
    candidates = peer->offer->candidates;
    *peer->offer = *offer;
    peer->offer->candidates = candidates;
}

gboolean
tutti_peer_take_answer (TuttiPeer *peer, const TuttiSession *answer)
{
    Call call = {.peer = peer, .answer = answer};

    for (guint i = 0; i < answer->n_media; i++)
        if (!answer->media[i].rejected) {
            tutti_loop_call (peer->loop, run_answer, &call);
            return TRUE;
        }
    return FALSE;
}

void
tutti_peer_add_candidate (TuttiPeer *peer, const char *text)
{
    g_autoptr (NiceCandidate) candidate = NULL;
    Call call = {.peer = peer};

    if (!tutti_candidate_is_end (text) &&
        !(tutti_candidate_parse (text, &candidate, NULL) && candidate))
        return;
    call.candidate = candidate;
    tutti_loop_call (peer->loop, run_addition, &call);
}

void
tutti_peer_set_channel (TuttiPeer *peer, gboolean channel)
{
    peer->setup.channel = channel;
}

void
tutti_peer_add_screen (TuttiPeer *peer)
{
    peer->has_screen = TRUE;
}

void
tutti_peer_restart_ice (TuttiPeer *peer)
{
    peer->wants_restart = TRUE;
}

TuttiQueue *
tutti_peer_get_output (TuttiPeer *peer, TuttiKind kind)
{
    return peer->out[kind];
}

void
tutti_peer_send (TuttiPeer *peer, const guint8 *data, gsize length_bytes, gboolean rtcp)
{
    Call call = {.peer = peer, .data = data, .length_bytes = length_bytes, .rtcp = rtcp};

    tutti_loop_call (peer->loop, run_send, &call);
}

void
tutti_peer_run (TuttiPeer *peer, void (*func) (gpointer user_data, gint64 now_us),
                gpointer user_data)
{
    tutti_loop_call (peer->loop, func, user_data);
}

void
tutti_peer_send_data (TuttiPeer *peer, const guint8 *data, gsize length_bytes)
{
    tutti_transport_send_data (peer->transport, data, length_bytes);
}

TuttiSeat *
tutti_peer_get_seat (TuttiPeer *peer)
{
    return tutti_transport_get_seat (peer->transport);
}

void
tutti_peer_send_raw (TuttiPeer *peer, const guint8 *data, gsize length_bytes)
{
    TuttiLegStats stats;
    g_auto (GStrv) parts = NULL;
    g_autoptr (GSocketConnectable) own = NULL;
    g_autoptr (GSocketConnectable) other = NULL;
    g_autoptr (GSocketAddress) address = NULL;
    struct sockaddr_storage to;

    tutti_peer_get_stats (peer, &stats);
    parts = g_strsplit (stats.pair, " ", 3);
    own = g_network_address_parse (parts[1], 0, NULL);
    other = g_network_address_parse (parts[2], 0, NULL);
    address = g_inet_socket_address_new_from_string (
        g_network_address_get_hostname (G_NETWORK_ADDRESS (other)),
        g_network_address_get_port (G_NETWORK_ADDRESS (other)));
    g_assert_true (g_socket_address_to_native (address, &to, sizeof to, NULL));
    sendto (peer_find_socket (g_network_address_get_port (G_NETWORK_ADDRESS (own))), data,
            length_bytes, 0, (struct sockaddr *)&to,
            (socklen_t)g_socket_address_get_native_size (address));
}

void
tutti_peer_want_key_frame (TuttiPeer *peer)
{
    tutti_rtp_session_want_key_frame (peer->rtp, TUTTI_TRACK_CAMERA);
    tutti_seat_wake (tutti_transport_get_seat (peer->transport));
}

TuttiLegState
tutti_peer_get_state (TuttiPeer *peer)
{
    return (TuttiLegState)g_atomic_int_get (&peer->state);
}

void
tutti_peer_get_stats (TuttiPeer *peer, TuttiLegStats *stats)
{
    *stats = (TuttiLegStats){0};
    tutti_rtp_session_get_stats (peer->rtp, stats);
    tutti_transport_get_stats (peer->transport, stats);
}

void
tutti_peer_set_awake (TuttiPeer *peer, gboolean awake)
{
    if (awake == (peer->sleeper == NULL))
        return;
    g_atomic_int_set (&peer->is_asleep, !awake);
    if (!awake)
        peer->sleeper = g_thread_new ("sleeper", put_to_sleep, peer);
    else
        g_thread_join (g_steal_pointer (&peer->sleeper));
}
