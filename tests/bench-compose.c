/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-compose.c: what a tick of the video mixer costs with 1 to 25 moving tiles on 1280x720, for
 * sources of the tile's own size (right-sized uplinks), a little larger, and 640x360.
 */
#include <mixers/video/layout.h>
#include <mixers/video/video-mixer.h>

#include "picture.h"

#define TICKS 200

typedef struct {
    guint n;
    TuttiSlot *slots[TUTTI_TILES_MAX];
    TuttiPicture *pictures[2]; /* shown in turns */
    TuttiScene *scene;
} Show;

static void
open_show (Show *show, guint n, int width, int height)
{
    TuttiRect rects[TUTTI_TILES_MAX];

    tutti_layout_place (TUTTI_LAYOUT_GRID, n, 1280, 720, rects);
    if (width == 0)
        width = rects[0].width, height = rects[0].height;
    *show = (Show){.n = n, .scene = tutti_scene_new (1280, 720, NULL)};
    show->pictures[0] = make_flat (width, height, 0x804020);
    show->pictures[1] = make_flat (width, height, 0x208040);
    for (guint i = 0; i < n; i++) {
        g_autofree char *name = g_strdup_printf ("Participant %u", i);
        TuttiTile tile = {.rect = rects[i], .name = name, .colour = i};

        show->slots[i] = tutti_slot_new ();
        tile.input = tutti_video_input_new (show->slots[i]);
        tutti_scene_add (show->scene, &tile);
        tutti_video_input_unref (tile.input);
    }
}

static void
close_show (Show *show)
{
    for (guint i = 0; i < show->n; i++)
        tutti_slot_unref (show->slots[i]);
    tutti_picture_unref (show->pictures[0]);
    tutti_picture_unref (show->pictures[1]);
    tutti_scene_unref (show->scene);
}

static void
run (guint n, guint n_moving, int width, int height)
{
    g_autoptr (TuttiVideoMixer) mixer = tutti_video_mixer_new ();
    TuttiVideoMixerStats before, after;
    Show show;

    open_show (&show, n, width, height);
    for (guint t = 0; t <= TICKS; t++) {
        gint64 now_us = (gint64)t * 33333;

        for (guint i = 0; i < (t == 0 ? n : n_moving); i++)
            tutti_slot_put (show.slots[i], show.pictures[t % 2], now_us);
        tutti_picture_unref (tutti_video_mixer_tick (mixer, show.scene, now_us));
        if (t == 0)
            tutti_video_mixer_get_stats (mixer, &before);
    }
    tutti_video_mixer_get_stats (mixer, &after);
    g_print ("%2u tiles, %2u moving, sources %4dx%-3d: scale %6.0f us, compose %5.0f us a tick\n",
             n, n_moving, show.pictures[0]->width, show.pictures[0]->height,
             (double)(after.cpu_scale_us - before.cpu_scale_us) / TICKS,
             (double)(after.cpu_compose_us - before.cpu_compose_us) / TICKS);
    close_show (&show);
}

int
main (void)
{
    static const guint sizes[] = {1, 2, 4, 9, 16, 25};

    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
        run (sizes[i], sizes[i], 0, 0);
        run (sizes[i], 1, 0, 0);
        run (sizes[i], sizes[i], 320, 180);
        run (sizes[i], sizes[i], 640, 360);
    }
    return 0;
}
