/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-layers-decode.c: real frames of three temporal layers, of which one peer gets more and fewer
 * in turn: what it gets, another decoder plays exactly as if it had got all.
 */
#include "encode-fixture.h"
#include "rtp-fixture.h"

#include "encode/encoder.h"
#include "leg/bytes.h"
#include "leg/layers.h"
#include "leg/sender.h"

#define WIDTH 320
#define HEIGHT 180
#define FRAME_RATE 30
#define FRAME_US (G_USEC_PER_SEC / FRAME_RATE)
#define RATE_BPS 400000
#define START_US (100 * G_USEC_PER_SEC)
#define OVERHEAD_BYTES 60

typedef struct {
    TuttiEncoder *encoder;
    FixtureDecoder *all, *some; /* of the encoder's frames, of the peer's */
    GPtrArray *packets;
    TuttiSession *description;
    TuttiSender *sender;
    TuttiLayers layers;
    gint64 now_us;
    guint n_frames, n_passed[TUTTI_LAYERS_MAX];
    gint last_seq, last_id; /* -1: none yet */
} Rig;

static void
set_up (Rig *rig, gconstpointer user_data)
{
    TuttiEncoderSetup setup = {WIDTH, HEIGHT, FRAME_RATE, RATE_BPS, 1, NULL};

    rig->encoder = tutti_encoder_new (TUTTI_CODEC_VP8, &setup);
    rig->all = fixture_decoder_new (TUTTI_CODEC_VP8);
    rig->some = fixture_decoder_new (TUTTI_CODEC_VP8);
    rig->packets = g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);
    rig->description = fixture_describe (1000);
    rig->sender = tutti_sender_new (TUTTI_KIND_VIDEO, 65500);
    tutti_sender_configure (rig->sender, fixture_video (rig->description));
    tutti_layers_init (&rig->layers);
    rig->now_us = START_US;
    rig->last_seq = rig->last_id = -1;
}

static void
tear_down (Rig *rig, gconstpointer user_data)
{
    tutti_encoder_free (rig->encoder);
    fixture_decoder_free (rig->all);
    fixture_decoder_free (rig->some);
    g_ptr_array_unref (rig->packets);
    tutti_session_free (rig->description);
    tutti_sender_free (rig->sender);
}

/* As the peer sees it: no number is missing. */
static void
check_numbers (Rig *rig, TuttiPacket *packet)
{
    guint8 buffer[TUTTI_SENDER_BUFFER_BYTES];
    gsize length = tutti_sender_write (rig->sender, packet, rig->now_us, buffer);
    gint step = (packet->flags & TUTTI_PACKET_FRAME_START) != 0;
    TuttiRtp rtp;
    guint16 id;

    g_assert_true (tutti_rtp_read (buffer, length, &rtp));
    id = tutti_get_u16 (rtp.payload + packet->vp8.picture_id_offset) & 0x7FFF;
    if (rig->last_seq >= 0) {
        g_assert_cmpuint (rtp.seq, ==, (guint16)(rig->last_seq + 1));
        g_assert_cmpuint (id, ==, (rig->last_id + step) & 0x7FFF);
    }
    rig->last_seq = rtp.seq;
    rig->last_id = id;
}

/* TRUE when the picture passed. */
static gboolean
pass_picture (Rig *rig, guint room_bps)
{
    guint n_passed = 0;

    tutti_layers_judge (&rig->layers, room_bps, 0, rig->now_us);
    for (guint i = 0; i < rig->packets->len; i++) {
        TuttiPacket *packet = rig->packets->pdata[i];
        TuttiLayersVerdict verdict;

        tutti_layers_count (&rig->layers, packet, OVERHEAD_BYTES, rig->now_us);
        verdict = tutti_layers_pass (&rig->layers, packet);
        if (verdict == TUTTI_LAYERS_SKIP_PICTURE)
            tutti_sender_skip (rig->sender, 1);
        if (verdict != TUTTI_LAYERS_PASS)
            continue;
        check_numbers (rig, packet);
        n_passed++;
    }
    g_assert_true (n_passed == 0 || n_passed == rig->packets->len);
    return n_passed > 0;
}

static void
run (Rig *rig, guint n_frames, guint room_bps)
{
    for (guint i = 0; i < TUTTI_LAYERS_MAX; i++)
        rig->n_passed[i] = 0;
    for (guint i = 0; i < n_frames; i++) {
        g_autoptr (TuttiPicture) original = fixture_draw_canvas (WIDTH, HEIGHT, rig->n_frames % 60);
        g_autoptr (TuttiPicture) whole = NULL, reduced = NULL;
        gboolean key = FALSE;

        g_ptr_array_set_size (rig->packets, 0);
        g_assert_true (
            tutti_encoder_encode (rig->encoder, original, rig->now_us, &key, rig->packets));
        whole = fixture_decode (rig->all, rig->packets);
        g_assert_nonnull (whole);
        if (pass_picture (rig, room_bps)) {
            reduced = fixture_decode (rig->some, rig->packets);
            g_assert_nonnull (reduced);
            g_assert_cmpfloat (fixture_psnr (whole, reduced), ==, 99);
            rig->n_passed[((TuttiPacket *)rig->packets->pdata[0])->vp8.temporal_id]++;
        }
        rig->n_frames++;
        rig->now_us += FRAME_US;
    }
}

static void
test_up_and_down (Rig *rig, gconstpointer user_data)
{
    run (rig, 60, 0);
    g_assert_cmpuint (rig->n_passed[0] + rig->n_passed[1] + rig->n_passed[2], ==, 60);
    g_assert_cmpuint (rig->n_passed[0], <, 18);
    /* down at once, however little there is */
    run (rig, 60, 50000);
    g_assert_cmpuint (rig->n_passed[0], ==, 15);
    g_assert_cmpuint (rig->n_passed[1] + rig->n_passed[2], ==, 0);
    /* and up again, in two steps */
    run (rig, 120, 2000000);
    g_assert_cmpuint (rig->n_passed[2], >=, 20);
    run (rig, 40, 2000000);
    g_assert_cmpuint (rig->n_passed[0] + rig->n_passed[1] + rig->n_passed[2], ==, 40);
}

/* At any phase of the pattern. */
static void
test_at_random (Rig *rig, gconstpointer user_data)
{
    g_autoptr (GRand) random = g_rand_new_with_seed (11);

    for (guint n = 0; n < 6; n++) {
        run (rig, (guint)g_rand_int_range (random, 1, 9),
             (guint)g_rand_int_range (random, 50000, 300000));
        run (rig, (guint)g_rand_int_range (random, 31, 80), 2000000);
    }
}

#define ADD(name, func) g_test_add ("/layers-decode/" name, Rig, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    ADD ("up-and-down", test_up_and_down);
    ADD ("at-random", test_at_random);
    return g_test_run ();
}
