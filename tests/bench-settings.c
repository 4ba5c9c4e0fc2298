/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-settings.c: what each setting of the encoders costs and gives: of pictures ms of processor
 * time a frame, PSNR and SSIM of luma, by scene ("sound": see bench-settings-opus.c). The choices in
 * src/encode stand on its tables.
 *
 *   bench-settings [FRAMES [SCENE [SETTING]]]     e.g. 300 "3x3, one" cpu: those whose names begin
 * so
 *
 * libvpx and openh264 are driven here as src/encode drives them, but for the setting under test:
 * the first line of each table has tutti's own.
 */
#include <stdlib.h>
#include <time.h>

#include "bench-settings.h"
#include "encode-fixture.h"

#define WIDTH_PX 1280
#define HEIGHT_PX 720
#define BITRATE_BPS 1200000
#define LOOP_FRAMES 60

typedef struct {
    const char *name;
    FixtureGrid grid; /* side 0: a slide */
} Scene;

gint64
bench_get_cpu_us (void)
{
    struct timespec now;

    clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* There and back, so that the motion never jumps. */
static TuttiPicture *
pick (TuttiPicture **pictures, guint n)
{
    guint at = n % (2 * LOOP_FRAMES - 2);

    return pictures[at < LOOP_FRAMES ? at : 2 * LOOP_FRAMES - 2 - at];
}

/* As an encoder's packets are marked, which src/encode's part for all codecs sees to. */
static void
mark_packets (GPtrArray *packets, TuttiCodec codec)
{
    for (guint i = 0; i < packets->len; i++) {
        TuttiPacket *packet = packets->pdata[i];

        packet->codec = codec;
        packet->flags = (i == 0 ? TUTTI_PACKET_FRAME_START : 0) |
                        (i == packets->len - 1 ? TUTTI_PACKET_MARKER : 0);
    }
}

static void
measure (const BenchCoder *coder, const BenchSetting *setting, TuttiPicture **pictures,
         guint n_frames)
{
    BenchSize size = {WIDTH_PX, HEIGHT_PX, BITRATE_BPS};
    gpointer encoder = coder->make (setting, &size);
    g_autoptr (FixtureDecoder) decoder = fixture_decoder_new (coder->codec);
    g_autoptr (GPtrArray) packets =
        g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);
    gint64 cpu_us = 0, wall_us = 0;
    double psnr = 0, ssim = 0;
    guint64 bytes = 0;

    for (guint n = 0; n < n_frames; n++) {
        TuttiPicture *picture = pick (pictures, n);
        g_autoptr (TuttiPicture) back = NULL;
        gint64 start_us = bench_get_cpu_us (), wall_start_us = g_get_monotonic_time ();

        coder->encode (encoder, picture, n, packets);
        cpu_us += n > 0 ? bench_get_cpu_us () - start_us : 0;
        wall_us += n > 0 ? g_get_monotonic_time () - wall_start_us : 0;
        for (guint i = 0; i < packets->len; i++)
            bytes += ((const TuttiPacket *)packets->pdata[i])->length_bytes;
        mark_packets (packets, coder->codec);
        back = fixture_decode (decoder, packets);
        psnr += fixture_psnr (picture, back);
        ssim += fixture_ssim (picture, back);
        g_ptr_array_set_size (packets, 0);
    }
    coder->free (encoder);
    g_print ("| %s | %.2f | %.2f | %.0f | %.1f | %.4f |\n", setting->name,
             cpu_us / 1e3 / (n_frames - 1), wall_us / 1e3 / (n_frames - 1),
             bytes * 8 / (n_frames / 30.0) / 1e3, psnr / n_frames, ssim / n_frames);
}

static void
run_scene (const Scene *scene, const BenchCoder *coder, guint n_frames, const char *wanted)
{
    TuttiPicture *pictures[LOOP_FRAMES];

    for (guint n = 0; n < LOOP_FRAMES; n++)
        pictures[n] = scene->grid.side == 0
                          ? fixture_draw_slide (WIDTH_PX, HEIGHT_PX, n)
                          : fixture_draw_grid (WIDTH_PX, HEIGHT_PX, &scene->grid, n);
    g_print ("\n%s, %s, %dx%d, %d kbit/s:\n\n| setting | ms a frame | elapsed | kbit/s | PSNR-Y | "
             "SSIM |\n|---|---|---|---|---|---|\n",
             coder->name, scene->name, WIDTH_PX, HEIGHT_PX, BITRATE_BPS / 1000);
    for (guint i = 0; i < coder->n_settings; i++)
        if (g_str_has_prefix (coder->settings[i].name, wanted))
            measure (coder, &coder->settings[i], pictures, n_frames);
    for (guint n = 0; n < LOOP_FRAMES; n++)
        tutti_picture_unref (pictures[n]);
}

int
main (int argc, char **argv)
{
    static const Scene scenes[] = {
        {"2x2, all moving", {2, 4}},  {"3x3, all moving", {3, 9}},  {"3x3, one moving", {3, 1}},
        {"5x5, all moving", {5, 25}}, {"5x5, four moving", {5, 4}}, {"a slide", {0, 0}},
    };
    guint n_frames = argc > 1 ? MAX (atoi (argv[1]), 2) : 150;
    const char *wanted = argc > 3 ? argv[3] : "";

    for (guint i = 0; i < G_N_ELEMENTS (scenes); i++) {
        if (argc > 2 && !g_str_has_prefix (scenes[i].name, argv[2]))
            continue;
        run_scene (&scenes[i], &bench_vp8, n_frames, wanted);
        run_scene (&scenes[i], &bench_h264, n_frames, wanted);
    }
    if (argc <= 2 || g_str_has_prefix ("sound", argv[2]))
        bench_opus (wanted);
    return 0;
}
