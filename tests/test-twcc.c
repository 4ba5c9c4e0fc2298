/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-twcc.c: transport-wide feedback: known bytes, and whatever came read back out of it. The
 * known bytes are by hand after the draft; Pion's rtcp 1.2 reads the same arrivals from them.
 */
#include "leg/twcc.h"

#include "leg/bytes.h"

#include <string.h>

#define MSEC 1000
#define SEQS 65536

/* What a sender gathers from reports: arrival in ticks of 250 us, by sequence number; 0: lost. */
typedef struct {
    gint64 ticks[SEQS];
    guint n_reports;
    guint8 last_count;
} Gathered;

static guint
read_symbols (const guint8 **at, guint n, guint8 *symbols)
{
    guint16 chunk = tutti_get_u16 (*at);
    guint n_here = 0;

    *at += 2;
    if (!(chunk & 0x8000)) {
        for (guint i = 0; i < (chunk & 0x1FFFu); i++)
            symbols[n_here++] = chunk >> 13;
    } else if (!(chunk & 0x4000)) {
        for (int bit = 13; bit >= 0 && n_here < n; bit--)
            symbols[n_here++] = chunk >> bit & 1;
    } else {
        for (int bit = 12; bit >= 0 && n_here < n; bit -= 2)
            symbols[n_here++] = chunk >> bit & 3;
    }
    g_assert_cmpuint (n_here, <=, n);
    return n_here;
}

static void
gather (Gathered *gathered, const TuttiRtcpFeedback *feedback)
{
    const guint8 *at = feedback->fci + 8, *end = feedback->fci + feedback->fci_bytes;
    guint16 base = tutti_get_u16 (feedback->fci), n = tutti_get_u16 (feedback->fci + 2);
    gint64 ticks = (gint64)tutti_get_u24 (feedback->fci + 4) * 256;
    guint8 symbols[SEQS];

    g_assert_cmpuint (feedback->fci[7], ==, gathered->last_count);
    gathered->last_count++;
    gathered->n_reports++;
    for (guint i = 0; i < n;)
        i += read_symbols (&at, n - i, symbols + i);
    for (guint i = 0; i < n; i++) {
        if (symbols[i] == 0)
            continue;
        ticks += symbols[i] == 1 ? at[0] : (gint16)tutti_get_u16 (at);
        at += symbols[i];
        gathered->ticks[(guint16)(base + i)] = ticks;
    }
    g_assert_true (at == end);
}

/* Writes all that is due. */
static void
report (TuttiTwcc *twcc, gint64 now_us, Gathered *gathered)
{
    while (tutti_twcc_due_us (twcc) <= now_us) {
        guint8 data[1200];
        TuttiRtcpFeedback feedback;
        TuttiRtcpReader reader;
        TuttiRtcpWriter writer;
        TuttiRtcp rtcp;

        tutti_rtcp_writer_start (&writer, data, sizeof data);
        g_assert_true (tutti_twcc_write (twcc, &writer, 1, 2, now_us));
        g_assert_cmpuint (writer.length_bytes % 4, ==, 0);
        tutti_rtcp_reader_start (&reader, data, writer.length_bytes);
        g_assert_true (tutti_rtcp_reader_next (&reader, &rtcp));
        g_assert_cmpuint (rtcp.type, ==, TUTTI_RTCP_RTPFB);
        g_assert_true (tutti_rtcp_read_feedback (&rtcp, &feedback));
        g_assert_cmpuint (feedback.format, ==, TUTTI_RTCP_FMT_TRANSPORT_CC);
        gather (gathered, &feedback);
    }
}

static void
test_known (void)
{
    /* 5 arrived, 6 lost, 7 arrived 1 ms later, 8 a second later, 9 again 2 ms before 8. */
    static const guint8 known[] = {
        0x8f, 205,  0,    6,    0,    0,    0, 1, 0, 0, 0, 2, /* */
        0,    5,    0,    5,    0,    0,    1, 0, /* 5 packets from 5; 64 ms; report 0 */
        0xd1, 0xa0,                               /* two bits: 1 0 1 2 2 */
        4,    4,    0x0f, 0xa0, 0xff, 0xf8,       /* +1 ms, +1 ms, +1 s, -2 ms */
    };
    g_autoptr (TuttiTwcc) twcc = tutti_twcc_new ();
    TuttiRtcpWriter writer;
    guint8 data[64];

    g_assert_cmpint (tutti_twcc_due_us (twcc), ==, G_MAXINT64);
    tutti_twcc_take (twcc, 5, 65 * MSEC);
    g_assert_cmpint (tutti_twcc_due_us (twcc), ==, 165 * MSEC);
    tutti_twcc_take (twcc, 7, 66 * MSEC);
    tutti_twcc_take (twcc, 8, 1066 * MSEC);
    tutti_twcc_take (twcc, 9, 1064 * MSEC);
    tutti_rtcp_writer_start (&writer, data, sizeof data);
    g_assert_true (tutti_twcc_write (twcc, &writer, 1, 2, 1100 * MSEC));
    g_assert_cmpmem (data, writer.length_bytes, known, sizeof known);
    g_assert_cmpint (tutti_twcc_due_us (twcc), ==, G_MAXINT64);
    g_assert_false (tutti_twcc_write (twcc, &writer, 1, 2, 1100 * MSEC));
}

/* Comfort noise waits for more; a voice, or a picture's packet, is told of as soon as ever. */
static void
test_sound (void)
{
    g_autoptr (TuttiTwcc) twcc = tutti_twcc_new ();
    g_autofree Gathered *gathered = g_new0 (Gathered, 1);

    tutti_twcc_take_sound (twcc, 1, 1000 * MSEC);
    tutti_twcc_take_sound (twcc, 2, 1400 * MSEC);
    g_assert_cmpint (tutti_twcc_due_us (twcc), >=, 1000 * MSEC + TUTTI_TWCC_LAZY_US);
    g_assert_cmpint (tutti_twcc_due_us (twcc), <=, 1100 * MSEC + TUTTI_TWCC_LAZY_US);
    report (twcc, tutti_twcc_due_us (twcc), gathered);
    g_assert_cmpuint (gathered->n_reports, ==, 1);
    g_assert_cmpint (gathered->ticks[2], ==, 1400 * 4);
    for (guint i = 0; i < 5; i++)
        tutti_twcc_take_sound (twcc, (guint16)(3 + i), (3000 + i * 20) * MSEC);
    g_assert_cmpint (tutti_twcc_due_us (twcc), ==, 3100 * MSEC);
    report (twcc, 3100 * MSEC, gathered);
    tutti_twcc_take_sound (twcc, 8, 4000 * MSEC);
    g_assert_true (tutti_twcc_is_lazy (twcc));
    tutti_twcc_take (twcc, 9, 4010 * MSEC);
    g_assert_false (tutti_twcc_is_lazy (twcc));
    g_assert_cmpint (tutti_twcc_due_us (twcc), ==, 4100 * MSEC);
}

/* However much comfort noise there was before it, a voice's fifth packet ends the wait. */
static void
test_voice_after_noise (void)
{
    g_autoptr (TuttiTwcc) twcc = tutti_twcc_new ();
    guint16 seq = 1;

    for (gint64 ms = 1000; ms < 6000; ms += 400)
        tutti_twcc_take_sound (twcc, seq++, ms * MSEC);
    g_assert_cmpint (tutti_twcc_due_us (twcc), >=, 1000 * MSEC + TUTTI_TWCC_LAZY_US);
    for (gint64 ms = 6200; ms < 6280; ms += 20)
        tutti_twcc_take_sound (twcc, seq++, ms * MSEC);
    g_assert_true (tutti_twcc_is_lazy (twcc));
    tutti_twcc_take_sound (twcc, seq++, 6280 * MSEC);
    g_assert_false (tutti_twcc_is_lazy (twcc));
    g_assert_cmpint (tutti_twcc_due_us (twcc), <=, 6280 * MSEC);
}

/* A minute with losses, reordering and bursts over a wrap of the numbers: each arrival is told
 * right, each loss as a loss. */
static void
test_any (void)
{
    g_autoptr (TuttiTwcc) twcc = tutti_twcc_new ();
    g_autofree Gathered *gathered = g_new0 (Gathered, 1);
    g_autofree gint64 *expected = g_new0 (gint64, SEQS);
    g_autoptr (GRand) random = g_rand_new_with_seed (3);
    gint64 now_us = 5000 * (gint64)G_USEC_PER_SEC;

    for (guint i = 0; i < 30000; i++) {
        guint16 seq = (guint16)(60000 + (i ^ (g_rand_int_range (random, 0, 10) == 0)));

        now_us += g_rand_int_range (random, 0, i % 1000 == 0 ? 300 * MSEC : 4 * MSEC);
        if (g_rand_int_range (random, 0, 10) > 0 && expected[seq] == 0) {
            tutti_twcc_take (twcc, seq, now_us);
            expected[seq] = now_us / 250;
        }
        report (twcc, now_us, gathered);
    }
    report (twcc, G_MAXINT64 - 1, gathered);
    for (guint i = 0; i < 29000; i++)
        g_assert_cmpint (gathered->ticks[(guint16)(60000 + i)], ==, expected[(guint16)(60000 + i)]);
    g_assert_cmpuint (gathered->n_reports, >, 500);
    g_assert_cmpuint (gathered->n_reports, <, 700);
}

/* A packet that comes after it was reported missing is told after all. */
static void
test_late (void)
{
    g_autoptr (TuttiTwcc) twcc = tutti_twcc_new ();
    g_autofree Gathered *gathered = g_new0 (Gathered, 1);

    tutti_twcc_take (twcc, 1, 100 * MSEC);
    tutti_twcc_take (twcc, 3, 110 * MSEC);
    report (twcc, 200 * MSEC, gathered);
    g_assert_cmpint (gathered->ticks[2], ==, 0);
    tutti_twcc_take (twcc, 2, 210 * MSEC);
    tutti_twcc_take (twcc, 2, 215 * MSEC); /* again */
    report (twcc, 310 * MSEC, gathered);
    g_assert_cmpint (gathered->ticks[2], ==, 210 * 4);
    g_assert_cmpint (gathered->ticks[3], ==, 110 * 4);
    g_assert_cmpuint (gathered->n_reports, ==, 2);
}

/* A flood, a jump and a long pause: reports stay small and right. */
static void
test_bounds (void)
{
    g_autoptr (TuttiTwcc) twcc = tutti_twcc_new ();
    g_autofree Gathered *gathered = g_new0 (Gathered, 1);

    for (guint i = 0; i < 5000; i++)
        tutti_twcc_take (twcc, (guint16)i, 1000 * MSEC + (i % 2) * 100 * MSEC);
    report (twcc, 1200 * MSEC, gathered);
    g_assert_cmpint (gathered->ticks[4599], ==, 0); /* forgotten */
    g_assert_cmpint (gathered->ticks[4600], ==, 4000);
    g_assert_cmpint (gathered->ticks[4999], ==, 4400);
    tutti_twcc_take (twcc, 30000, 1300 * MSEC);
    report (twcc, 1400 * MSEC, gathered);
    g_assert_cmpint (gathered->ticks[30000], ==, 5200);
    /* 10 s don't fit a delta */
    tutti_twcc_take (twcc, 30001, 1500 * MSEC);
    tutti_twcc_take (twcc, 30002, 11500 * MSEC);
    report (twcc, 11600 * MSEC, gathered);
    g_assert_cmpint (gathered->ticks[30001], ==, 6000);
    g_assert_cmpint (gathered->ticks[30002], ==, 46000);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/twcc/known", test_known);
    g_test_add_func ("/twcc/sound", test_sound);
    g_test_add_func ("/twcc/voice-after-noise", test_voice_after_noise);
    g_test_add_func ("/twcc/any", test_any);
    g_test_add_func ("/twcc/late", test_late);
    g_test_add_func ("/twcc/bounds", test_bounds);
    return g_test_run ();
}
