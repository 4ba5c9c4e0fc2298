/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-encoder.c: VP8 and H.264 through encoder and packetiser, read back by other decoders.
 */
#include "encode-fixture.h"

#include "encode/encoder.h"

#define FRAME_RATE 30
#define FRAME_US (G_USEC_PER_SEC / FRAME_RATE)
#define START_US (77 * G_USEC_PER_SEC)
#define LOOP_FRAMES 45
#define SHORT_LOOP_FRAMES 12

typedef struct {
    TuttiEncoder *encoder;
    FixtureDecoder *decoder;
    GPtrArray *packets; /* of the last picture */
} Rig;

static void
rig_init_setup (Rig *rig, TuttiCodec codec, const TuttiEncoderSetup *setup)
{
    rig->encoder = tutti_encoder_new (codec, setup);
    g_assert_nonnull (rig->encoder);
    rig->decoder = fixture_decoder_new (codec);
    rig->packets = g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);
}

static void
rig_init (Rig *rig, TuttiCodec codec, int width, int height, guint bitrate_bps)
{
    TuttiEncoderSetup setup = {width, height, FRAME_RATE, bitrate_bps, 1, NULL};

    rig_init_setup (rig, codec, &setup);
}

static void
rig_clear (Rig *rig)
{
    tutti_encoder_free (rig->encoder);
    fixture_decoder_free (rig->decoder);
    g_ptr_array_unref (rig->packets);
    g_assert_cmpuint (tutti_packet_count_live (), ==, 0);
}

/* TRUE when it became a key frame. */
static gboolean
rig_encode (Rig *rig, const TuttiPicture *picture, gint64 time_us, gboolean key)
{
    gboolean wished = key;

    g_ptr_array_set_size (rig->packets, 0);
    g_assert_true (tutti_encoder_encode (rig->encoder, picture, time_us, &key, rig->packets));
    g_assert_true (key || !wished);
    for (guint i = 0; i < rig->packets->len; i++) {
        const TuttiPacket *packet = rig->packets->pdata[i];

        g_assert_cmpint (packet->time_us, ==, time_us);
        g_assert_cmpint ((packet->flags & TUTTI_PACKET_KEY_FRAME) != 0, ==, key);
    }
    return key;
}

static double
rig_decode (Rig *rig, const TuttiPicture *original)
{
    g_autoptr (TuttiPicture) back = fixture_decode (rig->decoder, rig->packets);

    g_assert_nonnull (back);
    return fixture_psnr (original, back);
}

static guint
rig_bytes (const Rig *rig)
{
    guint bytes = 0;

    for (guint i = 0; i < rig->packets->len; i++)
        bytes += ((TuttiPacket *)rig->packets->pdata[i])->length_bytes;
    return bytes;
}

/* There and back, so that the motion never jumps. */
static guint
loop_at (guint n, guint loop_frames)
{
    guint at = n % (2 * loop_frames - 2);

    return at < loop_frames ? at : 2 * loop_frames - 2 - at;
}

/* Every picture can be decoded, looks like the original, and is a key frame only when wished. */
static void
test_pictures (gconstpointer user_data)
{
    Rig rig;

    rig_init (&rig, GPOINTER_TO_INT (user_data), 320, 180, 400000);
    for (guint n = 0; n < 40; n++) {
        g_autoptr (TuttiPicture) picture = fixture_draw_canvas (320, 180, n);
        gboolean wished = n == 20 || n == 21;

        g_assert_cmpint (rig_encode (&rig, picture, START_US + n * FRAME_US, wished), ==,
                         n == 0 || wished);
        g_assert_cmpfloat (rig_decode (&rig, picture), >=, 27);
    }
    rig_clear (&rig);
}

/* Two threads make a stream that one decodes, in packets that fit. */
static void
test_two_threads (gconstpointer user_data)
{
    TuttiEncoderSetup setup = {640, 360, FRAME_RATE, 1000000, 2, NULL};
    Rig rig;

    rig_init_setup (&rig, GPOINTER_TO_INT (user_data), &setup);
    for (guint n = 0; n < 12; n++) {
        g_autoptr (TuttiPicture) picture = fixture_draw_canvas (640, 360, n);

        rig_encode (&rig, picture, START_US + n * FRAME_US, n == 6);
        g_assert_cmpfloat (rig_decode (&rig, picture), >=, 27);
    }
    rig_clear (&rig);
}

/* A canvas that stood still long enough to be left out of the work is as sharp as before, and what
 * moves then is shown at once. */
static void
test_still_then_moving (gconstpointer user_data)
{
    g_autoptr (TuttiPicture) still = fixture_draw_canvas (320, 180, 0);
    double psnr = 0;
    Rig rig;

    rig_init (&rig, GPOINTER_TO_INT (user_data), 320, 180, 400000);
    for (guint n = 0; n < 80; n++) {
        rig_encode (&rig, still, START_US + n * FRAME_US, FALSE);
        psnr = rig_decode (&rig, still);
    }
    g_assert_cmpfloat (psnr, >=, 36);
    for (guint n = 80; n < 92; n++) {
        g_autoptr (TuttiPicture) picture = fixture_draw_canvas (320, 180, n);

        rig_encode (&rig, picture, START_US + n * FRAME_US, FALSE);
        g_assert_cmpfloat (rig_decode (&rig, picture), >=, 27);
    }
    rig_clear (&rig);
}

/* An odd canvas size (not of whole macroblocks) comes back at its size. */
static void
test_odd_size (gconstpointer user_data)
{
    g_autoptr (TuttiPicture) picture = fixture_draw_canvas (250, 142, 0);
    Rig rig;

    rig_init (&rig, GPOINTER_TO_INT (user_data), 250, 142, 400000);
    rig_encode (&rig, picture, START_US, FALSE);
    g_assert_cmpfloat (rig_decode (&rig, picture), >=, 25);
    rig_clear (&rig);
}

/* A decoder that starts at any key frame needs nothing from before. */
static void
test_key_frame_stands_alone (gconstpointer user_data)
{
    TuttiCodec codec = GPOINTER_TO_INT (user_data);
    g_autoptr (FixtureDecoder) fresh = fixture_decoder_new (codec);
    Rig rig;

    rig_init (&rig, codec, 320, 180, 400000);
    for (guint n = 0; n < 12; n++) {
        g_autoptr (TuttiPicture) picture = fixture_draw_canvas (320, 180, n);
        g_autoptr (TuttiPicture) back = NULL;

        rig_encode (&rig, picture, START_US + n * FRAME_US, n == 6);
        if (n < 6)
            continue;
        back = fixture_decode (fresh, rig.packets);
        g_assert_nonnull (back);
        g_assert_cmpfloat (fixture_psnr (picture, back), >=, 25);
    }
    rig_clear (&rig);
}

static void
test_rate (gconstpointer user_data)
{
    const guint target_bps = 200000;
    g_autoptr (GPtrArray) canvas =
        g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_picture_unref);
    guint64 bytes = 0;
    Rig rig;

    for (guint n = 0; n < LOOP_FRAMES; n++)
        g_ptr_array_add (canvas, fixture_draw_canvas (320, 180, n));
    rig_init (&rig, GPOINTER_TO_INT (user_data), 320, 180, target_bps);
    for (guint n = 0; n < 10 * FRAME_RATE; n++) {
        rig_encode (&rig, canvas->pdata[loop_at (n, LOOP_FRAMES)], START_US + n * FRAME_US, FALSE);
        bytes += rig_bytes (&rig);
    }
    g_test_message ("%" G_GUINT64_FORMAT " bit/s", bytes * 8 / 10);
    g_assert_cmpuint (bytes * 8 / 10, >=, target_bps * 85 / 100);
    g_assert_cmpuint (bytes * 8 / 10, <=, target_bps * 115 / 100);
    rig_clear (&rig);
}

/* A canvas that stood still (a picture a second) begins to move: no burst. */
static void
test_no_burst_after_still (gconstpointer user_data)
{
    const guint target_bps = 200000;
    gint64 time_us = START_US;
    guint64 bytes = 0;
    guint largest = 0;
    Rig rig;

    rig_init (&rig, GPOINTER_TO_INT (user_data), 320, 180, target_bps);
    for (guint n = 0; n < 8; n++, time_us += G_USEC_PER_SEC) {
        g_autoptr (TuttiPicture) picture = fixture_draw_canvas (320, 180, 0);

        rig_encode (&rig, picture, time_us, FALSE);
    }
    for (guint n = 0; n < FRAME_RATE; n++, time_us += FRAME_US) {
        g_autoptr (TuttiPicture) picture = fixture_draw_canvas (320, 180, n);

        rig_encode (&rig, picture, time_us, FALSE);
        bytes += rig_bytes (&rig);
        largest = MAX (largest, rig_bytes (&rig));
    }
    g_test_message ("%" G_GUINT64_FORMAT " bits in the first second, largest picture %u bytes",
                    bytes * 8, largest);
    g_assert_cmpuint (bytes * 8, <=, target_bps * 15 / 10);
    /* a third of a second's bits */
    g_assert_cmpuint (largest, <=, target_bps / 8 / 3);
    rig_clear (&rig);
}

/* Picture ids count pictures and TL0PICIDX base frames, over their ends; the pattern is 0 2 1 2,
 * from each key frame on. */
static void
test_vp8_ids (void)
{
    static const guint8 pattern[] = {0, 2, 1, 2};
    static const gboolean is_sync[] = {TRUE, TRUE, TRUE, FALSE};
    g_autoptr (TuttiPicture) picture = fixture_draw_canvas (64, 36, 0);
    TuttiVp8Ids last = {0};
    guint at = 0;
    Rig rig;

    rig_init (&rig, TUTTI_CODEC_VP8, 64, 36, 100000);
    for (guint n = 0; n < 33000; n++, at++) {
        gboolean key = n == 0 || n % 1000 == 42;
        TuttiVp8Ids ids;

        rig_encode (&rig, picture, START_US + n * FRAME_US, key);
        at = key ? 0 : at % G_N_ELEMENTS (pattern);
        ids = ((TuttiPacket *)rig.packets->pdata[0])->vp8;
        if (n > 0) {
            g_assert_cmpuint (ids.picture_id, ==, (last.picture_id + 1) & 0x7fff);
            g_assert_cmpuint (ids.tl0_pic_idx, ==, (last.tl0_pic_idx + (at == 0)) & 0xff);
        }
        g_assert_cmpuint (ids.temporal_id, ==, pattern[at]);
        g_assert_cmpuint (ids.layer_sync, ==, is_sync[at]);
        last = ids;
    }
    rig_clear (&rig);
}

/* After a pause everybody gets the next picture. */
static void
test_vp8_pause (void)
{
    g_autoptr (TuttiPicture) picture = fixture_draw_canvas (64, 36, 0);
    gint64 time_us = START_US;
    Rig rig;

    rig_init (&rig, TUTTI_CODEC_VP8, 64, 36, 100000);
    for (guint n = 0; n < 40; n++) {
        const TuttiPacket *packet;

        time_us += n % 7 == 0 ? G_USEC_PER_SEC : FRAME_US;
        rig_encode (&rig, picture, time_us, FALSE);
        packet = rig.packets->pdata[0];
        g_assert_cmpuint (packet->vp8.temporal_id == 0, ==, n % 7 % 4 == 0);
    }
    rig_clear (&rig);
}

#define SUBSET_FRAMES 48

/* A peer is given layers up to one, and more from a frame on. */
typedef struct {
    guint before, from, after;
    guint n_shown;
} Subset;

static void
watch_subset (Subset *subset, FixtureDecoder *decoder, GPtrArray **frames, TuttiPicture **full)
{
    for (guint n = 0; n < SUBSET_FRAMES; n++) {
        guint layer = ((TuttiPacket *)frames[n]->pdata[0])->vp8.temporal_id;
        g_autoptr (TuttiPicture) back = NULL;

        if (layer > (n < subset->from ? subset->before : subset->after))
            continue;
        back = fixture_decode (decoder, frames[n]);
        g_assert_nonnull (back);
        g_assert_cmpfloat (fixture_psnr (full[n], back), ==, 99);
        subset->n_shown++;
    }
}

static void
check_subset (Subset subset, GPtrArray **frames, TuttiPicture **full, guint n_shown)
{
    g_autoptr (FixtureDecoder) decoder = fixture_decoder_new (TUTTI_CODEC_VP8);

    watch_subset (&subset, decoder, frames, full);
    if (n_shown > 0)
        g_assert_cmpuint (subset.n_shown, ==, n_shown);
}

/* Up from less, at every frame that says it can be done. */
static void
check_subsets_up (GPtrArray **frames, TuttiPicture **full)
{
    for (guint n = 8; n < 24; n++) {
        const TuttiVp8Ids *ids = &((TuttiPacket *)frames[n]->pdata[0])->vp8;

        if (ids->layer_sync && ids->temporal_id > 0)
            for (guint before = 0; before < ids->temporal_id; before++)
                check_subset ((Subset){before, n, 2, 0}, frames, full, 0);
    }
}

/* Whatever layers are left out, the other pictures are those of the whole stream, to the bit. */
static void
test_vp8_subsets (void)
{
    GPtrArray *frames[SUBSET_FRAMES];
    TuttiPicture *full[SUBSET_FRAMES];
    gint64 time_us = START_US;
    Rig rig;

    rig_init (&rig, TUTTI_CODEC_VP8, 320, 180, 300000);
    for (guint n = 0; n < SUBSET_FRAMES; n++) {
        g_autoptr (TuttiPicture) picture = fixture_draw_canvas (320, 180, n);

        time_us += n == 30 ? G_USEC_PER_SEC : FRAME_US;
        rig_encode (&rig, picture, time_us, n == 17);
        full[n] = fixture_decode (rig.decoder, rig.packets);
        g_assert_cmpfloat (fixture_psnr (picture, full[n]), >=, 27);
        frames[n] = g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);
        g_ptr_array_extend_and_steal (frames[n], g_steal_pointer (&rig.packets));
        rig.packets = g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);
    }
    /* The pattern begins at 0, 17 and 30: 5 + 4 + 5 base frames, 4 + 3 + 4 of the second layer. */
    check_subset ((Subset){0, 0, 0, 0}, frames, full, 14);
    check_subset ((Subset){0, 0, 1, 0}, frames, full, 14 + 11);
    check_subset ((Subset){0, 0, 2, 0}, frames, full, SUBSET_FRAMES);
    check_subsets_up (frames, full);
    for (guint n = 0; n < SUBSET_FRAMES; n++) {
        tutti_picture_unref (full[n]);
        g_ptr_array_unref (frames[n]);
    }
    rig_clear (&rig);
}

/* A thin link is helped by less: of the rate, the base is under a half, both layers under 70 %. */
static void
test_vp8_layer_rates (void)
{
    const guint target_bps = 300000;
    guint64 bytes[4] = {0};
    Rig rig;

    rig_init (&rig, TUTTI_CODEC_VP8, 320, 180, target_bps);
    for (guint n = 0; n < 8 * FRAME_RATE; n++) {
        g_autoptr (TuttiPicture) picture =
            fixture_draw_canvas (320, 180, loop_at (n, SHORT_LOOP_FRAMES));

        rig_encode (&rig, picture, START_US + n * FRAME_US, FALSE);
        bytes[((TuttiPacket *)rig.packets->pdata[0])->vp8.temporal_id] += rig_bytes (&rig);
    }
    /* In eight seconds, bytes are bits a second. */
    g_test_message ("layers: %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
                    " bit/s",
                    bytes[0], bytes[1], bytes[2]);
    g_assert_cmpuint (bytes[0], >=, target_bps * 38 / 100);
    g_assert_cmpuint (bytes[0], <=, target_bps * 50 / 100);
    g_assert_cmpuint (bytes[0] + bytes[1], <=, target_bps * 70 / 100);
    g_assert_cmpuint (bytes[0] + bytes[1] + bytes[2], <=, target_bps * 105 / 100);
    rig_clear (&rig);
}

/* Even of noise each NAL unit fits a packet, so that packetization-mode 0 can read all of it. */
static void
test_h264_fits_single_nal (gconstpointer user_data)
{
    TuttiEncoderSetup setup = {640, 360, FRAME_RATE, 2000000, GPOINTER_TO_UINT (user_data), NULL};
    Rig rig;

    rig_init_setup (&rig, TUTTI_CODEC_H264, &setup);
    for (guint n = 0; n < 12; n++) {
        g_autoptr (TuttiPicture) picture = fixture_draw_noise (640, 360, n);

        rig_encode (&rig, picture, START_US + n * FRAME_US, n % 5 == 0);
        for (guint i = 0; i < rig.packets->len; i++)
            g_assert_cmpuint (((TuttiPacket *)rig.packets->pdata[i])->data[0] & 0x1f, <, 24);
        rig_decode (&rig, picture);
    }
    rig_clear (&rig);
}

/* RFC 6184 section 8.1: profile-level-id 42e01f, which every browser takes. */
static void
test_h264_parameter_sets (void)
{
    g_autoptr (TuttiPicture) picture = fixture_draw_canvas (1280, 720, 0);
    Rig rig;

    rig_init (&rig, TUTTI_CODEC_H264, 1280, 720, 1200000);
    for (guint n = 0; n < 3; n++) {
        const TuttiPacket *sps, *pps, *slice;

        rig_encode (&rig, picture, START_US + n * FRAME_US, TRUE);
        g_assert_cmpuint (rig.packets->len, >=, 3);
        sps = rig.packets->pdata[0];
        pps = rig.packets->pdata[1];
        slice = rig.packets->pdata[2];
        g_assert_cmpuint (sps->data[0] & 0x1f, ==, 7);
        g_assert_cmphex (sps->data[1], ==, 66);
        g_assert_cmphex (sps->data[2] & 0xc0, ==, 0xc0); /* constraint_set0 and 1 */
        g_assert_cmpuint (sps->data[3], ==, 31);
        g_assert_cmpuint (pps->data[0] & 0x1f, ==, 8);
        g_assert_cmpuint (slice->data[0] & 0x1f, ==, 5);
    }
    rig_clear (&rig);
}

/* 720p at 1.2 Mbit/s, once the rate control has settled. */
static void
test_quality (gconstpointer user_data)
{
    TuttiPicture *canvas[SHORT_LOOP_FRAMES];
    double psnr = 0;
    Rig rig;

    for (guint n = 0; n < SHORT_LOOP_FRAMES; n++)
        canvas[n] = fixture_draw_canvas (1280, 720, n);
    rig_init (&rig, GPOINTER_TO_INT (user_data), 1280, 720, 1200000);
    for (guint n = 0; n < 40; n++) {
        const TuttiPicture *picture = canvas[loop_at (n, SHORT_LOOP_FRAMES)];

        rig_encode (&rig, picture, START_US + n * FRAME_US, FALSE);
        psnr += rig_decode (&rig, picture) * (n >= 30);
    }
    g_test_message ("%.2f dB", psnr / 10);
    g_assert_cmpfloat (psnr / 10, >=, 36.5);
    for (guint n = 0; n < SHORT_LOOP_FRAMES; n++)
        tutti_picture_unref (canvas[n]);
    rig_clear (&rig);
}

static void
test_sources_differ (void)
{
    g_autoptr (TuttiPicture) picture = fixture_draw_canvas (64, 36, 0);
    Rig one, two;

    rig_init (&one, TUTTI_CODEC_VP8, 64, 36, 100000);
    rig_init (&two, TUTTI_CODEC_VP8, 64, 36, 100000);
    rig_encode (&one, picture, START_US, FALSE);
    rig_encode (&two, picture, START_US, FALSE);
    g_assert_cmpuint (((TuttiPacket *)one.packets->pdata[0])->source, !=,
                      ((TuttiPacket *)two.packets->pdata[0])->source);
    g_ptr_array_set_size (two.packets, 0);
    rig_clear (&one);
    rig_clear (&two);
}

static void
add_for_both (const char *name, GTestDataFunc test)
{
    g_autofree char *vp8 = g_strdup_printf ("/encoder/vp8/%s", name);
    g_autofree char *h264 = g_strdup_printf ("/encoder/h264/%s", name);

    g_test_add_data_func (vp8, GINT_TO_POINTER (TUTTI_CODEC_VP8), test);
    g_test_add_data_func (h264, GINT_TO_POINTER (TUTTI_CODEC_H264), test);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    add_for_both ("pictures", test_pictures);
    add_for_both ("two-threads", test_two_threads);
    add_for_both ("still-then-moving", test_still_then_moving);
    add_for_both ("odd-size", test_odd_size);
    add_for_both ("key-frame-stands-alone", test_key_frame_stands_alone);
    add_for_both ("rate", test_rate);
    add_for_both ("no-burst-after-still", test_no_burst_after_still);
    add_for_both ("quality", test_quality);
    g_test_add_func ("/encoder/vp8/ids", test_vp8_ids);
    g_test_add_func ("/encoder/vp8/pause", test_vp8_pause);
    g_test_add_func ("/encoder/vp8/subsets", test_vp8_subsets);
    g_test_add_func ("/encoder/vp8/layer-rates", test_vp8_layer_rates);
    g_test_add_data_func ("/encoder/h264/fits-single-nal/1", GUINT_TO_POINTER (1),
                          test_h264_fits_single_nal);
    g_test_add_data_func ("/encoder/h264/fits-single-nal/2", GUINT_TO_POINTER (2),
                          test_h264_fits_single_nal);
    g_test_add_func ("/encoder/h264/parameter-sets", test_h264_parameter_sets);
    g_test_add_func ("/encoder/sources-differ", test_sources_differ);
    return g_test_run ();
}
