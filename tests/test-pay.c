/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-pay.c: the packetisers, byte by byte, and read back by depacketisers after the RFCs.
 */
#include "encode-fixture.h"

#include <string.h>

#include "encode/pay-h264.h"
#include "encode/pay-vp8.h"

static GPtrArray *
new_packets (void)
{
    return g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);
}

static guint8 *
make_bytes (gsize n)
{
    guint8 *bytes = g_malloc (n);

    for (gsize i = 0; i < n; i++)
        bytes[i] = i * 7 + i / 251;
    return bytes;
}

static void
stamp (GPtrArray *packets, TuttiCodec codec)
{
    for (guint i = 0; i < packets->len; i++) {
        TuttiPacket *packet = packets->pdata[i];

        packet->codec = codec;
        packet->flags = (i == 0 ? TUTTI_PACKET_FRAME_START : 0) |
                        (i == packets->len - 1 ? TUTTI_PACKET_MARKER : 0);
    }
}

/* RFC 7741 section 4.2: X, S; I, L, T; M and 15 bits; TL0PICIDX; TID, Y. */
static void
test_vp8_bytes (void)
{
    static const guint8 expected[] = {0x90, 0xe0, 0xfa, 0xbc, 0x5d, 0xa0, 'a', 'b', 'c'};
    const TuttiVp8Ids ids = {
        .picture_id = 0x7abc, .tl0_pic_idx = 0x5d, .temporal_id = 2, .layer_sync = TRUE};
    g_autoptr (GPtrArray) packets = new_packets ();
    const TuttiPacket *packet;

    tutti_pay_vp8 (packets, (const guint8 *)"abc", 3, &ids);
    g_assert_cmpuint (packets->len, ==, 1);
    packet = packets->pdata[0];
    g_assert_cmpmem (packet->data, packet->length_bytes, expected, sizeof expected);
    g_assert_cmpuint (packet->vp8.picture_id_offset, ==, 2);
    g_assert_cmpuint (packet->vp8.tl0_pic_idx_offset, ==, 4);
    g_assert_cmpuint (packet->vp8.picture_id, ==, 0x7abc);
}

/* As few packets as can be, all of one size but the last, which is not much smaller. */
static void
check_spread (GPtrArray *packets, gsize bytes, gsize header_bytes)
{
    gsize slice = TUTTI_PAYLOAD_MAX_BYTES - header_bytes;
    guint first = ((TuttiPacket *)packets->pdata[0])->length_bytes;
    guint last = ((TuttiPacket *)packets->pdata[packets->len - 1])->length_bytes;

    for (guint i = 0; i + 1 < packets->len; i++)
        g_assert_cmpuint (((TuttiPacket *)packets->pdata[i])->length_bytes, ==, first);
    g_assert_cmpuint (packets->len, ==, (bytes + slice - 1) / slice);
    g_assert_cmpuint (last, <=, first);
    g_assert_cmpuint (first - last, <, packets->len);
    g_assert_cmpuint (first, <=, TUTTI_PAYLOAD_MAX_BYTES);
}

static void
test_vp8_sizes (void)
{
    static const gsize sizes[] = {1, 2, 1123, 1124, 1125, 2248, 2249, 5000, 99999};

    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
        const TuttiVp8Ids ids = {.picture_id = i, .tl0_pic_idx = 255 - i};
        g_autofree guint8 *frame = make_bytes (sizes[i]);
        g_autoptr (GPtrArray) packets = new_packets ();
        g_autoptr (GByteArray) back = NULL;

        tutti_pay_vp8 (packets, frame, sizes[i], &ids);
        stamp (packets, TUTTI_CODEC_VP8);
        check_spread (packets, sizes[i], 6);
        back = fixture_assemble (packets);
        g_assert_cmpmem (back->data, back->len, frame, sizes[i]);
    }
}

static void
test_h264_single (void)
{
    g_autofree guint8 *nal = make_bytes (TUTTI_PAYLOAD_MAX_BYTES);
    g_autoptr (GPtrArray) packets = new_packets ();
    const TuttiPacket *packet;

    nal[0] = 0x65;
    tutti_pay_h264 (packets, nal, TUTTI_PAYLOAD_MAX_BYTES);
    tutti_pay_h264 (packets, nal, 1);
    g_assert_cmpuint (packets->len, ==, 2);
    packet = packets->pdata[0];
    g_assert_cmpmem (packet->data, packet->length_bytes, nal, TUTTI_PAYLOAD_MAX_BYTES);
    packet = packets->pdata[1];
    g_assert_cmpmem (packet->data, packet->length_bytes, nal, 1);
}

/* RFC 6184 section 5.8: indicator F, NRI, 28; header S, E, R, type. */
static void
test_h264_fragments (void)
{
    static const gsize sizes[] = {TUTTI_PAYLOAD_MAX_BYTES + 1, 2257, 2258, 10000, 99999};

    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
        g_autofree guint8 *nal = make_bytes (sizes[i]);
        g_autoptr (GPtrArray) packets = new_packets ();
        g_autoptr (GByteArray) back = NULL;

        nal[0] = 0x65; /* NRI 3, IDR slice */
        tutti_pay_h264 (packets, nal, sizes[i]);
        stamp (packets, TUTTI_CODEC_H264);
        check_spread (packets, sizes[i] - 1, 2);
        for (guint j = 0; j < packets->len; j++) {
            const TuttiPacket *packet = packets->pdata[j];

            g_assert_cmphex (packet->data[0], ==, 0x7c);
            g_assert_cmphex (packet->data[1], ==,
                             0x05 | (j == 0 ? 0x80 : 0) | (j == packets->len - 1 ? 0x40 : 0));
        }
        back = fixture_assemble (packets);
        g_assert_cmpmem (back->data + 4, back->len - 4, nal, sizes[i]);
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/pay/vp8/bytes", test_vp8_bytes);
    g_test_add_func ("/pay/vp8/sizes", test_vp8_sizes);
    g_test_add_func ("/pay/h264/single", test_h264_single);
    g_test_add_func ("/pay/h264/fragments", test_h264_fragments);
    return g_test_run ();
}
