/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * red.c: see red.h. Role: net.
 *
 *   | 1 type offset length | ... | 0 type | old data ... | own data |
 */
#include "red.h"

#include "bytes.h"

#include <tutti/clock.h>

#include <string.h>

/* RFC 2198 section 3: a header of 4 bytes for an old block, of 1 for the packet's own. */
#define OLD_HEADER_BYTES 4
#define OWN_HEADER_BYTES 1
#define MORE 0x80
#define TYPE_MASK 0x7F
#define OFFSET_MAX 0x3FFF
#define LENGTH_MAX 0x3FF

/* Headers only. *at: behind them. 0: malformed. */
static guint
read_headers (const guint8 *payload, gsize length_bytes, TuttiRedBlock *blocks, gsize *at)
{
    guint n = 0;

    for (*at = 0; *at < length_bytes && (payload[*at] & MORE); *at += OLD_HEADER_BYTES) {
        guint32 word;

        if (n + 1 == TUTTI_RED_BLOCKS_MAX || length_bytes - *at < OLD_HEADER_BYTES)
            return 0;
        word = tutti_get_u32 (payload + *at);
        blocks[n++] = (TuttiRedBlock){.payload_type = (guint8)(word >> 24 & TYPE_MASK),
                                      .offset_samples = word >> 10 & OFFSET_MAX,
                                      .length_bytes = word & LENGTH_MAX};
    }
    if (*at >= length_bytes)
        return 0;
    blocks[n++] = (TuttiRedBlock){.payload_type = payload[*at] & TYPE_MASK};
    *at += OWN_HEADER_BYTES;
    return n;
}

/* How many of the past can come along, from the newest on without a gap: the receiver counts
 * numbers back. */
static guint
count_fitting (const TuttiRedPast *past, const TuttiPacket *packet, guint n_old)
{
    guint32 stamp = tutti_clock_rtp_time (packet->time_us, TUTTI_RATE_HZ);
    gsize bytes = OWN_HEADER_BYTES + packet->length_bytes;
    guint n = 0;

    for (; n < MIN (n_old, past->n_packets); n++) {
        const TuttiPacket *old = past->packets[n];
        guint32 offset = stamp - tutti_clock_rtp_time (old->time_us, TUTTI_RATE_HZ);

        bytes += OLD_HEADER_BYTES + old->length_bytes;
        if (offset == 0 || offset > OFFSET_MAX || old->length_bytes > LENGTH_MAX ||
            bytes > TUTTI_PAYLOAD_MAX_BYTES)
            break;
    }
    return n;
}

guint
tutti_red_read (const guint8 *payload, gsize length_bytes,
                TuttiRedBlock blocks[TUTTI_RED_BLOCKS_MAX])
{
    TuttiRedBlock found[TUTTI_RED_BLOCKS_MAX];
    gsize at;
    guint n = read_headers (payload, length_bytes, found, &at);

    if (n == 0)
        return 0;
    for (guint i = 0; i + 1 < n; i++) {
        if (found[i].length_bytes > length_bytes - at)
            return 0;
        found[i].data = payload + at;
        at += found[i].length_bytes;
    }
    found[n - 1].data = payload + at;
    found[n - 1].length_bytes = length_bytes - at;
    memcpy (blocks, found, n * sizeof *found);
    return n;
}

void
tutti_red_past_add (TuttiRedPast *past, TuttiPacket *packet)
{
    if (past->n_packets == TUTTI_RED_PAST_MAX)
        tutti_packet_unref (past->packets[--past->n_packets]);
    memmove (past->packets + 1, past->packets, past->n_packets * sizeof *past->packets);
    past->packets[0] = tutti_packet_ref (packet);
    past->n_packets++;
}

void
tutti_red_past_clear (TuttiRedPast *past)
{
    while (past->n_packets > 0)
        tutti_packet_unref (past->packets[--past->n_packets]);
}

gsize
tutti_red_write (const TuttiRedPast *past, const TuttiPacket *packet, guint n_old,
                 guint8 payload_type, guint8 *out)
{
    guint32 stamp = tutti_clock_rtp_time (packet->time_us, TUTTI_RATE_HZ);
    guint n = count_fitting (past, packet, n_old);
    gsize at = 0;

    if (n == 0)
        return 0;
    for (guint i = n; i-- > 0; at += OLD_HEADER_BYTES) {
        const TuttiPacket *old = past->packets[i];
        guint32 offset = stamp - tutti_clock_rtp_time (old->time_us, TUTTI_RATE_HZ);

        tutti_put_u32 (out + at,
                       (guint32)(MORE | payload_type) << 24 | offset << 10 | old->length_bytes);
    }
    out[at++] = payload_type;
    for (guint i = n; i-- > 0; at += past->packets[i]->length_bytes)
        memcpy (out + at, past->packets[i]->data, past->packets[i]->length_bytes);
    memcpy (out + at, packet->data, packet->length_bytes);
    return at + packet->length_bytes;
}
