/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * opus-join.c: see opus-join.h.
 */
#include "opus-join.h"

#include <tutti/clock.h>

#include <string.h>

/* RFC 6716 section 3.1: the low bits of the first byte say how many frames there are; the others
 * are mode, bandwidth, frame size and channels. */
#define FRAMES_MASK 3
#define ONE_FRAME 0
#define TWO_FRAMES 2 /* of any sizes: the first's is told (section 3.2.4) */
/* RFC 6716 section 3.2.1: lengths from here on take two bytes. */
#define LONG_BYTES 252
#define FRAME_MAX_BYTES 1275

static gboolean
go_together (const TuttiPacket *first, const TuttiPacket *second)
{
    return first->codec == TUTTI_CODEC_OPUS && second->codec == TUTTI_CODEC_OPUS &&
           first->source == second->source && first->length_bytes > 0 && second->length_bytes > 0 &&
           first->data[0] == second->data[0] && (first->data[0] & FRAMES_MASK) == ONE_FRAME &&
           second->time_us - first->time_us == TUTTI_ROUND_US &&
           first->length_bytes - 1 <= FRAME_MAX_BYTES &&
           first->length_bytes + second->length_bytes + 1 <= TUTTI_PAYLOAD_MAX_BYTES;
}

static gsize
put_length (guint8 *at, gsize bytes)
{
    if (bytes < LONG_BYTES) {
        at[0] = (guint8)bytes;
        return 1;
    }
    at[0] = (guint8)(LONG_BYTES + (bytes & 3));
    at[1] = (guint8)((bytes - at[0]) / 4);
    return 2;
}

static void
append (TuttiPacket *packet, const guint8 *data, gsize bytes)
{
    memcpy (packet->data + packet->length_bytes, data, bytes);
    packet->length_bytes += (guint16)bytes;
}

TuttiPacket *
tutti_opus_join (const TuttiPacket *first, const TuttiPacket *second)
{
    TuttiPacket *both;

    if (!go_together (first, second))
        return NULL;
    both = tutti_packet_new ();
    both->codec = TUTTI_CODEC_OPUS;
    both->time_us = first->time_us;
    both->source = first->source;
    both->flags = first->flags;
    both->data[0] = (guint8)(first->data[0] | TWO_FRAMES);
    both->length_bytes = (guint16)(1 + put_length (both->data + 1, first->length_bytes - 1u));
    append (both, first->data + 1, first->length_bytes - 1u);
    append (both, second->data + 1, second->length_bytes - 1u);
    return both;
}
