/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * load-media.c: encoded once, sent for ever.
 */
#include "load-media.h"

#include <math.h>
#include <string.h>

#include "encode/encoder.h"
#include "encode/opus-encode.h"

/* Long enough that its key frame is no load of its own. */
#define PICTURES 150
#define VOICES 250

struct _LoadMedia {
    GPtrArray *pictures; /* of GPtrArray of TuttiPacket */
    GPtrArray *voices;   /* of TuttiPacket */
    guint next_picture, next_voice;
};

/* A face that nods before a plain wall, with a little noise as cameras have. */
static void
draw (TuttiPicture *picture, guint n, GRand *random)
{
    double x = picture->width * (0.5 + 0.06 * sin (n * 0.11));
    double y = picture->height * (0.45 + 0.05 * sin (n * 0.17)), r = picture->height * 0.28;

    for (int row = 0; row < picture->height; row++) {
        for (int column = 0; column < picture->width; column++) {
            gboolean face = hypot (column - x, (row - y) * 0.8) < r;
            int shade = face ? 150 + (row / 6 + column / 5) % 24 : 60 + row / 4;

            picture->plane[0][row * picture->stride[0] + column] =
                shade + g_rand_int_range (random, -2, 3);
        }
    }
    for (int i = 1; i < 3; i++) {
        for (int row = 0; row < tutti_chroma (picture->height); row++)
            memset (picture->plane[i] + row * picture->stride[i], i == 1 ? 118 : 138,
                    tutti_chroma (picture->width));
    }
}

static void
encode_pictures (LoadMedia *media, const LoadMediaSetup *setup)
{
    TuttiEncoderSetup encoding = {.width = setup->width,
                                  .height = setup->height,
                                  .frame_rate = setup->frame_rate,
                                  .bitrate_bps = setup->bitrate_bps,
                                  .threads = 1};
    g_autoptr (TuttiEncoder) encoder = tutti_encoder_new (TUTTI_CODEC_VP8, &encoding);
    g_autoptr (GRand) random = g_rand_new_with_seed (7);

    for (guint n = 0; n < PICTURES; n++) {
        g_autoptr (TuttiPicture) picture = tutti_picture_new (setup->width, setup->height);
        GPtrArray *packets = g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);
        gint64 time_us = (gint64)(n + 1) * G_USEC_PER_SEC / setup->frame_rate;
        gboolean key = n == 0;

        draw (picture, n, random);
        picture->time_us = time_us;
        g_assert_true (tutti_encoder_encode (encoder, picture, time_us, &key, packets));
        g_ptr_array_add (media->pictures, packets);
    }
}

/* Two formants with a syllable's rise and fall. */
static void
encode_voices (LoadMedia *media)
{
    TuttiOpusSetup setup = {.channels = 1, .bitrate_bps = 32000, .complexity = 5};
    g_autoptr (TuttiOpusEncoder) encoder = tutti_opus_encoder_new (&setup);
    gint16 pcm[TUTTI_ROUND_SAMPLES];

    for (guint n = 0; n < VOICES; n++) {
        for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++) {
            double t = (n * TUTTI_ROUND_SAMPLES + i) / (double)TUTTI_RATE_HZ;
            double loud = 6000 * (1 + sin (2 * G_PI * 4 * t)) / 2;

            pcm[i] = loud * (sin (2 * G_PI * 220 * t) + 0.5 * sin (2 * G_PI * 1100 * t));
        }
        g_ptr_array_add (media->voices,
                         tutti_opus_encoder_push (encoder, pcm, (gint64)(n + 1) * TUTTI_ROUND_US));
    }
}

LoadMedia *
load_media_new (const LoadMediaSetup *setup)
{
    LoadMedia *media = g_new0 (LoadMedia, 1);

    media->pictures = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
    media->voices = g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);
    encode_pictures (media, setup);
    encode_voices (media);
    return media;
}

void
load_media_free (LoadMedia *media)
{
    if (!media)
        return;
    g_ptr_array_unref (media->pictures);
    g_ptr_array_unref (media->voices);
    g_free (media);
}

/* Pushed packets are immutable, so the same payload at another time is another packet. */
static TuttiPacket *
copy_packet (const TuttiPacket *packet, gint64 time_us)
{
    TuttiPacket *copy = tutti_packet_new ();

    memcpy (copy->data, packet->data, packet->length_bytes);
    copy->length_bytes = packet->length_bytes;
    copy->time_us = time_us;
    copy->source = packet->source;
    copy->flags = packet->flags;
    copy->codec = packet->codec;
    copy->vp8 = packet->vp8;
    return copy;
}

void
load_media_next_picture (LoadMedia *media, gint64 time_us, gboolean from_key, GPtrArray *packets)
{
    GPtrArray *picture;

    if (from_key)
        media->next_picture = 0;
    picture = media->pictures->pdata[media->next_picture];
    media->next_picture = (media->next_picture + 1) % PICTURES;
    for (guint i = 0; i < picture->len; i++)
        g_ptr_array_add (packets, copy_packet (picture->pdata[i], time_us));
}

TuttiPacket *
load_media_next_voice (LoadMedia *media, gint64 time_us)
{
    TuttiPacket *voice = media->voices->pdata[media->next_voice];

    media->next_voice = (media->next_voice + 1) % VOICES;
    return copy_packet (voice, time_us);
}
