/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-settings-opus.c: what libopus' settings cost and give, with two people who talk at once:
 * processor time a round, bit rate, and segmental SNR (the mean over rounds with sound in them).
 */
#include <math.h>
#include <opus/opus.h>
#include <string.h>

#include <tutti/types.h>

#include "bench-settings.h"

#define ROUNDS 500
#define SAMPLES (ROUNDS * TUTTI_ROUND_SAMPLES)
#define PACKET_BYTES 1500
#define HARMONICS 40
/* Of a round's mean square; quieter ones say nothing of a codec. */
#define SOUND_POWER 1e4
#define SNR_MIN_DB -10
#define SNR_MAX_DB 45

typedef struct {
    const char *name;
    int application, complexity, signal, loss_percent, bitrate_bps;
} Setting;

static const Setting settings[] = {
    {"tutti's: AUDIO, complexity 5", OPUS_APPLICATION_AUDIO, 5, OPUS_AUTO, 0, 64000},
    {"tutti's where 2 % are lost", OPUS_APPLICATION_AUDIO, 5, OPUS_SIGNAL_VOICE, 2, 64000},
    {"VOIP", OPUS_APPLICATION_VOIP, 5, OPUS_AUTO, 0, 64000},
    {"complexity 0", OPUS_APPLICATION_AUDIO, 0, OPUS_AUTO, 0, 64000},
    {"complexity 3", OPUS_APPLICATION_AUDIO, 3, OPUS_AUTO, 0, 64000},
    {"complexity 8", OPUS_APPLICATION_AUDIO, 8, OPUS_AUTO, 0, 64000},
    {"32 kbit/s", OPUS_APPLICATION_AUDIO, 5, OPUS_AUTO, 0, 32000},
    {"32 kbit/s, VOIP", OPUS_APPLICATION_VOIP, 5, OPUS_AUTO, 0, 32000},
};

/* How a vowel's formants raise one of its harmonics. */
static double
weigh (double hz, const double *formants)
{
    double gain = 0.02;

    for (guint i = 0; i < 3; i++)
        gain += exp (-(hz - formants[i]) * (hz - formants[i]) / (2 * 120.0 * 120.0)) / (i + 1);
    return gain;
}

/* Syllables of five vowels at four a second, a hiss before each third, and pauses. */
static void
add_talker (gint16 *pcm, double pitch_hz, double offset_s)
{
    static const double vowels[5][3] = {
        {730, 1090, 2440}, {270, 2290, 3010}, {300, 870, 2240}, {530, 1840, 2480}, {570, 840, 2410},
    };
    guint32 noise = 1;
    double phase = 0;

    for (guint i = 0; i < SAMPLES; i++) {
        double t = (double)i / TUTTI_RATE_HZ + offset_s, beat = fmod (4 * t, 1), sum = 0;
        guint syllable = (guint)(4 * t);
        double hz = pitch_hz * (1 + 0.1 * sin (2 * t)), loud = sin (G_PI * beat);

        phase = fmod (phase + hz / TUTTI_RATE_HZ, 1);
        noise = noise * 1664525 + 1013904223;
        if (syllable % 7 == 6)
            continue;
        for (guint n = 1; n <= HARMONICS; n++)
            sum += sin (2 * G_PI * n * phase) * weigh (n * hz, vowels[syllable % 5]);
        if (syllable % 3 == 0 && beat < 0.3)
            sum += 0.5 * ((noise >> 8) / (double)(1 << 23) - 1);
        pcm[i] = (gint16)CLAMP (pcm[i] + 2500 * loud * sum, G_MININT16, G_MAXINT16);
    }
}

static double
measure_snr (const gint16 *in, const gint16 *out)
{
    double sum_db = 0;
    guint n = 0;

    for (guint at = 0; at < SAMPLES - 2 * TUTTI_ROUND_SAMPLES; at += TUTTI_ROUND_SAMPLES) {
        double signal = 1, error = 1;

        for (guint i = at; i < at + TUTTI_ROUND_SAMPLES; i++) {
            signal += (double)in[i] * in[i];
            error += (double)(in[i] - out[i]) * (in[i] - out[i]);
        }
        if (signal < SOUND_POWER * TUTTI_ROUND_SAMPLES)
            continue;
        sum_db += CLAMP (10 * log10 (signal / error), SNR_MIN_DB, SNR_MAX_DB);
        n++;
    }
    return n > 0 ? sum_db / n : 0;
}

static OpusEncoder *
make_encoder (const Setting *setting)
{
    OpusEncoder *encoder = opus_encoder_create (TUTTI_RATE_HZ, 1, setting->application, NULL);

    g_assert_nonnull (encoder);
    opus_encoder_ctl (encoder, OPUS_SET_BITRATE (setting->bitrate_bps));
    opus_encoder_ctl (encoder, OPUS_SET_COMPLEXITY (setting->complexity));
    opus_encoder_ctl (encoder, OPUS_SET_SIGNAL (setting->signal));
    opus_encoder_ctl (encoder, OPUS_SET_INBAND_FEC (1));
    opus_encoder_ctl (encoder, OPUS_SET_PACKET_LOSS_PERC (setting->loss_percent));
    return encoder;
}

static void
measure (const Setting *setting, const gint16 *in)
{
    g_autofree gint16 *out = g_new0 (gint16, SAMPLES);
    OpusEncoder *encoder = make_encoder (setting);
    OpusDecoder *decoder = opus_decoder_create (TUTTI_RATE_HZ, 1, NULL);
    gint64 cpu_us = 0, bytes = 0;
    opus_int32 delay = 0;

    for (guint at = 0; at < SAMPLES; at += TUTTI_ROUND_SAMPLES) {
        guint8 packet[PACKET_BYTES];
        gint64 start_us = bench_get_cpu_us ();
        opus_int32 length =
            opus_encode (encoder, in + at, TUTTI_ROUND_SAMPLES, packet, PACKET_BYTES);
        int decoded;

        cpu_us += bench_get_cpu_us () - start_us;
        bytes += length;
        decoded = opus_decode (decoder, packet, length, out + at, TUTTI_ROUND_SAMPLES, 0);
        g_assert_cmpint (decoded, ==, TUTTI_ROUND_SAMPLES);
    }
    opus_encoder_ctl (encoder, OPUS_GET_LOOKAHEAD (&delay));
    g_print ("| %s | %.1f | %.0f | %.1f |\n", setting->name, (double)cpu_us / ROUNDS,
             bytes * 8 * 50.0 / ROUNDS / 1e3, measure_snr (in, out + delay));
    opus_decoder_destroy (decoder);
    opus_encoder_destroy (encoder);
}

void
bench_opus (const char *wanted)
{
    g_autofree gint16 *in = g_new0 (gint16, SAMPLES);

    add_talker (in, 110, 0);
    add_talker (in, 190, 0.37);
    g_print (
        "\nOpus, two voices, mono, rounds of 20 ms:\n\n| setting | us a round | kbit/s | segmental "
        "SNR |\n|---|---|---|---|\n");
    for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
        if (g_str_has_prefix (settings[i].name, wanted))
            measure (&settings[i], in);
}
