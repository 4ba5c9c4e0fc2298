/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-downlink.c: what one leg's way carries, and what is told of it.
 */
#include "rtp-fixture.h"

#include "leg/bytes.h"
#include "leg/downlink.h"
#include "leg/meter.h"

#define MSEC G_TIME_SPAN_MILLISECOND

typedef struct {
    guint bitrate_bps, n_told;
} News;

static void
on_estimate (guint bitrate_bps, gpointer user_data)
{
    News *news = user_data;

    news->bitrate_bps = bitrate_bps;
    news->n_told++;
}

/* Made of a peer's REMB: without transport-wide feedback it is believed. */
static void
take (TuttiDownlink *downlink, guint remb_bps, gint64 now_us)
{
    tutti_downlink_take_remb (downlink, remb_bps, now_us);
    tutti_downlink_tick (downlink, now_us);
}

static void
test_news (void)
{
    News news = {0};
    g_autoptr (TuttiSender) audio = tutti_sender_new (TUTTI_KIND_AUDIO, 1);
    g_autoptr (TuttiSender) video = tutti_sender_new (TUTTI_KIND_VIDEO, 1);
    const TuttiDownlinkSetup setup = {
        .senders = {audio, video}, .estimate = on_estimate, .user_data = &news};
    g_autoptr (TuttiDownlink) downlink = tutti_downlink_new (&setup);
    TuttiLegStats stats = {0};

    tutti_downlink_tick (downlink, 0);
    g_assert_cmpuint (news.n_told, ==, 0);
    take (downlink, 1000000, 10 * MSEC);
    g_assert_cmpuint (news.bitrate_bps, ==, 1000000);
    take (downlink, 1049000, 500 * MSEC); /* too little to speak of */
    take (downlink, 951000, 600 * MSEC);
    g_assert_cmpuint (news.n_told, ==, 1);
    take (downlink, 900000, 700 * MSEC);
    g_assert_cmpuint (news.bitrate_bps, ==, 900000);
    take (downlink, 2000000, 750 * MSEC); /* good news wait */
    g_assert_cmpuint (news.bitrate_bps, ==, 900000);
    take (downlink, 500000, 760 * MSEC); /* bad ones don't */
    g_assert_cmpuint (news.bitrate_bps, ==, 500000);
    take (downlink, 2000000, 770 * MSEC);
    tutti_downlink_tick (downlink, 860 * MSEC);
    g_assert_cmpuint (news.bitrate_bps, ==, 2000000);
    g_assert_cmpuint (news.n_told, ==, 4);
    tutti_downlink_reset (downlink, 900 * MSEC);
    g_assert_cmpuint (news.bitrate_bps, ==, 0);
    tutti_downlink_get_stats (downlink, 900 * MSEC, &stats);
    g_assert_cmpuint (stats.estimate_bps, ==, 0);
}

static void
test_meter (void)
{
    TuttiMeter meter = {0};
    gint64 now_us = 12345;

    g_assert_cmpuint (tutti_meter_get_bps (&meter, now_us), ==, 0);
    for (; now_us < 5 * G_USEC_PER_SEC; now_us += 10 * MSEC) /* 800 kbit/s */
        tutti_meter_count (&meter, 1000, now_us);
    g_assert_cmpuint (tutti_meter_get_bps (&meter, now_us), >, 780000);
    g_assert_cmpuint (tutti_meter_get_bps (&meter, now_us), <, 820000);
    now_us += 500 * MSEC;
    g_assert_cmpuint (tutti_meter_get_bps (&meter, now_us), <, 500000);
    now_us += 600 * MSEC;
    g_assert_cmpuint (tutti_meter_get_bps (&meter, now_us), ==, 0);
}

/* --- A call over a narrow link --- */

#define SOUND_US (20 * MSEC)
#define PICTURE_US 33333
#define PAYLOAD_BYTES 1100
#define PICTURE_ID_AT 6
#define TL0_AT 8
#define KEY_FRAME_BYTES 12000

typedef struct {
    FixtureLink *link;
    gint64 sound_due_us, picture_due_us;
    guint32 n_sounds, n_pictures;
    guint8 tl0;

    guint16 last_seq, last_id; /* that came */
    guint n_came, n_pictures_came, n_gaps;
    gint64 sound_delay_us; /* the longest */
    guint n_sounds_came;
    guint queue_us; /* the longest */
} Call;

/* 600 kbit/s: of it the base layer 240, the middle one 120. */
static guint
choose_bytes (guint layer)
{
    return layer == 0 ? 4000 : 2000;
}

static void
send_sound (Call *call)
{
    fixture_send (&call->link->a, TUTTI_CODEC_OPUS, call->n_sounds++, 0);
    call->sound_due_us += SOUND_US;
}

static void
send_picture (Call *call)
{
    static const guint8 pattern[] = {0, 2, 1, 2};
    gboolean key = tutti_wish_take (call->link->a.key_frame_wanted) || call->n_pictures == 0;
    guint layer = key ? 0 : pattern[call->n_pictures % G_N_ELEMENTS (pattern)];
    guint left_bytes = key ? KEY_FRAME_BYTES : choose_bytes (layer);
    guint8 flags = (guint8)(TUTTI_PACKET_FRAME_START | (key ? TUTTI_PACKET_KEY_FRAME : 0));

    call->tl0 += layer == 0;
    while (left_bytes > 0) {
        g_autoptr (TuttiPacket) packet = tutti_packet_new ();

        packet->codec = TUTTI_CODEC_VP8;
        packet->time_us = call->link->now_us;
        packet->length_bytes = (guint16)MIN (left_bytes, PAYLOAD_BYTES);
        left_bytes -= packet->length_bytes;
        packet->flags = flags | (left_bytes == 0 ? TUTTI_PACKET_MARKER : 0);
        flags &= (guint8)~TUTTI_PACKET_FRAME_START;
        packet->vp8 = (TuttiVp8Ids){.picture_id = call->n_pictures & 0x7FFF,
                                    .picture_id_offset = PICTURE_ID_AT,
                                    .tl0_pic_idx = call->tl0,
                                    .tl0_pic_idx_offset = TL0_AT,
                                    .temporal_id = (guint8)layer,
                                    .layer_sync = layer > 0 && call->n_pictures % 4 != 3};
        tutti_rtp_session_send (call->link->a.session, packet, call->link->now_us);
    }
    call->n_pictures++;
    call->picture_due_us += PICTURE_US;
}

/* What is lost is sent again, or a key frame comes: a picture that neither came nor was left out on
 * purpose shows as a jump of the ids. */
static void
take_pictures (Call *call)
{
    TuttiPacket *packet;

    while ((packet = tutti_queue_pop (call->link->b.in[TUTTI_TRACK_CAMERA]))) {
        g_autoptr (TuttiPacket) held = packet;
        guint16 id;

        if (held->length_bytes == 0)
            continue;
        id = tutti_get_u16 (held->data + PICTURE_ID_AT) & 0x7FFF;
        if (call->n_came > 0 && held->seq == (guint16)(call->last_seq + 1))
            call->n_gaps += ((id - call->last_id) & 0x7FFF) > 1;
        call->n_pictures_came += (held->flags & TUTTI_PACKET_MARKER) != 0;
        call->last_seq = held->seq;
        call->last_id = id;
        call->n_came++;
    }
}

static void
take_sounds (Call *call)
{
    TuttiPacket *packet;

    while ((packet = tutti_queue_pop (call->link->b.in[TUTTI_TRACK_AUDIO]))) {
        gint64 sent_us = 1000 * G_USEC_PER_SEC + fixture_packet_number (packet) * SOUND_US;

        call->sound_delay_us = MAX (call->sound_delay_us, packet->time_us - sent_us);
        call->n_sounds_came++;
        tutti_packet_unref (packet);
    }
}

static void
run_call (Call *call, gint64 for_us)
{
    gint64 end_us = call->link->now_us + for_us;
    TuttiLegStats stats;

    call->sound_delay_us = 0;
    call->n_pictures_came = call->n_sounds_came = call->queue_us = 0;
    while (call->link->now_us < end_us) {
        if (call->link->now_us >= call->sound_due_us)
            send_sound (call);
        if (call->link->now_us >= call->picture_due_us)
            send_picture (call);
        fixture_link_run (call->link, MSEC);
        take_sounds (call);
        take_pictures (call);
        tutti_rtp_session_get_stats (call->link->a.session, &stats);
        call->queue_us = MAX (call->queue_us, stats.queue_us);
    }
    g_test_message ("%u gaps, %u of %u came, estimate %u, sent %u, layer %u, sound late by %d ms, "
                    "pacer %u ms, %u pictures",
                    call->n_gaps, call->n_came, call->n_pictures, stats.estimate_bps,
                    stats.send_rate_bps, stats.layer, (int)(call->sound_delay_us / MSEC),
                    call->queue_us / 1000, call->n_pictures_came);
}

static void
start_call (Call *call, FixtureLink *link)
{
    call->link = link;
    call->sound_due_us = call->picture_due_us = link->now_us;
    link->queue_us = 600 * MSEC;
    fixture_link_configure (link);
    tutti_rtp_session_set_wanted_rate (link->a.session, 900000); /* with a margin to climb by */
}

/* A link that gets narrow and wide again: sound stays on time, pictures get fewer. */
static void
test_narrow (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();
    Call call = {0};
    TuttiLegStats stats;

    link->rate_bps = 5000000;
    start_call (&call, link);
    run_call (&call, 10 * G_USEC_PER_SEC);
    g_assert_cmpuint (call.n_pictures_came, >=, 298);
    g_assert_cmpint (call.sound_delay_us, <, 50 * MSEC);
    link->rate_bps = 400000;
    run_call (&call, 3 * G_USEC_PER_SEC);
    run_call (&call, 20 * G_USEC_PER_SEC);
    g_assert_cmpint (call.sound_delay_us, <, 150 * MSEC);
    g_assert_cmpuint (call.n_sounds_came, >=, 985);
    g_assert_cmpuint (call.queue_us, <=, 500 * MSEC);
    g_assert_cmpuint (call.n_pictures_came, >=, 7 * 20);
    tutti_rtp_session_get_stats (link->a.session, &stats);
    g_assert_cmpuint (stats.layer, <, 2);
    g_assert_cmpuint (stats.estimate_bps, >, 300000);
    g_assert_cmpuint (stats.estimate_bps, <, 460000);
    link->rate_bps = 5000000;
    run_call (&call, 15 * G_USEC_PER_SEC);
    run_call (&call, 5 * G_USEC_PER_SEC);
    tutti_rtp_session_get_stats (link->a.session, &stats);
    g_assert_cmpuint (stats.layer, ==, 2);
    g_assert_cmpuint (call.n_pictures_came, >=, 148);
    g_assert_cmpuint (call.n_gaps, ==, 0);
}

/* Radio's loss is repaired, and is no reason to send less. */
static void
test_lossy (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();
    Call call = {0};
    TuttiLegStats stats;

    link->rate_bps = 3000000;
    link->loss = 0.02;
    link->jitter_us = 5 * MSEC;
    start_call (&call, link);
    run_call (&call, 10 * G_USEC_PER_SEC);
    run_call (&call, 20 * G_USEC_PER_SEC);
    tutti_rtp_session_get_stats (link->a.session, &stats);
    g_assert_cmpuint (stats.layer, ==, 2);
    g_assert_cmpuint (call.n_pictures_came, >=, 590);
    g_assert_cmpuint (call.n_gaps, ==, 0);
    g_assert_cmpint (call.sound_delay_us, <, 100 * MSEC);
}

/* Without RTX probes are made of empty packets; nothing of them is malformed or missed. */
static void
test_no_rtx (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();
    Call call = {0};
    TuttiLegStats stats;

    fixture_video (link->a.description)->formats[0].rtx_payload_type = 0;
    fixture_video (link->b.description)->formats[0].rtx_payload_type = 0;
    link->rate_bps = 3000000;
    link->loss = 0.02;
    start_call (&call, link);
    tutti_rtp_session_set_wanted_rate (link->a.session, 2000000);
    run_call (&call, 10 * G_USEC_PER_SEC);
    run_call (&call, 10 * G_USEC_PER_SEC);
    tutti_rtp_session_get_stats (link->a.session, &stats);
    g_assert_cmpuint (stats.padding_bytes, >, 5000);
    g_assert_cmpuint (stats.estimate_bps, >, 1500000);
    g_assert_cmpuint (call.n_pictures_came, >=, 295);
    g_assert_cmpuint (call.n_gaps, ==, 0);
    tutti_rtp_session_get_stats (link->b.session, &stats);
    g_assert_cmpuint (stats.malformed, ==, 0);
    g_assert_cmpuint (stats.in[TUTTI_TRACK_CAMERA].lost, <, 5);
}

/* Who takes no pictures is not probed. */
static void
test_sound_alone (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();
    TuttiLegStats stats;

    fixture_video (link->a.description)->direction = TUTTI_DIRECTION_RECEIVE;
    fixture_link_configure (link);
    tutti_rtp_session_set_wanted_rate (link->a.session, 2000000);
    for (guint n = 0; n < 500; n++) {
        fixture_send (&link->a, TUTTI_CODEC_OPUS, n, 0);
        fixture_link_run (link, SOUND_US);
    }
    fixture_get_stats (&link->a, &stats);
    g_assert_cmpuint (stats.padding_bytes, ==, 0);
    g_assert_cmpuint (link->a.rtp_packets, ==, 500);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/downlink/news", test_news);
    g_test_add_func ("/downlink/meter", test_meter);
    g_test_add_func ("/downlink/narrow", test_narrow);
    g_test_add_func ("/downlink/lossy", test_lossy);
    g_test_add_func ("/downlink/no-rtx", test_no_rtx);
    g_test_add_func ("/downlink/sound-alone", test_sound_alone);
    return g_test_run ();
}
