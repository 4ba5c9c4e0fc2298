/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-depay.c: VP8 payload descriptors (RFC 7741 sections 4.2 and 4.6) and H.264 payloads (RFC
 * 6184 sections 5.6 to 5.8), byte for byte.
 */
#include <tutti/payload.h>

#define KEY_START (TUTTI_PART_START | TUTTI_PART_KEY_FRAME)

typedef struct {
    guint8 bytes[16];
    gsize length, header; /* header: of the descriptor; 0: no payload */
    TuttiPayload payload;
} Vp8Case;

static const Vp8Case vp8_cases[] = {
    /* RFC 7741 section 4.6.2: X, I, M: a key frame's start with a picture id of 15 bits */
    {{0x90, 0x80, 0x92, 0x34, 0x10},
     5,
     4,
     {.parts = KEY_START, .picture_id_bits = 15, .picture_id = 0x1234}},
    /* 4.6.1: a picture id of 7 bits */
    {{0x90, 0x80, 0x11, 0x10},
     4,
     3,
     {.parts = KEY_START, .picture_id_bits = 7, .picture_id = 0x11}},
    /* no extension: an interframe's start, its middle, a later partition */
    {{0x10, 0x11}, 2, 1, {.parts = TUTTI_PART_START}},
    {{0x00, 0x10}, 2, 1, {0}},
    {{0x11, 0x10}, 2, 1, {0}},
    /* N and reserved bits don't matter */
    {{0x70, 0x11}, 2, 1, {.parts = TUTTI_PART_START}},
    /* I, L, T, K: layer 2 with Y */
    {{0x90, 0xf0, 0x81, 0x02, 0x07, 0xa5, 0x11},
     7,
     6,
     {.parts = TUTTI_PART_START | TUTTI_PART_LAYERS | TUTTI_PART_SYNC,
      .picture_id_bits = 15,
      .picture_id = 0x102,
      .base_layer_index = 7,
      .temporal_id = 2}},
    /* K alone has its byte, and no layers; T without L is no help */
    {{0x90, 0x10, 0x05, 0x11}, 4, 3, {.parts = TUTTI_PART_START}},
    {{0x90, 0x20, 0x45, 0x11}, 4, 3, {.parts = TUTTI_PART_START}},
    /* cut short at each place, and nothing behind the descriptor */
    {{0x10}, 1, 0, {0}},
    {{0x90, 0x80}, 2, 0, {0}},
    {{0x90, 0x80, 0x92}, 3, 0, {0}},
    {{0x90, 0x80, 0x92, 0x34}, 4, 0, {0}},
    {{0x90, 0x40}, 2, 0, {0}},
    {{0x90, 0x40, 0x01}, 3, 0, {0}},
    {{0x90, 0xe0, 0x01, 0x02}, 4, 0, {0}},
    {{0x90, 0x00}, 2, 0, {0}},
};

static void
test_vp8 (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (vp8_cases); i++) {
        const Vp8Case *c = &vp8_cases[i];
        TuttiPayload payload;
        TuttiCoded coded = {0};
        gboolean is_good = c->header > 0;

        g_test_message ("case %u", i);
        g_assert_cmpint (tutti_vp8_look (c->bytes, c->length, &payload), ==, is_good);
        g_assert_cmpint (tutti_vp8_depay (&coded, c->bytes, c->length), ==, is_good);
        if (is_good) {
            g_assert_cmphex (payload.parts, ==, c->payload.parts);
            g_assert_cmpuint (payload.picture_id_bits, ==, c->payload.picture_id_bits);
            g_assert_cmpuint (payload.picture_id, ==, c->payload.picture_id);
            g_assert_cmpuint (payload.base_layer_index, ==, c->payload.base_layer_index);
            g_assert_cmpuint (payload.temporal_id, ==, c->payload.temporal_id);
            g_assert_cmpmem (coded.data, coded.length, c->bytes + c->header, c->length - c->header);
        }
        tutti_coded_free (&coded);
    }
}

static void
assert_h264 (TuttiCoded *coded, const guint8 *expected, gsize length)
{
    g_assert_cmpmem (coded->data, coded->length, expected, length);
    g_assert_false (coded->is_open);
    tutti_coded_clear (coded);
}

#define DEPAY(...)                                                                                 \
    tutti_h264_depay (&coded, (const guint8[]){__VA_ARGS__}, sizeof ((const guint8[]){__VA_ARGS__}))
#define EXPECT(...)                                                                                \
    assert_h264 (&coded, (const guint8[]){__VA_ARGS__}, sizeof ((const guint8[]){__VA_ARGS__}))

static void
test_h264 (void)
{
    TuttiCoded coded = {0};

    g_assert_true (DEPAY (0x65, 0xb8, 0x01)); /* single */
    EXPECT (0, 0, 0, 1, 0x65, 0xb8, 0x01);
    g_assert_true (DEPAY (0x78, 0, 2, 0x67, 0x42, 0, 3, 0x68, 1, 2)); /* STAP-A */
    EXPECT (0, 0, 0, 1, 0x67, 0x42, 0, 0, 0, 1, 0x68, 1, 2);
    g_assert_true (DEPAY (0x7c, 0x85, 1, 2)); /* FU-A: start, middle, end */
    g_assert_true (coded.is_open);
    g_assert_true (DEPAY (0x7c, 0x05, 3));
    g_assert_true (DEPAY (0x7c, 0x45, 4));
    EXPECT (0, 0, 0, 1, 0x65, 1, 2, 3, 4);

    /* out of place: a middle without a start, a start within, another unit within */
    g_assert_false (DEPAY (0x7c, 0x05, 3));
    g_assert_true (DEPAY (0x7c, 0x85, 1));
    g_assert_false (DEPAY (0x7c, 0x85, 1));
    g_assert_false (DEPAY (0x65, 1));
    tutti_coded_clear (&coded);

    /* not of these modes, or lying */
    g_assert_false (DEPAY (0xe5, 1));             /* forbidden bit */
    g_assert_false (DEPAY (0x60, 1));             /* type 0 */
    g_assert_false (DEPAY (0x79, 0, 1, 0, 1, 2)); /* STAP-B */
    g_assert_false (DEPAY (0x7d, 0x85, 0, 0, 1)); /* FU-B */
    g_assert_false (DEPAY (0x78));
    g_assert_false (DEPAY (0x78, 0));
    g_assert_false (DEPAY (0x78, 0, 0, 0, 1, 5));
    g_assert_false (DEPAY (0x78, 0, 5, 1));
    g_assert_false (DEPAY (0x78, 0, 1, 5, 9));
    g_assert_false (DEPAY (0x7c, 0x85));
    tutti_coded_free (&coded);
}

static guint8
look (const guint8 *data, gsize length)
{
    TuttiPayload payload;

    g_assert_true (tutti_h264_look (data, length, &payload));
    return payload.parts;
}

#define LOOK(...) look ((const guint8[]){__VA_ARGS__}, sizeof ((const guint8[]){__VA_ARGS__}))

static void
test_h264_parts (void)
{
    g_assert_cmphex (LOOK (0x41, 1), ==, 0);
    g_assert_cmphex (LOOK (0x65, 1), ==, TUTTI_PART_KEY);
    g_assert_cmphex (LOOK (0x67, 1), ==, TUTTI_PART_START | TUTTI_PART_CONFIG);
    g_assert_cmphex (LOOK (0x09, 1), ==, TUTTI_PART_START);
    g_assert_cmphex (LOOK (0x78, 0, 1, 0x67, 0, 1, 0x68, 0, 1, 0x65), ==, KEY_START);
    g_assert_cmphex (LOOK (0x7c, 0x85, 1), ==, TUTTI_PART_KEY);
    g_assert_cmphex (LOOK (0x7c, 0x45, 1), ==, TUTTI_PART_KEY);
    g_assert_cmphex (LOOK (0x7c, 0x07, 1), ==, TUTTI_PART_CONFIG); /* a parameter set's middle */
}

/* No frame grows beyond its limit. */
static void
test_limit (void)
{
    static const guint8 payload[1400] = {0x10};
    TuttiCoded coded = {0};
    guint n = 0;

    while (tutti_vp8_depay (&coded, payload, sizeof payload))
        g_assert_cmpuint (++n, <, 10000);
    g_assert_cmpuint (coded.length, <=, TUTTI_CODED_MAX_BYTES);
    g_assert_cmpuint (coded.length, >, TUTTI_CODED_MAX_BYTES - 2000);
    g_assert_cmpuint (coded.capacity, <=, TUTTI_CODED_MAX_BYTES);
    tutti_coded_free (&coded);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/depay/vp8", test_vp8);
    g_test_add_func ("/depay/h264", test_h264);
    g_test_add_func ("/depay/h264-parts", test_h264_parts);
    g_test_add_func ("/depay/limit", test_limit);
    return g_test_run ();
}
