/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rtp-reports.c: what we report and ask for, of rtp-session.h. Role: net.
 */
#include "rtp-session-private.h"

#include "deadlines.h"

/* RFC 3550 section 6.2 asks for 5 s at least; RFC 4585 section 3.4 and all browsers report about
 * once a second. Spread over 0.5 to 1.5 of it, so that reports don't fall into step
 * (section 6.3.1).
 */
#define REPORT_US G_USEC_PER_SEC
/* Comfort noise, and a canvas that stands still: 2.5 packets a second, and one each 2 s. There is
 * nothing to report that couldn't wait for RFC 3550's time. */
#define QUIET_REPORT_US (4 * G_USEC_PER_SEC)
#define QUIET_PACKETS 8 /* a second */
/* A key frame takes an encoder a while and a link longer. */
#define PLI_US 500000
#define REMB_US G_USEC_PER_SEC
/* libwebrtc keeps a REMB until the next one: "no limit" has to be told, and may get lost. */
#define REMB_LIFTED_BPS 1000000000
#define REMB_LIFTS 3
/* Of simulcast, where each layer has a quarter of the next one's pixels, those below take about as
 * much again: browsers give 150 and 350 kbit/s to two of them before 960x540 gets its first 350. */
#define LAYERS_BELOW 2
/* What browsers need for three layers of 1280x720, with room. */
#define LAYERS_MIN_BPS 2000000
#define BLOCKS_MAX (2 * TUTTI_N_TRACKS)

static void
start_rtcp (TuttiRtpSession *session, TuttiRtcpWriter *writer)
{
    tutti_rtcp_writer_start (writer, session->net.buffer, TUTTI_RTCP_MAX_BYTES);
}

static void
output (TuttiRtpSession *session, const TuttiRtcpWriter *writer)
{
    if (writer->length_bytes > 0)
        session->setup.output (writer->data, writer->length_bytes, TRUE, session->setup.user_data);
}

/* Who we are in RTCP: a stream of ours if there is one. */
static guint32
get_own_ssrc (const TuttiRtpSession *session)
{
    for (guint i = 0; i < TUTTI_RTP_N_KINDS; i++)
        if (tutti_sender_ssrc (session->net.senders[i]) != 0)
            return tutti_sender_ssrc (session->net.senders[i]);
    return session->net.ssrc;
}

static void
drop_needless (TuttiRtpSession *session, TuttiTrack track)
{
    TuttiReceiver *receiver = session->net.receivers[track];
    guint16 seq;

    if (session->setup.sync != NULL && tutti_receiver_is_started (receiver) &&
        tutti_sync_get_needed (session->setup.sync, track, tutti_receiver_ssrc (receiver), &seq))
        tutti_receiver_drop_until (receiver, seq);
}

static void
send_nacks (TuttiRtpSession *session, TuttiTrack track, gint64 now_us)
{
    TuttiReceiver *receiver = session->net.receivers[track];
    guint16 seqs[TUTTI_NACKS_MAX];
    TuttiRtcpWriter writer;
    guint n_seqs;

    if (now_us < tutti_receiver_nack_due_us (receiver))
        return;
    drop_needless (session, track);
    n_seqs = tutti_receiver_collect_nacks (receiver, now_us, session->net.round_trip_us, seqs);
    if (session->setup.sync != NULL)
        tutti_sync_set_patience (session->setup.sync, track, tutti_receiver_patience_us (receiver));
    if (n_seqs == 0)
        return;
    start_rtcp (session, &writer);
    tutti_rtcp_write_nack (&writer, get_own_ssrc (session), tutti_receiver_ssrc (receiver), seqs,
                           n_seqs);
    output (session, &writer);
}

static gboolean
is_key_frame_due (const TuttiRtpSession *session, TuttiTrack track)
{
    return (g_atomic_int_get (&session->asked.key_frames) >> track & 1) != 0 &&
           tutti_receiver_is_started (session->net.receivers[track]);
}

/* FALSE: the peer knows no such request. */
static gboolean
ask_key_frame (TuttiRtpSession *session, TuttiTrack track, guint32 ssrc)
{
    guint8 feedback = tutti_demux_get_feedback (session->net.demux, track);
    TuttiRtcpWriter writer;

    start_rtcp (session, &writer);
    if (feedback & TUTTI_FEEDBACK_PLI)
        tutti_rtcp_write_pli (&writer, get_own_ssrc (session), ssrc);
    else if (feedback & TUTTI_FEEDBACK_FIR)
        tutti_rtcp_write_fir (&writer, get_own_ssrc (session), ssrc, session->net.fir_seq[track]++);
    else
        return FALSE;
    tutti_receiver_count_pli (session->net.receivers[track]);
    output (session, &writer);
    return TRUE;
}

static void
send_pli (TuttiRtpSession *session, TuttiTrack track, gint64 now_us)
{
    if (!is_key_frame_due (session, track) || now_us < session->net.pli_due_us[track])
        return;
    g_atomic_int_and (&session->asked.key_frames, ~(1u << track));
    session->net.pli_due_us[track] = now_us + PLI_US;
    ask_key_frame (session, track, tutti_receiver_ssrc (session->net.receivers[track]));
}

/* Of simulcast: the layer that is to come in use. */
static void
choose_layer (TuttiRtpSession *session, TuttiTrack track, gint64 now_us)
{
    TuttiSimulcast *simulcast = &session->net.simulcast[track];
    guint picture_px = (guint)g_atomic_int_get (&session->asked.picture_px[track]);
    guint32 ssrc;

    tutti_simulcast_want (simulcast, (int)(picture_px >> 16), (int)(picture_px & 0xffff), now_us);
    tutti_simulcast_tick (simulcast, now_us);
    ssrc = tutti_simulcast_ask (simulcast, now_us);
    if (ssrc != 0)
        ask_key_frame (session, track, ssrc);
}

/* The video streams that a limit is about; 0: the peer sends none, or doesn't know REMB. */
static guint
list_limited (const TuttiRtpSession *session, guint32 *ssrcs)
{
    guint n_ssrcs = 0;

    for (guint i = TUTTI_TRACK_CAMERA; i < TUTTI_N_TRACKS; i++)
        if ((tutti_demux_get_feedback (session->net.demux, (TuttiTrack)i) & TUTTI_FEEDBACK_REMB) &&
            tutti_receiver_is_started (session->net.receivers[i]))
            ssrcs[n_ssrcs++] = tutti_receiver_ssrc (session->net.receivers[i]);
    return n_ssrcs;
}

/* A sender of simulcast fills the layers below the one that is wanted first, and one that stopped
 * its large layers needs ten seconds and more to dare them again: while somebody sees it, it may
 * send them all. */
static guint
get_limit (const TuttiRtpSession *session)
{
    guint limit_bps = (guint)g_atomic_int_get (&session->asked.limit_bps);
    gboolean is_seen = FALSE;

    for (guint i = 0; i < TUTTI_N_TRACKS; i++)
        is_seen |= session->net.simulcast[i].n_layers > 0 &&
                   g_atomic_int_get (&session->asked.picture_px[i]) != 0;
    return is_seen && limit_bps != 0 ? MAX (limit_bps * LAYERS_BELOW, LAYERS_MIN_BPS) : limit_bps;
}

static void
send_remb (TuttiRtpSession *session, gint64 now_us)
{
    guint limit_bps = get_limit (session);
    gboolean changed = limit_bps != session->net.remb_told_bps;
    guint32 ssrcs[TUTTI_N_TRACKS];
    TuttiRtcpWriter writer;
    guint n_ssrcs;

    if (!changed &&
        (now_us < session->net.remb_due_us || (limit_bps == 0 && session->net.remb_lifts == 0)))
        return;
    session->net.remb_due_us = now_us + REMB_US;
    n_ssrcs = list_limited (session, ssrcs);
    if (n_ssrcs == 0)
        return;
    if (limit_bps != 0)
        session->net.remb_lifts = 0;
    else
        session->net.remb_lifts = changed ? REMB_LIFTS - 1 : session->net.remb_lifts - 1;
    session->net.remb_told_bps = limit_bps;
    start_rtcp (session, &writer);
    tutti_rtcp_write_remb (&writer, get_own_ssrc (session),
                           limit_bps != 0 ? limit_bps : REMB_LIFTED_BPS, ssrcs, n_ssrcs);
    output (session, &writer);
}

/* The draft's media SSRC is any of the transport's. */
static guint32
get_any_ssrc (const TuttiRtpSession *session)
{
    for (guint i = 0; i < TUTTI_N_TRACKS; i++)
        if (tutti_receiver_is_started (session->net.receivers[i]))
            return tutti_receiver_ssrc (session->net.receivers[i]);
    return 0;
}

static void
send_transport_feedback (TuttiRtpSession *session, gint64 now_us)
{
    while (now_us >= tutti_twcc_due_us (session->net.twcc)) {
        TuttiRtcpWriter writer;

        start_rtcp (session, &writer);
        tutti_twcc_write (session->net.twcc, &writer, get_own_ssrc (session),
                          get_any_ssrc (session), now_us);
        output (session, &writer);
    }
}

/* Gives how many SSRCs speak in this compound, into ssrcs[TUTTI_RTP_N_KINDS]. */
static guint
write_reports (TuttiRtpSession *session, TuttiRtcpWriter *writer, gint64 now_us, guint32 *ssrcs)
{
    TuttiRtcpBlock blocks[BLOCKS_MAX];
    TuttiRtcpSender sender;
    guint n_blocks = 0, n_ssrcs = 0;

    for (guint i = 0; i < TUTTI_N_TRACKS; i++)
        n_blocks += tutti_receiver_report (session->net.receivers[i], now_us, &blocks[n_blocks]);
    for (guint i = 0; i < TUTTI_RTP_N_KINDS; i++) {
        if (!tutti_sender_report (session->net.senders[i], now_us, &sender))
            continue;
        session->net.reported[i] = TRUE;
        tutti_rtcp_write_sr (writer, &sender, blocks, n_ssrcs == 0 ? n_blocks : 0);
        ssrcs[n_ssrcs++] = sender.ssrc;
    }
    if (n_ssrcs == 0 && n_blocks > 0) {
        ssrcs[n_ssrcs++] = get_own_ssrc (session);
        tutti_rtcp_write_rr (writer, ssrcs[0], blocks, n_blocks);
    }
    return n_ssrcs;
}

static gboolean
is_quiet (const TuttiRtpSession *session, gint64 now_us)
{
    gint64 passed_us = MAX (now_us - session->net.report_us, REPORT_US);

    return (gint64)session->net.n_packets * G_USEC_PER_SEC < QUIET_PACKETS * passed_us;
}

gboolean
tutti_rtp_session_is_quiet (const TuttiRtpSession *session, gint64 now_us)
{
    return session->net.was_quiet && is_quiet (session, now_us);
}

static void
plan_report (TuttiRtpSession *session, gint64 now_us)
{
    double spread = g_random_double_range (0.5, 1.5);

    session->net.was_quiet = is_quiet (session, now_us);
    if (session->net.was_quiet)
        session->net.report_due_us =
            tutti_deadline_align (now_us + (gint64)(QUIET_REPORT_US * spread));
    else
        session->net.report_due_us = now_us + (gint64)(REPORT_US * spread);
    session->net.report_us = now_us;
    session->net.n_packets = 0;
}

/* What was planned, unless it isn't quiet any more. */
gint64
tutti_rtp_session_report_due (const TuttiRtpSession *session, gint64 now_us)
{
    if (is_quiet (session, now_us))
        return session->net.report_due_us;
    return MIN (session->net.report_due_us, session->net.report_us + REPORT_US * 3 / 2);
}

void
tutti_rtp_session_send_reports (TuttiRtpSession *session, gint64 now_us)
{
    guint32 ssrcs[TUTTI_RTP_N_KINDS];
    TuttiRtcpWriter writer;
    guint n_ssrcs;

    plan_report (session, now_us);
    start_rtcp (session, &writer);
    n_ssrcs = write_reports (session, &writer, now_us, ssrcs);
    if (n_ssrcs == 0)
        return;
    tutti_rtcp_write_cname (&writer, ssrcs, n_ssrcs, session->net.cname);
    if (session->net.was_quiet && tutti_twcc_is_lazy (session->net.twcc))
        tutti_twcc_write (session->net.twcc, &writer, ssrcs[0], get_any_ssrc (session), now_us);
    output (session, &writer);
}

void
tutti_rtp_session_send_feedback (TuttiRtpSession *session, gint64 now_us)
{
    for (guint i = TUTTI_TRACK_CAMERA; i < TUTTI_N_TRACKS; i++) {
        send_nacks (session, (TuttiTrack)i, now_us);
        send_pli (session, (TuttiTrack)i, now_us);
        choose_layer (session, (TuttiTrack)i, now_us);
    }
    send_remb (session, now_us);
    send_transport_feedback (session, now_us);
}

/* What can't wait. */
static gint64
find_urgent (TuttiRtpSession *session)
{
    gint64 due_us = G_MAXINT64;

    for (guint i = TUTTI_TRACK_CAMERA; i < TUTTI_N_TRACKS; i++) {
        due_us = MIN (due_us, tutti_receiver_nack_due_us (session->net.receivers[i]));
        if (is_key_frame_due (session, (TuttiTrack)i))
            due_us = MIN (due_us, session->net.pli_due_us[i]);
        if (tutti_simulcast_is_changing (&session->net.simulcast[i]))
            due_us = MIN (due_us, session->net.simulcast[i].ask_due_us);
    }
    if (session->net.remb_told_bps != 0 || session->net.remb_lifts > 0)
        due_us = MIN (due_us, session->net.remb_due_us);
    return due_us;
}

TuttiRtpDue
tutti_rtp_session_find_due (TuttiRtpSession *session, gint64 now_us)
{
    gint64 urgent_us = find_urgent (session);
    gint64 report_us = tutti_rtp_session_report_due (session, now_us);
    gint64 twcc_us = tutti_twcc_due_us (session->net.twcc);
    TuttiRtpDue due = {.due_us = MIN (urgent_us, MIN (report_us, twcc_us))};

    if (tutti_rtp_session_is_quiet (session, now_us))
        report_us = tutti_deadline_relax (report_us);
    if (tutti_twcc_is_lazy (session->net.twcc))
        twcc_us = tutti_deadline_relax (twcc_us);
    due.wake_us = MIN (urgent_us, MIN (report_us, twcc_us));
    return due;
}

void
tutti_rtp_session_bye (TuttiRtpSession *session, gint64 now_us)
{
    guint32 reporting[TUTTI_RTP_N_KINDS], leaving[2 * TUTTI_RTP_N_KINDS];
    guint n_leaving = 0, n_reporting;
    TuttiRtcpWriter writer;

    for (guint i = 0; i < TUTTI_RTP_N_KINDS; i++) {
        if (tutti_sender_ssrc (session->net.senders[i]) == 0)
            continue;
        leaving[n_leaving++] = tutti_sender_ssrc (session->net.senders[i]);
        if (tutti_sender_rtx_ssrc (session->net.senders[i]) != 0)
            leaving[n_leaving++] = tutti_sender_rtx_ssrc (session->net.senders[i]);
    }
    if (n_leaving == 0)
        return;
    start_rtcp (session, &writer);
    n_reporting = write_reports (session, &writer, now_us, reporting);
    if (n_reporting == 0) { /* a compound begins with a report (RFC 3550 section 6.1) */
        reporting[n_reporting++] = leaving[0];
        tutti_rtcp_write_rr (&writer, leaving[0], NULL, 0);
    }
    tutti_rtcp_write_cname (&writer, reporting, n_reporting, session->net.cname);
    tutti_rtcp_write_bye (&writer, leaving, n_leaving);
    output (session, &writer);
}
