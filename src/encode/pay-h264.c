/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pay-h264.c: NAL unit -> packets. Role: video.
 *
 * One rendition serves peers of packetization-mode 0 and 1 with the same packets, so a NAL unit is
 * a packet of its own (RFC 6184 section 5.6), parameter sets as well: mode 0 knows no STAP-A. The
 * encoder is told to make slices that fit. One that came out larger nevertheless becomes FU-As of
 * one size (section 5.8), which mode 1 peers can read.
 */
#include "pay-h264.h"

#include "pay.h"

#include <string.h>

#define FU_HEADER_BYTES 2
#define FU_MAX_BYTES (TUTTI_PAYLOAD_MAX_BYTES - FU_HEADER_BYTES)

#define TYPE_FU_A 28
#define BITS_F_NRI 0xe0
#define BITS_TYPE 0x1f
#define BIT_START 0x80
#define BIT_END 0x40

static void
add_packet (GPtrArray *packets, guint header_bytes, const guint8 header[], const guint8 *data,
            gsize bytes)
{
    TuttiPacket *packet = tutti_packet_new ();

    memcpy (packet->data, header, header_bytes);
    memcpy (packet->data + header_bytes, data, bytes);
    packet->length_bytes = header_bytes + bytes;
    g_ptr_array_add (packets, packet);
}

/* The NAL unit's own header byte is not sent: FU indicator and FU header carry its bits. */
static void
add_fragments (GPtrArray *packets, const guint8 *nal, gsize bytes)
{
    gsize rest = bytes - 1;
    gsize slice_bytes = tutti_pay_slice (rest, FU_MAX_BYTES);

    for (gsize from = 0; from < rest; from += slice_bytes) {
        gsize length_bytes = MIN (slice_bytes, rest - from);
        guint8 edges = (from == 0 ? BIT_START : 0) | (from + length_bytes == rest ? BIT_END : 0);
        guint8 header[FU_HEADER_BYTES] = {(nal[0] & BITS_F_NRI) | TYPE_FU_A,
                                          edges | (nal[0] & BITS_TYPE)};

        add_packet (packets, FU_HEADER_BYTES, header, nal + 1 + from, length_bytes);
    }
}

void
tutti_pay_h264 (GPtrArray *packets, const guint8 *nal, gsize bytes)
{
    if (bytes <= TUTTI_PAYLOAD_MAX_BYTES)
        add_packet (packets, 1, nal, nal + 1, bytes - 1);
    else
        add_fragments (packets, nal, bytes);
}
