/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-voices.c: which encoder speaks to whom: talkers get their own stream and keep it through
 * their pauses, everybody else shares one, and nobody is ever given a mix with itself in it.
 */
#include "room/voices.h"

#include <math.h>

#include "decode/opus-decode.h"

#define START_US ((gint64)1000 * G_USEC_PER_SEC)
#define SECONDS(n) ((n)*G_USEC_PER_SEC / TUTTI_ROUND_US)

static const TuttiOpusSetup SETUP = {.channels = 1, .bitrate_bps = 32000};
static gint16 tone[TUTTI_ROUND_SAMPLES];

typedef struct {
    TuttiVoices *voices;
    gint64 now_us;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer talkers)
{
    for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++)
        tone[i] = (gint16)((int)(i % 96 < 48) * 8000 - 4000); /* 500 Hz */
    fixture->voices = tutti_voices_new (&SETUP, GPOINTER_TO_UINT (talkers));
    fixture->now_us = START_US;
}

static void
tear_down (Fixture *fixture, gconstpointer talkers)
{
    tutti_voices_free (fixture->voices);
    g_assert_cmpuint (tutti_packet_count_live (), ==, 0);
}

/* Rounds in which `first` (and `second`) are in the mix; 0: nobody. sound: somebody is heard. */
static void
run (Fixture *fixture, guint rounds, gboolean sound, guint first, guint second)
{
    TuttiAudioMix mix = {.shared = sound ? tone : NULL};

    mix.n_own = (first != 0) + (second != 0);
    mix.own[0].id = first;
    mix.own[0].pcm = tone;
    mix.own[1].id = second;
    mix.own[1].pcm = tone;
    for (guint i = 0; i < rounds; i++) {
        tutti_voices_encode (fixture->voices, &mix, fixture->now_us);
        fixture->now_us += TUTTI_ROUND_US;
    }
}

static guint32
source_of (Fixture *fixture, guint id)
{
    TuttiPacket *packet = tutti_voices_get (fixture->voices, id, 0);

    g_assert_nonnull (packet);
    return packet->source;
}

static void
test_own_and_shared (Fixture *fixture, gconstpointer data)
{
    run (fixture, 1, TRUE, 1, 2);
    g_assert_true (tutti_voices_get (fixture->voices, 3, 0) ==
                   tutti_voices_get (fixture->voices, 4, 0));
    g_assert_cmpuint (source_of (fixture, 1), !=, source_of (fixture, 2));
    g_assert_cmpuint (source_of (fixture, 1), !=, source_of (fixture, 3));
    g_assert_cmpuint (source_of (fixture, 2), !=, source_of (fixture, 3));
}

/* One who left the mix keeps its stream for a round: both are of the same sound by then. */
static void
test_kept (Fixture *fixture, gconstpointer data)
{
    guint32 own;

    run (fixture, 1, TRUE, 1, 2);
    own = source_of (fixture, 1);
    run (fixture, 1, TRUE, 2, 0);
    g_assert_cmpuint (source_of (fixture, 1), ==, own);
    run (fixture, 1, TRUE, 2, 0);
    g_assert_cmpuint (source_of (fixture, 1), ==, source_of (fixture, 3));
    g_assert_cmpuint (source_of (fixture, 2), !=, source_of (fixture, 3));
}

/* However fast turns change: one for each talker, one for all others, and one for who
 * leaves. */
static void
test_bound (Fixture *fixture, gconstpointer data)
{
    for (guint turn = 0; turn < SECONDS (4); turn++) {
        guint64 before = tutti_voices_count_encoded (fixture->voices);

        run (fixture, 1, TRUE, 1 + turn % 20, 1 + (turn + 1) % 20);
        source_of (fixture, 99);
        g_assert_cmpuint (tutti_voices_count_encoded (fixture->voices) - before, <=, 2 + 2);
    }
}

/* More turns of talk than encoders: whoever is in the mix always has its own. */
static void
test_many_turns (Fixture *fixture, gconstpointer data)
{
    for (guint turn = 0; turn < 60; turn++) {
        guint first = 1 + turn % 20, second = 1 + (turn + 1) % 20;
        run (fixture, 10, TRUE, first, second);
        g_assert_cmpuint (source_of (fixture, first), !=, source_of (fixture, 99));
        g_assert_cmpuint (source_of (fixture, second), !=, source_of (fixture, 99));
        g_assert_cmpuint (source_of (fixture, first), !=, source_of (fixture, second));
    }
}

static void
test_silence (Fixture *fixture, gconstpointer data)
{
    guint sent = 0;

    run (fixture, SECONDS (1), FALSE, 0, 0);
    for (guint i = 0; i < SECONDS (4); i++) {
        run (fixture, 1, FALSE, 0, 0);
        if (tutti_voices_get (fixture->voices, 1, 0))
            sent++;
    }
    g_assert_cmpuint (sent, >=, 9); /* each 400 ms, to keep the stream alive */
    g_assert_cmpuint (sent, <=, 11);
}

/* RFC 6716 section 4.2.3, of one mono frame of 20 ms: the second bit says that the frame before
 * comes along. */
static gboolean
has_fec (const TuttiPacket *packet)
{
    return packet->data[0] < 0x80 && (packet->data[1] & 0x40);
}

/* In-band repairs go to those who need them: a talker by its own link, all others by theirs. */
static void
test_losses (Fixture *fixture, gconstpointer data)
{
    static const TuttiOpusSetup setup = {.channels = 1, .bitrate_bps = 64000, .fec = TRUE};
    guint n[4] = {0}; /* repairs for 1, 2, and 3 who shares */

    tutti_voices_free (fixture->voices);
    fixture->voices = tutti_voices_new (&setup, 4);
    for (guint round = 0; round < SECONDS (8); round++) {
        gboolean is_shared_lossy = round >= SECONDS (4);

        for (guint i = 0; i < TUTTI_ROUND_SAMPLES;
             i++) { /* syllables: Opus must take it for voice */
            double t = (round * TUTTI_ROUND_SAMPLES + i) / (double)TUTTI_RATE_HZ;
            tone[i] = (gint16)(8000 * pow (cos (G_PI * 3 * t), 4) * sin (2 * G_PI * 300 * t));
        }
        tutti_voices_set_loss (fixture->voices, is_shared_lossy ? 10 : 0);
        run (fixture, 1, TRUE, 1, 2);
        n[1] += has_fec (tutti_voices_get (fixture->voices, 1, 10));
        n[2] += has_fec (tutti_voices_get (fixture->voices, 2, 0));
        n[is_shared_lossy ? 3 : 0] += has_fec (tutti_voices_get (fixture->voices, 3, 10));
    }
    g_assert_cmpuint (n[1], >, SECONDS (8) / 4);
    g_assert_cmpuint (n[2], ==, 0);
    g_assert_cmpuint (n[0], ==, 0);
    g_assert_cmpuint (n[3], >, SECONDS (4) / 4);
}

/* Speech in all that matters to an encoder: syllables, with overtones. */
static gint16
speak (gint64 n, double pitch_hz, double syllables_hz)
{
    double t = (double)n / TUTTI_RATE_HZ, sum = 0;

    for (guint i = 1; i <= 8; i++)
        sum += sin (2 * G_PI * pitch_hz * i * t) / i;
    return (gint16)(4000 * (0.3 + 0.7 * pow (sin (G_PI * syllables_hz * t), 2)) * sum);
}

/* The sharpest bend between samples: what a click is. (A change without care has one of 130, where
 * 11 is expected; an encoder that begins anew, 31 for 12.) */
static int
find_bend (const gint16 *pcm, guint n)
{
    int bend = 0;

    for (guint i = 2; i < n; i++)
        bend = MAX (bend, ABS (pcm[i] - 2 * pcm[i - 1] + pcm[i - 2]));
    return bend;
}

#define TURN_ROUNDS 50
#define HEARD_ROUNDS (8 * TURN_ROUNDS)
#define HEARD_SAMPLES (HEARD_ROUNDS * TUTTI_ROUND_SAMPLES)

/* One who listens to 2, and each second says something itself: it hears 2 go on, whichever stream
 * that comes by. */
static void
test_seams (Fixture *fixture, gconstpointer data)
{
    g_autoptr (TuttiOpusDecoder) decoder = tutti_opus_decoder_new (1);
    g_autoptr (TuttiOpusDecoder) plain_decoder = tutti_opus_decoder_new (1);
    g_autoptr (TuttiOpusEncoder) plain = tutti_opus_encoder_new (&SETUP);
    g_autofree gint16 *heard = g_new0 (gint16, HEARD_SAMPLES + TUTTI_OPUS_SAMPLES_MAX);
    g_autofree gint16 *expected = g_new0 (gint16, HEARD_SAMPLES + TUTTI_OPUS_SAMPLES_MAX);
    gint16 other[TUTTI_ROUND_SAMPLES], both[TUTTI_ROUND_SAMPLES];
    TuttiAudioMix mix = {.own = {{2, both}, {1, other}}};

    for (guint round = 0; round < HEARD_ROUNDS; round++) {
        gboolean is_talking = round / TURN_ROUNDS % 2 == 1;
        gint64 at = (gint64)round * TUTTI_ROUND_SAMPLES;
        g_autoptr (TuttiPacket) packet = NULL;

        for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++) {
            other[i] = speak (at + i, 130, 4);
            both[i] = (gint16)(other[i] + (is_talking ? speak (at + i, 210, 3) : 0));
        }
        mix.shared = is_talking ? both : other;
        mix.n_own = is_talking ? 2 : 1;
        tutti_voices_encode (fixture->voices, &mix, fixture->now_us);
        tutti_voices_get (fixture->voices, 3, 0);
        tutti_opus_decoder_push (decoder, tutti_voices_get (fixture->voices, 1, 0), heard + at);
        packet = tutti_opus_encoder_push (plain, other, fixture->now_us);
        tutti_opus_decoder_push (plain_decoder, packet, expected + at);
        fixture->now_us += TUTTI_ROUND_US;
    }
    for (guint at = TUTTI_ROUND_SAMPLES; at < HEARD_SAMPLES; at += TUTTI_ROUND_SAMPLES)
        g_assert_cmpint (find_bend (heard + at - 2, TUTTI_ROUND_SAMPLES + 2), <=,
                         find_bend (expected + at - 2, TUTTI_ROUND_SAMPLES + 2) * 3 / 2 + 8);
}

/* Who listens without a number hears the shared mix, however many encoders are free. */
static void
test_nobody (Fixture *fixture, gconstpointer talkers)
{
    run (fixture, 1, TRUE, 1, 0);
    g_assert_cmpuint (source_of (fixture, 0), ==, source_of (fixture, 9));
    g_assert_cmpuint (source_of (fixture, 0), !=, source_of (fixture, 1));
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
#define ADD(path, talkers, func)                                                                   \
    g_test_add ("/voices/" path, Fixture, GUINT_TO_POINTER (talkers), set_up, func, tear_down)
    ADD ("own-and-shared", 4, test_own_and_shared);
    ADD ("kept", 4, test_kept);
    ADD ("many-turns", 1, test_many_turns);
    ADD ("bound", 2, test_bound);
    ADD ("seams", 4, test_seams);
    ADD ("silence", 4, test_silence);
    ADD ("losses", 4, test_losses);
    ADD ("nobody", 4, test_nobody);
    return g_test_run ();
}
