/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-voice.c: Opus packets of strangers through jitter buffer and decoder. Records: steps of
 * number (signed) and timestamp (of 60 samples, signed), milliseconds passed, length, payload.
 */
#include "src/decode/audio-source.h"

#include <string.h>
#include <tutti/packet.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    g_autoptr (TuttiQueue) queue = tutti_queue_new (16, NULL, NULL);
    g_autoptr (TuttiAudioSource) source = tutti_audio_source_new (queue, 1, 200);
    TuttiSoundInput in = tutti_audio_source_get_input (source, 1);
    gint16 pcm[TUTTI_ROUND_VALUES_MAX];
    gint64 time_us = G_USEC_PER_SEC, now_us = time_us;
    TuttiPacket last = {0};

    for (gsize at = 0; size - at >= 4; at += 4 + MIN (data[at + 3], size - at - 4)) {
        g_autoptr (TuttiPacket) packet = tutti_packet_new ();

        packet->codec = TUTTI_CODEC_OPUS;
        packet->level = data[at] & 1 ? TUTTI_LEVEL_UNKNOWN : 20;
        packet->seq = last.seq = (guint16)(last.seq + (gint8)data[at]);
        packet->timestamp = last.timestamp += (guint32)((gint8)data[at + 1] * 60);
        packet->time_us = time_us += data[at + 2] * TUTTI_USEC_PER_MSEC;
        packet->length_bytes = (guint16)MIN (data[at + 3], size - at - 4);
        memcpy (packet->data, data + at + 4, packet->length_bytes);
        tutti_queue_push (queue, packet);
        for (; now_us <= time_us; now_us += TUTTI_ROUND_US)
            if (in.klass->listen (source, now_us) < 100 || now_us % 60000 == 0)
                in.klass->pull (source, pcm, 1);
            else
                in.klass->skip (source);
    }
    return 0;
}
