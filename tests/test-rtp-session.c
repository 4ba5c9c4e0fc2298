/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-rtp-session.c: two sessions back to back: repairs, reports, wishes, limits, and a peer with
 * bad will.
 */
#include "rtp-fixture.h"

#include "leg/bytes.h"
#include "leg/rtcp.h"
#include "leg/rtp.h"
#include "leg/sender.h"

#include <tutti/packet.h>

#include <string.h>

#define ONE_PACKET (TUTTI_PACKET_FRAME_START | TUTTI_PACKET_MARKER)

static guint
count_queue (TuttiQueue *queue)
{
    guint n = 0;

    for (;;) {
        g_autoptr (TuttiPacket) packet = tutti_queue_pop (queue);

        if (packet == NULL)
            return n;
        n++;
    }
}

/* Marks what has come; fails on what came twice. */
static void
mark_received (FixtureEnd *end, guint8 *seen, guint n_seen)
{
    for (;;) {
        g_autoptr (TuttiPacket) packet = tutti_queue_pop (end->in[TUTTI_TRACK_CAMERA]);
        guint32 n;

        if (packet == NULL)
            return;
        n = fixture_packet_number (packet);
        g_assert_cmpuint (n, <, n_seen);
        g_assert_cmpuint (seen[n], ==, 0);
        seen[n] = 1 + ((packet->flags & TUTTI_PACKET_RECOVERED) ? 1 : 0);
    }
}

/* Every packet of a long stream over a bad link arrives exactly once. The first 5 s, in which the
 * round trip is learnt, count as well; the last packets have none behind them that shows a gap. */
static void
check_repair (FixtureLink *link, guint n_packets)
{
    g_autofree guint8 *seen = g_new0 (guint8, n_packets);
    guint n_repaired = 0;

    fixture_link_configure (link);
    for (guint n = 0; n < n_packets; n++) {
        fixture_send (&link->a, TUTTI_CODEC_VP8, n, ONE_PACKET);
        fixture_link_run (link, 1000);
        mark_received (&link->b, seen, n_packets);
    }
    link->loss = 0;
    fixture_link_run (link, 2 * G_USEC_PER_SEC);
    mark_received (&link->b, seen, n_packets);
    /* The very first ones may be lost before anything tells that there is a stream. */
    for (guint n = 20; n < n_packets - 20; n++) {
        g_assert_cmpuint (seen[n], !=, 0);
        n_repaired += seen[n] == 2;
    }
    if (fixture_video (link->a.description)->formats[0].rtx_payload_type != 0)
        g_assert_cmpuint (n_repaired, >, n_packets / 50);
}

static void
test_repair_rtx (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();
    TuttiLegStats stats;

    link->loss = 0.05;
    link->duplicate = 0.02;
    link->jitter_us = 8000;
    check_repair (link, 70000); /* the sequence numbers wrap */
    fixture_get_stats (&link->b, &stats);
    g_assert_cmpuint (stats.in[TUTTI_TRACK_CAMERA].rtx, >, 1000);
    g_assert_cmpuint (stats.in[TUTTI_TRACK_CAMERA].lost, <, 20);
    g_assert_cmpuint (stats.malformed, ==, 0);
    g_assert_cmpuint (stats.unknown_ssrc, ==, 0);
    /* Reordering within the guard is not asked for: not much more than was lost. */
    fixture_get_stats (&link->a, &stats);
    g_assert_cmpuint (stats.out[TUTTI_KIND_VIDEO].rtx, <, 70000 / 10);
    g_assert_cmpuint (stats.round_trip_us, >, 40000);
    g_assert_cmpuint (stats.round_trip_us, <, 60000);
}

static void
test_repair_plain (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();

    fixture_video (link->a.description)->formats[0].rtx_payload_type = 0;
    fixture_video (link->b.description)->formats[0].rtx_payload_type = 0;
    link->loss = 0.05;
    link->jitter_us = 8000;
    check_repair (link, 5000);
}

static void
test_sound_is_not_repaired (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();
    TuttiLegStats stats;

    link->loss = 0.1;
    fixture_link_configure (link);
    for (guint n = 0; n < 1000; n++) {
        fixture_send (&link->a, TUTTI_CODEC_OPUS, n, 0);
        fixture_link_run (link, 20000);
    }
    fixture_get_stats (&link->b, &stats);
    g_assert_cmpuint (stats.in[TUTTI_TRACK_AUDIO].nacks, ==, 0);
    g_assert_cmpuint (stats.in[TUTTI_TRACK_AUDIO].lost, >, 50);
    g_assert_cmpuint (stats.in[TUTTI_TRACK_AUDIO].lost, <, 150);
    g_assert_cmpuint (stats.in[TUTTI_TRACK_AUDIO].packets, ==,
                      count_queue (link->b.in[TUTTI_TRACK_AUDIO]));
    /* and the sender was told */
    fixture_get_stats (&link->a, &stats);
    g_assert_cmpuint (stats.out[TUTTI_KIND_AUDIO].lost, >, 50);
    g_assert_cmpuint (stats.out[TUTTI_KIND_AUDIO].packets, ==, 1000);
}

/* The first packet is followed by a sender report at once, both with the same clock. */
static void
test_first_report (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();
    TuttiRtcpReader reader;
    TuttiRtcpSender sender;
    TuttiRtcp rtcp;
    TuttiRtp rtp;

    fixture_link_configure (link);
    fixture_send (&link->a, TUTTI_CODEC_VP8, 0, ONE_PACKET);
    g_assert_true (tutti_rtp_read (link->a.last_rtp->data, link->a.last_rtp->len, &rtp));
    tutti_rtcp_reader_start (&reader, link->a.last_rtcp->data, link->a.last_rtcp->len);
    g_assert_true (tutti_rtcp_reader_next (&reader, &rtcp));
    g_assert_true (tutti_rtcp_read_sender (&rtcp, &sender));
    g_assert_cmpuint (sender.ssrc, ==, 1001);
    /* a picture is said to be older than it is: see sender.c */
    g_assert_cmpuint (sender.rtp_time - rtp.timestamp, ==, 30 * 90);
    g_assert_cmpuint (sender.packets, ==, 1);
    g_assert_cmpuint (sender.bytes, ==, 100);
    g_assert_true (tutti_rtcp_reader_next (&reader, &rtcp));
    g_assert_cmpuint (rtcp.type, ==, TUTTI_RTCP_SDES);
    g_assert_false (tutti_rtcp_reader_next (&reader, &rtcp));
    g_assert_false (reader.malformed);
}

/* Sound and picture of one instant meet at the other end by what the reports say: there, and for
 * any client that goes by them. */
static void
test_lip_sync (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();
    g_autoptr (TuttiPacket) sound = NULL, picture = NULL;
    TuttiSyncPicture shown;
    gint64 due_us;

    fixture_link_configure (link);
    fixture_link_run (link, 123457);
    fixture_send (&link->a, TUTTI_CODEC_OPUS, 0, 0);
    fixture_send (&link->a, TUTTI_CODEC_VP8, 0, ONE_PACKET);
    fixture_link_run (link, 30000);
    sound = tutti_queue_pop (link->b.in[TUTTI_TRACK_AUDIO]);
    picture = tutti_queue_pop (link->b.in[TUTTI_TRACK_CAMERA]);
    tutti_sync_play (link->b.sync, sound->ssrc, sound->timestamp, link->now_us + 200000);
    shown = (TuttiSyncPicture){TUTTI_TRACK_CAMERA, picture->ssrc, picture->timestamp, link->now_us};
    due_us = tutti_sync_find_due (link->b.sync, &shown, link->now_us);
    /* 200 ms, less the 30 that a sender of ours says its pictures are older (sender.c) */
    g_assert_cmpint (ABS (due_us - link->now_us - 170000), <=, 100);
}

/* How long repairs are hoped for: told to whom waits for them. */
static void
test_patience (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();

    link->delay_us = 100000;
    link->loss = 0.02;
    fixture_video (link->a.description)->formats[0].feedback = TUTTI_FEEDBACK_PLI;
    fixture_link_configure (link);
    for (guint n = 0; n < 500; n++) {
        fixture_send (&link->b, TUTTI_CODEC_OPUS, n, 0);
        fixture_send (&link->a, TUTTI_CODEC_VP8, n, ONE_PACKET);
        fixture_send (&link->b, TUTTI_CODEC_VP8, n, ONE_PACKET);
        fixture_link_run (link, 20000);
    }
    g_assert_cmpint (tutti_sync_get_patience_us (link->b.sync, TUTTI_TRACK_CAMERA), >, 400000);
    g_assert_cmpint (tutti_sync_get_patience_us (link->a.sync, TUTTI_TRACK_CAMERA), <, 100000);
}

static void
test_reports_go_on (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();

    /* transport-wide feedback would count as well */
    link->a.description->media[0].extension[TUTTI_EXTENSION_TRANSPORT_CC] = 0;
    fixture_link_configure (link);
    for (guint n = 0; n < 1000; n++) {
        fixture_send (&link->a, TUTTI_CODEC_OPUS, n, 0);
        fixture_link_run (link, 20000);
    }
    g_assert_cmpuint (link->a.rtcp_packets, >=, 14); /* 20 s, each 0.5 to 1.5 s */
    g_assert_cmpuint (link->a.rtcp_packets, <=, 41);
    g_assert_cmpuint (link->b.rtcp_packets, >=, 13);
    g_assert_cmpuint (link->b.rtcp_packets, <=, 41);
}

static void
test_key_frame_wish (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();
    TuttiLegStats stats;

    fixture_link_configure (link);
    /* wanted before there is a stream: told as soon as there is one */
    tutti_rtp_session_want_key_frame (link->b.session, TUTTI_TRACK_CAMERA);
    fixture_link_run (link, 100000);
    g_assert_false (tutti_wish_take (link->a.key_frame_wanted));
    fixture_send (&link->a, TUTTI_CODEC_VP8, 0, ONE_PACKET);
    fixture_link_run (link, 50000);
    g_assert_true (tutti_wish_take (link->a.key_frame_wanted));
    /* wanted all the time: told twice a second */
    for (guint n = 0; n < 100; n++) {
        tutti_rtp_session_want_key_frame (link->b.session, TUTTI_TRACK_CAMERA);
        fixture_link_run (link, 20000);
    }
    fixture_get_stats (&link->b, &stats);
    g_assert_cmpuint (stats.in[TUTTI_TRACK_CAMERA].plis, >=, 4);
    g_assert_cmpuint (stats.in[TUTTI_TRACK_CAMERA].plis, <=, 6);
}

static void
test_fir_only (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();

    fixture_video (link->b.description)->formats[0].feedback = TUTTI_FEEDBACK_FIR;
    fixture_link_configure (link);
    fixture_send (&link->a, TUTTI_CODEC_VP8, 0, ONE_PACKET);
    fixture_link_run (link, 50000);
    tutti_rtp_session_want_key_frame (link->b.session, TUTTI_TRACK_CAMERA);
    fixture_link_run (link, 50000);
    g_assert_true (tutti_wish_take (link->a.key_frame_wanted));
}

/* The limit in the last RTCP packet that an end sent; 0: another packet. */
static guint
read_last_remb (const FixtureEnd *end)
{
    TuttiRtcpFeedback feedback;
    TuttiRtcpReader reader;
    TuttiRtcp rtcp;
    guint bitrate_bps = 0;

    tutti_rtcp_reader_start (&reader, end->last_rtcp->data, end->last_rtcp->len);
    if (tutti_rtcp_reader_next (&reader, &rtcp) && tutti_rtcp_read_feedback (&rtcp, &feedback))
        tutti_rtcp_read_remb (&feedback, &bitrate_bps);
    return bitrate_bps;
}

static void
test_limit (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();
    TuttiLegStats stats;

    fixture_link_configure (link);
    tutti_rtp_session_set_uplink_limit (link->b.session, 250000);
    fixture_send (&link->a, TUTTI_CODEC_VP8, 0, ONE_PACKET);
    fixture_link_run (link, 50000);
    fixture_get_stats (&link->a, &stats);
    g_assert_cmpuint (stats.remb_bps, ==, 250000);
    /* a change is told at once */
    tutti_rtp_session_set_uplink_limit (link->b.session, 5000000);
    tutti_rtp_session_tick (link->b.session, link->now_us);
    g_assert_cmpuint (read_last_remb (&link->b), >, 4990000); /* 18 bits of it */
    g_assert_cmpuint (read_last_remb (&link->b), <=, 5000000);
    tutti_rtp_session_set_uplink_limit (link->b.session, 0);
    tutti_rtp_session_tick (link->b.session, link->now_us);
    g_assert_cmpuint (read_last_remb (&link->b), >, 900000000);
}

#define SILENT_US 400000 /* of Opus in DTX, between two packets */

/* Of somebody silent: reports and feedback go out when a packet comes, and between two of them
 * nothing wakes the leg. When none comes any more, they go out without. */
static void
test_silent_sleeps (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();
    guint n_woken = 0, n_told = 0;
    gint64 due_us = 0;

    fixture_link_configure (link);
    for (guint n = 0; n < 100; n++) {
        fixture_send (&link->a, TUTTI_CODEC_OPUS, n, 0);
        fixture_link_deliver (link, SILENT_US);
        g_byte_array_set_size (link->b.last_rtcp, 0);
        due_us = tutti_rtp_session_settle (link->b.session, link->now_us);
        n_woken += n >= 30 && due_us < link->now_us + SILENT_US;
        n_told += link->b.last_rtcp->len > 0;
    }
    g_assert_cmpuint (n_woken, ==, 0);
    g_assert_cmpuint (n_told, >=, 8); /* reports at least: 40 s */
    g_assert_cmpint (due_us - link->now_us, <=, 2 * G_USEC_PER_SEC);
}

/* Packets of another encoder: the peer sees one stream. */
static void
test_source_change (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();
    guint16 seq = 0, picture = 0;
    guint8 tl0 = 0;

    fixture_link_configure (link);
    for (guint n = 0; n < 600; n++) {
        g_autoptr (TuttiPacket) packet =
            fixture_packet (TUTTI_CODEC_VP8, n, ONE_PACKET, link->now_us);
        TuttiRtp rtp;

        packet->source = n / 100;
        packet->vp8 = (TuttiVp8Ids){.picture_id = (32700 + 7919 * (n / 100) + n) & 0x7FFF,
                                    .picture_id_offset = 6,
                                    .tl0_pic_idx = (guint8)(n / 100 * 50 + n),
                                    .tl0_pic_idx_offset = 8};
        tutti_rtp_session_send (link->a.session, packet, link->now_us);
        g_assert_true (tutti_rtp_read (link->a.last_rtp->data, link->a.last_rtp->len, &rtp));
        if (n > 0) {
            g_assert_cmpuint (rtp.seq, ==, (guint16)(seq + 1));
            g_assert_cmpuint (tutti_get_u16 (rtp.payload + 6), ==,
                              0x8000 | ((picture + 1) & 0x7FFF));
            g_assert_cmpuint (rtp.payload[8], ==, (guint8)(tl0 + 1));
        }
        g_assert_cmpuint (rtp.payload[9], ==, 0x55);
        /* the shared payload is nobody's to write to */
        g_assert_cmpuint (packet->data[6], ==, 0x55);
        seq = rtp.seq;
        picture = tutti_get_u16 (rtp.payload + 6) & 0x7FFF;
        tl0 = rtp.payload[8];
    }
}

static void
test_unnegotiated_codec (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();

    fixture_send (&link->a, TUTTI_CODEC_VP8, 0, ONE_PACKET); /* not configured yet */
    fixture_link_configure (link);
    fixture_send (&link->a, TUTTI_CODEC_H264, 0, ONE_PACKET);
    g_assert_cmpuint (link->a.rtp_packets, ==, 0);
}

/* Whoever asks for everything again and again gets at most as much again as was sent. */
static void
test_nack_flood (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();
    guint8 flood[TUTTI_SENDER_BUFFER_BYTES];
    guint16 seqs[256];
    guint64 sent_bytes;

    fixture_link_configure (link);
    for (guint n = 0; n < 2000; n++)
        fixture_send (&link->a, TUTTI_CODEC_VP8, n, ONE_PACKET);
    sent_bytes = link->a.bytes;
    for (guint round = 0; round < 200; round++) {
        guint16 last = tutti_get_u16 (link->a.last_rtp->data + 2);
        TuttiRtcpWriter writer;

        for (guint i = 0; i < G_N_ELEMENTS (seqs); i++)
            seqs[i] = (guint16)(round == 0 ? last - 255 + i : round * 256 + i);
        tutti_rtcp_writer_start (&writer, flood, sizeof flood);
        tutti_rtcp_write_nack (&writer, 1, 1001, seqs, G_N_ELEMENTS (seqs));
        for (guint again = 0; again < 20; again++)
            tutti_rtp_session_receive_rtcp (link->a.session, flood, writer.length_bytes,
                                            link->now_us += 1000);
    }
    g_assert_cmpuint (link->a.bytes, >, sent_bytes);
    g_assert_cmpuint (link->a.bytes, <, 2 * sent_bytes + 10000);
}

static guint n_woken;

static void
on_wish (gpointer user_data)
{
    n_woken++;
}

static void
on_nothing (guint8 *data, gsize length_bytes, gboolean rtcp, gpointer user_data)
{
}

static void
test_pli_flood (void)
{
    g_autoptr (TuttiSession) ours = fixture_describe (1000), theirs = fixture_describe (2000);
    g_autoptr (TuttiWish) wish = tutti_wish_new (on_wish, NULL);
    TuttiRtpSetup setup = {.output = on_nothing, .key_frame_wanted = wish};
    g_autoptr (TuttiRtpSession) session = tutti_rtp_session_new (&setup);
    TuttiLegStats stats;
    TuttiRtcpWriter writer;
    guint8 pli[12];

    tutti_rtp_session_configure (session, theirs, ours);
    tutti_rtcp_writer_start (&writer, pli, sizeof pli);
    tutti_rtcp_write_pli (&writer, 2000, 1001);
    for (guint i = 0; i < 10000; i++) /* 1 s */
        tutti_rtp_session_receive_rtcp (session, pli, writer.length_bytes, i * 100);
    g_assert_cmpuint (n_woken, ==, 2);
    tutti_rtp_session_tick (session, 2 * G_USEC_PER_SEC);
    tutti_rtp_session_get_stats (session, &stats);
    g_assert_cmpuint (stats.out[TUTTI_KIND_VIDEO].plis, ==, 10000);
}

static void
test_bye (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();
    guint64 reports;

    fixture_link_configure (link);
    fixture_send (&link->a, TUTTI_CODEC_VP8, 0, ONE_PACKET);
    fixture_send (&link->a, TUTTI_CODEC_OPUS, 0, 0);
    fixture_link_run (link, 3 * G_USEC_PER_SEC);
    tutti_rtp_session_bye (link->a.session, link->now_us);
    fixture_link_run (link, 50000);
    /* it has nothing to report about any more */
    reports = link->b.rtcp_packets;
    g_assert_cmpuint (reports, >, 0);
    fixture_link_run (link, 5 * G_USEC_PER_SEC);
    g_assert_cmpuint (link->b.rtcp_packets, ==, reports);
}

/* So much is lost at once that only a key frame helps: it is asked for without the decoder. */
static void
test_long_loss (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();
    TuttiLegStats stats;

    fixture_link_configure (link);
    fixture_send (&link->a, TUTTI_CODEC_VP8, 0, ONE_PACKET);
    fixture_link_run (link, 50000);
    link->loss = 1;
    for (guint n = 1; n < 500; n++)
        fixture_send (&link->a, TUTTI_CODEC_VP8, n, ONE_PACKET);
    link->loss = 0;
    fixture_send (&link->a, TUTTI_CODEC_VP8, 500, ONE_PACKET);
    fixture_link_run (link, 50000);
    g_assert_true (tutti_wish_take (link->a.key_frame_wanted));
    fixture_get_stats (&link->b, &stats);
    g_assert_cmpuint (stats.in[TUTTI_TRACK_CAMERA].nacks, ==, 0);
    g_assert_cmpuint (stats.in[TUTTI_TRACK_CAMERA].lost, ==, 499);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/rtp-session/repair-rtx", test_repair_rtx);
    g_test_add_func ("/rtp-session/repair-plain", test_repair_plain);
    g_test_add_func ("/rtp-session/sound-is-not-repaired", test_sound_is_not_repaired);
    g_test_add_func ("/rtp-session/first-report", test_first_report);
    g_test_add_func ("/rtp-session/lip-sync", test_lip_sync);
    g_test_add_func ("/rtp-session/patience", test_patience);
    g_test_add_func ("/rtp-session/reports-go-on", test_reports_go_on);
    g_test_add_func ("/rtp-session/key-frame-wish", test_key_frame_wish);
    g_test_add_func ("/rtp-session/fir-only", test_fir_only);
    g_test_add_func ("/rtp-session/limit", test_limit);
    g_test_add_func ("/rtp-session/silent-sleeps", test_silent_sleeps);
    g_test_add_func ("/rtp-session/source-change", test_source_change);
    g_test_add_func ("/rtp-session/unnegotiated-codec", test_unnegotiated_codec);
    g_test_add_func ("/rtp-session/nack-flood", test_nack_flood);
    g_test_add_func ("/rtp-session/pli-flood", test_pli_flood);
    g_test_add_func ("/rtp-session/bye", test_bye);
    g_test_add_func ("/rtp-session/long-loss", test_long_loss);
    return g_test_run ();
}
