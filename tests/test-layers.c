/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-layers.c: three temporal layers in, as many as fit out, with numbers that have no gaps.
 */
#include "leg/layers.h"
#include "leg/vp8-ids.h"

#define MSEC G_TIME_SPAN_MILLISECOND
#define PICTURE_US 33333
#define PICTURE_BYTES 1000
/* 30 pictures a second of so many bytes: 60, 120 and 240 kbit/s. */
#define BASE_BPS 60000
#define MIDDLE_BPS 120000
#define ALL_BPS 240000

typedef struct {
    TuttiLayers layers;
    TuttiVp8Numbers numbers;
    gint64 now_us;
    guint n_pictures;
    guint source;
    guint passed[TUTTI_LAYERS_MAX];
    gint last_id; /* -1: none yet */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
    tutti_layers_init (&fixture->layers);
    fixture->now_us = G_USEC_PER_SEC;
    fixture->last_id = -1;
}

static void
fill (const Fixture *fixture, TuttiPacket *packet, gboolean second)
{
    static const guint8 pattern[] = {0, 2, 1, 2};
    guint at = fixture->n_pictures % G_N_ELEMENTS (pattern);

    packet->codec = TUTTI_CODEC_VP8;
    packet->source = fixture->source;
    packet->length_bytes = PICTURE_BYTES / 2;
    packet->vp8.picture_id = (guint16)((32760 + fixture->n_pictures) & 0x7FFF);
    packet->vp8.tl0_pic_idx = (guint8)(250 + fixture->n_pictures / 4);
    packet->vp8.temporal_id = pattern[at];
    packet->vp8.layer_sync = at == 1 || at == 2; /* the second TID 2 refers to TID 1 */
    packet->flags = second ? TUTTI_PACKET_MARKER : TUTTI_PACKET_FRAME_START;
}

/* One picture of two packets through it; its ids are checked. TRUE when it passed. */
static gboolean
run_picture (Fixture *fixture, guint room_bps, gint64 queue_us)
{
    gboolean passed = FALSE;

    for (guint half = 0; half < 2; half++) {
        g_autoptr (TuttiPacket) packet = tutti_packet_new ();
        TuttiLayersVerdict verdict;
        TuttiVp8Ids ids;

        fill (fixture, packet, half == 1);
        tutti_layers_count (&fixture->layers, packet, 0, fixture->now_us);
        tutti_layers_judge (&fixture->layers, room_bps, queue_us, fixture->now_us);
        verdict = tutti_layers_pass (&fixture->layers, packet);
        if (verdict != TUTTI_LAYERS_PASS) {
            g_assert_false (passed);
            g_assert_cmpint (verdict, ==,
                             half == 0 ? TUTTI_LAYERS_SKIP_PICTURE : TUTTI_LAYERS_SKIP);
            tutti_vp8_skip (&fixture->numbers, half == 0 ? 1 : 0);
            continue;
        }
        ids = tutti_vp8_renumber (&fixture->numbers, packet);
        if (half == 0 && fixture->last_id >= 0)
            g_assert_cmpuint (ids.picture_id, ==, (fixture->last_id + 1) & 0x7FFF);
        g_assert_cmpuint (ids.tl0_pic_idx, ==, packet->vp8.tl0_pic_idx);
        fixture->last_id = ids.picture_id;
        fixture->passed[packet->vp8.temporal_id] += half;
        passed = TRUE;
    }
    fixture->n_pictures++;
    fixture->now_us += PICTURE_US;
    return passed;
}

static void
run (Fixture *fixture, guint n_pictures, guint room_bps)
{
    for (guint i = 0; i < TUTTI_LAYERS_MAX; i++)
        fixture->passed[i] = 0;
    for (guint i = 0; i < n_pictures; i++)
        run_picture (fixture, room_bps, 0);
}

static void
check_passed (const Fixture *fixture, guint base, guint middle, guint top)
{
    g_assert_cmpuint (fixture->passed[0], ==, base);
    g_assert_cmpuint (fixture->passed[1], ==, middle);
    g_assert_cmpuint (fixture->passed[2], ==, top);
}

/* Nothing is known: all pass; then as many as fit. The base layer does, whatever the room. */
static void
test_fit (Fixture *fixture, gconstpointer user_data)
{
    run (fixture, 60, 0);
    check_passed (fixture, 15, 15, 30);
    run (fixture, 60, MIDDLE_BPS * 11 / 10);
    check_passed (fixture, 15, 15, 0);
    run (fixture, 60, BASE_BPS * 11 / 10);
    check_passed (fixture, 15, 0, 0);
    run (fixture, 60, 1000);
    check_passed (fixture, 15, 0, 0);
    g_assert_cmpuint (tutti_layers_get_highest (&fixture->layers), ==, 0);
}

/* Up after a second, each layer at a picture that needs nothing of what was left out. */
static void
test_rise (Fixture *fixture, gconstpointer user_data)
{
    run (fixture, 60, BASE_BPS);
    run (fixture, 28, ALL_BPS * 2); /* not yet */
    check_passed (fixture, 7, 0, 0);
    run (fixture, 12, ALL_BPS * 2);
    g_assert_cmpuint (fixture->passed[1], >, 0);
    check_passed (fixture, 3, fixture->passed[1], 0);
    run (fixture, 60, ALL_BPS * 2);
    g_assert_cmpuint (tutti_layers_get_highest (&fixture->layers), ==, 2);
    run (fixture, 40, ALL_BPS * 2);
    check_passed (fixture, 10, 10, 20);
}

/* Each time it begins with a picture that says so: never with the second TID 2. */
static void
test_rise_in_step (Fixture *fixture, gconstpointer user_data)
{
    for (guint offset = 0; offset < 8; offset++) {
        guint highest = 0;

        run (fixture, 40 + offset, MIDDLE_BPS);
        run (fixture, 40 - offset, BASE_BPS);
        for (guint i = 0; i < 120; i++) {
            guint at = fixture->n_pictures % 4;
            gboolean passed = run_picture (fixture, 2 * ALL_BPS, 0);

            if (fixture->layers.highest > highest)
                g_assert_true (passed && at == (highest == 0 ? 2 : 1));
            highest = fixture->layers.highest;
        }
        g_assert_cmpuint (highest, ==, 2);
    }
}

/* Room that is just enough is not enough to go up. */
static void
test_spare (Fixture *fixture, gconstpointer user_data)
{
    run (fixture, 60, BASE_BPS);
    run (fixture, 90, MIDDLE_BPS * 110 / 100);
    check_passed (fixture, 23, 0, 0);
    run (fixture, 90, MIDDLE_BPS * 125 / 100);
    g_assert_cmpuint (fixture->passed[1], >, 10);
    g_assert_cmpuint (fixture->passed[2], ==, 0);
}

/* A queue that grows takes a layer at once, another when that didn't help. */
static void
test_queue (Fixture *fixture, gconstpointer user_data)
{
    run (fixture, 60, 0);
    run_picture (fixture, 0, 150 * MSEC);
    g_assert_cmpuint (fixture->layers.highest, ==, 1);
    run_picture (fixture, 0, 150 * MSEC);
    g_assert_cmpuint (fixture->layers.highest, ==, 1);
    for (guint i = 0; i < 4; i++)
        run_picture (fixture, 0, 150 * MSEC);
    g_assert_cmpuint (fixture->layers.highest, ==, 0);
    for (guint i = 0; i < 90; i++) /* the base layer still waits */
        g_assert_cmpuint (run_picture (fixture, 0, 60 * MSEC), ==,
                          (fixture->n_pictures - 1) % 4 == 0);
    run (fixture, 120, 0);
    g_assert_cmpuint (fixture->layers.highest, ==, 2);
}

/* A decision holds for whole pictures only: packets of one picture never part. run_picture()
 * asserts that; here the room falls between the halves. */
static void
test_whole_pictures (Fixture *fixture, gconstpointer user_data)
{
    g_autoptr (TuttiPacket) first = tutti_packet_new (), second = tutti_packet_new ();

    run (fixture, 61, 0);
    fill (fixture, first, FALSE);
    fill (fixture, second, TRUE);
    g_assert_cmpuint (first->vp8.temporal_id, ==, 2);
    g_assert_cmpint (tutti_layers_pass (&fixture->layers, first), ==, TUTTI_LAYERS_PASS);
    tutti_layers_judge (&fixture->layers, BASE_BPS, 0, fixture->now_us);
    g_assert_cmpuint (fixture->layers.highest, ==, 0);
    g_assert_cmpint (tutti_layers_pass (&fixture->layers, second), ==, TUTTI_LAYERS_PASS);
}

/* Another encoder's rates are not judged by the last one's; its key frame may lift. */
static void
test_source (Fixture *fixture, gconstpointer user_data)
{
    run (fixture, 60, 0);
    fixture->source = 1;
    tutti_vp8_skip (&fixture->numbers, 0);
    fixture->last_id = -1;
    fixture->numbers = (TuttiVp8Numbers){0};
    run (fixture, 8, MIDDLE_BPS);
    check_passed (fixture, 2, 2, 4);
    run (fixture, 20, MIDDLE_BPS);
    g_assert_cmpuint (fixture->layers.highest, <, 2);
}

#define ADD(name, func) g_test_add ("/layers/" name, Fixture, NULL, set_up, func, NULL)

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    ADD ("fit", test_fit);
    ADD ("rise", test_rise);
    ADD ("rise-in-step", test_rise_in_step);
    ADD ("spare", test_spare);
    ADD ("queue", test_queue);
    ADD ("whole-pictures", test_whole_pictures);
    ADD ("source", test_source);
    return g_test_run ();
}
