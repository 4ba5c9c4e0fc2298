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
    struct _TuttiRecordings *recordings;
};

/* An empty list of followers (news.c). */
GArray *tutti_rooms_new_followers (void);
