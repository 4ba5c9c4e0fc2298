/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rtp-feedback.c: what the peer reports and asks for, of rtp-session.h. Role: net.
 */
#include "rtp-session-private.h"

/* No link that carries a conversation is longer: a lie, or a clock that jumped. */
#define ROUND_TRIP_MAX_US (10 * G_USEC_PER_SEC)

/* RFC 3550 section 6.4.1: A - LSR - DLSR; smoothed as TCP does (RFC 6298 section 2). */
static void
take_round_trip (TuttiRtpSession *session, const TuttiRtcpBlock *block, gint64 now_us)
{
    gint32 units = (gint32)(tutti_rtcp_ntp_middle (tutti_rtcp_ntp (now_us)) - block->last_sr -
                            block->delay_sr);
    gint64 us = ((gint64)MAX (units, 0) * G_USEC_PER_SEC) >> 16;
    guint *round_trip_us = &session->net.round_trip_us;

    if (block->last_sr == 0 || us > ROUND_TRIP_MAX_US)
        return;
    us = MAX (us, 1); /* 0 is "not known" */
    *round_trip_us =
        *round_trip_us == 0 ? (guint)us : (guint)((7 * (gint64)*round_trip_us + us) / 8);
    tutti_downlink_take_round_trip (session->net.downlink, *round_trip_us);
}

static void
take_blocks (TuttiRtpSession *session, const TuttiRtcp *rtcp, gint64 now_us)
{
    TuttiRtcpBlock block;

    for (guint i = 0; tutti_rtcp_read_block (rtcp, i, &block); i++)
        for (guint kind = 0; kind < TUTTI_RTP_N_KINDS; kind++)
            if (block.ssrc != 0 && block.ssrc == tutti_sender_ssrc (session->net.senders[kind])) {
                tutti_sender_take_block (session->net.senders[kind], &block);
                tutti_downlink_take_loss (session->net.downlink, (TuttiKind)kind,
                                          block.fraction_lost, now_us);
                take_round_trip (session, &block, now_us);
            }
}

static void
take_sender (TuttiRtpSession *session, const TuttiRtcp *rtcp, gint64 now_us)
{
    TuttiRtcpSender sender;
    TuttiSyncReport report;

    if (!tutti_rtcp_read_sender (rtcp, &sender))
        return;
    for (guint i = 0; i < TUTTI_N_TRACKS; i++)
        tutti_receiver_take_sr (session->net.receivers[i], &sender, now_us);
    report = (TuttiSyncReport){sender.ssrc, sender.rtp_time, sender.ntp};
    if (session->setup.sync != NULL)
        tutti_sync_take_report (session->setup.sync, &report, now_us);
}

static void
take_bye (TuttiRtpSession *session, const TuttiRtcp *rtcp)
{
    guint32 ssrc;

    for (guint i = 0; tutti_rtcp_read_bye (rtcp, i, &ssrc); i++) {
        tutti_demux_forget (session->net.demux, ssrc);
        for (guint track = 0; track < TUTTI_N_TRACKS; track++)
            if (tutti_receiver_is_started (session->net.receivers[track]) &&
                tutti_receiver_ssrc (session->net.receivers[track]) == ssrc)
                tutti_receiver_stop (session->net.receivers[track]);
    }
}

static void
take_nacks (TuttiRtpSession *session, const TuttiRtcpFeedback *feedback, gint64 now_us)
{
    guint16 first, mask;

    for (guint i = 0; tutti_rtcp_read_nack (feedback, i, &first, &mask); i++) {
        tutti_downlink_send_again (session->net.downlink, first, now_us);
        for (guint bit = 0; bit < 16; bit++)
            if (mask >> bit & 1)
                tutti_downlink_send_again (session->net.downlink, (guint16)(first + bit + 1),
                                           now_us);
    }
}

static gboolean
is_fir_for (const TuttiRtcpFeedback *feedback, guint32 our_ssrc)
{
    guint32 ssrc;
    guint8 seq;

    for (guint i = 0; tutti_rtcp_read_fir (feedback, i, &ssrc, &seq); i++)
        if (ssrc == our_ssrc)
            return TRUE;
    return FALSE;
}

static void
wish_key_frame (TuttiRtpSession *session, gint64 now_us)
{
    tutti_sender_count_pli (session->net.senders[TUTTI_KIND_VIDEO]);
    tutti_downlink_ask_key_frame (session->net.downlink, now_us);
}

static void
take_feedback (TuttiRtpSession *session, const TuttiRtcp *rtcp, gint64 now_us)
{
    guint32 video_ssrc = tutti_sender_ssrc (session->net.senders[TUTTI_KIND_VIDEO]);
    TuttiRtcpFeedback feedback;
    guint bitrate_bps;

    if (!tutti_rtcp_read_feedback (rtcp, &feedback)) {
        session->net.malformed++;
    } else if (rtcp->type == TUTTI_RTCP_RTPFB) {
        if (feedback.format == TUTTI_RTCP_FMT_NACK && video_ssrc != 0 &&
            feedback.media_ssrc == video_ssrc)
            take_nacks (session, &feedback, now_us);
        else if (feedback.format == TUTTI_RTCP_FMT_TRANSPORT_CC &&
                 !tutti_downlink_take_feedback (session->net.downlink, &feedback, now_us))
            session->net.malformed++;
    } else if (feedback.format == TUTTI_RTCP_FMT_AFB) {
        if (tutti_rtcp_read_remb (&feedback, &bitrate_bps))
            tutti_downlink_take_remb (session->net.downlink, bitrate_bps, now_us);
    } else if (video_ssrc == 0) {
        return;
    } else if ((feedback.format == TUTTI_RTCP_FMT_PLI && feedback.media_ssrc == video_ssrc) ||
               (feedback.format == TUTTI_RTCP_FMT_FIR && is_fir_for (&feedback, video_ssrc))) {
        wish_key_frame (session, now_us);
    }
}

void
tutti_rtp_session_receive_rtcp (TuttiRtpSession *session, const guint8 *data, gsize length_bytes,
                                gint64 now_us)
{
    TuttiRtcpReader reader;
    TuttiRtcp rtcp;

    session->net.is_told = session->net.has_news = TRUE;
    tutti_rtcp_reader_start (&reader, data, length_bytes);
    while (tutti_rtcp_reader_next (&reader, &rtcp)) {
        if (rtcp.type == TUTTI_RTCP_SR || rtcp.type == TUTTI_RTCP_RR) {
            take_sender (session, &rtcp, now_us);
            take_blocks (session, &rtcp, now_us);
        } else if (rtcp.type == TUTTI_RTCP_BYE) {
            take_bye (session, &rtcp);
        } else if (rtcp.type == TUTTI_RTCP_RTPFB || rtcp.type == TUTTI_RTCP_PSFB) {
            take_feedback (session, &rtcp, now_us);
        }
    }
    session->net.malformed += reader.malformed ? 1 : 0;
}
