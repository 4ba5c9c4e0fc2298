/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * line.c: the net half of a leg. Fields are made on main before the net thread hears of them and
 * are the net thread's from then on; main's functions below run theirs by tutti_loop_call().
 */
#include "line.h"

#include <string.h>

#include <tutti/clock.h>
#include <tutti/packet.h>
#include <tutti/role.h>

#include "channel.h"
#include "net-private.h"
#include "rtp-session.h"
#include "transport.h"

/* Sound waits for nobody: 16 packets are 320 ms, older ones had better be lost. */
#define AUDIO_QUEUE_PACKETS 16
/* A key frame of a large canvas at a high rate: 550 KB. */
#define VIDEO_QUEUE_PACKETS 512
/* Sent in one go before other legs have their turn: the packets of a picture at 5 Mbit/s and 30
 * frames a second are 20; a key frame takes several turns. */
#define BURST_PACKETS 64

struct _TuttiLine {
    TuttiLoop *loop;
    TuttiTransport *transport;
    TuttiRtpSession *rtp;
    TuttiQueue *out[2]; /* by TuttiKind */
    TuttiWish *key_frame_wanted;
    TuttiTalk *talk;       /* made on main with the first offer of a data channel; NULL: none yet */
    TuttiChannel *channel; /* NULL: the last offer has none */
    const TuttiLineEvents *events;
    gpointer user_data;
};

static void
start_channel (TuttiLine *line)
{
    if (line->channel && tutti_transport_get_state (line->transport) == TUTTI_LEG_CONNECTED)
        tutti_channel_start (line->channel, tutti_clock_now_us (tutti_clock_real ()));
}

static void
on_state (TuttiLegState state, gpointer user_data)
{
    TuttiLine *line = user_data;

    start_channel (line);
    /* A decoder that starts, or starts again, wants a key frame; asking for it itself would take
     * the peer a round trip. */
    if (state == TUTTI_LEG_CONNECTED && line->key_frame_wanted)
        tutti_wish_make (line->key_frame_wanted);
    /* After a silence nobody knows what the way carries now. */
    if (state == TUTTI_LEG_LOST)
        tutti_rtp_session_path_changed (line->rtp, tutti_clock_now_us (tutti_clock_real ()));
    line->events->state (state, line->user_data);
}

/* What the old way carried says nothing of the new one; and what was lost between them is made good
 * soonest by key frames both ways. */
static void
on_moved (gint64 now_us, gpointer user_data)
{
    TuttiLine *line = user_data;

    tutti_rtp_session_path_changed (line->rtp, now_us);
    if (line->key_frame_wanted)
        tutti_wish_make (line->key_frame_wanted);
    tutti_rtp_session_want_key_frame (line->rtp, TUTTI_TRACK_CAMERA);
    tutti_rtp_session_want_key_frame (line->rtp, TUTTI_TRACK_SCREEN);
}

static void
on_candidate (const char *candidate, gpointer user_data)
{
    TuttiLine *line = user_data;

    line->events->candidate (candidate, line->user_data);
}

static void
on_rtp (guint8 *data, gsize length_bytes, gint64 now_us, gpointer user_data)
{
    TuttiLine *line = user_data;

    tutti_rtp_session_receive_rtp (line->rtp, data, length_bytes, now_us);
}

static void
on_rtcp (guint8 *data, gsize length_bytes, gint64 now_us, gpointer user_data)
{
    TuttiLine *line = user_data;

    tutti_rtp_session_receive_rtcp (line->rtp, data, length_bytes, now_us);
}

static void
on_rtp_output (guint8 *data, gsize length_bytes, gboolean rtcp, gpointer user_data)
{
    TuttiLine *line = user_data;

    tutti_transport_send (line->transport, data, length_bytes, rtcp);
}

static void
on_estimate (guint bitrate_bps, gpointer user_data)
{
    TuttiLine *line = user_data;

    line->events->estimate (bitrate_bps, line->user_data);
}

static void
on_data (const guint8 *data, gsize length_bytes, gpointer user_data)
{
    TuttiLine *line = user_data;

    if (line->channel)
        tutti_channel_receive (line->channel, data, length_bytes,
                               tutti_clock_now_us (tutti_clock_real ()));
}

static void
on_channel_packet (const guint8 *data, gsize length_bytes, gpointer user_data)
{
    TuttiLine *line = user_data;

    tutti_transport_send_data (line->transport, data, length_bytes);
}

static void
on_channel_open (guint max_bytes, gpointer user_data)
{
    TuttiLine *line = user_data;

    line->events->channel (max_bytes, line->user_data);
}

static void
on_channel_said (const char *text, gpointer user_data)
{
    TuttiLine *line = user_data;

    line->events->said (text, line->user_data);
}

static const TuttiChannelEvents channel_events = {on_channel_packet, on_channel_open,
                                                  on_channel_said};

/* What comes before there are keys, or while the peer is lost, is dropped: old media is worth
 * nothing. */
static void
send_queue (TuttiLine *line, TuttiKind kind, gint64 now_us)
{
    gboolean is_connected = tutti_transport_get_state (line->transport) == TUTTI_LEG_CONNECTED;
    TuttiPacket *packets[BURST_PACKETS];
    guint n = tutti_queue_pop_all (line->out[kind], packets, BURST_PACKETS);

    for (guint i = 0; i < n; i++) {
        if (is_connected)
            tutti_rtp_session_send (line->rtp, packets[i], now_us);
        tutti_packet_unref (packets[i]);
    }
    if (n == BURST_PACKETS)
        tutti_seat_wake (tutti_transport_get_seat (line->transport));
}

static void
on_woken (gint64 now_us, gpointer user_data)
{
    TuttiLine *line = user_data;

    send_queue (line, TUTTI_KIND_AUDIO, now_us);
    send_queue (line, TUTTI_KIND_VIDEO, now_us);
    if (line->channel && tutti_transport_get_state (line->transport) == TUTTI_LEG_CONNECTED)
        tutti_channel_run (line->channel, now_us);
}

static gint64
on_tick (gint64 now_us, gpointer user_data)
{
    TuttiLine *line = user_data;
    gint64 media_us, channel_us = TUTTI_DEADLINE_NEVER;

    if (tutti_transport_get_state (line->transport) != TUTTI_LEG_CONNECTED)
        return TUTTI_DEADLINE_NEVER;
    if (line->channel)
        channel_us = tutti_channel_tick (line->channel, now_us);
    media_us = tutti_rtp_session_settle (line->rtp, now_us);
    return MIN (media_us, channel_us);
}

static const TuttiTransportEvents transport_events = {on_state, on_candidate, on_rtp,   on_rtcp,
                                                      on_woken, on_tick,      on_moved, on_data};

typedef struct {
    TuttiLine *line;
    const TuttiTransportSetup *setup;
} Creation;

static void
run_creation (gpointer user_data, gint64 now_us)
{
    Creation *creation = user_data;

    creation->line->transport = tutti_transport_new (creation->setup);
}

static void
run_end (gpointer user_data, gint64 now_us)
{
    TuttiLine *line = user_data;

    if (tutti_transport_get_state (line->transport) == TUTTI_LEG_CONNECTED)
        tutti_rtp_session_bye (line->rtp, now_us);
    tutti_channel_free (line->channel, now_us);
    tutti_transport_free (line->transport);
}

typedef struct {
    TuttiLine *line;
    const TuttiLineAcceptance *acceptance;
    gboolean done;
    GError **error;
} AcceptCall;

static const TuttiMedia *
find_channel (const TuttiSession *session)
{
    for (guint i = 0; i < session->n_media; i++)
        if (session->media[i].kind == TUTTI_KIND_APPLICATION && !session->media[i].rejected)
            return &session->media[i];
    return NULL;
}

/* An association that runs goes on: no later offer can change it (RFC 8841 section 9). */
static void
configure_channel (TuttiLine *line, const TuttiLineAcceptance *acceptance, gint64 now_us)
{
    const TuttiMedia *media = find_channel (acceptance->answer);
    const TuttiMedia *offered;
    TuttiChannelSetup setup = {.seat = tutti_transport_get_seat (line->transport),
                               .talk = line->talk,
                               .events = &channel_events,
                               .user_data = line};

    if (!media) {
        tutti_channel_free (g_steal_pointer (&line->channel), now_us);
        return;
    }
    if (line->channel)
        return;
    offered = &acceptance->offer->media[media - acceptance->answer->media];
    setup.peer_port = offered->sctp_port;
    setup.peer_max_bytes = offered->max_message_bytes;
    line->channel = tutti_channel_new (&setup, now_us);
    start_channel (line);
}

static void
run_accept (gpointer user_data, gint64 now_us)
{
    AcceptCall *call = user_data;
    TuttiTransport *transport = call->line->transport;
    const TuttiLineAcceptance *acceptance = call->acceptance;

    if (!tutti_transport_start (transport, call->error))
        return;
    if (acceptance->restart)
        tutti_transport_restart (transport);
    tutti_transport_describe (transport, acceptance->answer);
    tutti_rtp_session_configure (call->line->rtp, acceptance->offer, acceptance->answer);
    configure_channel (call->line, acceptance, now_us);
    tutti_transport_connect (transport, acceptance->offer,
                             acceptance->answer->setup == TUTTI_SETUP_ACTIVE);
    for (guint i = 0; i < acceptance->candidates->len; i++)
        tutti_transport_add_remote (transport, acceptance->candidates->pdata[i]);
    tutti_transport_settle (transport, now_us);
    call->done = TRUE;
}

typedef struct {
    TuttiLine *line;
    NiceCandidate *candidate; /* NULL: the end of them */
} AddCall;

static void
run_add (gpointer user_data, gint64 now_us)
{
    AddCall *call = user_data;

    tutti_transport_add_remote (call->line->transport, call->candidate);
    tutti_transport_settle (call->line->transport, now_us);
    g_clear_pointer (&call->candidate, nice_candidate_free);
    g_free (call);
}

static void
on_output (gpointer user_data)
{
    tutti_seat_wake (user_data);
}

static void
make_media (TuttiLine *line, const TuttiLegSetup *setup)
{
    /* The queues' notify may still run when the line is gone; the seat outlives it. */
    TuttiSeat *seat = tutti_transport_get_seat (line->transport);
    TuttiRtpSetup rtp = {
        .key_frame_wanted = setup->key_frame_wanted,
        .sync = setup->sync,
        .output = on_rtp_output,
        .estimate = on_estimate,
        .user_data = line,
    };

    memcpy (rtp.in, setup->in, sizeof rtp.in);
    line->rtp = tutti_rtp_session_new (&rtp);
    if (setup->key_frame_wanted)
        line->key_frame_wanted = tutti_wish_ref (setup->key_frame_wanted);
    line->out[TUTTI_KIND_AUDIO] = tutti_queue_new (AUDIO_QUEUE_PACKETS, on_output, seat);
    line->out[TUTTI_KIND_VIDEO] = tutti_queue_new (VIDEO_QUEUE_PACKETS, on_output, seat);
}

TuttiLine *
tutti_line_new (TuttiNet *net, const TuttiLegSetup *setup, const TuttiLineEvents *events,
                gpointer user_data)
{
    TuttiLine *line = g_new0 (TuttiLine, 1);
    TuttiTransportSetup transport = {
        .loop = tutti_net_pick_loop (net),
        .ice = tutti_net_get_ice (net),
        .certificate = tutti_net_get_certificate (net),
        .name = setup->name,
        .events = &transport_events,
        .user_data = line,
    };
    Creation creation = {line, &transport};

    line->loop = transport.loop;
    line->events = events;
    line->user_data = user_data;
    tutti_loop_call (line->loop, run_creation, &creation);
    make_media (line, setup);
    return line;
}

void
tutti_line_free (TuttiLine *line)
{
    if (!line)
        return;
    for (guint i = 0; i < G_N_ELEMENTS (line->out); i++)
        tutti_queue_close (line->out[i]);
    tutti_loop_call (line->loop, run_end, line);
    tutti_rtp_session_free (line->rtp);
    tutti_talk_free (line->talk);
    for (guint i = 0; i < G_N_ELEMENTS (line->out); i++)
        tutti_queue_unref (line->out[i]);
    g_clear_pointer (&line->key_frame_wanted, tutti_wish_unref);
    g_free (line);
}

gboolean
tutti_line_accept (TuttiLine *line, const TuttiLineAcceptance *acceptance, GError **error)
{
    AcceptCall call = {.line = line, .acceptance = acceptance, .error = error};

    if (!line->talk && find_channel (acceptance->answer))
        line->talk = tutti_talk_new (tutti_transport_get_seat (line->transport));
    tutti_loop_call (line->loop, run_accept, &call);
    return call.done;
}

void
tutti_line_add_candidate (TuttiLine *line, const NiceCandidate *candidate)
{
    AddCall *call = g_new0 (AddCall, 1);

    call->line = line;
    call->candidate = candidate ? nice_candidate_copy (candidate) : NULL;
    tutti_loop_post (line->loop, run_add, call);
}

TuttiQueue *
tutti_line_get_output (TuttiLine *line, TuttiKind kind)
{
    return line->out[kind];
}

void
tutti_line_note_read (TuttiLine *line)
{
    tutti_talk_note_read (line->talk);
}

void
tutti_line_say (TuttiLine *line, const char *text)
{
    if (line->talk)
        tutti_talk_say (line->talk, text);
}

void
tutti_line_hang_up (TuttiLine *line)
{
    if (line->talk)
        tutti_talk_hang_up (line->talk);
}

void
tutti_line_want_key_frame (TuttiLine *line, TuttiTrack track)
{
    tutti_rtp_session_want_key_frame (line->rtp, track);
    tutti_seat_wake (tutti_transport_get_seat (line->transport));
}

void
tutti_line_want_picture (TuttiLine *line, TuttiTrack track, int width, int height)
{
    tutti_rtp_session_want_picture (line->rtp, track, width, height);
    tutti_seat_wake (tutti_transport_get_seat (line->transport));
}

void
tutti_line_set_uplink_limit (TuttiLine *line, guint bitrate_bps)
{
    tutti_rtp_session_set_uplink_limit (line->rtp, bitrate_bps);
    tutti_seat_wake (tutti_transport_get_seat (line->transport));
}

void
tutti_line_set_wanted_rate (TuttiLine *line, guint bitrate_bps)
{
    tutti_rtp_session_set_wanted_rate (line->rtp, bitrate_bps);
    tutti_seat_wake (tutti_transport_get_seat (line->transport));
}

void
tutti_line_get_stats (TuttiLine *line, TuttiLegStats *stats)
{
    TuttiTalkStats talk;

    tutti_rtp_session_get_stats (line->rtp, stats);
    tutti_transport_get_stats (line->transport, stats);
    if (!line->talk)
        return;
    tutti_talk_get_stats (line->talk, &talk);
    stats->channel = talk.is_open;
    stats->heard = talk.heard;
    stats->said = talk.said;
}
