/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rtp-session-private.h: what rtp-session.c (media), rtp-feedback.c (RTCP in) and
 * rtp-reports.c (RTCP out) share. Role: net.
 */
#pragma once

#include "rtp-session.h"

#include "demux.h"
#include "downlink.h"
#include "receiver.h"
#include "sender.h"
#include "simulcast.h"
#include "twcc.h"

#define TUTTI_RTP_N_KINDS 2 /* audio and video have senders */
/* Below every path's MTU, with room for SRTCP and tunnels. */
#define TUTTI_RTCP_MAX_BYTES 1200

/* When something is to be done, if the leg is awake, and when to wake it for that. */
typedef struct {
    gint64 due_us, wake_us;
} TuttiRtpDue;

struct _TuttiRtpSession {
    TuttiRtpSetup setup;

    struct { /* role net */
        TuttiDemux *demux;
        TuttiReceiver *receivers[TUTTI_N_TRACKS]; /* of simulcast: the layer in use */
        TuttiSimulcast simulcast[TUTTI_N_TRACKS];
        TuttiSender *senders[TUTTI_RTP_N_KINDS];
        guint32 ssrc; /* of our feedback while we send nothing */
        char cname[64];
        TuttiTwcc *twcc;
        TuttiDownlink *downlink;
        guint8 rotation[TUTTI_N_TRACKS]; /* the last one told */

        gboolean reported[TUTTI_RTP_N_KINDS]; /* a first report went out */
        gint64 report_due_us, report_us;      /* the next one, the last one */
        guint n_packets;                      /* of media since then, both ways */
        gboolean was_quiet;                   /* before the last one */
        gint64 pli_due_us[TUTTI_N_TRACKS];    /* no sooner */
        guint8 fir_seq[TUTTI_N_TRACKS];
        gint64 remb_due_us;
        guint remb_told_bps;
        guint remb_lifts; /* times yet to tell that there is no limit any more */

        gint64 published_us;
        TuttiRtpDue receive_due; /* what comes needs a tick then; not yet worked out: */
        gboolean has_received;   /* RTP since then */
        gboolean is_told;        /* RTCP since the last tick */
        gboolean has_news;       /* RTCP since something was published */
        guint round_trip_us;
        guint64 unknown_ssrc, malformed;
        guint8 buffer[TUTTI_RTCP_MAX_BYTES + TUTTI_SRTP_TRAILER_BYTES];
    } net;

    struct {               /* any thread, atomic */
        gboolean anything; /* of what follows, since the last tick */
        guint key_frames;  /* bit per TuttiTrack */
        guint limit_bps;
        guint picture_px[TUTTI_N_TRACKS]; /* width << 16 | height */
    } asked;

    struct {         /* any thread */
        GMutex lock; /* of stats */
        TuttiLegStats stats;
    } published;
};

/* Reports, with the first packets or when they are due. */
void tutti_rtp_session_send_reports (TuttiRtpSession *session, gint64 now_us);
gint64 tutti_rtp_session_report_due (const TuttiRtpSession *session, gint64 now_us);
void tutti_rtp_session_send_feedback (TuttiRtpSession *session, gint64 now_us);
/* When the next of them is, but for what the downlink has to do. */
TuttiRtpDue tutti_rtp_session_find_due (TuttiRtpSession *session, gint64 now_us);
/* Hardly anything comes or goes, since the last report and before it. */
gboolean tutti_rtp_session_is_quiet (const TuttiRtpSession *session, gint64 now_us);
