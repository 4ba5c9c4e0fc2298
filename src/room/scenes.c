/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * scenes.c: what a view's tiles look like: the snapshot for the video mixer. Role: main.
 */
#include "room.h"

#define ALONE "Waiting for others to join"

static TuttiVideoInput *
get_camera (TuttiParticipant *member)
{
    if (member->playback)
        return tutti_playback_get_input (member->playback);
    return member->chain ? tutti_chain_get_input (member->chain, TUTTI_TRACK_CAMERA) : NULL;
}

static void
add_tile (TuttiScene *scene, TuttiRoom *room, const TuttiSpot *spot)
{
    TuttiParticipant *member = tutti_room_get (room, spot->id);
    TuttiTile tile = {.rect = spot->rect};

    if (!member)
        return;
    tile.name = member->name;
    tile.colour = g_str_hash (member->name);
    if (spot->screen) {
        tile.fit = TRUE;
        if (member->chain)
            tile.input = tutti_chain_get_input (member->chain, TUTTI_TRACK_SCREEN);
    } else {
        tile.camera_off = !tutti_member_shows_camera (member);
        tile.input = get_camera (member);
        tile.fit = member->playback != NULL; /* films have bars rather than be cut, and may rest */
        tile.speaking = tutti_speakers_is_speaking (&room->speakers, spot->id);
        tile.audio_muted = member->audio_muted;
        tile.hand_raised = member->hand_raised;
    }
    tutti_scene_add (scene, &tile);
}

TuttiScene *
tutti_room_make_scene (const TuttiView *view, gpointer user_data)
{
    TuttiRoom *room = user_data;
    TuttiScene *scene = tutti_scene_new (room->canvas.width, room->canvas.height,
                                         view->n_spots == 0 ? ALONE : NULL);

    for (guint i = 0; i < view->n_spots; i++)
        add_tile (scene, room, &view->spots[i]);
    return scene;
}
