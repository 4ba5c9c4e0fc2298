/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-aac.c: the mix as AAC, decoded again: tones keep their pitch, a click its instant, gaps
 * their length, hours their count.
 */
#include <math.h>

#include <libavcodec/avcodec.h>
#include <opus/opus.h>

#include "src/record/aac.h"

#define START_US (7 * G_USEC_PER_SEC)
#define CHANNELS 2

typedef struct {
    AVCodecContext *decoder;
    gint64 first_sample, next_sample; /* positions of frames: a gapless row */
    GArray *left;                     /* decoded samples; index 0 is first_sample */
    guint n_frames;
} Ear;

static void
on_frame (gint64 position_samples, const guint8 *data, gsize length_bytes, gpointer user_data)
{
    Ear *ear = user_data;
    AVPacket *packet = av_packet_alloc ();
    AVFrame *frame = av_frame_alloc ();

    if (ear->n_frames++ == 0)
        ear->first_sample = ear->next_sample = position_samples;
    g_assert_cmpint (position_samples, ==, ear->next_sample);
    ear->next_sample += TUTTI_AAC_FRAME_SAMPLES;
    g_assert_cmpint (av_new_packet (packet, (int)length_bytes), ==, 0);
    memcpy (packet->data, data, length_bytes);
    if (ear->decoder) {
        g_assert_cmpint (avcodec_send_packet (ear->decoder, packet), ==, 0);
        while (avcodec_receive_frame (ear->decoder, frame) == 0) {
            g_assert_cmpint (frame->sample_rate, ==, TUTTI_RATE_HZ);
            g_array_append_vals (ear->left, frame->data[0], (guint)frame->nb_samples);
        }
    }
    av_packet_free (&packet);
    av_frame_free (&frame);
}

static void
open_ear (Ear *ear, TuttiAac *aac)
{
    const guint8 *config;
    gsize config_bytes;

    *ear = (Ear){.left = g_array_new (FALSE, FALSE, sizeof (float))};
    ear->decoder = avcodec_alloc_context3 (avcodec_find_decoder (AV_CODEC_ID_AAC));
    config = tutti_aac_get_config (aac, &config_bytes);
    ear->decoder->extradata = av_mallocz (config_bytes + AV_INPUT_BUFFER_PADDING_SIZE);
    memcpy (ear->decoder->extradata, config, config_bytes);
    ear->decoder->extradata_size = (int)config_bytes;
    g_assert_cmpint (avcodec_open2 (ear->decoder, NULL, NULL), ==, 0);
    tutti_aac_set_func (aac, on_frame, ear);
}

static void
close_ear (Ear *ear)
{
    avcodec_free_context (&ear->decoder);
    g_array_unref (ear->left);
}

static float
hear (const Ear *ear, gint64 position_samples)
{
    return g_array_index (ear->left, float, position_samples - ear->first_sample);
}

static double
measure_tone (const Ear *ear, gint64 from, guint n, double hz)
{
    double re = 0, im = 0;

    for (guint i = 0; i < n; i++) {
        re += hear (ear, from + i) * cos (2 * G_PI * hz * i / TUTTI_RATE_HZ);
        im += hear (ear, from + i) * sin (2 * G_PI * hz * i / TUTTI_RATE_HZ);
    }
    return 2 * sqrt (re * re + im * im) / n;
}

static OpusEncoder *
make_opus (void)
{
    int error;
    OpusEncoder *opus =
        opus_encoder_create (TUTTI_RATE_HZ, CHANNELS, OPUS_APPLICATION_VOIP, &error);

    g_assert_nonnull (opus);
    opus_encoder_ctl (opus, OPUS_SET_BITRATE (64000));
    return opus;
}

/* One round of a tone; the click: from sample `edge` of the round on. */
static void
push_round (TuttiAac *aac, OpusEncoder *opus, guint round, double hz, guint edge, gint64 time_us)
{
    float pcm[TUTTI_ROUND_SAMPLES * CHANNELS] = {0};
    guint8 data[1500];
    int length;

    for (guint i = edge; i < TUTTI_ROUND_SAMPLES; i++)
        for (guint c = 0; c < CHANNELS; c++)
            pcm[i * CHANNELS + c] =
                (float)(0.5 * sin (2 * G_PI * hz * (round * 960.0 + i - edge) / TUTTI_RATE_HZ));
    length = opus_encode_float (opus, pcm, TUTTI_ROUND_SAMPLES, data, sizeof data);
    g_assert_cmpint (length, >, 0);
    tutti_aac_push (aac, data, (gsize)length, time_us);
}

static void
test_tone (void)
{
    g_autoptr (TuttiAac) aac = tutti_aac_new (CHANNELS, 128000, START_US, NULL);
    OpusEncoder *opus = make_opus ();
    Ear ear;

    open_ear (&ear, aac);
    for (guint round = 0; round < 100; round++)
        push_round (aac, opus, round, 1000, 0, START_US + round * TUTTI_ROUND_US);
    /* All but what decoders and encoders hold back. */
    g_assert_cmpint (ear.next_sample, >, 96000 - 4096);
    g_assert_cmpint (ear.first_sample, ==, 0);
    g_assert_cmpfloat (measure_tone (&ear, 24000, 48000, 1000), >, 0.4);
    g_assert_cmpfloat (measure_tone (&ear, 24000, 48000, 1000), <, 0.6);
    g_assert_cmpfloat (measure_tone (&ear, 24000, 48000, 1100), <, 0.02);
    close_ear (&ear);
    opus_encoder_destroy (opus);
}

static gint64
find_onset (const Ear *ear, gint64 from)
{
    while (ABS (hear (ear, from)) < 0.2)
        from++;
    return from;
}

/* Silence, of which the mix sends nothing, then a tone's onset within a round: it is heard at its
 * instant. */
static void
test_onset (void)
{
    g_autoptr (TuttiAac) aac = tutti_aac_new (CHANNELS, 128000, START_US, NULL);
    OpusEncoder *opus = make_opus ();
    Ear ear;

    open_ear (&ear, aac);
    for (guint round = 0; round < 100; round++) {
        gint64 time_us = START_US + round * TUTTI_ROUND_US;
        if (round < 10 || round >= 50)
            push_round (aac, opus, round, round < 50 ? 0 : 800, round == 50 ? 480 : 0, time_us);
        else
            tutti_aac_fill (aac, time_us - 100 * TUTTI_USEC_PER_MSEC);
    }
    /* 1 ms: what two lossy codecs make of an edge. */
    g_assert_cmpint (ABS (find_onset (&ear, 0) - (50 * 960 + 480)), <, 96);
    close_ear (&ear);
    opus_encoder_destroy (opus);
}

/* A gap that nobody filled, sound from before the origin, sound that comes after its time was
 * filled with silence, and bytes that are no Opus: the row of frames stays gapless, and what comes
 * afterwards is at its place. */
static void
test_disorder (void)
{
    g_autoptr (TuttiAac) aac = tutti_aac_new (CHANNELS, 128000, START_US, NULL);
    OpusEncoder *opus = make_opus ();
    Ear ear;

    open_ear (&ear, aac);
    for (guint round = 0; round < 20; round++)
        push_round (aac, opus, round, 500, 0, START_US + ((int)round - 10) * TUTTI_ROUND_US);
    tutti_aac_fill (aac, START_US + 30 * TUTTI_ROUND_US);
    for (guint round = 25; round < 30; round++)
        push_round (aac, opus, round, 500, 0, START_US + round * TUTTI_ROUND_US);
    tutti_aac_push (aac, (const guint8 *)"\xff\xff\xff", 3, START_US + 40 * TUTTI_ROUND_US);
    tutti_aac_push (aac, NULL, 0, START_US + 40 * TUTTI_ROUND_US);
    for (guint round = 60; round < 100; round++)
        push_round (aac, opus, round, 700, 0, START_US + round * TUTTI_ROUND_US);
    g_assert_cmpfloat (measure_tone (&ear, 2000, 7000, 500), >, 0.3);
    g_assert_cmpfloat (measure_tone (&ear, 14000, 12000, 500), <, 0.02);
    g_assert_cmpint (ABS (find_onset (&ear, 20000) - 60 * 960), <, 960);
    g_assert_cmpfloat (measure_tone (&ear, 70000, 20000, 700), >, 0.4);
    close_ear (&ear);
    opus_encoder_destroy (opus);
}

/* Times that are off by some microseconds for long: no gap is seen, nothing adds up. */
static void
test_long (void)
{
    guint seconds = g_test_slow () ? 3600 : 300;
    g_autoptr (TuttiAac) aac = tutti_aac_new (CHANNELS, 128000, START_US, NULL);
    OpusEncoder *opus = make_opus ();
    Ear ear = {0};
    float pcm[TUTTI_ROUND_VALUES_MAX] = {0};
    guint8 data[1500];
    gsize length = (gsize)opus_encode_float (opus, pcm, TUTTI_ROUND_SAMPLES, data, sizeof data);

    tutti_aac_set_func (aac, on_frame, &ear);
    for (guint round = 0; round < seconds * 50; round++)
        tutti_aac_push (aac, data, length,
                        START_US + round * (gint64)TUTTI_ROUND_US + g_random_int_range (-900, 900));
    g_assert_cmpint (ear.next_sample, >, seconds * (gint64)TUTTI_RATE_HZ - 2 * 2048);
    g_assert_cmpint (ear.next_sample, <=, seconds * (gint64)TUTTI_RATE_HZ);
    opus_encoder_destroy (opus);
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/aac/tone", test_tone);
    g_test_add_func ("/aac/onset", test_onset);
    g_test_add_func ("/aac/disorder", test_disorder);
    g_test_add_func ("/aac/long", test_long);
    return g_test_run ();
}
