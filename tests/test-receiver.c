/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-receiver.c: statistics of a stream that comes in, its gaps and repairs.
 */
#include "leg/receiver.h"

#include "leg/bytes.h"

#define MSEC 1000

static TuttiArrival
take (TuttiReception *reception, guint16 seq)
{
    return tutti_reception_take (reception, seq, NULL);
}

static void
test_sequence (void)
{
    g_autoptr (TuttiReception) reception = tutti_reception_new (90000);
    TuttiRtcpBlock block;
    guint64 ext = 0;

    g_assert_false (tutti_reception_report (reception, 0, &block));
    g_assert_cmpint (take (reception, 65534), ==, TUTTI_ARRIVAL_NEW);
    g_assert_cmpint (take (reception, 65535), ==, TUTTI_ARRIVAL_NEW);
    g_assert_cmpint (take (reception, 2), ==, TUTTI_ARRIVAL_NEW); /* 0 and 1 are missing */
    g_assert_cmpuint (tutti_reception_lost (reception), ==, 2);
    g_assert_cmpint (take (reception, 65535), ==, TUTTI_ARRIVAL_DUPLICATE);
    g_assert_cmpint (tutti_reception_take (reception, 0, &ext), ==, TUTTI_ARRIVAL_NEW);
    g_assert_cmpuint (ext, ==, 2 * 65536);
    g_assert_cmpint (take (reception, 0), ==, TUTTI_ARRIVAL_DUPLICATE);
    g_assert_cmpint (take (reception, 65533), ==, TUTTI_ARRIVAL_NEW); /* before the first */
    g_assert_cmpuint (tutti_reception_lost (reception), ==, 1);
    g_assert_true (tutti_reception_report (reception, 0, &block));
    g_assert_cmpuint (block.highest_seq, ==, 65538);
    g_assert_cmpint (block.lost, ==, 1);
    g_assert_cmpuint (block.fraction_lost, ==, 256 / 6); /* of 65533 to 65538 */
    g_assert_true (tutti_reception_report (reception, 0, &block));
    g_assert_cmpuint (block.fraction_lost, ==, 0);
    g_assert_cmpint (block.lost, ==, 1);
}

static void
test_repaired (void)
{
    g_autoptr (TuttiReception) reception = tutti_reception_new (90000);
    TuttiRtcpBlock block;

    g_assert_cmpint (tutti_reception_take_repaired (reception, 5, NULL), ==, TUTTI_ARRIVAL_STRANGE);
    take (reception, 10);
    take (reception, 12);
    g_assert_cmpint (tutti_reception_take_repaired (reception, 11, NULL), ==, TUTTI_ARRIVAL_NEW);
    g_assert_cmpint (tutti_reception_take_repaired (reception, 11, NULL), ==,
                     TUTTI_ARRIVAL_DUPLICATE);
    g_assert_cmpint (take (reception, 11), ==, TUTTI_ARRIVAL_DUPLICATE);
    g_assert_cmpint (tutti_reception_take_repaired (reception, 9, NULL), ==,
                     TUTTI_ARRIVAL_DUPLICATE); /* a probe */
    g_assert_cmpint (tutti_reception_take_repaired (reception, 13, NULL), ==,
                     TUTTI_ARRIVAL_STRANGE);
    g_assert_cmpuint (tutti_reception_lost (reception), ==, 0);
    /* the peer hears what the wire lost */
    g_assert_true (tutti_reception_report (reception, 0, &block));
    g_assert_cmpint (block.lost, ==, 1);
}

static void
test_jump (void)
{
    g_autoptr (TuttiReception) reception = tutti_reception_new (90000);

    take (reception, 100);
    g_assert_cmpint (take (reception, 40000), ==, TUTTI_ARRIVAL_STRANGE);
    g_assert_cmpint (take (reception, 101), ==, TUTTI_ARRIVAL_NEW);
    g_assert_cmpint (take (reception, 40001), ==, TUTTI_ARRIVAL_STRANGE); /* not in a row */
    g_assert_cmpint (take (reception, 40002), ==, TUTTI_ARRIVAL_RESTARTED);
    g_assert_cmpuint (tutti_reception_lost (reception), ==, 0);
    g_assert_cmpint (take (reception, 102), ==, TUTTI_ARRIVAL_STRANGE);
}

/* Packets 20 ms apart that alternately come 8 ms late: |D| is 8 ms, and so becomes the jitter. */
static void
test_jitter (void)
{
    g_autoptr (TuttiReception) reception = tutti_reception_new (48000);

    for (guint n = 0; n < 500; n++)
        tutti_reception_take_time (reception, n * 960 + 12345,
                                   (gint64)n * 20 * MSEC + (n % 2) * 8 * MSEC);
    g_assert_cmpuint (tutti_reception_jitter_us (reception), >, 7500);
    g_assert_cmpuint (tutti_reception_jitter_us (reception), <, 8500);
    /* another time base is not jitter */
    tutti_reception_take_time (reception, 0x80000000, 10020 * MSEC);
    g_assert_cmpuint (tutti_reception_jitter_us (reception), <, 8500);
}

static void
test_last_sr (void)
{
    g_autoptr (TuttiReception) reception = tutti_reception_new (90000);
    TuttiRtcpBlock block;

    take (reception, 1);
    g_assert_true (tutti_reception_report (reception, 0, &block));
    g_assert_cmpuint (block.last_sr, ==, 0);
    tutti_reception_take_sr (reception, G_GUINT64_CONSTANT (0x1122334455667788), 1000 * MSEC);
    g_assert_true (tutti_reception_report (reception, 3500 * MSEC, &block));
    g_assert_cmpuint (block.last_sr, ==, 0x33445566);
    g_assert_cmpuint (block.delay_sr, ==, 5 << 15); /* 2.5 s */
}

static const TuttiNackTimes usual = {
    .round_trip_us = 40 * MSEC, .retry_us = 50 * MSEC, .patience_us = 170 * MSEC};

static void
test_nack_times (void)
{
    g_autoptr (TuttiNackList) list = tutti_nack_list_new ();
    guint16 seqs[TUTTI_NACKS_MAX];

    tutti_nack_list_set_times (list, &usual);
    g_assert_cmpint (tutti_nack_list_due_us (list), ==, G_MAXINT64);
    g_assert_true (tutti_nack_list_add (list, 65535, 65537, 0));
    g_assert_cmpint (tutti_nack_list_due_us (list), ==, 10 * MSEC);
    g_assert_cmpuint (tutti_nack_list_collect (list, 9 * MSEC, seqs), ==, 0);
    g_assert_false (tutti_nack_list_remove (list, 65536, 9 * MSEC)); /* only late */
    g_assert_cmpuint (tutti_nack_list_collect (list, 10 * MSEC, seqs), ==, 2);
    g_assert_cmpuint (seqs[0], ==, 65535);
    g_assert_cmpuint (seqs[1], ==, 1);
    g_assert_cmpint (tutti_nack_list_due_us (list), ==, 60 * MSEC);
    g_assert_true (tutti_nack_list_remove (list, 65535, 55 * MSEC));
    g_assert_cmpuint (tutti_nack_list_collect (list, 60 * MSEC, seqs), ==, 1);
    g_assert_cmpuint (tutti_nack_list_collect (list, 110 * MSEC, seqs), ==, 1);
    /* an answer to this one would be 30 ms too late */
    g_assert_cmpint (tutti_nack_list_due_us (list), ==, 160 * MSEC);
    g_assert_cmpuint (tutti_nack_list_collect (list, 160 * MSEC, seqs), ==, 0);
    g_assert_cmpint (tutti_nack_list_due_us (list), ==, G_MAXINT64);
}

/* Where much is lost each question goes out twice, which counts as one. */
static void
test_nack_repeat (void)
{
    g_autoptr (TuttiNackList) list = tutti_nack_list_new ();
    static const gint64 asked_ms[] = {10, 25, 60, 75, 110, 125};
    TuttiNackTimes times = usual;
    guint16 seqs[TUTTI_NACKS_MAX];

    times.repeat_us = 15 * MSEC;
    tutti_nack_list_set_times (list, &times);
    tutti_nack_list_add (list, 7, 7, 0);
    for (guint i = 0; i < G_N_ELEMENTS (asked_ms); i++) {
        g_assert_cmpint (tutti_nack_list_due_us (list), ==, asked_ms[i] * MSEC);
        g_assert_cmpuint (tutti_nack_list_collect (list, asked_ms[i] * MSEC, seqs), ==, 1);
    }
    g_assert_cmpuint (tutti_nack_list_collect (list, 160 * MSEC, seqs), ==, 0);
    g_assert_cmpint (tutti_nack_list_due_us (list), ==, G_MAXINT64);
}

/* Nothing is known of the way, and nobody answers. */
static void
test_nack_unanswered (void)
{
    g_autoptr (TuttiNackList) list = tutti_nack_list_new ();
    guint16 seqs[TUTTI_NACKS_MAX];
    guint tries = 0;

    tutti_nack_list_add (list, 100, 100, 0);
    while (tutti_nack_list_due_us (list) < G_MAXINT64) {
        g_assert_cmpint (tutti_nack_list_due_us (list), <=, TUTTI_NACK_PATIENCE_US + 100 * MSEC);
        tries += tutti_nack_list_collect (list, tutti_nack_list_due_us (list), seqs);
    }
    g_assert_cmpuint (tries, ==, TUTTI_NACK_TRIES_MAX);
}

/* The way reorders by up to 40 ms: soon late packets are no more asked for; when it has stopped,
 * lost ones are asked for at once again. */
static void
test_nack_guard (void)
{
    g_autoptr (TuttiNackList) list = tutti_nack_list_new ();
    g_autoptr (GRand) rand = g_rand_new_with_seed (1);
    guint16 seqs[TUTTI_NACKS_MAX];
    gint64 now_us = 0;
    guint asked = 0;

    tutti_nack_list_set_times (list, &usual);
    for (guint n = 0; n < 3000; n++, now_us += 100 * MSEC) {
        gint64 late_us = g_rand_int_range (rand, 0, 40 * MSEC);

        tutti_nack_list_add (list, n, n, now_us);
        if (tutti_nack_list_due_us (list) <= now_us + late_us)
            asked += n >= 1000 ? tutti_nack_list_collect (list, now_us + late_us, seqs) : 0;
        tutti_nack_list_remove (list, n, now_us + late_us);
    }
    g_assert_cmpuint (asked, <, 2000 / 10);
    g_assert_cmpint (tutti_nack_list_guard_us (list), >, 30 * MSEC);
    g_assert_cmpint (tutti_nack_list_guard_us (list), <, 45 * MSEC);
    for (guint n = 3000; n < 3400; n++, now_us += 100 * MSEC) {
        tutti_nack_list_add (list, n, n, now_us);
        tutti_nack_list_collect (list, now_us + 60 * MSEC, seqs);
        tutti_nack_list_remove_repaired (list, n);
    }
    g_assert_cmpint (tutti_nack_list_guard_us (list), ==, TUTTI_NACK_GUARD_MIN_US);
    /* answers under their own numbers don't count as late */
    for (guint n = 3400; n < 3500; n++, now_us += 100 * MSEC) {
        tutti_nack_list_add (list, n, n, now_us);
        tutti_nack_list_collect (list, now_us + 10 * MSEC, seqs);
        g_assert_true (tutti_nack_list_remove (list, n, now_us + 55 * MSEC));
    }
    g_assert_cmpint (tutti_nack_list_guard_us (list), ==, TUTTI_NACK_GUARD_MIN_US);
}

static void
test_nack_needless (void)
{
    g_autoptr (TuttiNackList) list = tutti_nack_list_new ();
    guint16 seqs[TUTTI_NACKS_MAX];

    tutti_nack_list_add (list, 65534, 65538, 0);
    tutti_nack_list_drop_until (list, 65536);
    g_assert_cmpuint (tutti_nack_list_collect (list, 10 * MSEC, seqs), ==, 3);
    g_assert_cmpuint (seqs[0], ==, 0);
    tutti_nack_list_drop_until (list, 70000);
    g_assert_cmpint (tutti_nack_list_due_us (list), ==, G_MAXINT64);
    tutti_nack_list_drop_until (list, 80000);
}

static void
test_nack_bound (void)
{
    g_autoptr (TuttiNackList) list = tutti_nack_list_new ();
    guint16 seqs[TUTTI_NACKS_MAX];

    g_assert_true (tutti_nack_list_add (list, 1, TUTTI_NACKS_MAX, 0));
    g_assert_cmpuint (tutti_nack_list_collect (list, 20 * MSEC, seqs), ==, TUTTI_NACKS_MAX);
    g_assert_false (tutti_nack_list_add (list, 1000, 1000, 0));
    g_assert_cmpuint (tutti_nack_list_collect (list, 900 * MSEC, seqs), ==, 0);
    g_assert_false (tutti_nack_list_add (list, 2000, G_GUINT64_CONSTANT (1) << 40, 0));
}

/* --- The receiver as a whole --- */

static TuttiReceived
give (TuttiReceiver *receiver, guint16 seq, gsize payload_bytes, gint64 now_us)
{
    static const guint8 payload[100] = {0};
    TuttiRtp rtp = {.seq = seq, .ssrc = 7, .payload = payload, .payload_bytes = payload_bytes};

    return tutti_receiver_take (receiver, &rtp, now_us);
}

static TuttiReceived
give_rtx (TuttiReceiver *receiver, guint16 seq, guint16 original, gsize payload_bytes)
{
    guint8 payload[100] = {0};
    TuttiRtp rtp = {.seq = seq,
                    .ssrc = 8,
                    .payload_type = 97,
                    .payload = payload,
                    .payload_bytes = payload_bytes};
    TuttiReceived received;

    tutti_put_u16 (payload, original);
    received = tutti_receiver_take_rtx (receiver, &rtp, 96, 0);
    if (received == TUTTI_RECEIVED_REPAIR) {
        g_assert_cmpuint (rtp.seq, ==, original);
        g_assert_cmpuint (rtp.ssrc, ==, 7);
        g_assert_cmpuint (rtp.payload_type, ==, 96);
        g_assert_true (rtp.payload == payload + 2);
        g_assert_cmpuint (rtp.payload_bytes, ==, payload_bytes - 2);
    }
    return received;
}

static void
test_rtx (void)
{
    g_autoptr (TuttiReceiver) receiver = tutti_receiver_new (90000);
    guint16 seqs[TUTTI_NACKS_MAX];
    TuttiRtcpBlock blocks[2];
    TuttiStreamStats stats;

    g_assert_cmpint (give_rtx (receiver, 1, 11, 50), ==, TUTTI_RECEIVED_NOTHING); /* no stream */
    tutti_receiver_start (receiver, 7);
    tutti_receiver_set_nack (receiver, TRUE);
    g_assert_cmpint (give (receiver, 10, 50, 0), ==, TUTTI_RECEIVED_MEDIA);
    g_assert_cmpint (give (receiver, 13, 50, 0), ==, TUTTI_RECEIVED_MEDIA);
    g_assert_cmpuint (tutti_receiver_collect_nacks (receiver, 10 * MSEC, 0, seqs), ==, 2);
    g_assert_cmpint (tutti_receiver_nack_due_us (receiver), ==, 110 * MSEC);
    g_assert_cmpint (give_rtx (receiver, 1, 11, 50), ==, TUTTI_RECEIVED_REPAIR);
    g_assert_cmpint (give_rtx (receiver, 2, 11, 50), ==, TUTTI_RECEIVED_NOTHING); /* again */
    g_assert_cmpint (give_rtx (receiver, 3, 10, 50), ==, TUTTI_RECEIVED_NOTHING); /* a probe */
    g_assert_cmpint (give_rtx (receiver, 4, 12, 2), ==, TUTTI_RECEIVED_REPAIR);   /* padding */
    g_assert_cmpint (give_rtx (receiver, 5, 0, 1), ==, TUTTI_RECEIVED_MALFORMED);
    g_assert_cmpint (give_rtx (receiver, 6, 0, 0), ==, TUTTI_RECEIVED_NOTHING);
    g_assert_cmpint (give_rtx (receiver, 6, 12, 50), ==, TUTTI_RECEIVED_NOTHING);
    g_assert_cmpint (tutti_receiver_nack_due_us (receiver), ==, G_MAXINT64);
    tutti_receiver_get_stats (receiver, &stats);
    g_assert_cmpuint (stats.nacks, ==, 2);
    g_assert_cmpuint (stats.rtx, ==, 2);
    g_assert_cmpuint (stats.lost, ==, 0);
    g_assert_cmpuint (tutti_receiver_report (receiver, 0, blocks), ==, 2);
    g_assert_cmpuint (blocks[0].ssrc, ==, 7);
    g_assert_cmpuint (blocks[1].ssrc, ==, 8);
    g_assert_cmpint (blocks[1].lost, ==, 0);
}

/* Times follow the round trip, and the losses that the reports tell of. */
static void
test_patience (void)
{
    g_autoptr (TuttiReceiver) receiver = tutti_receiver_new (90000);
    guint16 seqs[TUTTI_NACKS_MAX], seq = 65500;
    TuttiRtcpBlock blocks[2];
    gint64 now_us = 0, patience_us;

    tutti_receiver_start (receiver, 7);
    tutti_receiver_set_nack (receiver, TRUE);
    give (receiver, seq, 10, now_us);
    give (receiver, seq += 2, 10, now_us);
    g_assert_cmpuint (tutti_receiver_collect_nacks (receiver, now_us += 10 * MSEC, 20 * MSEC, seqs),
                      ==, 1);
    patience_us = tutti_receiver_patience_us (receiver);
    g_assert_cmpint (patience_us, ==, TUTTI_RECEIVER_PATIENCE_MIN_US);
    give (receiver, seq += 2, 10, now_us);
    tutti_receiver_collect_nacks (receiver, now_us += 10 * MSEC, 100 * MSEC, seqs);
    patience_us = tutti_receiver_patience_us (receiver);
    g_assert_cmpint (patience_us, >, 220 * MSEC);
    g_assert_cmpint (patience_us, <, 280 * MSEC);
    for (guint n = 0; n < 1000; n++) { /* every fifth is lost */
        give (receiver, seq += n % 4 == 0 ? 2 : 1, 10, now_us += 10 * MSEC);
        tutti_receiver_drop_until (receiver, seq);
        if (n % 100 == 0)
            tutti_receiver_report (receiver, now_us, blocks);
    }
    give (receiver, seq += 2, 10, now_us);
    tutti_receiver_collect_nacks (receiver, now_us += 10 * MSEC, 100 * MSEC, seqs);
    g_assert_cmpint (tutti_receiver_patience_us (receiver), >, 2 * patience_us);
    g_assert_cmpint (tutti_receiver_patience_us (receiver), <=, TUTTI_RECEIVER_PATIENCE_MAX_US);
}

/* What the decoder needs no more is not asked for. */
static void
test_needless (void)
{
    g_autoptr (TuttiReceiver) receiver = tutti_receiver_new (90000);
    guint16 seqs[TUTTI_NACKS_MAX];

    tutti_receiver_drop_until (receiver, 5); /* no stream */
    tutti_receiver_start (receiver, 7);
    tutti_receiver_set_nack (receiver, TRUE);
    give (receiver, 65530, 10, 0);
    give (receiver, 3, 10, 0);
    tutti_receiver_drop_until (receiver, 1);
    g_assert_cmpuint (tutti_receiver_collect_nacks (receiver, 10 * MSEC, 0, seqs), ==, 2);
    g_assert_cmpuint (seqs[0], ==, 1);
    g_assert_cmpuint (seqs[1], ==, 2);
}

/* Padding-only packets are passed on, for their numbers, and do not make a hole. */
static void
test_padding_only (void)
{
    g_autoptr (TuttiReceiver) receiver = tutti_receiver_new (90000);

    tutti_receiver_start (receiver, 7);
    tutti_receiver_set_nack (receiver, TRUE);
    give (receiver, 1, 10, 0);
    g_assert_cmpint (give (receiver, 2, 0, 0), ==, TUTTI_RECEIVED_MEDIA);
    give (receiver, 3, 10, 0);
    g_assert_cmpint (tutti_receiver_nack_due_us (receiver), ==, G_MAXINT64);
}

static void
test_restart (void)
{
    g_autoptr (TuttiReceiver) receiver = tutti_receiver_new (90000);
    TuttiStreamStats stats;

    tutti_receiver_start (receiver, 7);
    tutti_receiver_set_nack (receiver, TRUE);
    give (receiver, 1, 10, 0);
    give (receiver, 4, 10, 0);
    g_assert_false (tutti_receiver_take_broken (receiver));
    give (receiver, 30000, 10, 0);
    g_assert_cmpint (give (receiver, 30001, 10, 0), ==, TUTTI_RECEIVED_MEDIA);
    g_assert_true (tutti_receiver_take_broken (receiver)); /* only a key frame helps */
    g_assert_false (tutti_receiver_take_broken (receiver));
    g_assert_cmpint (tutti_receiver_nack_due_us (receiver), ==, G_MAXINT64);
    /* a new SSRC: losses of the old one stay counted */
    give (receiver, 30005, 10, 0);
    tutti_receiver_start (receiver, 9);
    tutti_receiver_get_stats (receiver, &stats);
    g_assert_cmpuint (stats.lost, ==, 3);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/reception/sequence", test_sequence);
    g_test_add_func ("/reception/repaired", test_repaired);
    g_test_add_func ("/reception/jump", test_jump);
    g_test_add_func ("/reception/jitter", test_jitter);
    g_test_add_func ("/reception/last-sr", test_last_sr);
    g_test_add_func ("/nack-list/times", test_nack_times);
    g_test_add_func ("/nack-list/repeat", test_nack_repeat);
    g_test_add_func ("/nack-list/unanswered", test_nack_unanswered);
    g_test_add_func ("/nack-list/guard", test_nack_guard);
    g_test_add_func ("/nack-list/needless", test_nack_needless);
    g_test_add_func ("/nack-list/bound", test_nack_bound);
    g_test_add_func ("/receiver/rtx", test_rtx);
    g_test_add_func ("/receiver/patience", test_patience);
    g_test_add_func ("/receiver/needless", test_needless);
    g_test_add_func ("/receiver/padding-only", test_padding_only);
    g_test_add_func ("/receiver/restart", test_restart);
    return g_test_run ();
}
