/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-frames.h: an input of records as packets of a video stream: number's step (signed), flags (1
 * marker, 2 next timestamp, 4 late), payload's length (two bytes), payload; through depacketiser
 * and assembly.
 */
#pragma once

#include "src/decode/assemble.h"
#include "src/decode/decode.h"

#include <string.h>

static inline void
fuzz_shift (TuttiAssembler *assembler, const TuttiDecoderClass *klass, TuttiCoded *coded)
{
    TuttiPacket *packet;

    tutti_coded_clear (coded);
    while ((packet = tutti_assembler_shift (assembler))) {
        klass->depay (coded, packet->data, packet->length_bytes);
        tutti_packet_unref (packet);
    }
}

static inline void
fuzz_frames (TuttiCodec codec, const guint8 *data, gsize size)
{
    const TuttiDecoderClass *klass = tutti_decoder_class (codec);
    g_autoptr (TuttiAssembler) assembler = tutti_assembler_new ();
    TuttiCoded coded = {0};
    TuttiAssembled frame;
    TuttiPayload payload;
    gint64 now_us = G_USEC_PER_SEC;
    guint32 timestamp = 0;
    guint16 seq = 0;

    for (gsize at = 0, length; size - at >= 4; at += 4 + length) {
        g_autoptr (TuttiPacket) packet = tutti_packet_new ();

        length = MIN ((gsize)data[at + 2] << 8 | data[at + 3], size - at - 4);
        length = MIN (length, TUTTI_PACKET_CAPACITY);
        packet->seq = seq = (guint16)(seq + (gint8)data[at]);
        packet->flags = data[at + 1] & 1 ? TUTTI_PACKET_MARKER : 0;
        packet->timestamp = timestamp += data[at + 1] & 2 ? 3000 : 0;
        packet->time_us = now_us += data[at + 1] & 4 ? TUTTI_ASSEMBLE_WAIT_US : 1000;
        packet->length_bytes = (guint16)length;
        memcpy (packet->data, data + at + 4, length);
        if (packet->length_bytes == 0)
            tutti_assembler_push (assembler, packet, NULL);
        else if (klass->look (packet->data, packet->length_bytes, &payload))
            tutti_assembler_push (assembler, packet, &payload);
        while (tutti_assembler_next (assembler, now_us, &frame))
            fuzz_shift (assembler, klass, &coded);
    }
    tutti_coded_free (&coded);
}
