/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-rtcp.c: an RTCP datagram into a session that has sent and received: no more goes out than a
 * few times what came in.
 */
#include "rtp-fixture.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();
    guint64 bytes;

    fixture_link_configure (link);
    for (guint n = 0; n < 30; n++) {
        fixture_send (&link->a, TUTTI_CODEC_VP8, n, TUTTI_PACKET_FRAME_START | TUTTI_PACKET_MARKER);
        fixture_send (&link->b, TUTTI_CODEC_OPUS, n, 0);
    }
    fixture_link_run (link, 50000);
    bytes = link->a.bytes;
    tutti_rtp_session_receive_rtcp (link->a.session, data, size, link->now_us);
    g_assert_cmpuint (link->a.bytes, <=, 2 * bytes);
    fixture_link_run (link, 2 * G_USEC_PER_SEC);
    return 0;
}
