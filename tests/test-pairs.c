/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-pairs.c: two rounds in a packet. What libopus hears in a joined packet is what it hears in
 * the two; and whoever begins or ends to be paired, in the midst of a pair too, gets each round
 * once and in order.
 */
#include <math.h>
#include <opus/opus.h>
#include <string.h>

#include <tutti/clock.h>

#include "encode/opus-encode.h"
#include "encode/opus-join.h"
#include "room/pairs.h"

#define START_US ((gint64)1000 * G_USEC_PER_SEC)

/* --- One packet of two --- */

static TuttiPacket *
encode_tone (TuttiOpusEncoder *encoder, guint channels, guint round)
{
    gint16 pcm[TUTTI_ROUND_VALUES_MAX];

    for (guint i = 0; i < TUTTI_ROUND_SAMPLES * channels; i++) {
        double t = (double)(round * TUTTI_ROUND_SAMPLES + i / channels) / TUTTI_RATE_HZ;
        pcm[i] = (gint16)(8000 * sin (2 * G_PI * 440 * t) * (1 + sin (2 * G_PI * 3 * t)) / 2);
    }
    return tutti_opus_encoder_push (encoder, pcm, START_US + round * TUTTI_ROUND_US);
}

static void
decode (OpusDecoder *decoder, const TuttiPacket *packet, guint n_frames, gint16 *pcm)
{
    g_assert_cmpint (opus_packet_get_nb_frames (packet->data, packet->length_bytes), ==, n_frames);
    g_assert_cmpint (opus_decode (decoder, packet->data, packet->length_bytes, pcm,
                                  (int)n_frames * TUTTI_ROUND_SAMPLES, 0),
                     ==, n_frames * TUTTI_ROUND_SAMPLES);
}

/* By SILK, hybrid and CELT; frames of less than 252 bytes and of more. */
static const TuttiOpusSetup SETUPS[] = {
    {.channels = 1, .bitrate_bps = 12000, .complexity = 5},
    {.channels = 1, .bitrate_bps = 32000, .fec = TRUE, .loss_percent = 10, .complexity = 5},
    {.channels = 1, .bitrate_bps = 64000, .complexity = 5},
    {.channels = 2, .bitrate_bps = 160000, .complexity = 5},
};

static void
test_same_sound (gconstpointer data)
{
    const TuttiOpusSetup *setup = data;
    g_autoptr (TuttiOpusEncoder) encoder = tutti_opus_encoder_new (setup);
    OpusDecoder *singly = opus_decoder_create (TUTTI_RATE_HZ, (int)setup->channels, NULL);
    OpusDecoder *joined = opus_decoder_create (TUTTI_RATE_HZ, (int)setup->channels, NULL);
    gsize half = TUTTI_ROUND_SAMPLES * setup->channels;

    for (guint round = 0; round < 50; round += 2) {
        g_autoptr (TuttiPacket) first = encode_tone (encoder, setup->channels, round);
        g_autoptr (TuttiPacket) second = encode_tone (encoder, setup->channels, round + 1);
        g_autoptr (TuttiPacket) both = tutti_opus_join (first, second);
        gint16 wanted[2 * TUTTI_ROUND_VALUES_MAX], heard[2 * TUTTI_ROUND_VALUES_MAX];

        g_assert_nonnull (both);
        g_assert_cmpint (both->time_us, ==, first->time_us);
        g_assert_cmpint (both->flags, ==, first->flags);
        decode (singly, first, 1, wanted);
        decode (singly, second, 1, wanted + half);
        decode (joined, both, 2, heard);
        g_assert_cmpmem (heard, 2 * half * sizeof *heard, wanted, 2 * half * sizeof *wanted);
    }
    opus_decoder_destroy (singly);
    opus_decoder_destroy (joined);
}

/* A packet of some round, by a first byte of CELT, fullband, 20 ms, mono (RFC 6716 section 3.1),
 * one frame; the frame says which round it is of. */
static TuttiPacket *
fake_packet (guint32 round)
{
    TuttiPacket *packet = tutti_packet_new ();

    packet->codec = TUTTI_CODEC_OPUS;
    packet->time_us = START_US + round * TUTTI_ROUND_US;
    packet->source = 1;
    packet->data[0] = 31 << 3;
    memcpy (packet->data + 1, &round, sizeof round);
    packet->length_bytes = 1 + sizeof round;
    return packet;
}

static void
test_apart (void)
{
    g_autoptr (TuttiPacket) first = fake_packet (1), second = fake_packet (2);
    g_autoptr (TuttiPacket) later = fake_packet (3), large = fake_packet (2);
    g_autoptr (TuttiPacket) both = tutti_opus_join (first, second);

    g_assert_nonnull (both);
    g_assert_null (tutti_opus_join (first, later));
    g_assert_null (tutti_opus_join (second, first));
    g_assert_null (tutti_opus_join (both, later));
    large->length_bytes = TUTTI_PAYLOAD_MAX_BYTES - 5;
    g_assert_null (tutti_opus_join (first, large));
    large->length_bytes--;
    g_clear_pointer (&both, tutti_packet_unref);
    both = tutti_opus_join (first, large);
    g_assert_cmpuint (both->length_bytes, <=, TUTTI_PAYLOAD_MAX_BYTES);
    second->source = 2;
    g_assert_null (tutti_opus_join (first, second));
    second->source = 1;
    second->data[0] |= 1 << 2; /* stereo */
    g_assert_null (tutti_opus_join (first, second));
    second->length_bytes = 0;
    g_assert_null (tutti_opus_join (first, second));
}

/* --- Who gets what --- */

typedef struct {
    gboolean is_paired;
    guint n_packets;
    GArray *rounds; /* as they came */
} Ear;

static void
hear (Ear *ear, const TuttiPacket *packet)
{
    const guint8 *frames[48];
    opus_int16 bytes[48];
    int n = opus_packet_parse (packet->data, packet->length_bytes, NULL, frames, bytes, NULL);
    guint32 round;

    g_assert_cmpint (n, >, 0);
    memcpy (&round, frames[0], sizeof round);
    g_assert_cmpint (packet->time_us, ==, START_US + round * TUTTI_ROUND_US);
    for (int i = 0; i < n; i++)
        g_array_append_vals (ear->rounds, frames[i], 1);
    ear->n_packets++;
}

static void
run_round (TuttiPairs *pairs, guint round, TuttiPacket *packet, Ear *ear, gboolean wanted)
{
    TuttiPacket *packets[TUTTI_PAIRS_MAX];
    guint n;

    tutti_pairs_push (pairs, packet, START_US + round * TUTTI_ROUND_US);
    n = tutti_pairs_get (pairs, &ear->is_paired, wanted, packet, packets);
    for (guint i = 0; i < n; i++)
        hear (ear, packets[i]);
}

/* Halves of the packets, whichever rounds begin a pair. */
static void
test_steady (void)
{
    for (guint odd = 0; odd < 2; odd++) {
        g_autoptr (TuttiPairs) pairs = tutti_pairs_new (odd != 0);
        Ear ear = {.rounds = g_array_new (FALSE, FALSE, sizeof (guint32))};

        for (guint round = 0; round < 100; round++) {
            g_autoptr (TuttiPacket) packet = fake_packet (round);
            guint before = ear.n_packets;
            run_round (pairs, round, packet, &ear, TRUE);
            if (round > 1)
                g_assert_cmpuint (ear.n_packets - before, ==, round % 2 != odd);
        }
        g_assert_cmpuint (ear.n_packets, ==, 50);
        g_array_unref (ear.rounds);
    }
}

/* People come and go, and the mix falls silent, at any round. */
static void
test_changes (void)
{
    g_autoptr (GRand) rand = g_rand_new_with_seed (1);
    g_autoptr (TuttiPairs) pairs = tutti_pairs_new (FALSE);
    g_autoptr (GArray) sent = g_array_new (FALSE, FALSE, sizeof (guint32));
    Ear ear = {.rounds = g_array_new (FALSE, FALSE, sizeof (guint32))};
    gboolean wanted = FALSE, sounds = TRUE;

    for (guint32 round = 0; round < 20000; round++) {
        g_autoptr (TuttiPacket) packet = NULL;

        wanted ^= g_rand_int_range (rand, 0, 3) == 0;
        sounds ^= g_rand_int_range (rand, 0, 4) == 0;
        if (sounds) {
            packet = fake_packet (round);
            packet->source = 1 + round / 7; /* another encoder now and then */
            g_array_append_val (sent, round);
        }
        run_round (pairs, round, packet, &ear, wanted);
    }
    run_round (pairs, 20000, NULL, &ear, FALSE);
    g_assert_cmpmem (ear.rounds->data, ear.rounds->len * sizeof (guint32), sent->data,
                     sent->len * sizeof (guint32));
    g_assert_cmpuint (ear.n_packets, <, sent->len);
    g_array_unref (ear.rounds);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS (SETUPS); i++) {
        g_autofree char *path =
            g_strdup_printf ("/pairs/same-sound/%u-bit-s", SETUPS[i].bitrate_bps);
        g_test_add_data_func (path, &SETUPS[i], test_same_sound);
    }
    g_test_add_func ("/pairs/apart", test_apart);
    g_test_add_func ("/pairs/steady", test_steady);
    g_test_add_func ("/pairs/changes", test_changes);
    return g_test_run ();
}
