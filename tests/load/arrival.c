/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * arrival.c: see arrival.h.
 */
#include "arrival.h"

/* So much later than the packet before it said, and a player with a buffer of 40 ms, which is what
 * browsers have on a good line, has had to make sound up. */
#define GAP_US (40 * TUTTI_USEC_PER_MSEC)

static void
add (_Atomic guint64 *count, guint64 n)
{
    atomic_fetch_add_explicit (count, n, memory_order_relaxed);
}

static guint64
get (_Atomic guint64 *count)
{
    return atomic_load_explicit (count, memory_order_relaxed);
}

/* How many numbers were left out before this packet; 0 for one that comes after later ones. */
static guint
follow_numbers (ArrivalStream *stream, guint16 seq)
{
    gint16 ahead = (gint16)(seq - stream->seq);
    guint left_out = stream->started && ahead > 1 ? (guint)ahead - 1 : 0;

    if (!stream->started || ahead > 0)
        stream->seq = seq;
    stream->started = TRUE;
    return left_out;
}

static guint32
read_u32 (const guint8 *at)
{
    return (guint32)at[0] << 24 | (guint32)at[1] << 16 | (guint32)at[2] << 8 | at[3];
}

/* A pause of the server's is none: its timestamps go on. */
static gboolean
is_after_gap (ArrivalStream *stream, guint32 timestamp, gint64 now_us)
{
    gint64 sound_us =
        (gint64)(gint32)(timestamp - stream->timestamp) * G_USEC_PER_SEC / TUTTI_RATE_HZ;
    gboolean is_late = stream->started && now_us - stream->last_us > sound_us + GAP_US;

    stream->timestamp = timestamp;
    stream->last_us = now_us;
    return is_late;
}

void
arrival_note (Arrival *arrival, const guint8 *data, gsize length_bytes, gint64 now_us)
{
    guint8 type = data[1] & 0x7f;
    guint16 seq = (guint16)(data[2] << 8 | data[3]);

    add (&arrival->bytes, length_bytes);
    if (type == TUTTI_PEER_OPUS) {
        add (&arrival->voices, 1);
        add (&arrival->gaps, is_after_gap (&arrival->sound, read_u32 (data + 4), now_us));
        add (&arrival->voices_lost, follow_numbers (&arrival->sound, seq));
    } else if (type == TUTTI_PEER_VP8) {
        add (&arrival->video_packets, 1);
        add (&arrival->video_lost, follow_numbers (&arrival->pictures, seq));
        add (&arrival->n_pictures, (data[1] & 0x80) != 0);
    } else {
        add (&arrival->resent, 1);
    }
}

void
arrival_get (Arrival *arrival, LoadReceived *received)
{
    *received = (LoadReceived){
        .bytes = get (&arrival->bytes),
        .voices = get (&arrival->voices),
        .voices_lost = get (&arrival->voices_lost),
        .gaps = get (&arrival->gaps),
        .pictures = get (&arrival->n_pictures),
        .video_packets = get (&arrival->video_packets),
        .video_lost = get (&arrival->video_lost),
        .resent = get (&arrival->resent),
    };
}
