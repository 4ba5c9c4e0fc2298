/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-audio-source.c: Opus packets of a tone through loss, pauses and other streams: what the
 * mixer gets to hear.
 */
#include "src/decode/audio-source.h"

#include <math.h>
#include <opus/opus.h>
#include <string.h>
#include <tutti/packet.h>

#define N TUTTI_ROUND_SAMPLES
#define TONE_HZ 440.0
#define AMPLITUDE 8000.0
#define WAY_US 5000
#define ROUNDS_MAX 600

typedef struct {
    OpusEncoder *encoder;
    TuttiQueue *queue;
    TuttiAudioSource *source;
    TuttiSoundInput input;
    guint channels;
    guint32 ssrc;
    guint8 level;       /* of the packets */
    guint index;        /* of the next packet */
    double syllable_hz; /* how often the tone swells; 0: it is steady */
    gint64 now_us;
    guint8 heard_level;
    guint n_rounds;
    gint16 heard[ROUNDS_MAX * N * TUTTI_CHANNELS_MAX];
    gboolean is_sound[ROUNDS_MAX];
} Call;

static Call *
call_new (guint channels, int application)
{
    Call *call = g_new0 (Call, 1);

    call->encoder = opus_encoder_create (TUTTI_RATE_HZ, (int)channels, application, NULL);
    opus_encoder_ctl (call->encoder, OPUS_SET_BITRATE (32000 * (int)channels));
    opus_encoder_ctl (call->encoder, OPUS_SET_INBAND_FEC (1));
    opus_encoder_ctl (call->encoder, OPUS_SET_PACKET_LOSS_PERC (20));
    opus_encoder_ctl (call->encoder, OPUS_SET_MAX_BANDWIDTH (OPUS_BANDWIDTH_WIDEBAND));
    call->queue = tutti_queue_new (64, NULL, NULL);
    call->source = tutti_audio_source_new (call->queue, channels, 200);
    call->input = tutti_audio_source_get_input (call->source, 1);
    call->channels = channels;
    call->ssrc = 77;
    call->level = 18;
    call->now_us = 1000 * (gint64)G_USEC_PER_SEC;
    return call;
}

static void
call_free (Call *call)
{
    tutti_audio_source_free (call->source);
    tutti_queue_unref (call->queue);
    opus_encoder_destroy (call->encoder);
    g_free (call);
    g_assert_cmpuint (tutti_packet_count_live (), ==, 0);
}

static TuttiPacket *
make_packet (Call *call, double amplitude)
{
    gint16 pcm[N * TUTTI_CHANNELS_MAX];
    TuttiPacket *packet = tutti_packet_new ();

    for (guint i = 0; i < N * call->channels; i++) {
        double sample = call->index * (double)N + i / call->channels;

        double swell = pow (cos (G_PI * call->syllable_hz * sample / TUTTI_RATE_HZ), 4);

        pcm[i] = (gint16)(amplitude * swell * sin (2 * G_PI * TONE_HZ * sample / TUTTI_RATE_HZ));
    }
    packet->length_bytes =
        (guint16)opus_encode (call->encoder, pcm, N, packet->data, TUTTI_PAYLOAD_MAX_BYTES);
    packet->codec = TUTTI_CODEC_OPUS;
    packet->ssrc = call->ssrc;
    packet->seq = (guint16)call->index;
    packet->timestamp = call->index * N;
    packet->level = call->level;
    packet->time_us = call->now_us - TUTTI_ROUND_US + WAY_US;
    call->index++;
    return packet;
}

static void
listen_and_pull (Call *call)
{
    gint16 *pcm = call->heard + call->n_rounds * N * call->channels;

    g_assert_cmpuint (call->n_rounds, <, ROUNDS_MAX);
    call->heard_level = call->input.klass->listen (call->source, call->now_us);
    call->is_sound[call->n_rounds++] = call->input.klass->pull (call->source, pcm, call->channels);
    call->now_us += TUTTI_ROUND_US;
}

/* A round before which a packet of the tone came, or was lost. */
static void
play (Call *call, gboolean is_lost)
{
    g_autoptr (TuttiPacket) packet = make_packet (call, AMPLITUDE);

    if (!is_lost)
        tutti_queue_push (call->queue, packet);
    listen_and_pull (call);
}

static void
play_many (Call *call, guint n)
{
    while (n-- > 0)
        play (call, FALSE);
}

static double
rms (const gint16 *pcm, guint n)
{
    double power = 0;

    for (guint i = 0; i < n; i++)
        power += (double)pcm[i] * pcm[i];
    return sqrt (power / n);
}

/* Power outside the tone in dB under all of it, by frames so that a slow drift of phase (samples
 * cut or added) is none. */
static double
impurity_db (const gint16 *pcm, guint n)
{
    const guint step = 1200; /* eleven periods */
    double off = 0, all = 0;

    for (guint at = 0; at + step <= n; at += step) {
        double re = 0, im = 0, total = 0;

        for (guint i = 0; i < step; i++) {
            re += pcm[at + i] * cos (2 * G_PI * TONE_HZ * i / TUTTI_RATE_HZ);
            im += pcm[at + i] * sin (2 * G_PI * TONE_HZ * i / TUTTI_RATE_HZ);
            total += (double)pcm[at + i] * pcm[at + i];
        }
        off += fabs (total - 2 * (re * re + im * im) / step);
        all += total;
    }
    return 10 * log10 (off / all + 1e-12);
}

static int
steepest (const gint16 *pcm, guint n)
{
    int most = 0;

    for (guint i = 1; i < n; i++)
        most = MAX (most, ABS (pcm[i] - pcm[i - 1]));
    return most;
}

/* The tone's own steepest slope, and some for Opus. */
#define SLOPE_MAX (int)(AMPLITUDE * 2 * G_PI * TONE_HZ / TUTTI_RATE_HZ * 1.6)

static void
test_clean (gconstpointer data)
{
    TuttiAudioSourceStats stats;
    Call *call = call_new (GPOINTER_TO_UINT (data), OPUS_APPLICATION_VOIP);

    play_many (call, 100);
    tutti_audio_source_get_stats (call->source, &stats);
    g_assert_cmpuint (stats.decoded, >=, 98);
    g_assert_cmpuint (stats.concealed, ==, 0);
    g_assert_cmpuint (stats.delay_us, <=, 24500);
    g_assert_cmpint (call->heard_level, ==, 18);
    for (guint i = 3; i < 100; i++)
        g_assert_true (call->is_sound[i]);
    if (call->channels == 1) {
        double db = impurity_db (call->heard + 10 * N, 90 * N);

        g_test_message ("off the tone: %.1f dB", db);
        g_assert_cmpfloat (db, <, -25);
    }
    call_free (call);
}

static void
test_latency (void)
{
    Call *call = call_new (1, OPUS_APPLICATION_RESTRICTED_LOWDELAY);
    guint at;

    /* silence, then the tone: how long after its first packet came is it heard? */
    for (guint i = 0; i < 50; i++) {
        g_autoptr (TuttiPacket) packet = make_packet (call, 0);

        tutti_queue_push (call->queue, packet);
        listen_and_pull (call);
    }
    play_many (call, 10);
    for (at = 45 * N; at < 60 * N && ABS (call->heard[at]) < 1000; at++)
        ;
    at = at > 51 * N ? at - 51 * N : 0; /* the tone's first round is heard at the end of round 50 */
    g_test_message ("heard %u us after the round that followed its arrival", at * 1000 / 48);
    g_assert_cmpuint (at, <=, N);
    call_free (call);
}

static void
test_fec (void)
{
    TuttiAudioSourceStats stats;
    Call *call = call_new (1, OPUS_APPLICATION_VOIP);

    call->syllable_hz = 3; /* Opus takes a steady tone for noise and gives it no FEC */
    for (guint i = 0; i < 400; i++)
        play (call, i > 20 && i % 10 == 0);
    tutti_audio_source_get_stats (call->source, &stats);
    g_test_message ("recovered %u, concealed %u", (guint)stats.recovered_by_fec,
                    (guint)stats.concealed);
    g_assert_cmpuint (stats.recovered_by_fec, >=, 20);
    g_assert_cmpuint (stats.recovered_by_fec + stats.concealed, <=, 40);
    g_assert_cmpint (steepest (call->heard + 10 * N, 390 * N), <=, SLOPE_MAX);
    call_free (call);
}

/* Each round that is heard is noted, with what its sound has waited. */
static void
test_delays (void)
{
    TuttiHistogram delays = {0};
    TuttiHistogramFigures figures = {0};
    TuttiAudioSourceStats stats;
    Call *call = call_new (1, OPUS_APPLICATION_VOIP);
    guint n_sounding = 0;

    tutti_audio_source_set_delays (call->source, &delays);
    for (guint i = 0; i < 100; i++)
        play (call, FALSE);
    for (guint i = 0; i < 100; i++)
        n_sounding += call->is_sound[i];
    tutti_audio_source_get_stats (call->source, &stats);
    tutti_histogram_add_to (&delays, &figures);
    g_assert_cmpuint (figures.n, ==, n_sounding);
    g_assert_cmpuint (n_sounding, >=, 95);
    g_assert_cmpint (figures.sum_us / (gint64)figures.n, >=, stats.delay_us / 2);
    g_assert_cmpint (figures.sum_us / (gint64)figures.n, <=, stats.delay_us * 2);
    call_free (call);
}

/* Lost for good: made up, and no click. */
static void
test_loss (void)
{
    TuttiAudioSourceStats stats;
    Call *call = call_new (1, OPUS_APPLICATION_RESTRICTED_LOWDELAY);

    for (guint i = 0; i < 400; i++)
        play (call, i > 20 && i % 10 == 0);
    tutti_audio_source_get_stats (call->source, &stats);
    g_assert_cmpuint (stats.recovered_by_fec, ==, 0);
    g_assert_cmpuint (stats.delay_us, <=, 24500);
    g_assert_cmpint (steepest (call->heard + 10 * N, 390 * N), <=, SLOPE_MAX);
    for (guint i = 10; i < 400; i++)
        g_assert_cmpfloat (rms (call->heard + i * N, N), >, AMPLITUDE * 0.7 * 0.6);
    g_test_message ("off the tone: %.1f dB", impurity_db (call->heard + 200 * N, 200 * N));
    g_assert_cmpfloat (impurity_db (call->heard + 200 * N, 200 * N), <, -15);
    call_free (call);
}

/* Nothing comes any more: the sound fades within 160 ms, without a click, then there is silence. */
static void
test_fade (void)
{
    Call *call = call_new (1, OPUS_APPLICATION_VOIP);
    guint silent = 0, last;

    play_many (call, 50);
    for (guint i = 0; i < 20; i++)
        play (call, TRUE);
    for (last = call->n_rounds; last > 0 && !call->is_sound[last - 1]; last--)
        silent++;
    g_assert_cmpuint (silent, >=, 10);
    g_assert_cmpuint (silent, <=, 18);
    g_assert_cmpint (steepest (call->heard + 10 * N, (last - 10) * N), <=, SLOPE_MAX);
    g_assert_cmpint (ABS (call->heard[last * N - 1]), <, 200);
    g_assert_cmpint (call->heard_level, ==, TUTTI_LEVEL_SILENCE);

    /* and comes back from zero */
    play_many (call, 50);
    for (last++; !call->is_sound[last]; last++)
        ;
    g_assert_cmpint (ABS (call->heard[last * N]), <, 200);
    g_assert_cmpint (steepest (call->heard + last * N, (call->n_rounds - last) * N), <=, SLOPE_MAX);
    g_assert_cmpfloat (rms (call->heard + (call->n_rounds - 5) * N, 5 * N), >, AMPLITUDE * 0.6);
    call_free (call);
}

static void
test_other_stream (void)
{
    TuttiAudioSourceStats stats;
    Call *call = call_new (1, OPUS_APPLICATION_VOIP);

    play_many (call, 50);
    opus_encoder_ctl (call->encoder, OPUS_RESET_STATE);
    call->ssrc = 78;
    call->index = 5000;
    play_many (call, 50);
    tutti_audio_source_get_stats (call->source, &stats);
    g_assert_cmpuint (stats.resets, ==, 1);
    for (guint at = 10; at < 99; at++)
        if (call->is_sound[at] && call->is_sound[at + 1])
            g_assert_cmpint (steepest (call->heard + at * N, 2 * N), <=, SLOPE_MAX);
    g_assert_cmpfloat (rms (call->heard + 80 * N, 20 * N), >, AMPLITUDE * 0.6);
    call_free (call);
}

/* Passed over, then heard: the sound is right from its first round. */
static void
test_skip (void)
{
    TuttiAudioSourceStats stats;
    Call *call = call_new (1, OPUS_APPLICATION_VOIP);
    guint from;

    for (guint i = 0; i < 100; i++) {
        g_autoptr (TuttiPacket) packet = make_packet (call, AMPLITUDE);

        tutti_queue_push (call->queue, packet);
        g_assert_cmpint (call->input.klass->listen (call->source, call->now_us), >=, 18);
        call->input.klass->skip (call->source);
        call->now_us += TUTTI_ROUND_US;
    }
    tutti_audio_source_get_stats (call->source, &stats);
    g_assert_cmpuint (stats.decoded, ==, 0);
    from = call->n_rounds;
    play_many (call, 20);
    g_assert_true (call->is_sound[from]);
    g_assert_cmpfloat (rms (call->heard + from * N, N), >, AMPLITUDE * 0.5);
    g_assert_cmpint (steepest (call->heard + from * N, 20 * N), <=, SLOPE_MAX);
    tutti_audio_source_get_stats (call->source, &stats);
    g_assert_cmpuint (stats.delay_us, <=, 24500);
    call_free (call);
}

/* A sender without level extension is measured: a sine of amplitude A has 20 log10 (A / 32768) - 3
 * dBov. */
static void
test_level (void)
{
    Call *call = call_new (1, OPUS_APPLICATION_VOIP);

    call->level = TUTTI_LEVEL_UNKNOWN;
    play_many (call, 50);
    g_assert_cmpint (call->heard_level, >=, 14);
    g_assert_cmpint (call->heard_level, <=, 17);
    call_free (call);
}

/* A sender whose clock is fast: its sound goes on without a break or growing delay. */
static void
test_skew (void)
{
    TuttiAudioSourceStats stats;
    Call *call = call_new (1, OPUS_APPLICATION_VOIP);
    gint64 start_us = call->now_us, sent_us = start_us;

    while (call->n_rounds < 590) {
        for (; sent_us <= call->now_us; sent_us += TUTTI_ROUND_US - 60) { /* 3000 ppm */
            g_autoptr (TuttiPacket) packet = make_packet (call, AMPLITUDE);

            packet->time_us = sent_us;
            tutti_queue_push (call->queue, packet);
        }
        listen_and_pull (call);
    }
    tutti_audio_source_get_stats (call->source, &stats);
    g_assert_cmpuint (stats.concealed, ==, 0);
    g_assert_cmpuint (stats.late, ==, 0);
    g_assert_cmpuint (stats.delay_us, <=, 50000);
    g_test_message ("off the tone: %.1f dB", impurity_db (call->heard + 10 * N, 580 * N));
    g_assert_cmpint (steepest (call->heard + 10 * N, 580 * N), <=, SLOPE_MAX);
    call_free (call);
}

static void
test_garbage (void)
{
    Call *call = call_new (2, OPUS_APPLICATION_VOIP);
    guint32 state = 7;

    for (guint i = 0; i < 500; i++) {
        g_autoptr (TuttiPacket) packet = make_packet (call, AMPLITUDE);

        if (i % 2)
            for (guint b = 0; b < packet->length_bytes; b++)
                packet->data[b] = (guint8)((state = state * 1664525 + 1013904223) >> 24);
        if (i % 5 == 0)
            packet->length_bytes = (guint16)(state >> 24) % 4;
        tutti_queue_push (call->queue, packet);
        listen_and_pull (call);
    }
    call_free (call);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_data_func ("/audio-source/clean", GUINT_TO_POINTER (1), test_clean);
    g_test_add_data_func ("/audio-source/clean-stereo", GUINT_TO_POINTER (2), test_clean);
    g_test_add_func ("/audio-source/latency", test_latency);
    g_test_add_func ("/audio-source/fec", test_fec);
    g_test_add_func ("/audio-source/delays", test_delays);
    g_test_add_func ("/audio-source/loss", test_loss);
    g_test_add_func ("/audio-source/fade", test_fade);
    g_test_add_func ("/audio-source/other-stream", test_other_stream);
    g_test_add_func ("/audio-source/skip", test_skip);
    g_test_add_func ("/audio-source/level", test_level);
    g_test_add_func ("/audio-source/skew", test_skew);
    g_test_add_func ("/audio-source/garbage", test_garbage);
    return g_test_run ();
}
