/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rtcp-read.c: the reading half of rtcp.h. Role: net.
 */
#include "rtcp.h"

#include "bytes.h"

#include <string.h>

#define RTP_VERSION 2
#define FLAG_PADDING 0x20
#define HEADER_BYTES 4
#define SSRC_BYTES 4
#define SENDER_BYTES 24 /* SSRC and sender info */
#define BLOCK_BYTES 24
#define FEEDBACK_BYTES 8
#define NACK_BYTES 4
#define FIR_BYTES 8
#define REMB_BYTES 8 /* "REMB", count, exponent, mantissa */

/* Only the last packet of a compound may be padded (RFC 3550 section 6.4.1). */
static gboolean
strip_padding (const TuttiRtcpReader *reader, TuttiRtcp *rtcp)
{
    guint8 padding;

    if (reader->left_bytes > 0 || rtcp->body_bytes == 0)
        return FALSE;
    padding = rtcp->body[rtcp->body_bytes - 1];
    if (padding == 0 || padding > rtcp->body_bytes)
        return FALSE;
    rtcp->body_bytes -= padding;
    return TRUE;
}

static gboolean
fail (TuttiRtcpReader *reader)
{
    reader->malformed = TRUE;
    reader->left_bytes = 0;
    return FALSE;
}

void
tutti_rtcp_reader_start (TuttiRtcpReader *reader, const guint8 *data, gsize length_bytes)
{
    *reader = (TuttiRtcpReader){.at = data, .left_bytes = length_bytes};
}

gboolean
tutti_rtcp_reader_next (TuttiRtcpReader *reader, TuttiRtcp *rtcp)
{
    const guint8 *at = reader->at;
    gsize bytes;
    TuttiRtcp read;

    if (reader->left_bytes == 0)
        return FALSE;
    if (reader->left_bytes < HEADER_BYTES || at[0] >> 6 != RTP_VERSION)
        return fail (reader);
    bytes = HEADER_BYTES + (gsize)tutti_get_u16 (at + 2) * 4;
    if (bytes > reader->left_bytes)
        return fail (reader);
    reader->at += bytes;
    reader->left_bytes -= bytes;
    read = (TuttiRtcp){.type = at[1],
                       .count = at[0] & 0x1F,
                       .body = at + HEADER_BYTES,
                       .body_bytes = bytes - HEADER_BYTES};
    if ((at[0] & FLAG_PADDING) && !strip_padding (reader, &read))
        return fail (reader);
    *rtcp = read;
    return TRUE;
}

gboolean
tutti_rtcp_read_sender (const TuttiRtcp *rtcp, TuttiRtcpSender *sender)
{
    const guint8 *at = rtcp->body;

    if (rtcp->type != TUTTI_RTCP_SR || rtcp->body_bytes < SENDER_BYTES)
        return FALSE;
    *sender = (TuttiRtcpSender){
        .ssrc = tutti_get_u32 (at),
        .ntp = (guint64)tutti_get_u32 (at + 4) << 32 | tutti_get_u32 (at + 8),
        .rtp_time = tutti_get_u32 (at + 12),
        .packets = tutti_get_u32 (at + 16),
        .bytes = tutti_get_u32 (at + 20),
    };
    return TRUE;
}

gboolean
tutti_rtcp_read_block (const TuttiRtcp *rtcp, guint i, TuttiRtcpBlock *block)
{
    gsize at_bytes = rtcp->type == TUTTI_RTCP_SR ? SENDER_BYTES : SSRC_BYTES;
    const guint8 *at;

    if (rtcp->type != TUTTI_RTCP_SR && rtcp->type != TUTTI_RTCP_RR)
        return FALSE;
    at_bytes += (gsize)i * BLOCK_BYTES;
    if (i >= rtcp->count || rtcp->body_bytes < at_bytes + BLOCK_BYTES)
        return FALSE;
    at = rtcp->body + at_bytes;
    *block = (TuttiRtcpBlock){
        .ssrc = tutti_get_u32 (at),
        .fraction_lost = at[4],
        .lost = (gint32)(tutti_get_u24 (at + 5) << 8) >> 8, /* carries the sign */
        .highest_seq = tutti_get_u32 (at + 8),
        .jitter = tutti_get_u32 (at + 12),
        .last_sr = tutti_get_u32 (at + 16),
        .delay_sr = tutti_get_u32 (at + 20),
    };
    return TRUE;
}

gboolean
tutti_rtcp_read_bye (const TuttiRtcp *rtcp, guint i, guint32 *ssrc)
{
    if (rtcp->type != TUTTI_RTCP_BYE || i >= rtcp->count ||
        rtcp->body_bytes < ((gsize)i + 1) * SSRC_BYTES)
        return FALSE;
    *ssrc = tutti_get_u32 (rtcp->body + (gsize)i * SSRC_BYTES);
    return TRUE;
}

gboolean
tutti_rtcp_read_feedback (const TuttiRtcp *rtcp, TuttiRtcpFeedback *feedback)
{
    if ((rtcp->type != TUTTI_RTCP_RTPFB && rtcp->type != TUTTI_RTCP_PSFB) ||
        rtcp->body_bytes < FEEDBACK_BYTES)
        return FALSE;
    *feedback = (TuttiRtcpFeedback){.format = rtcp->count,
                                    .sender_ssrc = tutti_get_u32 (rtcp->body),
                                    .media_ssrc = tutti_get_u32 (rtcp->body + 4),
                                    .fci = rtcp->body + FEEDBACK_BYTES,
                                    .fci_bytes = rtcp->body_bytes - FEEDBACK_BYTES};
    return TRUE;
}

gboolean
tutti_rtcp_read_nack (const TuttiRtcpFeedback *feedback, guint i, guint16 *first, guint16 *mask)
{
    if (feedback->fci_bytes < ((gsize)i + 1) * NACK_BYTES)
        return FALSE;
    *first = tutti_get_u16 (feedback->fci + (gsize)i * NACK_BYTES);
    *mask = tutti_get_u16 (feedback->fci + (gsize)i * NACK_BYTES + 2);
    return TRUE;
}

gboolean
tutti_rtcp_read_fir (const TuttiRtcpFeedback *feedback, guint i, guint32 *ssrc, guint8 *seq)
{
    if (feedback->fci_bytes < ((gsize)i + 1) * FIR_BYTES)
        return FALSE;
    *ssrc = tutti_get_u32 (feedback->fci + (gsize)i * FIR_BYTES);
    *seq = feedback->fci[(gsize)i * FIR_BYTES + 4];
    return TRUE;
}

gboolean
tutti_rtcp_read_remb (const TuttiRtcpFeedback *feedback, guint *bitrate_bps)
{
    guint exponent;
    guint64 mantissa;

    if (feedback->fci_bytes < REMB_BYTES || memcmp (feedback->fci, "REMB", 4) != 0)
        return FALSE;
    exponent = feedback->fci[5] >> 2;
    mantissa = tutti_get_u24 (feedback->fci + 5) & 0x3FFFF;
    /* 18 bits of mantissa: from 32 - 18 on a shift could pass G_MAXUINT. */
    if (mantissa != 0 && (exponent > 31 || mantissa << exponent > G_MAXUINT))
        *bitrate_bps = G_MAXUINT;
    else
        *bitrate_bps = exponent > 31 ? 0 : (guint)(mantissa << exponent);
    return TRUE;
}
