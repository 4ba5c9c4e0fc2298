/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-twcc-read.c: transport-wide feedback as peers write it. The known messages are from
 * captures that other implementations test with.
 */
#include "leg/twcc-read.h"

static gboolean
start (TuttiTwccReader *reader, const guint8 *data, gsize bytes)
{
    TuttiRtcpReader packets;
    TuttiRtcp rtcp;
    TuttiRtcpFeedback feedback;

    tutti_rtcp_reader_start (&packets, data, bytes);
    g_assert_true (tutti_rtcp_reader_next (&packets, &rtcp));
    g_assert_true (tutti_rtcp_read_feedback (&rtcp, &feedback));
    return tutti_twcc_reader_start (reader, &feedback);
}

static gboolean
start_fci (TuttiTwccReader *reader, const guint8 *fci, gsize bytes)
{
    TuttiRtcpFeedback feedback = {
        .format = TUTTI_RTCP_FMT_TRANSPORT_CC, .fci = fci, .fci_bytes = bytes};

    return tutti_twcc_reader_start (reader, &feedback);
}

/* Chrome's, as Wireshark shows it (olivermichel/webrtc-analysis, test/include/data.h): a run of
 * nine. */
static void
test_chrome (void)
{
    static const guint8 data[] = {
        0xaf, 0xcd, 0x00, 0x07, 0x00, 0x00, 0x00, 0x01, 0xdd, 0x58, 0x6e,
        0xb6, 0x00, 0x01, 0x00, 0x09, 0x5e, 0x91, 0x10, 0x00, 0x20, 0x09,
        0x1c, 0x0c, 0x2c, 0x38, 0x00, 0x04, 0x00, 0x08, 0x18, 0x01,
    };
    static const guint deltas_us[] = {7000, 3000, 11000, 14000, 0, 1000, 0, 2000, 6000};
    TuttiTwccReader reader;
    TuttiTwccStatus status;
    gint64 at_us = 0;

    g_assert_true (start (&reader, data, sizeof data));
    g_assert_cmpuint (reader.reference, ==, 6197520);
    g_assert_cmpuint (reader.count, ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS (deltas_us); i++) {
        at_us += deltas_us[i];
        g_assert_true (tutti_twcc_reader_next (&reader, &status));
        g_assert_cmpuint (status.seq, ==, 1 + i);
        g_assert_true (status.arrived);
        g_assert_cmpint (status.ticks * TUTTI_TWCC_TICK_US, ==, at_us);
    }
    g_assert_false (tutti_twcc_reader_next (&reader, &status));
    g_assert_false (reader.malformed);
}

/* Pion's first example (pion/rtcp, transport_layer_cc_test.go). */
static void
test_pion (void)
{
    static const guint8 data[] = {
        0xaf, 0xcd, 0x00, 0x05, 0xfa, 0x17, 0xfa, 0x17, 0x43, 0x03, 0x2f, 0xa0,
        0x00, 0x99, 0x00, 0x01, 0x3d, 0xe8, 0x02, 0x17, 0x20, 0x01, 0x94, 0x01,
    };
    TuttiTwccReader reader;
    TuttiTwccStatus status;

    g_assert_true (start (&reader, data, sizeof data));
    g_assert_cmpuint (reader.reference, ==, 4057090);
    g_assert_cmpuint (reader.count, ==, 23);
    g_assert_true (tutti_twcc_reader_next (&reader, &status));
    g_assert_cmpuint (status.seq, ==, 153);
    g_assert_cmpint (status.ticks * TUTTI_TWCC_TICK_US, ==, 37000);
    g_assert_false (tutti_twcc_reader_next (&reader, &status));
}

/* Both vectors, a run of losses, a negative delta, a wrap of the numbers. */
static void
test_chunks (void)
{
    static const guint8 fci[] = {
        0xff, 0xff, 0, 27,   0,    0, 2, 9, /* 27 packets from 65535 */
        0xa0, 0x01,                         /* one bit each: 1, then 12 times 0, then 1 */
        0x00, 0x06,                         /* six missing */
        0xd8, 0x00,                         /* two bits each: 1 2 0 0 0 0 0 */
        4,    8,    4, 0xff, 0xfc,          /* + 1, + 2, + 1, - 1 ms */
    };
    TuttiTwccReader reader;
    TuttiTwccStatus status;
    gint64 ticks[27];

    g_assert_true (start_fci (&reader, fci, sizeof fci));
    for (guint i = 0; i < 27; i++) {
        g_assert_true (tutti_twcc_reader_next (&reader, &status));
        g_assert_cmpuint (status.seq, ==, (guint16)(0xffff + i));
        ticks[i] = status.arrived ? status.ticks : -1;
    }
    g_assert_false (tutti_twcc_reader_next (&reader, &status));
    g_assert_false (reader.malformed);
    for (guint i = 0; i < 27; i++)
        g_assert_cmpint (ticks[i], ==,
                         i == 0    ? 4
                         : i == 13 ? 12
                         : i == 20 ? 16
                         : i == 21 ? 12
                                   : -1);
}

static void
test_malformed (void)
{
    static const guint8 no_chunk[] = {0, 1, 0, 1, 0, 0, 0, 0};
    static const guint8 few[] = {0, 1, 0, 3, 0, 0, 0, 0, 0x20, 0x02};
    static const guint8 no_delta[] = {0, 1, 0, 2, 0, 0, 0, 0, 0x20, 0x02, 4};
    static const guint8 half_delta[] = {0, 1, 0, 1, 0, 0, 0, 0, 0x40, 0x01, 4};
    static const guint8 reserved[] = {0, 1, 0, 1, 0, 0, 0, 0, 0x60, 0x01, 4, 4};
    static const guint8 empty_run[] = {0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0x01, 4};
    static const guint8 none[] = {0, 1, 0, 0, 0, 0, 0, 0};
    TuttiTwccReader reader;
    TuttiTwccStatus status;

    g_assert_false (start_fci (&reader, no_chunk, 7));
    g_assert_false (start_fci (&reader, no_chunk, sizeof no_chunk));
    g_assert_false (start_fci (&reader, few, sizeof few));
    g_assert_true (start_fci (&reader, no_delta, sizeof no_delta));
    g_assert_true (tutti_twcc_reader_next (&reader, &status));
    g_assert_false (tutti_twcc_reader_next (&reader, &status));
    g_assert_true (reader.malformed);
    g_assert_false (tutti_twcc_reader_next (&reader, &status));
    g_assert_true (start_fci (&reader, half_delta, sizeof half_delta));
    g_assert_false (tutti_twcc_reader_next (&reader, &status));
    g_assert_true (reader.malformed);
    g_assert_true (start_fci (&reader, reserved, sizeof reserved));
    g_assert_false (tutti_twcc_reader_next (&reader, &status));
    g_assert_true (start_fci (&reader, empty_run, sizeof empty_run));
    g_assert_true (tutti_twcc_reader_next (&reader, &status));
    g_assert_cmpint (status.ticks, ==, 4);
    g_assert_true (start_fci (&reader, none, sizeof none));
    g_assert_false (tutti_twcc_reader_next (&reader, &status));
    g_assert_false (reader.malformed);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/twcc-read/chrome", test_chrome);
    g_test_add_func ("/twcc-read/pion", test_pion);
    g_test_add_func ("/twcc-read/chunks", test_chunks);
    g_test_add_func ("/twcc-read/malformed", test_malformed);
    return g_test_run ();
}
