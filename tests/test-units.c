/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-units.c: packets become the frames that our encoders made, and after any loss nothing is
 * given out that a decoder could not decode.
 */
#include <opus/opus.h>

#include "encode-fixture.h"
#include "film-kit.h"
#include "src/record/opus-packet.h"

#define N_PICTURES 60
#define KEY_EACH 20
#define SEEDS 50

/* All packets of the picture that packets[from] begins. */
static GPtrArray *
slice_picture (GPtrArray *packets, guint from)
{
    GPtrArray *slice = g_ptr_array_new ();

    do
        g_ptr_array_add (slice, packets->pdata[from]);
    while (!(((TuttiPacket *)packets->pdata[from++])->flags & TUTTI_PACKET_MARKER));
    return slice;
}

static void
test_whole (gconstpointer user_data)
{
    TuttiCodec codec = GPOINTER_TO_INT (user_data);
    g_autoptr (GPtrArray) packets = kit_make_pictures (codec, N_PICTURES, KEY_EACH, 1000);
    g_autoptr (TuttiUnits) units = tutti_units_new ();
    TuttiUnit unit;
    guint n = 0, first = 0;

    for (guint i = 0; i < packets->len; i++) {
        g_autoptr (GPtrArray) picture = NULL;
        g_autoptr (GByteArray) expected = NULL;

        if (!tutti_units_push (units, packets->pdata[i], &unit))
            continue;
        picture = slice_picture (packets, first);
        expected = fixture_assemble (picture);
        g_assert_cmpmem (unit.data, unit.length_bytes, expected->data, expected->len);
        g_assert_cmpint (unit.time_us, ==, 1000 + n * KIT_FRAME_US);
        g_assert_cmpint (unit.is_key, ==, n % KEY_EACH == 0);
        g_assert_cmpint (unit.width, ==, unit.is_key ? KIT_WIDTH : 0);
        g_assert_cmpint (unit.height, ==, unit.is_key ? KIT_HEIGHT : 0);
        first = i + 1;
        n++;
    }
    g_assert_cmpuint (n, ==, N_PICTURES);
    g_assert_cmpuint (tutti_units_get_lost (units), ==, 0);
}

/* A run of packets is lost: with a hint, as from a queue that overflowed. Everything up to there
 * and from the next whole key frame on comes out, nothing else; nobody is forgotten. */
static void
check_loss (GPtrArray *packets, guint from, guint to)
{
    g_autoptr (TuttiUnits) units = tutti_units_new ();
    TuttiUnit unit;
    guint n = 0;
    gint64 before_us = -1, after_us = -1;

    for (guint i = 0; i < packets->len; i++) {
        if (i == from)
            tutti_units_break (units);
        if ((i >= from && i < to) || !tutti_units_push (units, packets->pdata[i], &unit))
            continue;
        n++;
        if (i < from)
            before_us = unit.time_us;
        else if (after_us < 0) {
            after_us = unit.time_us;
            g_assert_true (unit.is_key);
        }
    }
    g_assert_cmpint (before_us, <, ((TuttiPacket *)packets->pdata[to - 1])->time_us + 1);
    if (after_us >= 0)
        g_assert_cmpint (after_us, >=, ((TuttiPacket *)packets->pdata[from])->time_us);
    g_assert_cmpuint (n + tutti_units_get_lost (units), <=, N_PICTURES);
}

static void
test_losses (gconstpointer user_data)
{
    TuttiCodec codec = GPOINTER_TO_INT (user_data);
    g_autoptr (GPtrArray) packets = kit_make_pictures (codec, N_PICTURES, KEY_EACH, 0);
    g_autoptr (GRand) random = g_rand_new_with_seed (4);

    for (guint i = 0; i < SEEDS; i++) {
        guint from = (guint)g_rand_int_range (random, 1, (gint32)packets->len - 1);
        guint n = (guint)g_rand_int_range (random, 1, 40);

        check_loss (packets, from, MIN (from + n, packets->len));
    }
}

/* VP8 numbers its pictures: a whole one that is missing shows without a hint. */
static void
test_missing_picture (void)
{
    g_autoptr (GPtrArray) packets = kit_make_pictures (TUTTI_CODEC_VP8, N_PICTURES, KEY_EACH, 0);
    g_autoptr (TuttiUnits) units = tutti_units_new ();
    TuttiUnit unit;
    guint n = 0;

    for (guint i = 0; i < packets->len; i++) {
        const TuttiPacket *packet = packets->pdata[i];

        if (packet->time_us == 5 * KIT_FRAME_US || !tutti_units_push (units, packet, &unit))
            continue;
        g_assert_true (unit.time_us < 5 * KIT_FRAME_US || unit.time_us >= KEY_EACH * KIT_FRAME_US);
        n++;
    }
    g_assert_cmpuint (n, ==, N_PICTURES - KEY_EACH + 5);
    g_assert_cmpuint (tutti_units_get_lost (units), ==, KEY_EACH - 6);
}

/* Beginning in the middle waits for a key frame, and what passed by is no loss. */
static void
test_restart (void)
{
    g_autoptr (GPtrArray) packets = kit_make_pictures (TUTTI_CODEC_H264, N_PICTURES, KEY_EACH, 0);
    g_autoptr (TuttiUnits) units = tutti_units_new ();
    TuttiUnit unit;
    gint64 first_us = -1;

    for (guint i = 0; i < packets->len; i++) {
        const TuttiPacket *packet = packets->pdata[i];

        if (packet->time_us == 5 * KIT_FRAME_US)
            tutti_units_restart (units);
        if (packet->time_us < 3 * KIT_FRAME_US || !tutti_units_push (units, packet, &unit))
            continue;
        if (first_us < 0)
            first_us = unit.time_us;
    }
    g_assert_cmpint (first_us, ==, KEY_EACH * KIT_FRAME_US);
    g_assert_cmpuint (tutti_units_get_lost (units), ==, 0);
}

/* RFC 6716 section 3.1, table 2, and section 3.2. */
static void
test_opus_durations (void)
{
    static const struct {
        guint8 data[2];
        gsize length_bytes;
        gint64 us;
    } known[] = {
        {{0}, 0, 0},
        {{0 << 3}, 1, 10000},
        {{3 << 3}, 1, 60000},
        {{12 << 3}, 1, 10000},
        {{15 << 3}, 1, 20000},
        {{16 << 3}, 1, 2500},
        {{31 << 3 | 1}, 2, 40000},
        {{31 << 3 | 3, 6}, 2, 120000},
        {{31 << 3 | 3, 7}, 2, 0},
        {{31 << 3 | 3}, 1, 0},
        {{11 << 3 | 2}, 1, 120000},
    };
    g_autoptr (GPtrArray) sounds = kit_make_sounds (10, 2, 0);

    for (guint i = 0; i < G_N_ELEMENTS (known); i++)
        g_assert_cmpint (tutti_opus_get_duration_us (known[i].data, known[i].length_bytes), ==,
                         known[i].us);
    for (guint i = 0; i < sounds->len; i++) {
        const TuttiPacket *packet = sounds->pdata[i];

        g_assert_cmpint (tutti_opus_get_duration_us (packet->data, packet->length_bytes), ==,
                         TUTTI_ROUND_US);
    }
}

/* libopus plays our silence as zeros, and its own lookahead is what we write into files. */
static void
test_opus_silence (void)
{
    for (int channels = 1; channels <= 2; channels++) {
        int error;
        OpusDecoder *decoder = opus_decoder_create (TUTTI_RATE_HZ, channels, &error);
        OpusEncoder *encoder =
            opus_encoder_create (TUTTI_RATE_HZ, channels, OPUS_APPLICATION_VOIP, &error);
        gint16 pcm[TUTTI_ROUND_VALUES_MAX];
        opus_int32 lookahead;
        gsize length_bytes;
        const guint8 *silence = tutti_opus_get_silence ((guint)channels, &length_bytes);

        g_assert_cmpint (
            opus_decode (decoder, silence, (int)length_bytes, pcm, TUTTI_ROUND_SAMPLES, 0), ==,
            TUTTI_ROUND_SAMPLES);
        for (int i = 0; i < TUTTI_ROUND_SAMPLES * channels; i++)
            g_assert_cmpint (pcm[i], ==, 0);
        g_assert_cmpint (opus_packet_get_nb_channels (silence), ==, channels);
        opus_encoder_ctl (encoder, OPUS_GET_LOOKAHEAD (&lookahead));
        g_assert_cmpint (lookahead, ==, TUTTI_OPUS_PRE_SKIP_SAMPLES);
        opus_decoder_destroy (decoder);
        opus_encoder_destroy (encoder);
    }
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_data_func ("/units/whole/vp8", GINT_TO_POINTER (TUTTI_CODEC_VP8), test_whole);
    g_test_add_data_func ("/units/whole/h264", GINT_TO_POINTER (TUTTI_CODEC_H264), test_whole);
    g_test_add_data_func ("/units/losses/vp8", GINT_TO_POINTER (TUTTI_CODEC_VP8), test_losses);
    g_test_add_data_func ("/units/losses/h264", GINT_TO_POINTER (TUTTI_CODEC_H264), test_losses);
    g_test_add_func ("/units/missing-picture", test_missing_picture);
    g_test_add_func ("/units/restart", test_restart);
    g_test_add_func ("/units/opus/durations", test_opus_durations);
    g_test_add_func ("/units/opus/silence", test_opus_silence);
    return g_test_run ();
}
