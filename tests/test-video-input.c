/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-video-input.c: a source shared by views: what is kept, for how long, and from two threads.
 */
#include <mixers/video/input.h>

#include "view.h"

static const TuttiRect sizes[] = {{0, 0, 320, 180}, {0, 0, 160, 90}, {0, 0, 200, 112},
                                  {0, 0, 180, 100}, {0, 0, 90, 50},  {0, 0, 240, 136},
                                  {0, 0, 420, 236}, {0, 0, 64, 36},  {0, 0, 32, 18}};

static gboolean
scale (TuttiVideoInput *input, TuttiPicture *source, const TuttiRect *size, gboolean fit)
{
    gboolean scaled = FALSE;
    g_autoptr (TuttiPicture) picture =
        tutti_video_input_get_scaled (input, source, size, fit, &scaled);

    g_assert_cmpint (picture->width, ==, size->width);
    g_assert_cmpint (picture->height, ==, size->height);
    return scaled;
}

static void
test_scaled_once_per_size (void)
{
    g_autoptr (TuttiSlot) slot = tutti_slot_new ();
    g_autoptr (TuttiVideoInput) input = tutti_video_input_new (slot);
    g_autoptr (TuttiPicture) first = make_flat (640, 480, 0x00ff00);
    g_autoptr (TuttiPicture) second = make_flat (640, 480, 0x0000ff);
    const TuttiRect own = {0, 0, 640, 480};

    g_assert_false (scale (input, first, &own, FALSE));
    g_assert_true (scale (input, first, &sizes[0], FALSE));
    g_assert_false (scale (input, first, &sizes[0], FALSE));
    g_assert_true (scale (input, first, &sizes[0], TRUE));
    g_assert_true (scale (input, first, &sizes[1], FALSE));
    g_assert_false (scale (input, first, &sizes[0], TRUE));
    g_assert_true (scale (input, second, &sizes[0], FALSE));
    g_assert_true (scale (input, second, &sizes[1], FALSE));
    g_assert_false (scale (input, second, &sizes[0], FALSE));
}

/* More sizes than are kept still come out right; what is kept goes with the next picture. */
static void
test_bounded (void)
{
    guint live = tutti_picture_count_live ();
    g_autoptr (TuttiSlot) slot = tutti_slot_new ();
    TuttiVideoInput *input = tutti_video_input_new (slot);

    for (guint round = 0; round < 3; round++) {
        g_autoptr (TuttiPicture) source = make_flat (640, 480, 0x00ff00);

        for (guint i = 0; i < 2 * G_N_ELEMENTS (sizes); i++)
            scale (input, source, &sizes[i / 2], i % 2 == 0);
        g_assert_cmpuint (tutti_picture_count_live (), <=, live + 1 + TUTTI_SCALED_MAX);
    }
    g_assert_null (tutti_video_input_peek (input, &(gint64){0}));
    g_assert_cmpuint (tutti_picture_count_live (), ==, live);
    tutti_video_input_unref (input);
}

static void
test_rejected_until_the_next (void)
{
    g_autoptr (TuttiSlot) slot = tutti_slot_new ();
    g_autoptr (TuttiVideoInput) input = tutti_video_input_new (slot);
    g_autoptr (TuttiPicture) seen = NULL;
    gint64 put_us = 0;

    put_flat (slot, 64, 36, 0xff0000, 100);
    tutti_video_input_reject (input, 100);
    g_assert_null (tutti_video_input_peek (input, &put_us));
    put_flat (slot, 64, 36, 0xff0000, 101);
    seen = tutti_video_input_peek (input, &put_us);
    g_assert_nonnull (seen);
    g_assert_cmpint (put_us, ==, 101);
}

typedef struct {
    TuttiScene *scene;
    gint canvases;
} Watcher;

static gpointer
on_watch (gpointer data)
{
    Watcher *watcher = data;
    g_autoptr (TuttiVideoMixer) mixer = tutti_video_mixer_new ();

    for (guint i = 0; i < 200; i++) {
        g_autoptr (TuttiPicture) canvas = tutti_video_mixer_tick (mixer, watcher->scene, START_US);

        watcher->canvases += canvas != NULL ? 1 : 0;
    }
    return NULL;
}

/* Two views on two workers while cameras go on: every pixel is of some picture (TSan watches). */
static void
test_two_workers (void)
{
    Watcher watchers[2] = {0};
    GThread *threads[2];
    Room room;

    open_room (&room, 4);
    for (guint i = 0; i < 2; i++) {
        watchers[i].scene = tutti_scene_ref (room.scene);
        threads[i] = g_thread_new ("watcher", on_watch, &watchers[i]);
    }
    for (guint i = 0; i < 400; i++)
        put_flat (room.slots[i % 4], 640, 480, colours[i % 9], START_US);
    for (guint i = 0; i < 2; i++) {
        g_thread_join (threads[i]);
        tutti_scene_unref (watchers[i].scene);
        g_assert_cmpint (watchers[i].canvases, >=, 1);
    }
    close_room (&room);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/video-input/once-per-size", test_scaled_once_per_size);
    g_test_add_func ("/video-input/bounded", test_bounded);
    g_test_add_func ("/video-input/rejected", test_rejected_until_the_next);
    g_test_add_func ("/video-input/two-workers", test_two_workers);
    return g_test_run ();
}
