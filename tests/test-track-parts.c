/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-track-parts.c: what a track is made with: packets sorted, and laid end to end.
 */
#include "src/record/reorder.h"
#include "src/record/track-seam.h"

#include <tutti/packet.h>

#define MS ((gint64)TUTTI_USEC_PER_MSEC)

static void
test_seam (void)
{
    TuttiSeam seam = {0};
    const guint8 *data;
    gsize length;
    gint64 silence_us;

    g_assert_true (tutti_seam_join (&seam, 101 * MS, 20 * MS, FALSE, &silence_us));
    g_assert_cmpint (silence_us, ==, 100 * MS);
    /* a little off: no seam; in quiet sooner */
    g_assert_true (tutti_seam_join (&seam, 134 * MS, 20 * MS, FALSE, &silence_us));
    g_assert_cmpint (silence_us, ==, 0);
    g_assert_true (tutti_seam_join (&seam, 150 * MS, 20 * MS, TRUE, &silence_us));
    g_assert_cmpint (silence_us, ==, 10 * MS);
    g_assert_false (tutti_seam_join (&seam, 150 * MS, 20 * MS, FALSE, &silence_us));
    g_assert_cmpint (seam.end_us, ==, 170 * MS);
    g_assert_cmpint (tutti_seam_next_silence (300 * MS, &data, &length), ==, 120 * MS);
    g_assert_cmpint (tutti_seam_next_silence (2600, &data, &length), ==, 2500);
    g_assert_cmpint (tutti_seam_next_silence (2400, &data, &length), ==, 0);
}

/* A peer that sends whatever numbers it likes: what is kept stays bounded, and in order. */
static void
test_wild_numbers (void)
{
    g_autoptr (TuttiReorder) reorder = tutti_reorder_new ();
    GRand *rand = g_rand_new_with_seed (2);
    gboolean is_next;

    for (guint i = 0; i < 100000; i++) {
        g_autoptr (TuttiPacket) packet = tutti_packet_new (), first = NULL;

        packet->seq = (guint16)(g_rand_int_range (rand, 0, 4) == 0 ? g_rand_int (rand) : i);
        packet->ssrc = (guint32)g_rand_int_range (rand, 0, 100) / 99;
        packet->time_us = i;
        tutti_reorder_push (reorder, packet);
        first = tutti_reorder_pop (reorder, i, &is_next);
        g_assert_cmpuint (tutti_packet_count_live (), <=, TUTTI_REORDER_PACKETS_MAX + 3);
    }
    g_rand_free (rand);
}

/* A repair that comes in time is in its place, and holds nothing up behind it. */
static void
test_repair (void)
{
    static const guint16 order[] = {65534, 0, 1, 65535, 65535};
    g_autoptr (TuttiReorder) reorder = tutti_reorder_new ();
    gboolean is_next;

    for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
        g_autoptr (TuttiPacket) packet = tutti_packet_new ();

        packet->seq = order[i];
        packet->time_us = (gint64)i * 100 * MS;
        tutti_reorder_push (reorder, packet);
    }
    g_assert_null (tutti_reorder_pop (reorder, TUTTI_REORDER_HOLD_US - 1, &is_next));
    for (guint i = 0; i < 4; i++) {
        g_autoptr (TuttiPacket) packet =
            tutti_reorder_pop (reorder, TUTTI_REORDER_HOLD_US + 200 * MS, &is_next);

        g_assert_nonnull (packet);
        g_assert_cmpuint (packet->seq, ==, (guint16)(65534 + i));
        g_assert_cmpint (is_next, ==, i > 0);
    }
    g_assert_null (tutti_reorder_pop (reorder, G_MAXINT64, &is_next));
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/track-parts/seam", test_seam);
    g_test_add_func ("/track-parts/repair", test_repair);
    g_test_add_func ("/track-parts/wild-numbers", test_wild_numbers);
    return g_test_run ();
}
