/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rtcp.h: RTCP packets read one by one out of a compound (or reduced-size, RFC 5506) datagram, and
 * written one behind the other. Pure. Role: net. Readers check every bound and leave their
 * out-parameters untouched when they answer FALSE.
 */
#pragma once

#include <glib.h>

/* RFC 3550 section 12.1, RFC 4585 section 6.1. */
typedef enum {
    TUTTI_RTCP_SR = 200,
    TUTTI_RTCP_RR = 201,
    TUTTI_RTCP_SDES = 202,
    TUTTI_RTCP_BYE = 203,
    TUTTI_RTCP_RTPFB = 205, /* transport feedback */
    TUTTI_RTCP_PSFB = 206,  /* payload-specific feedback */
} TuttiRtcpType;

/* FMT values. RFC 4585 sections 6.2.1, 6.3.1; RFC 5104 section 4.3.1; RFC 4585 section 6.4 (REMB is
 * application-layer feedback); draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1. */
#define TUTTI_RTCP_FMT_NACK 1
#define TUTTI_RTCP_FMT_TRANSPORT_CC 15
#define TUTTI_RTCP_FMT_PLI 1
#define TUTTI_RTCP_FMT_FIR 4
#define TUTTI_RTCP_FMT_AFB 15

/* The count field has five bits. */
#define TUTTI_RTCP_COUNT_MAX 31

/* What of a sender report is beside the blocks (RFC 3550 section 6.4.1). */
typedef struct {
    guint32 ssrc;
    guint64 ntp; /* seconds in the high half */
    guint32 rtp_time;
    guint32 packets, bytes;
} TuttiRtcpSender;

/* A report block. */
typedef struct {
    guint32 ssrc; /* whom it is about */
    guint8 fraction_lost;
    gint32 lost; /* 24 bits, may be negative (duplicates) */
    guint32 highest_seq;
    guint32 jitter;   /* in RTP time units */
    guint32 last_sr;  /* middle half of the NTP time; 0: none yet */
    guint32 delay_sr; /* 1/65536 s */
} TuttiRtcpBlock;

/* A feedback message (RFC 4585 section 6.1): its FCI is read by what it is. */
typedef struct {
    guint8 format;
    guint32 sender_ssrc, media_ssrc;
    const guint8 *fci;
    gsize fci_bytes;
} TuttiRtcpFeedback;

/* --- Reading --- */

typedef struct {
    guint8 type, count; /* count: blocks, chunks, SSRCs or FMT */
    const guint8 *body; /* behind the first word, without padding */
    gsize body_bytes;
} TuttiRtcp;

typedef struct {
    const guint8 *at;
    gsize left_bytes;
    gboolean malformed; /* reading ended because the rest made no sense */
} TuttiRtcpReader;

void tutti_rtcp_reader_start (TuttiRtcpReader *reader, const guint8 *data, gsize length_bytes);
/* FALSE at the end. */
gboolean tutti_rtcp_reader_next (TuttiRtcpReader *reader, TuttiRtcp *rtcp);

gboolean tutti_rtcp_read_sender (const TuttiRtcp *rtcp, TuttiRtcpSender *sender);
/* Block i of an SR or RR; FALSE behind the last one. */
gboolean tutti_rtcp_read_block (const TuttiRtcp *rtcp, guint i, TuttiRtcpBlock *block);
/* SSRC i of a BYE; FALSE behind the last one. */
gboolean tutti_rtcp_read_bye (const TuttiRtcp *rtcp, guint i, guint32 *ssrc);
gboolean tutti_rtcp_read_feedback (const TuttiRtcp *rtcp, TuttiRtcpFeedback *feedback);

/* Pair i of a generic NACK: the first sequence number, and bit n of mask for first + n + 1. */
gboolean tutti_rtcp_read_nack (const TuttiRtcpFeedback *feedback, guint i, guint16 *first,
                               guint16 *mask);
/* Entry i of a FIR. */
gboolean tutti_rtcp_read_fir (const TuttiRtcpFeedback *feedback, guint i, guint32 *ssrc,
                              guint8 *seq);
/* draft-alvestrand-rmcat-remb-03 section 2.2. Larger values are cut to G_MAXUINT. */
gboolean tutti_rtcp_read_remb (const TuttiRtcpFeedback *feedback, guint *bitrate_bps);

/* --- Writing: each adds one packet; FALSE, and nothing written, when the room is too small. --- */

typedef struct {
    guint8 *data;
    gsize capacity_bytes, length_bytes;
} TuttiRtcpWriter;

void tutti_rtcp_writer_start (TuttiRtcpWriter *writer, guint8 *data, gsize capacity_bytes);

/* n_blocks <= TUTTI_RTCP_COUNT_MAX, in all of these. */
gboolean tutti_rtcp_write_sr (TuttiRtcpWriter *writer, const TuttiRtcpSender *sender,
                              const TuttiRtcpBlock *blocks, guint n_blocks);
gboolean tutti_rtcp_write_rr (TuttiRtcpWriter *writer, guint32 ssrc, const TuttiRtcpBlock *blocks,
                              guint n_blocks);
/* One chunk with one CNAME for each SSRC. */
gboolean tutti_rtcp_write_cname (TuttiRtcpWriter *writer, const guint32 *ssrcs, guint n_ssrcs,
                                 const char *cname);
gboolean tutti_rtcp_write_bye (TuttiRtcpWriter *writer, const guint32 *ssrcs, guint n_ssrcs);
/* seqs in ascending order (across a wrap). */
gboolean tutti_rtcp_write_nack (TuttiRtcpWriter *writer, guint32 sender_ssrc, guint32 media_ssrc,
                                const guint16 *seqs, guint n_seqs);
gboolean tutti_rtcp_write_pli (TuttiRtcpWriter *writer, guint32 sender_ssrc, guint32 media_ssrc);
/* seq: grows by one with each new request (RFC 5104 section 4.3.1.1). */
gboolean tutti_rtcp_write_fir (TuttiRtcpWriter *writer, guint32 sender_ssrc, guint32 media_ssrc,
                               guint8 seq);
gboolean tutti_rtcp_write_remb (TuttiRtcpWriter *writer, guint32 sender_ssrc, guint bitrate_bps,
                                const guint32 *ssrcs, guint n_ssrcs);

/* Any feedback message; an FCI of odd length is padded, and the last packet of its datagram then.
 */
gboolean tutti_rtcp_write_feedback (TuttiRtcpWriter *writer, TuttiRtcpType type,
                                    const TuttiRtcpFeedback *feedback);

/* The NTP time we stamp reports with: our monotonic clock on an NTP scale (RFC 3550 section 4
 * allows any clock that both streams share). */
guint64 tutti_rtcp_ntp (gint64 now_us);
/* Its middle 32 bits, as LSR has them. */
guint32 tutti_rtcp_ntp_middle (guint64 ntp);
