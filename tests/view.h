/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * view.h: a room of cameras of flat colours and one view of it, for tests of the video mixer.
 */
#pragma once

#include <mixers/video/layout.h>
#include <mixers/video/video-mixer.h>

#include "picture.h"

#define WIDTH 1280
#define HEIGHT 720
#define MS TUTTI_USEC_PER_MSEC
#define START_US (1000 * G_USEC_PER_SEC)

static const guint32 colours[] = {0xff0000, 0x00ff00, 0x0000ff, 0xffff00, 0xff00ff,
                                  0x00ffff, 0xffffff, 0x802020, 0x208020};

/* A room of n cameras of flat colours, and its view. */
typedef struct {
    TuttiVideoMixer *mixer;
    guint n;
    gint64 now_us;
    TuttiSlot *slots[TUTTI_TILES_MAX];
    TuttiTile tiles[TUTTI_TILES_MAX]; /* edited by tests, then shown */
    TuttiScene *scene;
} Room;

static inline void
show (Room *room)
{
    tutti_scene_unref (room->scene);
    room->scene = tutti_scene_new (WIDTH, HEIGHT, "Nobody is here");
    for (guint i = 0; i < room->n; i++)
        tutti_scene_add (room->scene, &room->tiles[i]);
}

static inline void
open_room (Room *room, guint n)
{
    TuttiRect rects[TUTTI_TILES_MAX];

    *room = (Room){.mixer = tutti_video_mixer_new (), .n = n, .now_us = START_US};
    if (n > 0)
        tutti_layout_place (TUTTI_LAYOUT_GRID, n, WIDTH, HEIGHT, rects);
    for (guint i = 0; i < n; i++) {
        room->slots[i] = tutti_slot_new ();
        put_flat (room->slots[i], 640, 360, colours[i % 9], room->now_us);
        room->tiles[i] = (TuttiTile){
            .input = tutti_video_input_new (room->slots[i]),
            .rect = rects[i],
            .name = (char *)"Anna",
            .colour = i,
        };
    }
    show (room);
}

static inline void
close_room (Room *room)
{
    for (guint i = 0; i < room->n; i++) {
        tutti_video_input_unref (room->tiles[i].input);
        tutti_slot_unref (room->slots[i]);
    }
    tutti_scene_unref (room->scene);
    tutti_video_mixer_free (room->mixer);
}

static inline TuttiPicture *
tick (Room *room)
{
    return tutti_video_mixer_tick (room->mixer, room->scene, room->now_us);
}

static inline Rgb
get_middle (const TuttiPicture *canvas, const TuttiRect *rect)
{
    return get_rgb (canvas, rect->x + rect->width / 2, rect->y + rect->height / 2);
}

static inline guint64
count_drawn (Room *room)
{
    TuttiVideoMixerStats stats;

    tutti_video_mixer_get_stats (room->mixer, &stats);
    return stats.tiles_drawn;
}

static inline guint64
count_scales (Room *room)
{
    TuttiVideoMixerStats stats;

    tutti_video_mixer_get_stats (room->mixer, &stats);
    return stats.scales;
}
