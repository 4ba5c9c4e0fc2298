/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rtcp-write.c: the writing half of rtcp.h. Role: net.
 */
#include "rtcp.h"

#include "bytes.h"

#include <string.h>

#define RTP_VERSION 2
#define FLAG_PADDING 0x20
#define HEADER_BYTES 4
#define SENDER_BYTES 24
#define BLOCK_BYTES 24
#define FEEDBACK_BYTES 8
#define NACK_BYTES 4
#define FIR_BYTES 8
#define REMB_BYTES 8
#define SDES_CNAME 1 /* RFC 3550 section 6.5.1 */
/* Seconds from 1900 (NTP) to 1970, so that our clock's start is no NTP zero, which means "none". */
#define NTP_OFFSET_S G_GUINT64_CONSTANT (2208988800)

/* The packet's room behind its header, NULL when there is none. What is no multiple of four bytes
 * is padded (RFC 3550 section 6.4.1), and must be the datagram's last packet. */
static guint8 *
add_packet (TuttiRtcpWriter *writer, TuttiRtcpType type, guint count, gsize body_bytes)
{
    guint8 *at = writer->data + writer->length_bytes;
    guint8 padding_bytes = (guint8)(-body_bytes & 3);
    gsize bytes = HEADER_BYTES + body_bytes + padding_bytes;

    g_assert (count <= TUTTI_RTCP_COUNT_MAX);
    if (bytes > writer->capacity_bytes - writer->length_bytes)
        return NULL;
    at[0] = (guint8)(RTP_VERSION << 6 | (padding_bytes > 0 ? FLAG_PADDING : 0) | count);
    at[1] = (guint8)type;
    tutti_put_u16 (at + 2, (guint16)(bytes / 4 - 1));
    memset (at + HEADER_BYTES + body_bytes, 0, padding_bytes);
    if (padding_bytes > 0)
        at[bytes - 1] = padding_bytes;
    writer->length_bytes += bytes;
    return at + HEADER_BYTES;
}

static guint8 *
add_feedback (TuttiRtcpWriter *writer, TuttiRtcpType type, const TuttiRtcpFeedback *feedback)
{
    guint8 *at = add_packet (writer, type, feedback->format, FEEDBACK_BYTES + feedback->fci_bytes);

    if (at == NULL)
        return NULL;
    tutti_put_u32 (at, feedback->sender_ssrc);
    tutti_put_u32 (at + 4, feedback->media_ssrc);
    return at + FEEDBACK_BYTES;
}

static void
put_blocks (guint8 *at, const TuttiRtcpBlock *blocks, guint n_blocks)
{
    for (guint i = 0; i < n_blocks; i++, at += BLOCK_BYTES) {
        tutti_put_u32 (at, blocks[i].ssrc);
        at[4] = blocks[i].fraction_lost;
        tutti_put_u24 (at + 5, (guint32)blocks[i].lost);
        tutti_put_u32 (at + 8, blocks[i].highest_seq);
        tutti_put_u32 (at + 12, blocks[i].jitter);
        tutti_put_u32 (at + 16, blocks[i].last_sr);
        tutti_put_u32 (at + 20, blocks[i].delay_sr);
    }
}

/* Packs ascending numbers into pairs; at NULL only counts them. */
static guint
put_nacks (guint8 *at, const guint16 *seqs, guint n_seqs)
{
    guint n_pairs = 0, i = 0;

    while (i < n_seqs) {
        guint16 first = seqs[i++], mask = 0;

        while (i < n_seqs && (guint16)(seqs[i] - first - 1) < 16)
            mask |= (guint16)(1 << (guint16)(seqs[i++] - first - 1));
        if (at != NULL) {
            tutti_put_u16 (at + n_pairs * NACK_BYTES, first);
            tutti_put_u16 (at + n_pairs * NACK_BYTES + 2, mask);
        }
        n_pairs++;
    }
    return n_pairs;
}

void
tutti_rtcp_writer_start (TuttiRtcpWriter *writer, guint8 *data, gsize capacity_bytes)
{
    *writer = (TuttiRtcpWriter){.data = data, .capacity_bytes = capacity_bytes};
}

gboolean
tutti_rtcp_write_sr (TuttiRtcpWriter *writer, const TuttiRtcpSender *sender,
                     const TuttiRtcpBlock *blocks, guint n_blocks)
{
    guint8 *at =
        add_packet (writer, TUTTI_RTCP_SR, n_blocks, SENDER_BYTES + n_blocks * BLOCK_BYTES);

    if (at == NULL)
        return FALSE;
    tutti_put_u32 (at, sender->ssrc);
    tutti_put_u32 (at + 4, (guint32)(sender->ntp >> 32));
    tutti_put_u32 (at + 8, (guint32)sender->ntp);
    tutti_put_u32 (at + 12, sender->rtp_time);
    tutti_put_u32 (at + 16, sender->packets);
    tutti_put_u32 (at + 20, sender->bytes);
    put_blocks (at + SENDER_BYTES, blocks, n_blocks);
    return TRUE;
}

gboolean
tutti_rtcp_write_rr (TuttiRtcpWriter *writer, guint32 ssrc, const TuttiRtcpBlock *blocks,
                     guint n_blocks)
{
    guint8 *at = add_packet (writer, TUTTI_RTCP_RR, n_blocks, 4 + n_blocks * BLOCK_BYTES);

    if (at == NULL)
        return FALSE;
    tutti_put_u32 (at, ssrc);
    put_blocks (at + 4, blocks, n_blocks);
    return TRUE;
}

gboolean
tutti_rtcp_write_cname (TuttiRtcpWriter *writer, const guint32 *ssrcs, guint n_ssrcs,
                        const char *cname)
{
    gsize cname_bytes = MIN (strlen (cname), G_MAXUINT8);
    /* SSRC, item type and length, text, and 1 to 4 zeros that end the chunk on a word. */
    gsize chunk_bytes = (4 + 2 + cname_bytes) / 4 * 4 + 4;
    guint8 *at = add_packet (writer, TUTTI_RTCP_SDES, n_ssrcs, n_ssrcs * chunk_bytes);

    if (at == NULL)
        return FALSE;
    for (guint i = 0; i < n_ssrcs; i++, at += chunk_bytes) {
        memset (at, 0, chunk_bytes);
        tutti_put_u32 (at, ssrcs[i]);
        at[4] = SDES_CNAME;
        at[5] = (guint8)cname_bytes;
        memcpy (at + 6, cname, cname_bytes);
    }
    return TRUE;
}

gboolean
tutti_rtcp_write_bye (TuttiRtcpWriter *writer, const guint32 *ssrcs, guint n_ssrcs)
{
    guint8 *at = add_packet (writer, TUTTI_RTCP_BYE, n_ssrcs, n_ssrcs * 4);

    if (at == NULL)
        return FALSE;
    for (guint i = 0; i < n_ssrcs; i++)
        tutti_put_u32 (at + i * 4, ssrcs[i]);
    return TRUE;
}

gboolean
tutti_rtcp_write_nack (TuttiRtcpWriter *writer, guint32 sender_ssrc, guint32 media_ssrc,
                       const guint16 *seqs, guint n_seqs)
{
    TuttiRtcpFeedback feedback = {
        .format = TUTTI_RTCP_FMT_NACK, .sender_ssrc = sender_ssrc, .media_ssrc = media_ssrc};
    guint8 *at;

    feedback.fci_bytes = (gsize)put_nacks (NULL, seqs, n_seqs) * NACK_BYTES;
    at = add_feedback (writer, TUTTI_RTCP_RTPFB, &feedback);
    if (at == NULL)
        return FALSE;
    put_nacks (at, seqs, n_seqs);
    return TRUE;
}

gboolean
tutti_rtcp_write_pli (TuttiRtcpWriter *writer, guint32 sender_ssrc, guint32 media_ssrc)
{
    const TuttiRtcpFeedback feedback = {
        .format = TUTTI_RTCP_FMT_PLI, .sender_ssrc = sender_ssrc, .media_ssrc = media_ssrc};

    return add_feedback (writer, TUTTI_RTCP_PSFB, &feedback) != NULL;
}

gboolean
tutti_rtcp_write_fir (TuttiRtcpWriter *writer, guint32 sender_ssrc, guint32 media_ssrc, guint8 seq)
{
    /* RFC 5104 section 4.3.1.2: the header's media SSRC is 0, the FCI names it. */
    const TuttiRtcpFeedback feedback = {
        .format = TUTTI_RTCP_FMT_FIR, .sender_ssrc = sender_ssrc, .fci_bytes = FIR_BYTES};
    guint8 *at = add_feedback (writer, TUTTI_RTCP_PSFB, &feedback);

    if (at == NULL)
        return FALSE;
    memset (at, 0, FIR_BYTES);
    tutti_put_u32 (at, media_ssrc);
    at[4] = seq;
    return TRUE;
}

gboolean
tutti_rtcp_write_remb (TuttiRtcpWriter *writer, guint32 sender_ssrc, guint bitrate_bps,
                       const guint32 *ssrcs, guint n_ssrcs)
{
    const TuttiRtcpFeedback feedback = {.format = TUTTI_RTCP_FMT_AFB,
                                        .sender_ssrc = sender_ssrc,
                                        .fci_bytes = REMB_BYTES + (gsize)n_ssrcs * 4};
    guint8 *at = add_feedback (writer, TUTTI_RTCP_PSFB, &feedback);
    guint32 exponent = 0, mantissa = bitrate_bps;

    if (at == NULL)
        return FALSE;
    for (; mantissa > 0x3FFFF; exponent++)
        mantissa >>= 1;
    memcpy (at, "REMB", 4);
    at[4] = (guint8)n_ssrcs;
    tutti_put_u24 (at + 5, exponent << 18 | mantissa);
    for (guint i = 0; i < n_ssrcs; i++)
        tutti_put_u32 (at + REMB_BYTES + i * 4, ssrcs[i]);
    return TRUE;
}

gboolean
tutti_rtcp_write_feedback (TuttiRtcpWriter *writer, TuttiRtcpType type,
                           const TuttiRtcpFeedback *feedback)
{
    guint8 *at = add_feedback (writer, type, feedback);

    if (at == NULL)
        return FALSE;
    memcpy (at, feedback->fci, feedback->fci_bytes);
    return TRUE;
}

guint64
tutti_rtcp_ntp (gint64 now_us)
{
    guint64 seconds = (guint64)(now_us / G_USEC_PER_SEC) + NTP_OFFSET_S;
    guint64 fraction = ((guint64)(now_us % G_USEC_PER_SEC) << 32) / G_USEC_PER_SEC;

    return seconds << 32 | fraction;
}

guint32
tutti_rtcp_ntp_middle (guint64 ntp)
{
    return (guint32)(ntp >> 16);
}
