/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pay-vp8.c: encoded frame -> payload descriptor + slice of the frame, a packet each; the packets
 * of a frame are of one size, only the last may be some bytes shorter: so the kernel takes them in
 * one call (leg/burst.h). Role: video.
 *
 * Every packet has the whole descriptor (RFC 7741 section 4.2), six bytes, so that each leg can
 * rewrite the ids in place:
 *
 *   0  X R N S R PID    X = 1; S = 1 on the first packet; PID stays 0 (section 4.2 allows it)
 *   1  I L T K RSV      I = L = T = 1, K = 0
 *   2  M PictureID      M = 1: 15 bits, two bytes
 *   4  TL0PICIDX
 *   5  TID Y KEYIDX     KEYIDX = 0, K says that it means nothing
 */
#include "pay-vp8.h"

#include "pay.h"

#include <string.h>

#define DESCRIPTOR_BYTES 6
#define SLICE_MAX_BYTES (TUTTI_PAYLOAD_MAX_BYTES - DESCRIPTOR_BYTES)

#define BIT_X 0x80
#define BIT_S 0x10
#define BITS_ILT 0xe0
#define BIT_M 0x80
#define OFFSET_PICTURE_ID 2
#define OFFSET_TL0_PIC_IDX 4
#define SHIFT_TID 6
#define BIT_Y 0x20

static void
write_descriptor (guint8 *to, const TuttiVp8Ids *ids, gboolean is_first)
{
    to[0] = BIT_X | (is_first ? BIT_S : 0);
    to[1] = BITS_ILT;
    to[2] = BIT_M | ((ids->picture_id >> 8) & 0x7f);
    to[3] = ids->picture_id & 0xff;
    to[4] = ids->tl0_pic_idx;
    to[5] = ids->temporal_id << SHIFT_TID | (ids->layer_sync ? BIT_Y : 0);
}

void
tutti_pay_vp8 (GPtrArray *packets, const guint8 *frame, gsize bytes, const TuttiVp8Ids *ids)
{
    gsize slice_bytes = tutti_pay_slice (bytes, SLICE_MAX_BYTES);

    for (gsize from = 0; from < bytes; from += slice_bytes) {
        TuttiPacket *packet = tutti_packet_new ();
        gsize length_bytes = MIN (slice_bytes, bytes - from);

        write_descriptor (packet->data, ids, from == 0);
        memcpy (packet->data + DESCRIPTOR_BYTES, frame + from, length_bytes);
        packet->length_bytes = DESCRIPTOR_BYTES + length_bytes;
        packet->vp8 = *ids;
        packet->vp8.picture_id_offset = OFFSET_PICTURE_ID;
        packet->vp8.tl0_pic_idx_offset = OFFSET_TL0_PIC_IDX;
        g_ptr_array_add (packets, packet);
    }
}
