/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-rtp.c: a run of RTP packets, each behind a byte of length, into a configured session: it may
 * pass them on or not, and what it passes on is a packet.
 */
#include "rtp-fixture.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();

    fixture_link_configure (link);
    for (size_t at = 0; at < size; at += 1 + data[at]) {
        g_autofree guint8 *packet = g_memdup2 (data + at + 1, MIN (data[at], size - at - 1));

        tutti_rtp_session_receive_rtp (link->a.session, packet, MIN (data[at], size - at - 1),
                                       link->now_us++);
    }
    fixture_link_run (link, 20000);
    for (guint i = 0; i < TUTTI_N_TRACKS; i++)
        while (tutti_queue_length (link->a.in[i]) > 0) {
            g_autoptr (TuttiPacket) packet = tutti_queue_pop (link->a.in[i]);

            g_assert_cmpuint (packet->length_bytes, <=, TUTTI_PACKET_CAPACITY);
            g_assert_cmpuint (packet->codec, !=, TUTTI_CODEC_NONE);
        }
    return 0;
}
