/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-key-flood.c: a viewer wishes for key frames a hundred times a second: what the others pay.
 */
#include "encode-fixture.h"

#include "encode/encoder.h"
#include "encode/key-frames.h"

#define FRAME_RATE 30
#define FRAME_US (G_USEC_PER_SEC / FRAME_RATE)
#define START_US (50 * G_USEC_PER_SEC)
#define LOOP_FRAMES 30
#define FLOOD_FRAME (4 * FRAME_RATE) /* once the rate has settled */
#define N_FRAMES (FLOOD_FRAME + FRAME_RATE)

typedef struct {
    const char *path;
    TuttiCodec codec;
    int width, height;
    guint bitrate_bps;
} Case;

typedef struct {
    guint n_keys;
    guint64 bytes;
} Second;

static void
encode_one (TuttiEncoder *encoder, const TuttiPicture *picture, gint64 time_us, gboolean *key,
            Second *second)
{
    g_autoptr (GPtrArray) packets =
        g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);

    g_assert_true (tutti_encoder_encode (encoder, picture, time_us, key, packets));
    second->n_keys += *key;
    for (guint i = 0; i < packets->len; i++)
        second->bytes += ((TuttiPacket *)packets->pdata[i])->length_bytes;
}

/* The flood comes with every frame of the last second. */
static void
run_flood (const Case *one, TuttiPicture **canvas, Second *seconds)
{
    TuttiEncoderSetup setup = {one->width, one->height, FRAME_RATE, one->bitrate_bps, 1, NULL};
    g_autoptr (TuttiEncoder) encoder = tutti_encoder_new (one->codec, &setup);
    TuttiKeyFrames keys;

    tutti_key_frames_init (&keys, 0, FRAME_RATE);
    for (guint n = 0; n < N_FRAMES; n++) {
        TuttiKeyFrameWish wish =
            n >= FLOOD_FRAME ? TUTTI_KEY_FRAME_WISHED : TUTTI_KEY_FRAME_UNWISHED;
        gint64 now_us = START_US + n * FRAME_US;
        guint at = n % (2 * LOOP_FRAMES - 2);
        gboolean key;

        tutti_key_frames_get_due (&keys, wish, now_us);
        key = tutti_key_frames_decide (&keys, wish, now_us);
        encode_one (encoder, canvas[at < LOOP_FRAMES ? at : 2 * LOOP_FRAMES - 2 - at], now_us, &key,
                    &seconds[n / FRAME_RATE]);
        tutti_key_frames_note (&keys, key, now_us);
    }
}

static void
test_flood (gconstpointer user_data)
{
    const Case *one = user_data;
    TuttiPicture *canvas[LOOP_FRAMES];
    Second seconds[N_FRAMES / FRAME_RATE] = {{0}};
    const Second *before = &seconds[FLOOD_FRAME / FRAME_RATE - 1], *flooded = before + 1;

    for (guint n = 0; n < LOOP_FRAMES; n++)
        canvas[n] = fixture_draw_canvas (one->width, one->height, n);
    run_flood (one, canvas, seconds);
    g_test_message ("%u key frames, %.1f %% of the rate, after %.1f %%", flooded->n_keys,
                    flooded->bytes * 800.0 / one->bitrate_bps,
                    before->bytes * 800.0 / one->bitrate_bps);
    g_assert_cmpuint (before->n_keys, ==, 0);
    g_assert_cmpuint (flooded->n_keys, >=, 1);
    g_assert_cmpuint (flooded->n_keys, <=, 2);
    g_assert_cmpuint (flooded->bytes, <, before->bytes * 110 / 100);
    for (guint n = 0; n < LOOP_FRAMES; n++)
        tutti_picture_unref (canvas[n]);
}

int
main (int argc, char **argv)
{
    static const Case cases[] = {
        {"/key-flood/vp8/720p", TUTTI_CODEC_VP8, 1280, 720, 1200000},
        {"/key-flood/vp8/360p", TUTTI_CODEC_VP8, 640, 360, 500000},
        {"/key-flood/vp8/180p", TUTTI_CODEC_VP8, 320, 180, 150000},
        {"/key-flood/h264/360p", TUTTI_CODEC_H264, 640, 360, 500000},
    };

    g_test_init (&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
        g_test_add_data_func (cases[i].path, &cases[i], test_flood);
    return g_test_run ();
}
