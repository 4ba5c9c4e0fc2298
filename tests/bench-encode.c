/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-encode.c: what a frame costs and how good it is: ms of CPU and PSNR-Y of a 3x3 canvas, by
 * codec and size.
 *
 *   bench-encode [FRAMES]
 */
#include <stdlib.h>

#include <tutti/clock.h>

#include "encode-fixture.h"
#include "encode/encoder.h"

#define FRAME_US (G_USEC_PER_SEC / 30)
#define LOOP_FRAMES 60
#define N_LAYERS 4 /* two bits */

typedef struct {
    TuttiCodec codec;
    const char *name;
    int width, height;
    guint bitrate_bps;
} Case;

static void
measure (const Case *one, TuttiPicture **canvas, guint n_frames)
{
    TuttiEncoderSetup setup = {one->width, one->height, 30, one->bitrate_bps, 1, NULL};
    g_autoptr (TuttiEncoder) encoder = tutti_encoder_new (one->codec, &setup);
    g_autoptr (FixtureDecoder) decoder = fixture_decoder_new (one->codec);
    g_autoptr (GPtrArray) packets =
        g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);
    gint64 cpu_us = 0, key_us = 0;
    double psnr = 0;
    guint64 bytes = 0, layer_bytes[N_LAYERS] = {0};

    for (guint n = 0; n < n_frames; n++) {
        /* There and back, so that the motion never jumps. */
        guint at = n % (2 * LOOP_FRAMES - 2);
        TuttiPicture *picture = canvas[at < LOOP_FRAMES ? at : 2 * LOOP_FRAMES - 2 - at];
        g_autoptr (TuttiPicture) back = NULL;
        gboolean key = FALSE;
        gint64 start_us = tutti_clock_thread_cpu_us ();

        g_assert_true (tutti_encoder_encode (encoder, picture, (n + 1) * FRAME_US, &key, packets));
        *(key ? &key_us : &cpu_us) += tutti_clock_thread_cpu_us () - start_us;
        for (guint i = 0; i < packets->len; i++) {
            const TuttiPacket *packet = packets->pdata[i];

            bytes += packet->length_bytes;
            layer_bytes[packet->vp8.temporal_id] += packet->length_bytes;
        }
        back = fixture_decode (decoder, packets);
        psnr += fixture_psnr (picture, back);
        g_ptr_array_set_size (packets, 0);
    }
    g_print (
        "%-5s %4dx%-4d  %5.0f -> %5.0f kbit/s (%2.0f %% base, %3.0f %% with the second layer)  "
        "%5.2f ms a frame, key frame %5.2f ms  %5.2f dB\n",
        one->name, one->width, one->height, one->bitrate_bps / 1e3,
        bytes * 8 / (n_frames / 30.0) / 1e3, layer_bytes[0] * 100.0 / bytes,
        (layer_bytes[0] + layer_bytes[1]) * 100.0 / bytes, cpu_us / 1e3 / (n_frames - 1),
        key_us / 1e3, psnr / n_frames);
}

int
main (int argc, char **argv)
{
    static const Case cases[] = {
        {TUTTI_CODEC_VP8, "VP8", 1280, 720, 1200000},
        {TUTTI_CODEC_VP8, "VP8", 1280, 720, 1500000},
        {TUTTI_CODEC_VP8, "VP8", 640, 360, 500000},
        {TUTTI_CODEC_VP8, "VP8", 320, 180, 150000},
        {TUTTI_CODEC_H264, "H.264", 1280, 720, 1200000},
        {TUTTI_CODEC_H264, "H.264", 1280, 720, 1500000},
        {TUTTI_CODEC_H264, "H.264", 640, 360, 500000},
        {TUTTI_CODEC_H264, "H.264", 320, 180, 150000},
    };
    guint n_frames = argc > 1 ? MAX (atoi (argv[1]), 2) : 300;
    TuttiPicture *canvas[LOOP_FRAMES];

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        for (guint n = 0; n < LOOP_FRAMES; n++)
            canvas[n] = fixture_draw_canvas (cases[i].width, cases[i].height, n);
        measure (&cases[i], canvas, n_frames);
        for (guint n = 0; n < LOOP_FRAMES; n++)
            tutti_picture_unref (canvas[n]);
    }
    return 0;
}
