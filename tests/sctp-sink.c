/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sctp-sink.c: common headers that are right (RFC 9260 section 3.1), around any chunks.
 */
#include "sctp-sink.h"

#include <string.h>

#include <usrsctp.h>

#define HEADER_BYTES 12
/* RFC 9260 section 3.3.2: where in a packet of an INIT its tag is. */
#define TAG_AT 16
#define PACKET_MAX_BYTES 1024

/* The first packet is our INIT. */
static void
on_packet (const guint8 *data, gsize length_bytes, gpointer user_data)
{
    SctpSink *sink = user_data;

    if (!sink->tag && length_bytes >= TAG_AT + sizeof sink->tag)
        memcpy (&sink->tag, data + TAG_AT, sizeof sink->tag);
}

static gboolean
is_ready (gpointer user_data)
{
    return TRUE;
}

static void
on_message (guint16 stream, guint32 ppid, const guint8 *data, gsize length_bytes,
            gpointer user_data)
{
    SctpSink *sink = user_data;

    tutti_sctp_send (sink->sctp, stream, ppid, data, length_bytes, sink->now_us);
}

static void
on_reset (guint16 stream, gpointer user_data)
{
    tutti_sctp_reset_stream (((SctpSink *)user_data)->sctp, stream);
}

static void
on_closed (gpointer user_data)
{
}

static void
on_woken (gpointer self, gint64 now_us)
{
}

static const TuttiSctpEvents events = {on_packet, is_ready, on_message, on_reset, on_closed};
static const TuttiSeatClass seat_class = {.woken = on_woken};

/* Kept for all runs: a thread for each would cost more than the run. */
static void
on_make_seat (gpointer user_data, gint64 now_us)
{
    SctpSink *sink = user_data;

    sink->seat = tutti_seat_new (sink->loop, &seat_class, NULL);
}

void
sctp_sink_set_up (SctpSink *sink)
{
    static SctpSink kept;

    if (!kept.loop) {
        kept.loop = tutti_loop_new (NULL);
        tutti_loop_call (kept.loop, on_make_seat, &kept);
    }
    kept.now_us += G_TIME_SPAN_MINUTE;
    *sink = kept;
    sink->sctp = tutti_sctp_new (sink->seat, TUTTI_SCTP_PORT, &events, sink, sink->now_us);
    g_assert_nonnull (sink->sctp);
    tutti_sctp_connect (sink->sctp, sink->now_us);
}

void
sctp_sink_give (SctpSink *sink, const guint8 *chunks, gsize bytes, gboolean init)
{
    guint8 packet[HEADER_BYTES + PACKET_MAX_BYTES] = {0x13, 0x88, 0x13, 0x88};
    guint32 sum;

    bytes = MIN (bytes, PACKET_MAX_BYTES);
    if (!init)
        memcpy (packet + 4, &sink->tag, sizeof sink->tag);
    memcpy (packet + HEADER_BYTES, chunks, bytes);
    sum = usrsctp_crc32c (packet, HEADER_BYTES + bytes);
    memcpy (packet + 8, &sum, sizeof sum);
    tutti_sctp_receive (sink->sctp, packet, HEADER_BYTES + bytes, sink->now_us);
    sink->now_us += G_TIME_SPAN_SECOND;
    tutti_sctp_tick (sink->sctp, sink->now_us);
}

void
sctp_sink_tear_down (SctpSink *sink)
{
    tutti_sctp_free (sink->sctp);
}
