/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-transport-cc.c: transport-wide numbers and feedback of a session: each packet numbered, each
 * arrival told, and no packet for it where nothing moves.
 */
#include "rtp-fixture.h"

#include "leg/bytes.h"
#include "leg/rtcp.h"
#include "leg/rtp.h"
#include "leg/sender.h"

#include <tutti/packet.h>

#include <string.h>

#define ONE_PACKET (TUTTI_PACKET_FRAME_START | TUTTI_PACKET_MARKER)

/* Sound, pictures and repeats are counted by one counter, without a gap. */
static void
test_transport_numbers (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();
    gint last = -1;

    fixture_link_configure (link);
    for (guint n = 0; n < 200; n++) {
        TuttiRtcpWriter writer;
        guint8 nack[64];
        const guint8 *value;
        gsize bytes = 0;
        TuttiRtp rtp;

        if (n % 3 < 2) {
            fixture_send (&link->a, n % 3 ? TUTTI_CODEC_VP8 : TUTTI_CODEC_OPUS, n, ONE_PACKET);
        } else {
            const guint16 seq = tutti_get_u16 (link->a.last_rtp->data + 2);

            tutti_rtcp_writer_start (&writer, nack, sizeof nack);
            tutti_rtcp_write_nack (&writer, 1, 1001, &seq, 1);
            tutti_rtp_session_receive_rtcp (link->a.session, nack, writer.length_bytes,
                                            link->now_us);
        }
        g_assert_true (tutti_rtp_read (link->a.last_rtp->data, link->a.last_rtp->len, &rtp));
        g_assert_cmpuint (rtp.ssrc, ==, 1000 + n % 3);
        value = tutti_rtp_find_extension (&rtp, FIXTURE_TRANSPORT_ID, &bytes);
        g_assert_cmpuint (bytes, ==, 2);
        g_assert_true (last < 0 || tutti_get_u16 (value) == (guint16)(last + 1));
        last = tutti_get_u16 (value);
    }
    g_assert_cmpuint (link->a.rtp_packets, ==, 200);
}

/* The feedback in a compound of reports; NULL: there is none. */
static const guint8 *
find_transport_feedback (const GByteArray *compound)
{
    for (gsize at = 0; at + 4 <= compound->len;
         at += 4 + 4 * (gsize)tutti_get_u16 (compound->data + at + 2))
        if (compound->data[at + 1] == TUTTI_RTCP_RTPFB)
            return compound->data + at;
    return NULL;
}

/* Packets of all tracks that carry a transport sequence number are told about ten times a second.
 */
static void
test_transport_feedback (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();
    guint n_told = 0, n_reports = 0;

    fixture_link_configure (link);
    for (guint16 n = 0; n < 1000; n++) {
        const TuttiRtp rtp = {.seq = n / 2,
                              .ssrc = n % 2 ? 2001 : 2000,
                              .payload_type = n % 2 ? FIXTURE_VP8 : FIXTURE_OPUS};
        guint64 before = link->a.rtcp_packets;
        const guint8 *feedback;
        TuttiRtpWriter writer;
        guint8 data[64], seq[2];

        tutti_put_u16 (seq, n);
        tutti_rtp_writer_start (&writer, data, sizeof data, &rtp, FALSE);
        tutti_rtp_writer_add_extension (&writer, FIXTURE_TRANSPORT_ID, seq, sizeof seq);
        tutti_rtp_writer_add_payload (&writer, seq, sizeof seq);
        tutti_rtp_session_receive_rtp (link->a.session, data, writer.length_bytes, link->now_us);
        fixture_link_run (link, 1000);
        feedback =
            link->a.rtcp_packets > before ? find_transport_feedback (link->a.last_rtcp) : NULL;
        if (feedback != NULL) {
            g_assert_cmpuint (tutti_get_u16 (feedback + 12), ==, n_told);
            n_told += tutti_get_u16 (feedback + 14);
            n_reports++;
        }
    }
    g_assert_cmpuint (n_told, >, 850);
    g_assert_cmpuint (n_told, <=, 1000);
    g_assert_cmpuint (n_reports, >=, 9);
    g_assert_cmpuint (n_reports, <=, 11); /* one may go along with the first receiver report */
}

/* Comfort noise, each 400 ms: its feedback takes no packets of its own. */
static void
test_quiet_feedback (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();
    guint n_told = 0;

    fixture_link_configure (link);
    for (guint16 n = 0; n < 250; n++) {
        const TuttiRtp rtp = {.seq = n, .ssrc = 2000, .payload_type = FIXTURE_OPUS};
        TuttiRtpWriter writer;
        guint8 data[64], seq[2];

        tutti_put_u16 (seq, n);
        tutti_rtp_writer_start (&writer, data, sizeof data, &rtp, FALSE);
        tutti_rtp_writer_add_extension (&writer, FIXTURE_TRANSPORT_ID, seq, sizeof seq);
        tutti_rtp_writer_add_payload (&writer, seq, sizeof seq);
        tutti_rtp_session_receive_rtp (link->a.session, data, writer.length_bytes, link->now_us);
        for (guint i = 0; i < 8; i++) {
            guint64 before = link->a.rtcp_packets;
            const guint8 *feedback;

            fixture_link_run (link, 50000);
            if (link->a.rtcp_packets == before)
                continue;
            feedback = find_transport_feedback (link->a.last_rtcp);
            if (feedback != NULL) {
                g_assert_cmpuint (tutti_get_u16 (feedback + 12), ==, n_told);
                n_told += tutti_get_u16 (feedback + 14);
            }
        }
    }
    g_assert_cmpuint (n_told, >, 230);
    /* 100 s, a report each 2 to 6 s */
    g_assert_cmpuint (link->a.rtcp_packets, <=, 51);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/transport-cc/numbers", test_transport_numbers);
    g_test_add_func ("/transport-cc/feedback", test_transport_feedback);
    g_test_add_func ("/transport-cc/quiet", test_quiet_feedback);
    return g_test_run ();
}
