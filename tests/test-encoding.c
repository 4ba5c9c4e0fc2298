/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-encoding.c: what a view's encoders follow of what the whole server is short of. Real
 * workers; only counts and levels are looked at, never how long it took.
 */
#include "room/encoding.h"

#include <string.h>

#define WIDTH 320
#define HEIGHT 180
/* 10 ms each: a slow machine's patience. */
#define WAITS_MAX 1000

/* So many pictures, each encoded before the next one comes; gives what is left out then. */
static TuttiHasteLevel
encode (TuttiShared *shared, guint frame_rate, guint n)
{
    const TuttiEncodingKey key = {.codec = TUTTI_CODEC_VP8,
                                  .rung = {WIDTH, HEIGHT, frame_rate, 100000}};
    TuttiEncoding *encoding = tutti_encoding_new (shared, NULL, NULL, &key);
    TuttiRenditionStats stats = {0};

    for (guint i = 0; i < n; i++) {
        g_autoptr (TuttiPicture) picture = tutti_picture_new (WIDTH, HEIGHT);

        for (int plane = 0; plane < 3; plane++)
            memset (picture->plane[plane], (int)(60 + i),
                    (gsize)picture->stride[plane] *
                        (gsize)(plane ? tutti_chroma (HEIGHT) : HEIGHT));
        tutti_rendition_push (encoding->outlet.rendition, picture);
        for (guint w = 0; w < WAITS_MAX && stats.frames <= i; w++) {
            g_usleep (10 * TUTTI_USEC_PER_MSEC);
            tutti_rendition_get_stats (encoding->outlet.rendition, &stats);
        }
        g_assert_cmpuint (stats.frames, ==, i + 1);
    }
    tutti_encoding_free (encoding);
    return stats.haste;
}

/* Every second picture, where there are enough of them; and all again. */
static void
test_halved (void)
{
    TuttiConfig *config = tutti_config_new ();
    g_autoptr (TuttiShared) shared = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_true (tutti_config_set (config, "ice.interfaces=lo", NULL));
    g_assert_true (tutti_config_set (config, "room.overload-percent=0", NULL));
    shared = tutti_shared_new (config, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpint (encode (shared, 30, 3), ==, TUTTI_HASTE_NONE);
    __atomic_store_n (&shared->halved, 1, __ATOMIC_RELAXED);
    g_assert_cmpint (encode (shared, 30, 3), ==, TUTTI_HASTE_HALF);
    g_assert_cmpint (encode (shared, 15, 3), ==, TUTTI_HASTE_NONE);
    __atomic_store_n (&shared->halved, 0, __ATOMIC_RELAXED);
    g_assert_cmpint (encode (shared, 30, 3), ==, TUTTI_HASTE_NONE);
    g_clear_pointer (&shared, tutti_shared_free);
    tutti_config_free (config);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/encoding/halved", test_halved);
    return g_test_run ();
}
