/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rtp-session.c: the media half of rtp-session.h: packets in to their queues, packets out with our
 * numbers; what is known of it all. RTCP is in rtp-feedback.c and
 * rtp-reports.c. Role: net.
 */
#include "rtp-session-private.h"

#include "bytes.h"
#include "deadlines.h"
#include "red.h"

#include <tutti/packet.h>
#include <tutti/role.h>

#include <string.h>

/* Readers of statistics look once a second. */
#define PUBLISH_US 200000
#define QUIET_PUBLISH_US G_USEC_PER_SEC
/* tick() is wanted again after this at the latest. */
#define IDLE_US G_USEC_PER_SEC
#define LEVEL_VOICE 0x80 /* RFC 6464 section 3 */
#define LEVEL_MASK 0x7F
#define ROTATION_MASK 0x03 /* 3GPP TS 26.114 section 7.4.5 */

static guint
read_rate (TuttiTrack track)
{
    return track == TUTTI_TRACK_AUDIO ? TUTTI_RATE_HZ : TUTTI_VIDEO_CLOCK_HZ;
}

static TuttiReceived
take (TuttiRtpSession *session, TuttiRtp *rtp, const TuttiRoute *route, gint64 now_us)
{
    TuttiReceiver *receiver = session->net.receivers[route->track];
    TuttiReceived received;

    if (route->rtx)
        return tutti_receiver_take_rtx (receiver, rtp, route->format->payload_type, now_us);
    if (!tutti_receiver_is_started (receiver) || tutti_receiver_ssrc (receiver) != rtp->ssrc) {
        tutti_receiver_start (receiver, rtp->ssrc);
        session->net.rotation[route->track] = 0;
    }
    received = tutti_receiver_take (receiver, rtp, now_us);
    if (tutti_receiver_take_broken (receiver))
        tutti_rtp_session_want_key_frame (session, route->track);
    return received;
}

/* Of simulcast: whether the packet is of the layer that goes on. */
static gboolean
is_in_use (TuttiRtpSession *session, const TuttiRtp *rtp, const TuttiRoute *route, gint64 now_us)
{
    TuttiSimulcast *simulcast = &session->net.simulcast[route->track];
    TuttiPictureHead head;
    gboolean is_key;

    if (simulcast->n_layers == 0)
        return TRUE;
    if (route->rtx)
        return tutti_simulcast_get_used (simulcast) == &simulcast->layers[route->layer];
    is_key =
        tutti_picture_head_read (route->format->codec, rtp->payload, rtp->payload_bytes, &head);
    return tutti_simulcast_take (simulcast, route->layer, rtp->ssrc, is_key ? &head : NULL, now_us);
}

static void
read_extensions (TuttiRtpSession *session, const TuttiRtp *rtp, const TuttiRoute *route,
                 TuttiPacket *packet)
{
    const guint8 *ids = tutti_demux_get_media (session->net.demux, route->track)->extension;
    const guint8 *value;
    gsize bytes;

    packet->level = TUTTI_LEVEL_UNKNOWN;
    value = tutti_rtp_find_extension (rtp, ids[TUTTI_EXTENSION_LEVEL], &bytes);
    if (value != NULL && bytes > 0) {
        packet->level = value[0] & LEVEL_MASK;
        packet->flags |= value[0] & LEVEL_VOICE ? TUTTI_PACKET_VOICE : 0;
    }
    value = tutti_rtp_find_extension (rtp, ids[TUTTI_EXTENSION_ROTATION], &bytes);
    if (value != NULL && bytes > 0)
        session->net.rotation[route->track] = value[0] & ROTATION_MASK;
    packet->rotation = session->net.rotation[route->track];
}

static TuttiPacket *
copy_packet (TuttiRtpSession *session, const TuttiRtp *rtp, const TuttiRoute *route, gint64 now_us)
{
    g_autoptr (TuttiPacket) packet = tutti_packet_new ();

    memcpy (packet->data, rtp->payload, rtp->payload_bytes);
    packet->length_bytes = (guint16)rtp->payload_bytes;
    packet->time_us = now_us;
    packet->timestamp = rtp->timestamp;
    packet->ssrc = rtp->ssrc;
    packet->seq = rtp->seq;
    packet->payload_type = rtp->payload_type;
    packet->codec = route->format->codec;
    packet->flags = (guint8)((rtp->marker ? TUTTI_PACKET_MARKER : 0) |
                             (route->repaired ? TUTTI_PACKET_RECOVERED : 0));
    read_extensions (session, rtp, route, packet);
    return g_steal_pointer (&packet);
}

static void
deliver_one (TuttiRtpSession *session, const TuttiRtp *rtp, const TuttiRoute *route, gint64 now_us)
{
    TuttiQueue *queue = session->setup.in[route->track];
    g_autoptr (TuttiPacket) packet = NULL;

    if (rtp->payload_bytes > TUTTI_PACKET_CAPACITY) {
        session->net.malformed++;
        return;
    }
    tutti_receiver_count (session->net.receivers[route->track], rtp->payload_bytes);
    if (queue == NULL || !tutti_queue_is_read (queue))
        return;
    packet = copy_packet (session, rtp, route, now_us);
    tutti_queue_push (queue, packet);
}

/* The old ones first, those that are missing: to the jitter buffer all are packets like any other.
 * A block's number is found by counting back, as senders leave none out between (RFC 2198 section 4
 * has no other way). Their level is not told; their neighbour's is near. */
static void
deliver_red (TuttiRtpSession *session, const TuttiRtp *rtp, const TuttiRoute *route, gint64 now_us)
{
    TuttiRedBlock blocks[TUTTI_RED_BLOCKS_MAX];
    guint n = tutti_red_read (rtp->payload, rtp->payload_bytes, blocks);

    session->net.malformed += n == 0 ? 1 : 0;
    for (guint i = 0; i < n; i++) {
        guint behind = n - 1 - i;
        TuttiRoute one_route = *route;
        TuttiRtp one = *rtp;

        one_route.repaired = behind > 0;
        one.marker = rtp->marker && behind == 0;
        one.payload_type = blocks[i].payload_type;
        one.seq = (guint16)(rtp->seq - behind);
        one.timestamp = rtp->timestamp - blocks[i].offset_samples;
        one.payload = blocks[i].data;
        one.payload_bytes = blocks[i].length_bytes;
        if (one.payload_type != route->format->payload_type ||
            (behind > 0 &&
             !tutti_receiver_take_redundant (session->net.receivers[route->track], one.seq)))
            continue;
        deliver_one (session, &one, &one_route, now_us);
    }
}

static void
deliver (TuttiRtpSession *session, const TuttiRtp *rtp, const TuttiRoute *route, gint64 now_us)
{
    if (route->red && rtp->payload_bytes > 0)
        deliver_red (session, rtp, route, now_us);
    else
        deliver_one (session, rtp, route, now_us);
}

/* Every packet of the transport that we can place, repairs and padding as well. */
static void
note_transport_seq (TuttiRtpSession *session, const TuttiRtp *rtp, TuttiTrack track, gint64 now_us)
{
    const guint8 *ids = tutti_demux_get_media (session->net.demux, track)->extension;
    gsize bytes;
    const guint8 *value = tutti_rtp_find_extension (rtp, ids[TUTTI_EXTENSION_TRANSPORT_CC], &bytes);

    if (value == NULL || bytes != 2)
        return;
    if (track == TUTTI_TRACK_AUDIO)
        tutti_twcc_take_sound (session->net.twcc, tutti_get_u16 (value), now_us);
    else
        tutti_twcc_take (session->net.twcc, tutti_get_u16 (value), now_us);
}

static void
get_stream_stats (const TuttiRtpSession *session, TuttiTrack track, gint64 now_us,
                  TuttiStreamStats *stats)
{
    const TuttiSimulcast *simulcast = &session->net.simulcast[track];
    const TuttiSimulcastLayer *used = tutti_simulcast_get_used (simulcast);

    tutti_receiver_get_stats (session->net.receivers[track], stats);
    stats->layers = (guint8)tutti_simulcast_count (simulcast, now_us);
    stats->layer_width = used != NULL ? used->width : 0;
    stats->layer_height = used != NULL ? used->height : 0;
}

static void
publish (TuttiRtpSession *session, gint64 now_us)
{
    TuttiLegStats stats = {.round_trip_us = session->net.round_trip_us,
                           .unknown_ssrc = session->net.unknown_ssrc,
                           .malformed = session->net.malformed};

    session->net.published_us = now_us;
    session->net.has_news = FALSE;
    for (guint i = 0; i < TUTTI_N_TRACKS; i++)
        get_stream_stats (session, (TuttiTrack)i, now_us, &stats.in[i]);
    for (guint i = 0; i < TUTTI_RTP_N_KINDS; i++)
        tutti_sender_get_stats (session->net.senders[i], &stats.out[i]);
    tutti_downlink_get_stats (session->net.downlink, now_us, &stats);
    g_mutex_lock (&session->published.lock);
    session->published.stats = stats;
    g_mutex_unlock (&session->published.lock);
}

/* Whose layers are judged with each packet that comes. */
static gboolean
has_simulcast (const TuttiRtpSession *session)
{
    for (guint i = TUTTI_TRACK_CAMERA; i < TUTTI_N_TRACKS; i++)
        if (session->net.simulcast[i].n_layers > 0)
            return TRUE;
    return FALSE;
}

static void
configure_receivers (TuttiRtpSession *session)
{
    for (guint i = 0; i < TUTTI_N_TRACKS; i++) {
        guint8 feedback = tutti_demux_get_feedback (session->net.demux, (TuttiTrack)i);

        tutti_simulcast_configure (&session->net.simulcast[i],
                                   tutti_demux_get_media (session->net.demux, (TuttiTrack)i));
        if (tutti_demux_get_media (session->net.demux, (TuttiTrack)i) == NULL)
            tutti_receiver_stop (session->net.receivers[i]);
        /* Sound that comes a round trip late is concealed long before. */
        tutti_receiver_set_nack (session->net.receivers[i],
                                 i != TUTTI_TRACK_AUDIO && (feedback & TUTTI_FEEDBACK_NACK));
        /* Where nothing is sent again only what is late may yet come. */
        if (session->setup.sync != NULL && !(feedback & TUTTI_FEEDBACK_NACK))
            tutti_sync_set_patience (session->setup.sync, (TuttiTrack)i, TUTTI_NACK_GUARD_MAX_US);
    }
}

static void
configure_senders (TuttiRtpSession *session, const TuttiSession *answer)
{
    const TuttiMedia *down[TUTTI_RTP_N_KINDS] = {NULL};

    for (guint i = 0; i < answer->n_media; i++) {
        const TuttiMedia *media = &answer->media[i];

        if (media->kind < TUTTI_RTP_N_KINDS && !media->rejected && media->ssrc != 0 &&
            (media->direction & TUTTI_DIRECTION_SEND) && down[media->kind] == NULL)
            down[media->kind] = media;
    }
    for (guint i = 0; i < TUTTI_RTP_N_KINDS; i++)
        tutti_sender_configure (session->net.senders[i], down[i]);
    tutti_downlink_reconfigure (session->net.downlink);
}

static void
on_media (guint8 *data, gsize length_bytes, TuttiKind kind, gint64 now_us, gpointer user_data)
{
    TuttiRtpSession *session = user_data;

    session->setup.output (data, length_bytes, FALSE, session->setup.user_data);
    /* The peer can't bring sound and picture in step before it has a report of each. */
    if (!session->net.reported[kind])
        tutti_rtp_session_send_reports (session, now_us);
}

static void
on_estimate (guint bitrate_bps, gpointer user_data)
{
    TuttiRtpSession *session = user_data;

    if (session->setup.estimate)
        session->setup.estimate (bitrate_bps, session->setup.user_data);
}

static TuttiDownlink *
new_downlink (TuttiRtpSession *session)
{
    TuttiDownlinkSetup setup = {
        .senders = {session->net.senders[TUTTI_KIND_AUDIO], session->net.senders[TUTTI_KIND_VIDEO]},
        .key_frame_wanted = session->setup.key_frame_wanted,
        .output = on_media,
        .estimate = on_estimate,
        .user_data = session,
    };

    return tutti_downlink_new (&setup);
}

TuttiRtpSession *
tutti_rtp_session_new (const TuttiRtpSetup *setup)
{
    TuttiRtpSession *session = g_new0 (TuttiRtpSession, 1);

    session->setup = *setup;
    for (guint i = 0; i < TUTTI_N_TRACKS; i++) {
        if (setup->in[i] != NULL)
            tutti_queue_ref (setup->in[i]);
        session->net.receivers[i] = tutti_receiver_new (read_rate ((TuttiTrack)i));
    }
    if (setup->key_frame_wanted != NULL)
        tutti_wish_ref (setup->key_frame_wanted);
    if (setup->sync != NULL)
        tutti_sync_ref (setup->sync);
    for (guint i = 0; i < TUTTI_RTP_N_KINDS; i++)
        session->net.senders[i] =
            tutti_sender_new ((TuttiKind)i, (guint16)g_random_int_range (0, G_MAXINT16));
    session->net.downlink = new_downlink (session);
    session->net.demux = tutti_demux_new ();
    session->net.twcc = tutti_twcc_new ();
    session->net.ssrc = (guint32)g_random_int_range (1, G_MAXINT32);
    g_mutex_init (&session->published.lock);
    return session;
}

void
tutti_rtp_session_free (TuttiRtpSession *session)
{
    if (session == NULL)
        return;
    for (guint i = 0; i < TUTTI_N_TRACKS; i++) {
        g_clear_pointer (&session->setup.in[i], tutti_queue_unref);
        tutti_receiver_free (session->net.receivers[i]);
    }
    g_clear_pointer (&session->setup.key_frame_wanted, tutti_wish_unref);
    g_clear_pointer (&session->setup.sync, tutti_sync_unref);
    for (guint i = 0; i < TUTTI_RTP_N_KINDS; i++)
        tutti_sender_free (session->net.senders[i]);
    tutti_downlink_free (session->net.downlink);
    tutti_demux_free (session->net.demux);
    tutti_twcc_free (session->net.twcc);
    g_mutex_clear (&session->published.lock);
    g_free (session);
}

void
tutti_rtp_session_configure (TuttiRtpSession *session, const TuttiSession *offer,
                             const TuttiSession *answer)
{
    tutti_demux_configure (session->net.demux, offer, answer);
    configure_receivers (session);
    configure_senders (session, answer);
    g_strlcpy (session->net.cname, answer->cname, sizeof session->net.cname);
}

void
tutti_rtp_session_receive_rtp (TuttiRtpSession *session, guint8 *data, gsize length_bytes,
                               gint64 now_us)
{
    TuttiRtp rtp;
    TuttiRoute route;

    session->net.has_received = TRUE;
    tutti_assert_role (TUTTI_ROLE_NET);
    if (!tutti_rtp_read (data, length_bytes, &rtp)) {
        session->net.malformed++;
        return;
    }
    if (!tutti_demux_route (session->net.demux, &rtp, now_us, &route)) {
        session->net.unknown_ssrc++;
        return;
    }
    session->net.n_packets++;
    note_transport_seq (session, &rtp, route.track, now_us);
    if (!is_in_use (session, &rtp, &route, now_us))
        return;
    switch (take (session, &rtp, &route, now_us)) {
    case TUTTI_RECEIVED_MEDIA:
    case TUTTI_RECEIVED_REPAIR:
        deliver (session, &rtp, &route, now_us);
        break;
    case TUTTI_RECEIVED_NOTHING:
        break;
    case TUTTI_RECEIVED_MALFORMED:
        session->net.malformed++;
        break;
    }
}

void
tutti_rtp_session_send (TuttiRtpSession *session, TuttiPacket *packet, gint64 now_us)
{
    tutti_assert_role (TUTTI_ROLE_NET);
    session->net.n_packets++;
    tutti_downlink_send (session->net.downlink, packet, now_us);
}

/* With few packets little changes, unless the peer tells something. */
static gboolean
is_publishing_due (const TuttiRtpSession *session, gint64 now_us)
{
    gboolean is_rare = !session->net.has_news && tutti_rtp_session_is_quiet (session, now_us);

    return now_us - session->net.published_us >= (is_rare ? QUIET_PUBLISH_US : PUBLISH_US);
}

/* Something that only tick() looks at. */
static gboolean
is_touched (TuttiRtpSession *session)
{
    if (g_atomic_int_get (&session->asked.anything) &&
        g_atomic_int_exchange (&session->asked.anything, FALSE))
        return TRUE;
    return session->net.is_told || (session->net.has_received && has_simulcast (session));
}

gint64
tutti_rtp_session_tick (TuttiRtpSession *session, gint64 now_us)
{
    gint64 due_us;

    tutti_assert_role (TUTTI_ROLE_NET);
    session->net.is_told = session->net.has_received = FALSE;
    due_us = tutti_downlink_tick (session->net.downlink, now_us);
    tutti_rtp_session_send_feedback (session, now_us);
    if (now_us >= tutti_rtp_session_report_due (session, now_us))
        tutti_rtp_session_send_reports (session, now_us);
    if (is_publishing_due (session, now_us))
        publish (session, now_us);
    session->net.receive_due = tutti_rtp_session_find_due (session, now_us);
    due_us = MIN (due_us, session->net.receive_due.wake_us);
    return CLAMP (due_us, now_us, tutti_deadline_relax (now_us + IDLE_US));
}

gint64
tutti_rtp_session_settle (TuttiRtpSession *session, gint64 now_us)
{
    gint64 due_us;

    if (is_touched (session) || is_publishing_due (session, now_us))
        return tutti_rtp_session_tick (session, now_us);
    if (session->net.has_received)
        session->net.receive_due = tutti_rtp_session_find_due (session, now_us);
    session->net.has_received = FALSE;
    due_us = tutti_downlink_get_due (session->net.downlink, now_us);
    if (MIN (due_us, session->net.receive_due.due_us) <= now_us)
        return tutti_rtp_session_tick (session, now_us);
    return MIN (due_us, session->net.receive_due.wake_us);
}

void
tutti_rtp_session_path_changed (TuttiRtpSession *session, gint64 now_us)
{
    tutti_assert_role (TUTTI_ROLE_NET);
    tutti_downlink_reset (session->net.downlink, now_us);
    session->net.round_trip_us = 0;
    session->net.is_told = TRUE;
}

void
tutti_rtp_session_want_key_frame (TuttiRtpSession *session, TuttiTrack track)
{
    g_atomic_int_or (&session->asked.key_frames, 1u << track);
    g_atomic_int_set (&session->asked.anything, TRUE);
}

void
tutti_rtp_session_want_picture (TuttiRtpSession *session, TuttiTrack track, int width, int height)
{
    guint picture_px =
        (guint)CLAMP (width, 0, G_MAXINT16) << 16 | (guint)CLAMP (height, 0, G_MAXINT16);

    g_atomic_int_set (&session->asked.picture_px[track], (int)picture_px);
    g_atomic_int_set (&session->asked.anything, TRUE);
}

void
tutti_rtp_session_set_uplink_limit (TuttiRtpSession *session, guint bitrate_bps)
{
    g_atomic_int_set (&session->asked.limit_bps, bitrate_bps);
    g_atomic_int_set (&session->asked.anything, TRUE);
}

void
tutti_rtp_session_set_wanted_rate (TuttiRtpSession *session, guint bitrate_bps)
{
    tutti_downlink_set_wanted (session->net.downlink, bitrate_bps);
    g_atomic_int_set (&session->asked.anything, TRUE);
}

void
tutti_rtp_session_get_stats (TuttiRtpSession *session, TuttiLegStats *stats)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&session->published.lock);

    *stats = session->published.stats;
}
