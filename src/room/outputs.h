/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * outputs.h: a room's live outputs: what control sees of them. They end with the room. Role: main.
 */
#pragma once

#include "record/output.h"

#include "rooms.h"

/* More would be a relay's work. */
#define TUTTI_OUTPUTS_MAX 8

/* url: as tutti_output_check_url() takes it; "hls:" is served at /live/ROOM/, the playlist is
 * index.m3u8. *id (borrowed): its name, "o1" and so on. Errors: BAD_MESSAGE, UNSUPPORTED, CONFLICT
 * (the same URL, or too many). */
gboolean tutti_room_start_output (TuttiRoom *room, const char *url, const char **id,
                                  GError **error);
/* id_or_url. It is in no list any more; its farewell to the peer is said meanwhile. Errors:
 * NOT_FOUND. */
gboolean tutti_room_stop_output (TuttiRoom *room, const char *id_or_url, GError **error);

typedef struct {
    const char *id;  /* borrowed, as the next */
    const char *url; /* described: without secrets */
    TuttiOutputStats stats;
} TuttiOutputInfo;

typedef void (*TuttiOutputVisit) (const TuttiOutputInfo *info, gpointer user_data);
void tutti_room_each_output (TuttiRoom *room, TuttiOutputVisit visit, gpointer user_data);

/* The directory below which /live/ROOM/ is; NULL: HLS can't be had. Borrowed. */
const char *tutti_rooms_get_live_directory (TuttiRooms *rooms);
