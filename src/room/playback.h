/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * playback.h: a film or an announcement in a room, seen and heard like a participant, by whom the
 * roster names it: what control sees of it. At most one a room at a time. Role: main.
 */
#pragma once

#include "record/player.h"

#include "rooms.h"

typedef struct {
    const char *title; /* in the roster and on the tile; NULL: none, heard only, in no roster */
    gboolean loop;
    double gain_db;
} TuttiPlaybackOptions;

/* fd is taken over, also on failure. Errors: CONFLICT (something plays, or nobody is there),
 * BAD_MESSAGE (gain). A file that can't be read is told later: by the news, and in the info until
 * the next start. The participant comes when the file is open; it leaves at the end, when it is
 * stopped or kicked, and with the last person. */
gboolean tutti_room_start_playback (TuttiRoom *room, int fd, const TuttiPlaybackOptions *options,
                                    GError **error);
/* Errors: CONFLICT (nothing plays), BAD_MESSAGE. */
gboolean tutti_room_stop_playback (TuttiRoom *room, GError **error);
gboolean tutti_room_pause_playback (TuttiRoom *room, gboolean paused, GError **error);
gboolean tutti_room_set_playback_gain (TuttiRoom *room, double gain_db, GError **error);

#define TUTTI_PLAYBACK_GAIN_MAX_DB 20.0

typedef struct {
    const char *title; /* borrowed */
    gboolean loop;
    double gain_db;
    TuttiPlayerStats stats;
} TuttiPlaybackInfo;

/* FALSE: nothing plays, nor failed to. */
gboolean tutti_room_get_playback (TuttiRoom *room, TuttiPlaybackInfo *info);
