/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-rtcp.c: RTCP packets against bytes that aiortc 1.4 made of the same values.
 */
#include "leg/rtcp.h"

#include <string.h>

#define OURS 0xa1b2c3d4
#define THEIRS 0x11223344

static const guint8 known_sr[] = {
    0x81, 0xc8, 0x00, 0x0c, 0xa1, 0xb2, 0xc3, 0xd4, 0xe1, 0x23, 0x45, 0x67, 0x89,
    0xab, 0xcd, 0xef, 0xca, 0xfe, 0xba, 0xbe, 0x00, 0x00, 0x04, 0xd2, 0x00, 0x08,
    0xaa, 0x52, 0x11, 0x22, 0x33, 0x44, 0x40, 0xff, 0xff, 0xfb, 0x00, 0x01, 0x23,
    0x45, 0x00, 0x00, 0x03, 0x09, 0xde, 0xad, 0xbe, 0xef, 0x00, 0x01, 0x00, 0x00,
};
static const guint8 known_rr[] = {
    0x81, 0xc9, 0x00, 0x07, 0xa1, 0xb2, 0xc3, 0xd4, 0x11, 0x22, 0x33, 0x44, 0x40, 0xff, 0xff, 0xfb,
    0x00, 0x01, 0x23, 0x45, 0x00, 0x00, 0x03, 0x09, 0xde, 0xad, 0xbe, 0xef, 0x00, 0x01, 0x00, 0x00,
};
/* RFC 3550 section 6.5: the chunk ends on a word; by hand, aiortc adds a word more. */
static const guint8 known_sdes[] = {
    0x81, 0xca, 0x00, 0x03, 0xa1, 0xb2, 0xc3, 0xd4, 0x01, 0x05, 't', 'u', 't', 't', 'i', 0x00,
};
static const guint8 known_bye[] = {
    0x82, 0xcb, 0x00, 0x02, 0xa1, 0xb2, 0xc3, 0xd4, 0x01, 0x02, 0x03, 0x04,
};
static const guint8 known_nack[] = {
    0x81, 0xcd, 0x00, 0x05, 0xa1, 0xb2, 0xc3, 0xd4, 0x11, 0x22, 0x33, 0x44,
    0x00, 0x64, 0x80, 0x11, 0x00, 0x75, 0x00, 0x00, 0x00, 0x96, 0x00, 0x00,
};
static const guint8 known_pli[] = {
    0x81, 0xce, 0x00, 0x02, 0xa1, 0xb2, 0xc3, 0xd4, 0x11, 0x22, 0x33, 0x44,
};
/* RFC 5104 section 4.3.1.1, by hand. */
static const guint8 known_fir[] = {
    0x84, 0xce, 0x00, 0x04, 0xa1, 0xb2, 0xc3, 0xd4, 0x00, 0x00,
    0x00, 0x00, 0x11, 0x22, 0x33, 0x44, 0x07, 0x00, 0x00, 0x00,
};
static const guint8 known_remb[] = {
    0x8f, 0xce, 0x00, 0x06, 0xa1, 0xb2, 0xc3, 0xd4, 0x00, 0x00, 0x00, 0x00, 0x52, 0x45,
    0x4d, 0x42, 0x02, 0x13, 0xf7, 0xa0, 0x11, 0x22, 0x33, 0x44, 0x11, 0x22, 0x33, 0x46,
};

static const TuttiRtcpSender sender = {.ssrc = OURS,
                                       .ntp = G_GUINT64_CONSTANT (0xe123456789abcdef),
                                       .rtp_time = 0xcafebabe,
                                       .packets = 1234,
                                       .bytes = 567890};
static const TuttiRtcpBlock block = {.ssrc = THEIRS,
                                     .fraction_lost = 64,
                                     .lost = -5,
                                     .highest_seq = 0x00012345,
                                     .jitter = 777,
                                     .last_sr = 0xdeadbeef,
                                     .delay_sr = 0x00010000};

static TuttiRtcp
read_one (const guint8 *data, gsize length_bytes)
{
    TuttiRtcpReader reader;
    TuttiRtcp rtcp, none;

    tutti_rtcp_reader_start (&reader, data, length_bytes);
    g_assert_true (tutti_rtcp_reader_next (&reader, &rtcp));
    g_assert_false (tutti_rtcp_reader_next (&reader, &none));
    g_assert_false (reader.malformed);
    return rtcp;
}

static void
assert_block (const TuttiRtcp *rtcp)
{
    TuttiRtcpBlock read;

    g_assert_true (tutti_rtcp_read_block (rtcp, 0, &read));
    g_assert_cmpuint (read.ssrc, ==, THEIRS);
    g_assert_cmpuint (read.fraction_lost, ==, 64);
    g_assert_cmpint (read.lost, ==, -5);
    g_assert_cmpuint (read.highest_seq, ==, 0x12345);
    g_assert_cmpuint (read.jitter, ==, 777);
    g_assert_cmpuint (read.last_sr, ==, 0xdeadbeef);
    g_assert_cmpuint (read.delay_sr, ==, 0x10000);
    g_assert_false (tutti_rtcp_read_block (rtcp, 1, &read));
}

static void
test_read (void)
{
    TuttiRtcp rtcp = read_one (known_sr, sizeof known_sr);
    TuttiRtcpFeedback feedback;
    TuttiRtcpSender read;
    guint16 first, mask;
    guint bitrate_bps;
    guint32 ssrc;
    guint8 seq;

    g_assert_true (tutti_rtcp_read_sender (&rtcp, &read));
    g_assert_cmpuint (read.ssrc, ==, sender.ssrc);
    g_assert_true (read.ntp == sender.ntp && read.rtp_time == sender.rtp_time);
    g_assert_true (read.packets == sender.packets && read.bytes == sender.bytes);
    assert_block (&rtcp);
    rtcp = read_one (known_rr, sizeof known_rr);
    g_assert_false (tutti_rtcp_read_sender (&rtcp, &read));
    assert_block (&rtcp);
    rtcp = read_one (known_bye, sizeof known_bye);
    g_assert_true (tutti_rtcp_read_bye (&rtcp, 1, &ssrc));
    g_assert_cmpuint (ssrc, ==, 0x01020304);
    g_assert_false (tutti_rtcp_read_bye (&rtcp, 2, &ssrc));
    rtcp = read_one (known_nack, sizeof known_nack);
    g_assert_true (tutti_rtcp_read_feedback (&rtcp, &feedback));
    g_assert_cmpuint (feedback.media_ssrc, ==, THEIRS);
    g_assert_true (tutti_rtcp_read_nack (&feedback, 0, &first, &mask));
    g_assert_true (first == 100 && mask == 0x8011);
    g_assert_true (tutti_rtcp_read_nack (&feedback, 2, &first, &mask));
    g_assert_true (first == 150 && mask == 0);
    g_assert_false (tutti_rtcp_read_nack (&feedback, 3, &first, &mask));
    rtcp = read_one (known_fir, sizeof known_fir);
    g_assert_true (tutti_rtcp_read_feedback (&rtcp, &feedback));
    g_assert_true (tutti_rtcp_read_fir (&feedback, 0, &ssrc, &seq));
    g_assert_true (ssrc == THEIRS && seq == 7);
    g_assert_false (tutti_rtcp_read_fir (&feedback, 1, &ssrc, &seq));
    rtcp = read_one (known_remb, sizeof known_remb);
    g_assert_true (tutti_rtcp_read_feedback (&rtcp, &feedback));
    g_assert_true (tutti_rtcp_read_remb (&feedback, &bitrate_bps));
    g_assert_cmpuint (bitrate_bps, ==, 4160000);
}

static void
assert_written (TuttiRtcpWriter *writer, const guint8 *expected, gsize expected_bytes)
{
    TuttiRtcp rtcp;

    g_assert_cmpmem (writer->data, writer->length_bytes, expected, expected_bytes);
    rtcp = read_one (writer->data, writer->length_bytes);
    g_assert_cmpuint (rtcp.type, ==, expected[1]);
    writer->length_bytes = 0;
}

static void
test_write (void)
{
    const guint32 leaving[] = {OURS, 0x01020304}, media[] = {THEIRS, 0x11223346};
    const guint16 lost[] = {100, 101, 105, 116, 117, 150};
    TuttiRtcpWriter writer;
    guint8 data[100];

    tutti_rtcp_writer_start (&writer, data, sizeof data);
    g_assert_true (tutti_rtcp_write_sr (&writer, &sender, &block, 1));
    assert_written (&writer, known_sr, sizeof known_sr);
    g_assert_true (tutti_rtcp_write_rr (&writer, OURS, &block, 1));
    assert_written (&writer, known_rr, sizeof known_rr);
    g_assert_true (tutti_rtcp_write_cname (&writer, leaving, 1, "tutti"));
    assert_written (&writer, known_sdes, sizeof known_sdes);
    g_assert_true (tutti_rtcp_write_bye (&writer, leaving, 2));
    assert_written (&writer, known_bye, sizeof known_bye);
    g_assert_true (tutti_rtcp_write_nack (&writer, OURS, THEIRS, lost, G_N_ELEMENTS (lost)));
    assert_written (&writer, known_nack, sizeof known_nack);
    g_assert_true (tutti_rtcp_write_pli (&writer, OURS, THEIRS));
    assert_written (&writer, known_pli, sizeof known_pli);
    g_assert_true (tutti_rtcp_write_fir (&writer, OURS, THEIRS, 7));
    assert_written (&writer, known_fir, sizeof known_fir);
    g_assert_true (tutti_rtcp_write_remb (&writer, OURS, 4160000, media, 2));
    assert_written (&writer, known_remb, sizeof known_remb);
}

/* A name of any length ends its chunk with one to four zeros. */
static void
test_cname_lengths (void)
{
    char cname[] = "abcdefgh";
    const guint32 ssrcs[] = {OURS, THEIRS};

    for (gsize length = 0; length <= 8; length++) {
        TuttiRtcpWriter writer;
        guint8 data[64];
        TuttiRtcp rtcp;

        cname[length] = '\0';
        tutti_rtcp_writer_start (&writer, data, sizeof data);
        g_assert_true (tutti_rtcp_write_cname (&writer, ssrcs, 2, cname));
        rtcp = read_one (data, writer.length_bytes);
        g_assert_cmpuint (rtcp.body[4], ==, 1);
        g_assert_cmpuint (rtcp.body[5], ==, length);
        g_assert_cmpuint (rtcp.body[6 + length], ==, 0);
        g_assert_cmpuint (rtcp.body_bytes / 2, >, 6 + length);
        g_assert_cmpuint (rtcp.body_bytes / 2, <=, 6 + length + 4);
        cname[length] = "abcdefgh"[length];
    }
}

static void
test_nack_wrap (void)
{
    const guint16 lost[] = {65530, 65535, 0, 10, 11};
    TuttiRtcpFeedback feedback;
    TuttiRtcpWriter writer;
    guint16 first, mask;
    guint8 data[64];
    TuttiRtcp rtcp;

    tutti_rtcp_writer_start (&writer, data, sizeof data);
    g_assert_true (tutti_rtcp_write_nack (&writer, OURS, THEIRS, lost, G_N_ELEMENTS (lost)));
    rtcp = read_one (data, writer.length_bytes);
    g_assert_true (tutti_rtcp_read_feedback (&rtcp, &feedback));
    g_assert_true (tutti_rtcp_read_nack (&feedback, 0, &first, &mask));
    g_assert_true (first == 65530 && mask == (1 << 4 | 1 << 5 | 1 << 15));
    g_assert_true (tutti_rtcp_read_nack (&feedback, 1, &first, &mask));
    g_assert_true (first == 11 && mask == 0);
    g_assert_false (tutti_rtcp_read_nack (&feedback, 2, &first, &mask));
}

static void
test_no_room (void)
{
    TuttiRtcpWriter writer;
    guint8 data[30];

    tutti_rtcp_writer_start (&writer, data, sizeof data);
    g_assert_false (tutti_rtcp_write_rr (&writer, OURS, &block, 1));
    g_assert_true (tutti_rtcp_write_pli (&writer, OURS, THEIRS));
    g_assert_true (tutti_rtcp_write_pli (&writer, OURS, THEIRS));
    g_assert_false (tutti_rtcp_write_pli (&writer, OURS, THEIRS));
    g_assert_cmpuint (writer.length_bytes, ==, 24);
}

/* A compound of all, cut anywhere, and counts that lie: what can be read is, nothing beyond. */
static void
test_hostile (void)
{
    guint8 all[sizeof known_sr + sizeof known_sdes + sizeof known_bye];

    memcpy (all, known_sr, sizeof known_sr);
    memcpy (all + sizeof known_sr, known_sdes, sizeof known_sdes);
    memcpy (all + sizeof known_sr + sizeof known_sdes, known_bye, sizeof known_bye);
    for (gsize length = 0; length <= sizeof all; length++) {
        g_autofree guint8 *data = g_memdup2 (all, length);
        TuttiRtcpReader reader;
        TuttiRtcpBlock read;
        TuttiRtcp rtcp;
        guint n = 0;
        guint32 ssrc;

        if (length > 0)
            data[0] |= 0x1f; /* 31 blocks, it says */
        tutti_rtcp_reader_start (&reader, data, length);
        while (tutti_rtcp_reader_next (&reader, &rtcp)) {
            n++;
            g_assert_false (tutti_rtcp_read_block (&rtcp, 1, &read));
            g_assert_false (tutti_rtcp_read_bye (&rtcp, 2, &ssrc));
        }
        g_assert_cmpint (reader.malformed, ==,
                         length != 0 && length != sizeof known_sr &&
                             length != sizeof known_sr + sizeof known_sdes && length != sizeof all);
        g_assert_cmpuint (n, <=, 3);
    }
}

static void
test_padding (void)
{
    guint8 padded[sizeof known_pli + 4];
    TuttiRtcpFeedback feedback;
    TuttiRtcpReader reader;
    TuttiRtcp rtcp;

    memcpy (padded, known_pli, sizeof known_pli);
    memset (padded + sizeof known_pli, 0, 4);
    padded[0] |= 0x20;
    padded[3]++;
    padded[sizeof padded - 1] = 4;
    rtcp = read_one (padded, sizeof padded);
    g_assert_true (tutti_rtcp_read_feedback (&rtcp, &feedback));
    g_assert_cmpuint (feedback.fci_bytes, ==, 0);
    padded[sizeof padded - 1] = 13;
    tutti_rtcp_reader_start (&reader, padded, sizeof padded);
    g_assert_false (tutti_rtcp_reader_next (&reader, &rtcp));
    g_assert_true (reader.malformed);
}

static void
test_large_remb (void)
{
    guint8 data[sizeof known_remb];
    TuttiRtcpFeedback feedback;
    guint bitrate_bps;
    TuttiRtcp rtcp;

    memcpy (data, known_remb, sizeof data);
    data[17] = 0xff; /* exponent 63 */
    rtcp = read_one (data, sizeof data);
    g_assert_true (tutti_rtcp_read_feedback (&rtcp, &feedback));
    g_assert_true (tutti_rtcp_read_remb (&feedback, &bitrate_bps));
    g_assert_cmpuint (bitrate_bps, ==, G_MAXUINT);
    data[12] = 'r'; /* some other application's */
    g_assert_false (tutti_rtcp_read_remb (&feedback, &bitrate_bps));
}

static void
test_ntp (void)
{
    guint64 ntp = tutti_rtcp_ntp (1500000); /* 1.5 s */

    g_assert_cmpuint (ntp >> 32, ==, 2208988801);
    g_assert_cmpuint ((guint32)ntp, ==, 0x80000000);
    g_assert_cmpuint (tutti_rtcp_ntp_middle (ntp), ==, (guint32)(ntp >> 16));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/rtcp/read", test_read);
    g_test_add_func ("/rtcp/write", test_write);
    g_test_add_func ("/rtcp/cname-lengths", test_cname_lengths);
    g_test_add_func ("/rtcp/nack-wrap", test_nack_wrap);
    g_test_add_func ("/rtcp/no-room", test_no_room);
    g_test_add_func ("/rtcp/hostile", test_hostile);
    g_test_add_func ("/rtcp/padding", test_padding);
    g_test_add_func ("/rtcp/large-remb", test_large_remb);
    g_test_add_func ("/rtcp/ntp", test_ntp);
    return g_test_run ();
}
