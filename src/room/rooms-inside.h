/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rooms-inside.h: the table of rooms, for the files that keep it and count over it. Role: main.
 */
#pragma once

#include "outputs-inside.h"
#include "rooms.h"
#include "shared.h"

struct _TuttiRooms {
    TuttiShared *shared;
    GHashTable *by_name; /* room's own name -> room */
    GHashTable *ids;     /* participant's own id -> participant */
    gboolean draining;
    gint64 started_us;
    TuttiOutputs *outputs;
    GArray *followers; /* of the news */
    guint last_follower;
    guint load_id; /* looks at the load; 0: there is none */
    struct _TuttiRecordings *recordings;
};

/* A room of that name that is not there yet: may there be one? Errors: BAD_ROOM, OVERLOADED. */
gboolean tutti_rooms_check_new (TuttiRooms *rooms, const char *name, GError **error);
/* It is made; settings as tutti_room_new(). */
TuttiRoom *tutti_rooms_make (TuttiRooms *rooms, const char *name,
                             const struct _TuttiSettings *settings);
/* There is a room: looks at the load from now on, until nothing is left to look at. */
void tutti_rooms_watch_load (TuttiRooms *rooms);
/* What a look found. All rooms follow. */
void tutti_rooms_note_load (TuttiRooms *rooms, const TuttiOverloadSeen *seen, gint64 now_us);
/* An empty list of followers (news.c). */
GArray *tutti_rooms_new_followers (void);
