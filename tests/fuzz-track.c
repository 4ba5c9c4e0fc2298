/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-track.c: whatever payloads a peer sends, a track's pictures are whole ones, the first a key
 * frame, and of a sound only its length is asked. Input: a byte of flags, a byte of length, and so
 * many bytes of payload, and so on.
 */
#include "record/opus-packet.h"
#include "record/track-pictures.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autoptr (TuttiTrackPictures) pictures = tutti_track_pictures_new ();
    gboolean has_begun = FALSE;

    for (const uint8_t *end = data + size; end - data >= 2;) {
        g_autoptr (TuttiPacket) packet = tutti_packet_new ();
        TuttiUnit unit = {0};

        packet->codec = data[0] & 1 ? TUTTI_CODEC_VP8 : TUTTI_CODEC_H264;
        packet->flags = data[0] & 2 ? TUTTI_PACKET_MARKER : 0;
        packet->timestamp = data[0] >> 4;
        packet->length_bytes = (guint16)MIN (data[1], end - data - 2);
        memcpy (packet->data, data + 2, packet->length_bytes);
        tutti_opus_get_duration_us (packet->data, packet->length_bytes);
        if (tutti_track_pictures_push (pictures, packet, !(data[0] & 4), &unit)) {
            g_assert_true (has_begun || unit.is_key);
            g_assert_cmpuint (unit.length_bytes, >, 0);
            has_begun = TRUE;
        }
        data += 2 + packet->length_bytes;
    }
    return 0;
}
