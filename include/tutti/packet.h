/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * packet.h: one RTP packet's payload with what a station must know about it.
 *
 * Received: the leg fills it after SRTP and header parsing; `data` is the payload (header,
 * extensions and padding are gone). Sent: an encoder's packetiser fills it once for a whole
 * rendition; each leg writes its own RTP header and numbers around the shared payload.
 *
 * Reference-counted, immutable once pushed to a port, from a process-wide pool that keeps
 * TUTTI_PACKETS_KEPT spare ones. Any thread. new() never fails: beyond the pool it allocates.
 */
#pragma once

#include <tutti/types.h>

/* A UDP datagram on a path of MTU 1500, IPv4: nothing larger can be a media packet. */
#define TUTTI_PACKET_CAPACITY 1472
/* What packetisers put into one packet: leaves room for RTP header, extensions, SRTP tag, TURN and
 * tunnels within an MTU of 1280 (IPv6 minimum), as browsers do. */
#define TUTTI_PAYLOAD_MAX_BYTES 1130
#define TUTTI_PACKETS_KEPT 8192

typedef enum {
    TUTTI_PACKET_MARKER = 1 << 0,      /* RTP marker bit: last packet of a picture */
    TUTTI_PACKET_KEY_FRAME = 1 << 1,   /* belongs to a key frame (sent packets) */
    TUTTI_PACKET_FRAME_START = 1 << 2, /* first packet of a picture (sent packets) */
    TUTTI_PACKET_VOICE = 1 << 3,       /* RFC 6464 V bit (received packets) */
    TUTTI_PACKET_RECOVERED = 1 << 4,   /* came by RTX or RED (received packets) */
} TuttiPacketFlags;

/* How many leading payload bytes hold the VP8 payload descriptor's ids (RFC 7741 section 4.2), for
 * the leg to rewrite; offsets from `data`, 0 = absent. Only on sent VP8 packets. */
typedef struct {
    guint16 picture_id;       /* 15 bits */
    guint8 picture_id_offset; /* of its two bytes */
    guint8 tl0_pic_idx;
    guint8 tl0_pic_idx_offset; /* of its byte */
    guint8 temporal_id;        /* 0: the base layer */
    guint8 layer_sync; /* Y: refers to the base layer only, so a peer may go up to its layer here */
} TuttiVp8Ids;

struct _TuttiPacket {
    gint64 time_us;    /* received: arrival; sent: the instant of the sound or picture */
    guint32 timestamp; /* received: RTP timestamp as sent by the peer; sent: unused, see time_us */
    guint32 ssrc;      /* received only */
    guint32 source;    /* sent only: id of the encoder it comes from; a change renumbers */
    guint16 seq;       /* received only (original number for RTX) */
    guint8 payload_type; /* received only */
    guint8 level;        /* received audio: RFC 6464 level, or TUTTI_LEVEL_UNKNOWN */
    guint8 rotation;     /* received video: quarter turns clockwise (3GPP CVO), 0 to 3 */
    guint8 flags;        /* TuttiPacketFlags */
    TuttiCodec codec;
    TuttiVp8Ids vp8;
    guint16 length_bytes;
    guint8 *data; /* within the storage */
};

#define TUTTI_LEVEL_UNKNOWN 255

/* A zeroed packet with one reference, data at the storage's start, length 0. */
TuttiPacket *tutti_packet_new (void);
TuttiPacket *tutti_packet_ref (TuttiPacket *packet);
void tutti_packet_unref (TuttiPacket *packet);

/* Room between data and the storage's end. */
gsize tutti_packet_capacity (const TuttiPacket *packet);

/* Packets alive now, and ever allocated beyond the pool: for leak tests and statistics. */
guint tutti_packet_count_live (void);
guint tutti_packet_count_allocated (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiPacket, tutti_packet_unref)
