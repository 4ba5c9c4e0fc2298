/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rtp-session.h: RTP and RTCP of one leg, without a network: clear packets in, clear packets out,
 * time as an argument. The leg puts SRTP and ICE around it.
 *
 *   receive_rtp  -> header, extensions -> which track (mid, SSRC, payload type) -> receiver
 *                   (statistics, RTX unwrapped, gaps -> NACK) -> in queue
 *   send         -> sender (own numbers, history, VP8 ids) -> header -> TuttiRtpOutput
 *   receive_rtcp -> reports, NACK -> history -> RTX; PLI, FIR -> wish; REMB
 *   tick         -> reports, NACKs that are due, PLI, REMB, transport-wide feedback
 *
 * Role: net, except where said; one thread at a time.
 */
#pragma once

#include <tutti/port.h>
#include <tutti/session.h>

#include "leg.h"

/* Bytes after the packet that the output function may write over: SRTP's tag and SRTCP's index
 * (RFC 3711 section 3.4: 4; RFC 7714: 16), the MKI is not used. */
#define TUTTI_SRTP_TRAILER_BYTES 32

typedef struct _TuttiRtpSession TuttiRtpSession;

/* data: a whole RTP or RTCP packet, TUTTI_SRTP_TRAILER_BYTES of room behind it; valid for the call.
 */
typedef void (*TuttiRtpOutput) (guint8 *data, gsize length_bytes, gboolean rtcp,
                                gpointer user_data);

typedef struct {
    TuttiQueue *in[TUTTI_N_TRACKS]; /* references are kept; NULL: the track is dropped */
    TuttiWish *key_frame_wanted;    /* likewise */
    TuttiSync *sync;                /* likewise */
    TuttiRtpOutput output;
    /* As TuttiLegEvents has it; may be NULL. */
    void (*estimate) (guint bitrate_bps, gpointer user_data);
    gpointer user_data;
} TuttiRtpSetup;

/* Role: main. */
TuttiRtpSession *tutti_rtp_session_new (const TuttiRtpSetup *setup);
void tutti_rtp_session_free (TuttiRtpSession *session);

/* What was negotiated, first or again: payload types, extension ids, mids, SSRCs, RTX, feedback.
 * Running streams keep their numbers. The answer's ssrc, rtx_ssrc and cname are those of our
 * downlink. */
void tutti_rtp_session_configure (TuttiRtpSession *session, const TuttiSession *offer,
                                  const TuttiSession *answer);

/* After SRTP; header fields are not to be trusted. data may be changed. */
void tutti_rtp_session_receive_rtp (TuttiRtpSession *session, guint8 *data, gsize length_bytes,
                                    gint64 now_us);
void tutti_rtp_session_receive_rtcp (TuttiRtpSession *session, const guint8 *data,
                                     gsize length_bytes, gint64 now_us);

/* The packet's payload with our header and numbers to the output. */
void tutti_rtp_session_send (TuttiRtpSession *session, TuttiPacket *packet, gint64 now_us);

/* What is due: NACKs, reports, PLIs, REMB, transport-wide feedback. Gives the time of the next call
 * (absolute). What was received, sent or asked for since may be due sooner: settle(). */
gint64 tutti_rtp_session_tick (TuttiRtpSession *session, gint64 now_us);
/* After each burst of packets and each wish, and when it is time: tick() if there is anything for
 * it to do. Gives when there will be. */
gint64 tutti_rtp_session_settle (TuttiRtpSession *session, gint64 now_us);

/* The peer is reached by another address: what was known of the way to it is forgotten. */
void tutti_rtp_session_path_changed (TuttiRtpSession *session, gint64 now_us);

/* RTCP BYE for our streams. */
void tutti_rtp_session_bye (TuttiRtpSession *session, gint64 now_us);

/* Any thread; go out with the next tick. */
void tutti_rtp_session_want_key_frame (TuttiRtpSession *session, TuttiTrack track);
/* As tutti_leg_want_picture(). */
void tutti_rtp_session_want_picture (TuttiRtpSession *session, TuttiTrack track, int width,
                                     int height);
void tutti_rtp_session_set_uplink_limit (TuttiRtpSession *session, guint bitrate_bps);
/* As tutti_leg_set_wanted_rate(). */
void tutti_rtp_session_set_wanted_rate (TuttiRtpSession *session, guint bitrate_bps);

/* All but what the transport fills. Any thread. */
void tutti_rtp_session_get_stats (TuttiRtpSession *session, TuttiLegStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiRtpSession, tutti_rtp_session_free)
