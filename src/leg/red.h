/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * red.h: redundant sound (RFC 2198): a packet that carries the ones before it once more. Pure.
 * Role: net.
 *
 *   sent:      packet -> [write: with the past's packets before it] -> payload, or plain
 *   received:  payload -> [read] -> blocks: the old ones, then the packet's own
 */
#pragma once

#include <tutti/packet.h>

/* Browsers send one or two old packets, nine by a switch for trials; more would come too late for
 * any buffer. */
#define TUTTI_RED_BLOCKS_MAX 10
/* What we send: two lost in a row are repaired; three in a row are a burst that no small delay
 * mends. */
#define TUTTI_RED_PAST_MAX 2

typedef struct {
    guint8 payload_type;
    guint offset_samples; /* by how much its timestamp is older than the packet's; 0: its own */
    const guint8 *data;   /* into the payload that was read */
    gsize length_bytes;
} TuttiRedBlock;

/* In order of time, the packet's own last. 0: malformed, or beyond TUTTI_RED_BLOCKS_MAX; `blocks`
 * is untouched then. */
guint tutti_red_read (const guint8 *payload, gsize length_bytes,
                      TuttiRedBlock blocks[TUTTI_RED_BLOCKS_MAX]);

/* What was sent last, newest first. Zeroed: nothing yet. Holds references. */
typedef struct {
    guint n_packets;
    TuttiPacket *packets[TUTTI_RED_PAST_MAX];
} TuttiRedPast;

void tutti_red_past_add (TuttiRedPast *past, TuttiPacket *packet);
void tutti_red_past_clear (TuttiRedPast *past);

/* The payload that carries `packet` and at most n_old packets of the past. payload_type: of what it
 * carries. How many bytes of out[TUTTI_PAYLOAD_MAX_BYTES] were written; 0: nothing of the past fits
 * (RFC 2198 section 3: 14 bits of time, 10 of length), so it goes plain. */
gsize tutti_red_write (const TuttiRedPast *past, const TuttiPacket *packet, guint n_old,
                       guint8 payload_type, guint8 *out);
