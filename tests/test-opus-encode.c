/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-opus-encode.c: tones through encoder and decoder, silence by the rules, and no trace of the
 * past after a reset.
 */
#include <math.h>
#include <opus/opus.h>
#include <string.h>

#include "encode/opus-encode.h"

#define START_US (5 * G_USEC_PER_SEC)

static TuttiOpusEncoder *
make_encoder (guint channels)
{
    TuttiOpusSetup setup = {.channels = channels,
                            .bitrate_bps = 32000 * channels,
                            .fec = TRUE,
                            .loss_percent = 10,
                            .complexity = 5};

    return tutti_opus_encoder_new (&setup);
}

static void
draw_tone (gint16 *pcm, guint channels, guint round, double hz)
{
    for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++)
        for (guint c = 0; c < channels; c++)
            pcm[i * channels + c] =
                8000 * sin (2 * G_PI * hz * (round * TUTTI_ROUND_SAMPLES + i) / TUTTI_RATE_HZ);
}

/* Amplitude of one tone (Goertzel by plain correlation). */
static double
measure_tone (const gint16 *pcm, guint channels, guint n, double hz)
{
    double re = 0, im = 0;

    for (guint i = 0; i < n; i++) {
        re += pcm[i * channels] * cos (2 * G_PI * hz * i / TUTTI_RATE_HZ);
        im += pcm[i * channels] * sin (2 * G_PI * hz * i / TUTTI_RATE_HZ);
    }
    return 2 * sqrt (re * re + im * im) / n;
}

static void
test_tone (gconstpointer user_data)
{
    guint channels = GPOINTER_TO_UINT (user_data);
    g_autoptr (TuttiOpusEncoder) encoder = make_encoder (channels);
    OpusDecoder *decoder = opus_decoder_create (TUTTI_RATE_HZ, channels, NULL);
    gint16 pcm[TUTTI_ROUND_VALUES_MAX], last[50 * TUTTI_ROUND_VALUES_MAX];
    guint bytes = 0;

    for (guint round = 0; round < 100; round++) {
        g_autoptr (TuttiPacket) packet = NULL;

        draw_tone (pcm, channels, round, 400);
        packet = tutti_opus_encoder_push (encoder, pcm, START_US + round * TUTTI_ROUND_US);
        g_assert_nonnull (packet);
        g_assert_cmpint (packet->codec, ==, TUTTI_CODEC_OPUS);
        g_assert_cmpint (packet->time_us, ==, START_US + round * TUTTI_ROUND_US);
        g_assert_cmpint (packet->flags, ==, round == 0 ? TUTTI_PACKET_MARKER : 0);
        g_assert_cmpuint (packet->source, !=, 0);
        bytes += packet->length_bytes;
        g_assert_cmpint (opus_decode (decoder, packet->data, packet->length_bytes,
                                      last + (round % 50) * TUTTI_ROUND_SAMPLES * channels,
                                      TUTTI_ROUND_SAMPLES, 0),
                         ==, TUTTI_ROUND_SAMPLES);
    }
    opus_decoder_destroy (decoder);
    g_assert_cmpfloat (measure_tone (last, channels, 50 * TUTTI_ROUND_SAMPLES, 400), >=, 6000);
    g_assert_cmpfloat (measure_tone (last, channels, 50 * TUTTI_ROUND_SAMPLES, 700), <=, 80);
    g_assert_cmpuint (bytes * 8 / 2, <=, 32000 * channels * 13 / 10);
}

/* A vowel: FEC is made of speech only. */
static void
draw_vowel (gint16 *pcm, guint round, double hz)
{
    for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++) {
        double t = (double)(round * TUTTI_ROUND_SAMPLES + i) / TUTTI_RATE_HZ, sum = 0;

        for (guint harmonic = 1; harmonic < 20; harmonic++)
            sum += sin (2 * G_PI * hz * harmonic * t) / harmonic;
        pcm[i] = 3000 * sum;
    }
}

static void
decode (OpusDecoder *decoder, const TuttiPacket *packet, gint16 *pcm, gboolean fec)
{
    g_assert_cmpint (
        opus_decode (decoder, packet->data, packet->length_bytes, pcm, TUTTI_ROUND_SAMPLES, fec),
        ==, TUTTI_ROUND_SAMPLES);
}

/* The voice changes pitch in a packet that gets lost: concealment can't know, the next one's FEC
 * does. */
static void
test_fec (void)
{
    const guint lost = 40;
    g_autoptr (TuttiOpusEncoder) encoder = make_encoder (1);
    OpusDecoder *decoder = opus_decoder_create (TUTTI_RATE_HZ, 1, NULL);
    gint16 pcm[TUTTI_ROUND_SAMPLES];

    for (guint round = 0; round <= lost + 1; round++) {
        g_autoptr (TuttiPacket) packet = NULL;

        draw_vowel (pcm, round, round < lost ? 120 : 200);
        packet = tutti_opus_encoder_push (encoder, pcm, START_US + round * TUTTI_ROUND_US);
        if (round != lost)
            decode (decoder, packet, pcm, round == lost + 1);
    }
    opus_decoder_destroy (decoder);
    g_assert_cmpfloat (measure_tone (pcm, 1, TUTTI_ROUND_SAMPLES, 200), >=, 1500);
    g_assert_cmpfloat (measure_tone (pcm, 1, TUTTI_ROUND_SAMPLES, 200), >,
                       measure_tone (pcm, 1, TUTTI_ROUND_SAMPLES, 120));
}

/* RFC 6716 section 3.1: from 16 on it is CELT alone, which has no FEC. */
static guint
find_config (TuttiOpusEncoder *encoder, guint *round)
{
    guint config = 0;

    for (guint i = 0; i < 25; i++, ++*round) {
        g_autoptr (TuttiPacket) packet = NULL;
        gint16 pcm[TUTTI_ROUND_SAMPLES];

        draw_vowel (pcm, *round, 120);
        packet = tutti_opus_encoder_push (encoder, pcm, START_US + *round * TUTTI_ROUND_US);
        config = packet->data[0] >> 3;
    }
    return config;
}

/* What can be repaired is coded only for those who lose something. */
static void
test_follows_loss (void)
{
    const TuttiOpusSetup setup = {
        .channels = 1, .bitrate_bps = 64000, .fec = TRUE, .complexity = 5};
    g_autoptr (TuttiOpusEncoder) encoder = tutti_opus_encoder_new (&setup);
    guint round = 0;

    g_assert_cmpuint (find_config (encoder, &round), >=, 16);
    tutti_opus_encoder_set_loss (encoder, 2);
    g_assert_cmpuint (find_config (encoder, &round), <, 16);
    tutti_opus_encoder_set_loss (encoder, 0);
    g_assert_cmpuint (find_config (encoder, &round), >=, 16);
}

/* In rounds: which of them give a packet, and which have the marker. */
static void
test_silence (void)
{
    g_autoptr (TuttiOpusEncoder) encoder = make_encoder (1);
    gint16 pcm[TUTTI_ROUND_SAMPLES];
    g_autoptr (GString) seen = g_string_new (NULL);

    for (guint round = 0; round < 70; round++) {
        gboolean speaks = (round >= 2 && round < 5) || round == 60;
        g_autoptr (TuttiPacket) packet = NULL;

        draw_tone (pcm, 1, round, 400);
        packet = tutti_opus_encoder_push (encoder, speaks ? pcm : NULL,
                                          START_US + round * TUTTI_ROUND_US);
        g_string_append_c (
            seen, packet == NULL ? '.' : (packet->flags & TUTTI_PACKET_MARKER ? 'M' : 'x'));
    }
    g_assert_cmpstr (seen->str, ==,
                     "x.Mxx"                /* at the start the stream shows itself; then speech */
                     "xxx"                  /* its tail */
                     "...................x" /* 400 ms after the last */
                     "...................x"
                     "............"
                     "Mxxx......");
}

/* Rounds that were skipped don't stretch the comfort packets' distance. */
static void
test_silence_by_time (void)
{
    g_autoptr (TuttiOpusEncoder) encoder = make_encoder (1);
    g_autoptr (TuttiPacket) first = tutti_opus_encoder_push (encoder, NULL, START_US);
    g_autoptr (TuttiPacket) early = tutti_opus_encoder_push (encoder, NULL, START_US + 380000);
    g_autoptr (TuttiPacket) due = tutti_opus_encoder_push (encoder, NULL, START_US + 420000);

    g_assert_nonnull (first);
    g_assert_null (early);
    g_assert_nonnull (due);
}

/* After a reset an encoder gives exactly what a new one gives. */
static void
test_reset (void)
{
    g_autoptr (TuttiOpusEncoder) used = make_encoder (1), fresh = make_encoder (1);
    gint16 pcm[TUTTI_ROUND_SAMPLES];

    for (guint round = 0; round < 30; round++) {
        draw_tone (pcm, 1, round, 400);
        tutti_packet_unref (tutti_opus_encoder_push (used, pcm, START_US + round * TUTTI_ROUND_US));
    }
    tutti_opus_encoder_reset (used);
    for (guint round = 30; round < 60; round++) {
        gint64 now_us = START_US + round * TUTTI_ROUND_US;
        g_autoptr (TuttiPacket) a = NULL, b = NULL;

        draw_tone (pcm, 1, round, 900);
        a = tutti_opus_encoder_push (used, round < 45 ? pcm : NULL, now_us);
        b = tutti_opus_encoder_push (fresh, round < 45 ? pcm : NULL, now_us);
        g_assert_cmpint (a != NULL, ==, b != NULL);
        if (a == NULL)
            continue;
        g_assert_cmpmem (a->data, a->length_bytes, b->data, b->length_bytes);
        g_assert_cmpint (a->flags, ==, b->flags);
        g_assert_cmpuint (a->source, !=, b->source);
    }
}

/* Packets come from the pool: an hour allocates no more than a moment. */
static void
test_pool (void)
{
    g_autoptr (TuttiOpusEncoder) encoder = make_encoder (1);
    gint16 pcm[TUTTI_ROUND_SAMPLES];
    guint allocated = 0;

    for (guint round = 0; round < 200; round++) {
        draw_tone (pcm, 1, round, 400);
        tutti_packet_unref (
            tutti_opus_encoder_push (encoder, pcm, START_US + round * TUTTI_ROUND_US));
        if (round == 0)
            allocated = tutti_packet_count_allocated ();
    }
    g_assert_cmpuint (tutti_packet_count_allocated (), ==, allocated);
    g_assert_cmpuint (tutti_packet_count_live (), ==, 0);
}

static void
test_times (void)
{
    TuttiHistogram times = {0};
    TuttiHistogramFigures figures = {0};
    TuttiOpusSetup setup = {.channels = 1, .bitrate_bps = 32000, .complexity = 5, .times = &times};
    g_autoptr (TuttiOpusEncoder) encoder = tutti_opus_encoder_new (&setup);
    gint16 pcm[TUTTI_ROUND_VALUES_MAX];

    for (guint round = 0; round < 3; round++) {
        g_autoptr (TuttiPacket) packet = NULL;

        draw_tone (pcm, 1, round, 400);
        packet = tutti_opus_encoder_push (encoder, pcm, START_US);
    }
    tutti_histogram_add_to (&times, &figures);
    g_assert_cmpuint (figures.n, ==, 3);
    g_assert_cmpint (figures.sum_us, >, 0);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_data_func ("/opus-encode/tone/mono", GUINT_TO_POINTER (1), test_tone);
    g_test_add_data_func ("/opus-encode/tone/stereo", GUINT_TO_POINTER (2), test_tone);
    g_test_add_func ("/opus-encode/fec", test_fec);
    g_test_add_func ("/opus-encode/follows-loss", test_follows_loss);
    g_test_add_func ("/opus-encode/silence", test_silence);
    g_test_add_func ("/opus-encode/silence-by-time", test_silence_by_time);
    g_test_add_func ("/opus-encode/reset", test_reset);
    g_test_add_func ("/opus-encode/pool", test_pool);
    g_test_add_func ("/opus-encode/times", test_times);
    return g_test_run ();
}
