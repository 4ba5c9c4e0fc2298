/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sender.c: see sender.h.
 */
#include "sender.h"

#include "bytes.h"
#include "history.h"
#include "red.h"
#include "redundancy.h"
#include "vp8-ids.h"

#include <tutti/clock.h>

#include <string.h>

/* Without a packet for so long a stream reports as a receiver only (RFC 3550 section 6.4: two
 * report intervals); ours are 1.5 s at most. */
#define ACTIVE_US (3 * G_USEC_PER_SEC)
/* Padding repeats the newest ones, which the peer may still miss: two pictures or three. */
#define PADDING_PACKETS 32
/* RFC 3550 section 5.1 */
#define SEQ_AT 2
#define SSRC_AT 8

/* Browsers bring sound and picture in step up to 30 ms, from the late side, and leave out that a
 * picture waits for the compositor: measured 35 to 75 ms late in Chromium. So a picture is said to
 * be so much older than it is. */
#define SHOWN_LATER_US (30 * TUTTI_USEC_PER_MSEC)

struct _TuttiSender {
    TuttiKind kind;
    guint rate_hz;

    gboolean negotiated, two_byte;
    TuttiMedia media;

    guint16 seq, rtx_seq; /* next */
    guint mids_left, rtx_mids_left;
    gboolean inside_picture;
    TuttiVp8Numbers numbers;
    TuttiHistory *history; /* NULL: audio, which is never sent again */
    guint padding;         /* packets sent as such since the last picture */
    gboolean wants_stamp;  /* of the packet written last */
    gsize credit_bytes;
    TuttiRedPast past; /* audio */
    TuttiRedundancy redundancy;

    gint64 sent_us;
    guint32 packets, bytes; /* as the sender report counts */
    TuttiStreamStats stats;
};

typedef struct {
    gboolean rtx;
    gboolean mid;
    gint64 now_us;
    const guint8 *red; /* instead of the packet's own payload; NULL: none */
    gsize red_bytes;
    guint16 transport_seq; /* 0 where it is stamped later */
} Manner;

static const TuttiFormat *
find_format (const TuttiSender *sender, TuttiCodec codec)
{
    for (guint i = 0; sender->negotiated && i < sender->media.n_formats; i++)
        if (sender->media.formats[i].codec == codec)
            return &sender->media.formats[i];
    return NULL;
}

static gboolean
needs_two_byte (const TuttiMedia *media)
{
    if (strlen (media->mid) > TUTTI_RTP_ONE_BYTE_LENGTH_MAX)
        return TRUE;
    return media->extension[TUTTI_EXTENSION_MID] > TUTTI_RTP_ONE_BYTE_ID_MAX ||
           media->extension[TUTTI_EXTENSION_ABS_SEND_TIME] > TUTTI_RTP_ONE_BYTE_ID_MAX ||
           media->extension[TUTTI_EXTENSION_TRANSPORT_CC] > TUTTI_RTP_ONE_BYTE_ID_MAX;
}

/* 24 bits: seconds in 6.18 fixed point
 * (http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time).
 */
static void
put_send_time (guint8 *at, gint64 now_us)
{
    tutti_put_u24 (at, (guint32)(((guint64)now_us << 18) / G_USEC_PER_SEC) & 0xFFFFFF);
}

/* Of the transport-wide number, which is the first of the extensions: behind the block's head and
 * its own. */
static gsize
stamp_at (const TuttiSender *sender)
{
    return TUTTI_RTP_HEADER_BYTES + 4 + (sender->two_byte ? 2 : 1);
}

static void
add_extensions (const TuttiSender *sender, TuttiRtpWriter *writer, const Manner *manner)
{
    const guint8 *ids = sender->media.extension;
    guint8 send_time[3], transport_seq[2];

    if (ids[TUTTI_EXTENSION_TRANSPORT_CC] != 0) {
        tutti_put_u16 (transport_seq, manner->transport_seq);
        tutti_rtp_writer_add_extension (writer, ids[TUTTI_EXTENSION_TRANSPORT_CC], transport_seq,
                                        sizeof transport_seq);
    }
    if (manner->mid && ids[TUTTI_EXTENSION_MID] != 0)
        tutti_rtp_writer_add_extension (writer, ids[TUTTI_EXTENSION_MID],
                                        (const guint8 *)sender->media.mid,
                                        strlen (sender->media.mid));
    if (ids[TUTTI_EXTENSION_ABS_SEND_TIME] != 0) {
        put_send_time (send_time, manner->now_us);
        tutti_rtp_writer_add_extension (writer, ids[TUTTI_EXTENSION_ABS_SEND_TIME], send_time,
                                        sizeof send_time);
    }
}

static gsize
write_packet (TuttiSender *sender, const TuttiSent *sent, const Manner *manner, guint8 *buffer)
{
    const TuttiPacket *packet = sent->packet;
    TuttiRtp rtp = {.marker = (packet->flags & TUTTI_PACKET_MARKER) != 0,
                    .payload_type = manner->rtx ? sent->rtx_payload_type : sent->payload_type,
                    .seq = manner->rtx ? sender->rtx_seq++ : sent->seq,
                    .timestamp = tutti_clock_rtp_time (packet->time_us, sender->rate_hz),
                    .ssrc = manner->rtx ? sender->media.rtx_ssrc : sender->media.ssrc};
    TuttiRtpWriter writer;
    guint8 original[2];
    gsize payload_at;

    sender->wants_stamp = sender->media.extension[TUTTI_EXTENSION_TRANSPORT_CC] != 0;
    tutti_rtp_writer_start (&writer, buffer, TUTTI_SENDER_BUFFER_BYTES, &rtp, sender->two_byte);
    add_extensions (sender, &writer, manner);
    if (manner->rtx) {
        tutti_put_u16 (original, sent->seq);
        tutti_rtp_writer_add_payload (&writer, original, sizeof original);
    }
    payload_at = writer.length_bytes;
    if (!tutti_rtp_writer_add_payload (&writer, manner->red ? manner->red : packet->data,
                                       manner->red ? manner->red_bytes : packet->length_bytes))
        return 0;
    if (packet->codec == TUTTI_CODEC_VP8)
        tutti_vp8_write_ids (&sent->ids, buffer + payload_at, packet->length_bytes);
    if (sent->padding_bytes > 0)
        tutti_rtp_writer_add_padding (&writer, sent->padding_bytes);
    return writer.length_bytes;
}

/* TRUE when packets of a picture are missing before this one. */
static gboolean
follow_picture (TuttiSender *sender, const TuttiPacket *packet)
{
    gboolean starts = (packet->flags & TUTTI_PACKET_FRAME_START) != 0;
    gboolean broken = starts == sender->inside_picture;

    sender->inside_picture = (packet->flags & TUTTI_PACKET_MARKER) == 0;
    return broken;
}

static gboolean
wants_mid (guint *left, const TuttiPacket *packet)
{
    const guint first = TUTTI_PACKET_KEY_FRAME | TUTTI_PACKET_FRAME_START;

    if (*left > 0) {
        (*left)--;
        return TRUE;
    }
    return (packet->flags & first) == first;
}

static void
count_sent (TuttiSender *sender, gsize payload_bytes, gint64 now_us)
{
    sender->sent_us = now_us;
    sender->packets++;
    sender->bytes += (guint32)payload_bytes;
}

/* Sound: with what the peer may have lost before it. red: room for the payload. */
static void
add_past (TuttiSender *sender, const TuttiFormat *format, TuttiSent *sent, Manner *manner,
          guint8 *red)
{
    guint n_old = format->red_payload_type != 0 ? tutti_redundancy_get (&sender->redundancy) : 0;

    manner->red_bytes =
        tutti_red_write (&sender->past, sent->packet, n_old, format->payload_type, red);
    tutti_red_past_add (&sender->past, sent->packet);
    if (manner->red_bytes == 0)
        return;
    manner->red = red;
    sent->payload_type = format->red_payload_type;
    sender->stats.red++;
}

static gboolean
may_send_again (const TuttiSender *sender, const TuttiSent *sent, gint64 now_us,
                gint64 round_trip_us)
{
    gint64 since_us = now_us - sent->sent_us;

    if (sent->packet->length_bytes > sender->credit_bytes)
        return FALSE;
    return sent->tries == 0 || (sent->tries < TUTTI_SENDER_TRIES_MAX &&
                                since_us >= MAX (round_trip_us, TUTTI_SENDER_AGAIN_MIN_US));
}

static gboolean
has_rtx (const TuttiSender *sender, const TuttiSent *sent)
{
    return sent->rtx_payload_type != 0 && sender->media.rtx_ssrc != 0;
}

/* Backwards from the last packet of the newest picture, and round again. */
static TuttiSent *
find_padding (TuttiSender *sender)
{
    guint16 back = (guint16)(1 + sender->padding++ % PADDING_PACKETS);

    return tutti_history_find (sender->history, sender->seq - back);
}

/* Counted as sent, and sent again when it is lost: a gap in the numbers holds up a peer that
 * orders pictures by them. */
static gsize
write_empty (TuttiSender *sender, const TuttiSent *last, gint64 now_us, guint8 *buffer)
{
    g_autoptr (TuttiPacket) packet = tutti_packet_new ();
    TuttiSent sent = {.packet = packet,
                      .seq = sender->seq,
                      .payload_type = last->payload_type,
                      .padding_bytes = G_MAXUINT8,
                      .first_us = now_us,
                      .sent_us = now_us};
    Manner manner = {.now_us = now_us};

    if (sender->inside_picture)
        return 0;
    packet->time_us = last->packet->time_us;
    sender->seq++;
    tutti_history_add (sender->history, &sent);
    count_sent (sender, 0, now_us);
    return write_packet (sender, &sent, &manner, buffer);
}

TuttiSender *
tutti_sender_new (TuttiKind kind, guint16 first_seq)
{
    TuttiSender *sender = g_new0 (TuttiSender, 1);

    tutti_redundancy_init (&sender->redundancy);
    sender->kind = kind;
    sender->rate_hz = kind == TUTTI_KIND_AUDIO ? TUTTI_RATE_HZ : TUTTI_VIDEO_CLOCK_HZ;
    sender->seq = first_seq;
    sender->rtx_seq = first_seq;
    sender->mids_left = sender->rtx_mids_left = TUTTI_SENDER_MIDS;
    if (kind == TUTTI_KIND_VIDEO)
        sender->history = tutti_history_new ();
    return sender;
}

void
tutti_sender_free (TuttiSender *sender)
{
    if (sender == NULL)
        return;
    tutti_history_free (sender->history);
    tutti_red_past_clear (&sender->past);
    g_free (sender);
}

void
tutti_sender_configure (TuttiSender *sender, const TuttiMedia *media)
{
    gboolean is_new = media != NULL && sender->media.ssrc != media->ssrc;

    sender->negotiated = media != NULL;
    if (media == NULL)
        return;
    if (is_new || strcmp (sender->media.mid, media->mid) != 0)
        sender->mids_left = sender->rtx_mids_left = TUTTI_SENDER_MIDS;
    sender->media = *media;
    sender->two_byte = needs_two_byte (media);
}

void
tutti_sender_skip (TuttiSender *sender, guint n_pictures)
{
    tutti_vp8_skip (&sender->numbers, n_pictures);
}

gsize
tutti_sender_write (TuttiSender *sender, TuttiPacket *packet, gint64 now_us, guint8 *buffer)
{
    const TuttiFormat *format = find_format (sender, packet->codec);
    TuttiSent sent = {.packet = packet, .first_us = now_us, .sent_us = now_us};
    Manner manner = {.now_us = now_us};
    guint8 red[TUTTI_PAYLOAD_MAX_BYTES];
    gsize length, payload_bytes;

    if (format == NULL)
        return 0;
    if (sender->kind == TUTTI_KIND_VIDEO && follow_picture (sender, packet) && sender->packets > 0)
        sender->seq++;
    sent.seq = sender->seq++;
    sent.payload_type = format->payload_type;
    sent.rtx_payload_type = format->rtx_payload_type;
    if (packet->codec == TUTTI_CODEC_VP8)
        sent.ids = tutti_vp8_renumber (&sender->numbers, packet);
    if (sender->kind == TUTTI_KIND_AUDIO)
        add_past (sender, format, &sent, &manner, red);
    payload_bytes = manner.red ? manner.red_bytes : packet->length_bytes;
    manner.mid = sent.mid = wants_mid (&sender->mids_left, packet);
    sender->padding = 0;
    length = write_packet (sender, &sent, &manner, buffer);
    if (sender->history != NULL)
        tutti_history_add (sender->history, &sent);
    sender->credit_bytes =
        MIN (sender->credit_bytes + payload_bytes, TUTTI_SENDER_CREDIT_MAX_BYTES);
    count_sent (sender, payload_bytes, now_us);
    sender->stats.packets++;
    sender->stats.bytes += payload_bytes;
    return length;
}

gsize
tutti_sender_write_again (TuttiSender *sender, guint16 seq, gint64 now_us, gint64 round_trip_us,
                          guint8 *buffer)
{
    Manner manner = {.now_us = now_us};
    TuttiSent *sent;
    gsize length;

    sender->stats.nacks++;
    sent = sender->negotiated && sender->history ? tutti_history_find (sender->history, seq) : NULL;
    if (sent == NULL || !may_send_again (sender, sent, now_us, round_trip_us))
        return 0;
    sent->tries++;
    sent->sent_us = now_us;
    sender->credit_bytes -= sent->packet->length_bytes;
    sender->stats.rtx++;
    manner.rtx = has_rtx (sender, sent);
    if (manner.rtx) {
        manner.mid = wants_mid (&sender->rtx_mids_left, sent->packet);
    } else {
        /* The same number must have the same bytes: with AES-GCM another header under the same
         * nonce would give its authentication key away (RFC 7714 section 10.1). */
        manner.mid = sent->mid;
        manner.now_us = sent->first_us;
        manner.transport_seq = sent->transport_seq;
        count_sent (sender, sent->packet->length_bytes, now_us);
    }
    length = write_packet (sender, sent, &manner, buffer);
    sender->wants_stamp &= manner.rtx;
    return length;
}

gsize
tutti_sender_write_padding (TuttiSender *sender, gint64 now_us, guint8 *buffer)
{
    Manner manner = {.rtx = TRUE, .now_us = now_us};
    TuttiSent *sent;

    if (!sender->negotiated || sender->history == NULL)
        return 0;
    sent = find_padding (sender);
    if (sent == NULL) {
        sender->padding = 0;
        return 0;
    }
    if (!has_rtx (sender, sent))
        return write_empty (sender, sent, now_us, buffer);
    sent->sent_us = now_us;
    manner.mid = wants_mid (&sender->rtx_mids_left, sent->packet);
    return write_packet (sender, sent, &manner, buffer);
}

gboolean
tutti_sender_wants_stamp (const TuttiSender *sender)
{
    return sender->wants_stamp;
}

void
tutti_sender_stamp (TuttiSender *sender, guint16 transport_seq, guint8 *buffer)
{
    TuttiSent *sent = sender->history == NULL
                          ? NULL
                          : tutti_history_find (sender->history, tutti_get_u16 (buffer + SEQ_AT));

    tutti_put_u16 (buffer + stamp_at (sender), transport_seq);
    if (sent != NULL && tutti_get_u32 (buffer + SSRC_AT) == sender->media.ssrc)
        sent->transport_seq = transport_seq;
}

guint32
tutti_sender_ssrc (const TuttiSender *sender)
{
    return sender->negotiated ? sender->media.ssrc : 0;
}

guint32
tutti_sender_rtx_ssrc (const TuttiSender *sender)
{
    return sender->negotiated ? sender->media.rtx_ssrc : 0;
}

gboolean
tutti_sender_report (const TuttiSender *sender, gint64 now_us, TuttiRtcpSender *report)
{
    gint64 lead_us = sender->kind == TUTTI_KIND_VIDEO ? SHOWN_LATER_US : 0;

    if (!sender->negotiated || sender->packets == 0 || now_us - sender->sent_us > ACTIVE_US)
        return FALSE;
    *report =
        (TuttiRtcpSender){.ssrc = sender->media.ssrc,
                          .ntp = tutti_rtcp_ntp (now_us),
                          .rtp_time = tutti_clock_rtp_time (now_us + lead_us, sender->rate_hz),
                          .packets = sender->packets,
                          .bytes = sender->bytes};
    return TRUE;
}

void
tutti_sender_take_block (TuttiSender *sender, const TuttiRtcpBlock *block)
{
    sender->mids_left = 0;
    sender->stats.lost = (guint64)MAX (block->lost, 0);
    sender->stats.fraction_lost = block->fraction_lost;
    sender->stats.jitter_us = (guint)((guint64)block->jitter * G_USEC_PER_SEC / sender->rate_hz);
}

TuttiRedundancy *
tutti_sender_get_redundancy (TuttiSender *sender)
{
    return &sender->redundancy;
}

void
tutti_sender_count_pli (TuttiSender *sender)
{
    sender->stats.plis++;
}

void
tutti_sender_get_stats (const TuttiSender *sender, TuttiStreamStats *stats)
{
    const TuttiFormat *format = find_format (sender, TUTTI_CODEC_OPUS);

    *stats = sender->stats;
    if (format != NULL && format->red_payload_type != 0)
        stats->red_blocks = (guint8)tutti_redundancy_get (&sender->redundancy);
}
