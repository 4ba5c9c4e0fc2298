/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-vp8-still.c: what stands still is left out after a while, what changed never is.
 */
#include <string.h>

#include "encode/vp8-still.h"

/* 5 x 3 macroblocks, the last column and row not whole ones. */
#define WIDTH 70
#define HEIGHT 42
#define BLOCKS 15
/* More than are needed to be refined, fewer than the first turn of any that is there (64). */
#define REFINED 20
#define TURNS 64

typedef struct {
    TuttiVp8Still still;
    TuttiPicture *picture;
} Rig;

static void
rig_init (Rig *rig)
{
    tutti_vp8_still_init (&rig->still, WIDTH, HEIGHT);
    rig->picture = tutti_picture_new (WIDTH, HEIGHT);
    for (int i = 0; i < 3; i++)
        memset (rig->picture->plane[i], 100,
                (gsize)rig->picture->stride[i] * (gsize)(i ? tutti_chroma (HEIGHT) : HEIGHT));
}

static void
rig_clear (Rig *rig)
{
    tutti_vp8_still_clear (&rig->still);
    tutti_picture_unref (rig->picture);
    g_assert_cmpuint (tutti_picture_count_live (), ==, 0);
}

/* The next picture differs from the last one in one pixel of one plane. */
static void
change (Rig *rig, int plane, int x, int y)
{
    TuttiPicture *next = tutti_picture_new (WIDTH, HEIGHT);

    for (int i = 0; i < 3; i++)
        memcpy (next->plane[i], rig->picture->plane[i],
                (gsize)next->stride[i] * (gsize)(i ? tutti_chroma (HEIGHT) : HEIGHT));
    next->plane[plane][y * next->stride[plane] + x]++;
    tutti_picture_unref (rig->picture);
    rig->picture = next;
}

/* The number left out in the last of n base frames. */
static guint
look (Rig *rig, guint n)
{
    guint left_out = 0;

    for (guint i = 0; i < n; i++)
        left_out = tutti_vp8_still_look (&rig->still, rig->picture, TRUE, FALSE);
    return left_out;
}

static guint
look_between (Rig *rig)
{
    return tutti_vp8_still_look (&rig->still, rig->picture, FALSE, FALSE);
}

static void
test_left_out_later (void)
{
    Rig rig;

    rig_init (&rig);
    g_assert_cmpuint (look (&rig, 2), ==, 0);
    g_assert_cmpuint (look_between (&rig), ==, 0);
    g_assert_cmpuint (look (&rig, REFINED), ==, BLOCKS);
    g_assert_cmpuint (look_between (&rig), ==, BLOCKS);
    rig_clear (&rig);
}

/* One pixel, anywhere in it, of any plane. */
static void
test_changed (void)
{
    static const struct {
        int plane, x, y, block;
    } PIXELS[] = {
        {0, 0, 0, 0}, {0, 16, 15, 1}, {0, 69, 41, 14}, {1, 15, 15, 6}, {2, 34, 20, 14},
    };

    for (guint i = 0; i < G_N_ELEMENTS (PIXELS); i++) {
        Rig rig;

        rig_init (&rig);
        look (&rig, REFINED);
        change (&rig, PIXELS[i].plane, PIXELS[i].x, PIXELS[i].y);
        g_assert_cmpuint (look_between (&rig), ==, BLOCKS - 1);
        g_assert_cmpint (rig.still.active[PIXELS[i].block], ==, 1);
        g_assert_cmpuint (look (&rig, 1), ==, BLOCKS - 1);
        g_assert_cmpuint (look (&rig, 2), ==, BLOCKS - 1); /* the same, but not refined yet */
        g_assert_cmpint (rig.still.active[PIXELS[i].block], ==, 1);
        g_assert_cmpuint (look (&rig, REFINED), ==, BLOCKS);
        rig_clear (&rig);
    }
}

/* A frame that is no base is not what later ones are compared with. */
static void
test_compared_with_base (void)
{
    Rig rig;

    rig_init (&rig);
    look (&rig, REFINED);
    change (&rig, 0, 20, 20);
    look_between (&rig);
    g_assert_cmpuint (look_between (&rig), ==, BLOCKS - 1);
    rig_clear (&rig);
}

static void
test_key_frame (void)
{
    Rig rig;

    rig_init (&rig);
    look (&rig, REFINED);
    g_assert_cmpuint (tutti_vp8_still_look (&rig.still, rig.picture, TRUE, TRUE), ==, 0);
    g_assert_cmpint (rig.still.active[3], ==, 1);
    g_assert_cmpuint (look (&rig, 3), ==, 0);
    g_assert_cmpuint (look (&rig, REFINED), ==, BLOCKS);
    rig_clear (&rig);
}

/* An encoder at rest keeps no picture, and begins anew. */
static void
test_forget (void)
{
    Rig rig;

    rig_init (&rig);
    look (&rig, REFINED);
    tutti_vp8_still_forget (&rig.still);
    change (&rig, 0, 0, 0);
    g_assert_cmpuint (tutti_picture_count_live (), ==, 1);
    g_assert_cmpuint (look (&rig, 3), ==, 0);
    rig_clear (&rig);
}

/* Each is encoded now and then, and never all at once. */
static void
test_turns (void)
{
    guint n_turns[BLOCKS] = {0};
    Rig rig;

    rig_init (&rig);
    look (&rig, REFINED);
    for (guint n = 0; n < TURNS; n++) {
        g_assert_cmpuint (look (&rig, 1), >=, BLOCKS - 1);
        for (guint i = 0; i < BLOCKS; i++)
            n_turns[i] += rig.still.active[i];
    }
    for (guint i = 0; i < BLOCKS; i++)
        g_assert_cmpuint (n_turns[i], ==, 1);
    rig_clear (&rig);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/vp8-still/left-out-later", test_left_out_later);
    g_test_add_func ("/vp8-still/changed", test_changed);
    g_test_add_func ("/vp8-still/compared-with-base", test_compared_with_base);
    g_test_add_func ("/vp8-still/key-frame", test_key_frame);
    g_test_add_func ("/vp8-still/forget", test_forget);
    g_test_add_func ("/vp8-still/turns", test_turns);
    return g_test_run ();
}
