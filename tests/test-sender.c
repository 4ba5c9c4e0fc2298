/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-sender.c: one stream as it goes out: numbers, extensions, what is sent again.
 */
#include "rtp-fixture.h"

#include "leg/bytes.h"
#include "leg/sender.h"
#include "leg/vp8-ids.h"

#include <tutti/clock.h>

#include <string.h>

#define MSEC 1000
#define ONE_PACKET (TUTTI_PACKET_FRAME_START | TUTTI_PACKET_MARKER)
#define SEND_TIME_ID 2

typedef struct {
    TuttiSession *description;
    TuttiSender *sender;
    guint8 buffer[TUTTI_SENDER_BUFFER_BYTES];
    TuttiRtp rtp; /* of the last packet */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
    fixture->description = fixture_describe (1000);
    fixture->sender = tutti_sender_new (TUTTI_KIND_VIDEO, 65530);
    tutti_sender_configure (fixture->sender, fixture_video (fixture->description));
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
    tutti_sender_free (fixture->sender);
    tutti_session_free (fixture->description);
    g_assert_cmpuint (tutti_packet_count_live (), ==, 0);
}

static void
send (Fixture *fixture, guint8 flags, gint64 now_us)
{
    g_autoptr (TuttiPacket) packet = fixture_packet (TUTTI_CODEC_VP8, 1, flags, now_us);
    gsize length = tutti_sender_write (fixture->sender, packet, now_us, fixture->buffer);

    g_assert_true (tutti_rtp_read (fixture->buffer, length, &fixture->rtp));
}

static gboolean
send_again (Fixture *fixture, guint16 seq, gint64 now_us, gint64 round_trip_us)
{
    gsize length =
        tutti_sender_write_again (fixture->sender, seq, now_us, round_trip_us, fixture->buffer);

    if (length > 0)
        g_assert_true (tutti_rtp_read (fixture->buffer, length, &fixture->rtp));
    return length > 0;
}

static void
test_header (Fixture *fixture, gconstpointer user_data)
{
    fixture_video (fixture->description)->extension[TUTTI_EXTENSION_ABS_SEND_TIME] = SEND_TIME_ID;
    tutti_sender_configure (fixture->sender, fixture_video (fixture->description));
    for (guint n = 0; n < 10; n++) { /* over the wrap */
        gint64 now_us = 64 * G_USEC_PER_SEC + n * 500 * MSEC;
        const guint8 *time;
        gsize bytes = 0;

        send (fixture, ONE_PACKET, now_us);
        g_assert_cmpuint (fixture->rtp.seq, ==, (guint16)(65530 + n));
        g_assert_cmpuint (fixture->rtp.ssrc, ==, 1001);
        g_assert_cmpuint (fixture->rtp.payload_type, ==, FIXTURE_VP8);
        g_assert_cmpuint (fixture->rtp.timestamp, ==, tutti_clock_rtp_time (now_us, 90000));
        g_assert_true (fixture->rtp.marker);
        time = tutti_rtp_find_extension (&fixture->rtp, SEND_TIME_ID, &bytes);
        g_assert_cmpuint (bytes, ==, 3);
        g_assert_cmpuint (tutti_get_u24 (time), ==, n << 17); /* half seconds; 64 s wrap it */
    }
}

static gboolean
has_mid (Fixture *fixture)
{
    gsize bytes = 0;
    const guint8 *mid = tutti_rtp_find_extension (&fixture->rtp, FIXTURE_MID_ID, &bytes);

    return mid != NULL && bytes == 1 && mid[0] == '1';
}

/* The mid: at first, with key frames, and no longer when the peer has reported. */
static void
test_mid (Fixture *fixture, gconstpointer user_data)
{
    const TuttiRtcpBlock block = {.ssrc = 1001};

    for (guint n = 0; n < 10; n++) {
        send (fixture, ONE_PACKET, n);
        g_assert_true (has_mid (fixture));
    }
    tutti_sender_take_block (fixture->sender, &block);
    send (fixture, ONE_PACKET, 20);
    g_assert_false (has_mid (fixture));
    send (fixture, ONE_PACKET | TUTTI_PACKET_KEY_FRAME, 20);
    g_assert_true (has_mid (fixture));
    g_assert_true (send_again (fixture, fixture->rtp.seq, 30, 0));
    g_assert_true (has_mid (fixture)); /* RTX is another SSRC */
}

static void
test_rtx (Fixture *fixture, gconstpointer user_data)
{
    send (fixture, ONE_PACKET, 0);
    send (fixture, ONE_PACKET, 0);
    g_assert_true (send_again (fixture, 65530, 50 * MSEC, 40 * MSEC));
    g_assert_cmpuint (fixture->rtp.ssrc, ==, 1002);
    g_assert_cmpuint (fixture->rtp.payload_type, ==, FIXTURE_RTX);
    g_assert_cmpuint (fixture->rtp.timestamp, ==, 0);
    g_assert_true (fixture->rtp.marker);
    g_assert_cmpuint (fixture->rtp.payload_bytes, ==, 102);
    g_assert_cmpuint (tutti_get_u16 (fixture->rtp.payload), ==, 65530);
    g_assert_cmpuint (tutti_get_u32 (fixture->rtp.payload + 2), ==, 1);
    /* never sent */
    g_assert_false (send_again (fixture, 65532, 50 * MSEC, 40 * MSEC));
    g_assert_false (send_again (fixture, 65529, 50 * MSEC, 40 * MSEC));
}

static void
test_rtx_rate (Fixture *fixture, gconstpointer user_data)
{
    guint n_sent = 0;

    for (guint n = 0; n < 50; n++)
        send (fixture, ONE_PACKET, 0);
    g_assert_true (send_again (fixture, 65530, 10 * MSEC, 40 * MSEC));
    g_assert_false (send_again (fixture, 65530, 49 * MSEC, 40 * MSEC)); /* within a round trip */
    g_assert_true (send_again (fixture, 65530, 50 * MSEC, 40 * MSEC));
    for (guint n = 2; n < 100; n++)
        n_sent += send_again (fixture, 65530, (gint64)n * 100 * MSEC, 40 * MSEC);
    g_assert_cmpuint (n_sent, ==, TUTTI_SENDER_TRIES_MAX - 2);
}

/* What was sent longer ago than the history reaches is not mistaken for what took its place. */
static void
test_history (Fixture *fixture, gconstpointer user_data)
{
    for (guint n = 0; n < 600; n++)
        send (fixture, ONE_PACKET, 0);
    g_assert_false (send_again (fixture, (guint16)(65530 + 600 - 513), 0, 0));
    g_assert_true (send_again (fixture, (guint16)(65530 + 600 - 512), 0, 0));
}

static void
test_plain (Fixture *fixture, gconstpointer user_data)
{
    TuttiRtcpSender report;
    guint8 first[100];

    fixture_video (fixture->description)->formats[0].rtx_payload_type = 0;
    fixture_video (fixture->description)->extension[TUTTI_EXTENSION_ABS_SEND_TIME] = SEND_TIME_ID;
    tutti_sender_configure (fixture->sender, fixture_video (fixture->description));
    send (fixture, ONE_PACKET, 0);
    memcpy (first, fixture->buffer, sizeof first);
    g_assert_true (send_again (fixture, 65530, 50 * MSEC, 40 * MSEC));
    g_assert_cmpmem (fixture->buffer, sizeof first, first, sizeof first); /* header and all */
    g_assert_cmpuint (fixture->rtp.ssrc, ==, 1001);
    g_assert_cmpuint (fixture->rtp.seq, ==, 65530);
    g_assert_cmpuint (fixture->rtp.payload_bytes, ==, 100);
    g_assert_true (tutti_sender_report (fixture->sender, 50 * MSEC, &report));
    g_assert_cmpuint (report.packets, ==, 2);
    g_assert_cmpuint (report.bytes, ==, 200);
    g_assert_false (tutti_sender_report (fixture->sender, 5000 * MSEC, &report)); /* silent */
}

static gint
read_stamp (Fixture *fixture)
{
    gsize bytes = 0;
    const guint8 *value = tutti_rtp_find_extension (&fixture->rtp, FIXTURE_TRANSPORT_ID, &bytes);

    return value != NULL && bytes == 2 ? tutti_get_u16 (value) : -1;
}

static void
stamp (Fixture *fixture, guint16 transport_seq)
{
    g_assert_true (tutti_sender_wants_stamp (fixture->sender));
    tutti_sender_stamp (fixture->sender, transport_seq, fixture->buffer);
    g_assert_cmpint (read_stamp (fixture), ==, transport_seq);
}

/* Each packet has its transport-wide number, repeats a new one. */
static void
test_stamp (Fixture *fixture, gconstpointer user_data)
{
    send (fixture, ONE_PACKET, 0);
    stamp (fixture, 7);
    g_assert_true (has_mid (fixture));
    g_assert_true (send_again (fixture, 65530, 50 * MSEC, 40 * MSEC));
    stamp (fixture, 8);
    /* it is in the two-byte form as well */
    fixture_video (fixture->description)->extension[TUTTI_EXTENSION_ABS_SEND_TIME] = 20;
    tutti_sender_configure (fixture->sender, fixture_video (fixture->description));
    send (fixture, ONE_PACKET, 0);
    stamp (fixture, 65535);
    fixture_video (fixture->description)->extension[TUTTI_EXTENSION_TRANSPORT_CC] = 0;
    tutti_sender_configure (fixture->sender, fixture_video (fixture->description));
    send (fixture, ONE_PACKET, 0);
    g_assert_false (tutti_sender_wants_stamp (fixture->sender));
    g_assert_cmpint (read_stamp (fixture), ==, -1);
}

/* Without RTX the same number has the same bytes, the first stamp among them. */
static void
test_stamp_plain (Fixture *fixture, gconstpointer user_data)
{
    guint8 first[120];

    fixture_video (fixture->description)->formats[0].rtx_payload_type = 0;
    tutti_sender_configure (fixture->sender, fixture_video (fixture->description));
    send (fixture, ONE_PACKET, 0);
    stamp (fixture, 4711);
    memcpy (first, fixture->buffer, sizeof first);
    send (fixture, ONE_PACKET, 0);
    stamp (fixture, 4712);
    g_assert_true (send_again (fixture, 65530, 50 * MSEC, 40 * MSEC));
    g_assert_false (tutti_sender_wants_stamp (fixture->sender));
    g_assert_cmpmem (fixture->buffer, sizeof first, first, sizeof first);
}

static gboolean
pad (Fixture *fixture)
{
    gsize length = tutti_sender_write_padding (fixture->sender, 0, fixture->buffer);

    return length > 0 && tutti_rtp_read (fixture->buffer, length, &fixture->rtp);
}

/* Padding repeats what is there, the newest first, and nothing before there is anything. */
static void
test_padding (Fixture *fixture, gconstpointer user_data)
{
    g_assert_false (pad (fixture));
    for (guint n = 0; n < 3; n++)
        send (fixture, ONE_PACKET, 0);
    for (guint n = 0; n < 3; n++) {
        g_assert_true (pad (fixture));
        g_assert_cmpuint (fixture->rtp.ssrc, ==, 1002);
        g_assert_cmpuint (fixture->rtp.seq, ==, (guint16)(65530 + n));
        g_assert_cmpuint (tutti_get_u16 (fixture->rtp.payload), ==, 65532 - n);
        stamp (fixture, (guint16)n);
    }
    g_assert_false (pad (fixture)); /* all were; from the newest on again */
    g_assert_true (pad (fixture));
    g_assert_cmpuint (tutti_get_u16 (fixture->rtp.payload), ==, 65532);
}

/* Without RTX it is empty packets between pictures, with numbers of the stream's own, which can be
 * asked for again. */
static void
test_padding_plain (Fixture *fixture, gconstpointer user_data)
{
    TuttiRtcpSender report;

    fixture_video (fixture->description)->formats[0].rtx_payload_type = 0;
    tutti_sender_configure (fixture->sender, fixture_video (fixture->description));
    send (fixture, TUTTI_PACKET_FRAME_START, 90 * MSEC);
    g_assert_false (pad (fixture));
    send (fixture, TUTTI_PACKET_MARKER, 90 * MSEC);
    g_assert_true (pad (fixture));
    g_assert_cmpuint (fixture->rtp.ssrc, ==, 1001);
    g_assert_cmpuint (fixture->rtp.seq, ==, 65532);
    g_assert_cmpuint (fixture->rtp.timestamp, ==, tutti_clock_rtp_time (90 * MSEC, 90000));
    g_assert_cmpuint (fixture->rtp.payload_bytes, ==, 0);
    g_assert_cmpuint (fixture->rtp.padding_bytes, ==, 255);
    stamp (fixture, 3);
    g_assert_true (send_again (fixture, 65532, 500 * MSEC, 0));
    g_assert_cmpuint (fixture->rtp.padding_bytes, ==, 255);
    g_assert_cmpint (read_stamp (fixture), ==, 3);
    send (fixture, ONE_PACKET, 100 * MSEC);
    g_assert_cmpuint (fixture->rtp.seq, ==, 65533);
    g_assert_true (tutti_sender_report (fixture->sender, 100 * MSEC, &report));
    g_assert_cmpuint (report.bytes, ==, 300); /* RFC 3550 section 6.4.1: without padding */
}

/* A picture that lost packets on its way here shows as a loss to the peer. */
static void
test_hole (Fixture *fixture, gconstpointer user_data)
{
    send (fixture, TUTTI_PACKET_FRAME_START, 0);
    send (fixture, 0, 0);
    send (fixture, TUTTI_PACKET_MARKER, 0);
    g_assert_cmpuint (fixture->rtp.seq, ==, 65532);
    send (fixture, TUTTI_PACKET_MARKER, 0); /* its beginning is missing */
    g_assert_cmpuint (fixture->rtp.seq, ==, 65534);
    send (fixture, TUTTI_PACKET_FRAME_START, 0);
    g_assert_cmpuint (fixture->rtp.seq, ==, 65535);
    send (fixture, ONE_PACKET, 0); /* the one before never ended */
    g_assert_cmpuint (fixture->rtp.seq, ==, 1);
}

static void
test_reconfigure (Fixture *fixture, gconstpointer user_data)
{
    g_autoptr (TuttiPacket) packet = fixture_packet (TUTTI_CODEC_VP8, 1, ONE_PACKET, 0);

    send (fixture, ONE_PACKET, 0);
    tutti_sender_configure (fixture->sender, NULL);
    g_assert_cmpuint (tutti_sender_ssrc (fixture->sender), ==, 0);
    g_assert_cmpuint (tutti_sender_write (fixture->sender, packet, 0, fixture->buffer), ==, 0);
    g_assert_false (send_again (fixture, 65530, 50 * MSEC, 0));
    tutti_sender_configure (fixture->sender, fixture_video (fixture->description));
    send (fixture, ONE_PACKET, 0);
    g_assert_cmpuint (fixture->rtp.seq, ==, 65531); /* SRTP must not see a number twice */
}

/* The largest packet with the longest extensions fits. */
static void
test_largest (Fixture *fixture, gconstpointer user_data)
{
    g_autoptr (TuttiPacket) packet = fixture_packet (TUTTI_CODEC_VP8, 1, ONE_PACKET, 0);
    TuttiMedia *media = fixture_video (fixture->description);
    gsize length;

    memset (media->mid, 'm', TUTTI_MID_MAX);
    media->extension[TUTTI_EXTENSION_ABS_SEND_TIME] = 255;
    tutti_sender_configure (fixture->sender, media);
    packet->length_bytes = (guint16)tutti_packet_capacity (packet);
    length = tutti_sender_write (fixture->sender, packet, 0, fixture->buffer);
    g_assert_cmpuint (length, >, TUTTI_PACKET_CAPACITY + 12 + 4 + 34 + 5);
    g_assert_true (tutti_rtp_read (fixture->buffer, length, &fixture->rtp));
    g_assert_cmpuint (fixture->rtp.payload_bytes, ==, TUTTI_PACKET_CAPACITY);
    g_assert_true (send_again (fixture, 65530, 0, 0));
    g_assert_cmpuint (fixture->rtp.payload_bytes, ==, TUTTI_PACKET_CAPACITY + 2);
}

static void
test_vp8_ids (void)
{
    g_autoptr (TuttiPacket) packet = tutti_packet_new ();
    TuttiVp8Numbers numbers = {0};
    guint8 payload[4] = {0};
    TuttiVp8Ids ids;

    packet->vp8 = (TuttiVp8Ids){.picture_id = 0x7FFF, .tl0_pic_idx = 255};
    ids = tutti_vp8_renumber (&numbers, packet);
    g_assert_true (ids.picture_id == 0x7FFF && ids.tl0_pic_idx == 255);
    packet->source = 9; /* both wrap */
    packet->vp8 = (TuttiVp8Ids){.picture_id = 500, .tl0_pic_idx = 3};
    ids = tutti_vp8_renumber (&numbers, packet);
    g_assert_true (ids.picture_id == 0 && ids.tl0_pic_idx == 0);
    ids = tutti_vp8_renumber (&numbers, packet); /* the same picture's next packet */
    g_assert_true (ids.picture_id == 0 && ids.tl0_pic_idx == 0);
    /* an upper temporal layer: the base layer's index stands still */
    packet->vp8.picture_id = 501;
    ids = tutti_vp8_renumber (&numbers, packet);
    g_assert_true (ids.picture_id == 1 && ids.tl0_pic_idx == 0);
    /* offsets beyond the payload are not written to */
    ids.picture_id_offset = 3;
    ids.tl0_pic_idx_offset = 4;
    tutti_vp8_write_ids (&ids, payload, sizeof payload);
    g_assert_cmpmem (payload, sizeof payload, "\0\0\0\0", 4);
    ids.picture_id_offset = 2;
    ids.tl0_pic_idx_offset = 1;
    ids.tl0_pic_idx = 7;
    tutti_vp8_write_ids (&ids, payload, sizeof payload);
    g_assert_cmpmem (payload, sizeof payload, "\0\x07\x80\x01", 4);
}

#define ADD(name, func) g_test_add ("/sender/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    ADD ("header", test_header);
    ADD ("mid", test_mid);
    ADD ("rtx", test_rtx);
    ADD ("rtx-rate", test_rtx_rate);
    ADD ("history", test_history);
    ADD ("plain", test_plain);
    ADD ("stamp", test_stamp);
    ADD ("stamp-plain", test_stamp_plain);
    ADD ("padding", test_padding);
    ADD ("padding-plain", test_padding_plain);
    ADD ("hole", test_hole);
    ADD ("reconfigure", test_reconfigure);
    ADD ("largest", test_largest);
    g_test_add_func ("/vp8-ids/numbers", test_vp8_ids);
    return g_test_run ();
}
