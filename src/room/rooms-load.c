/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rooms-load.c: looks once a second how the audio rounds do, the pictures whose encoders could not
 * make haste enough, and the net threads, while there are rooms or steps to take back; and makes
 * the rooms follow (overload.h). Role: main.
 */
#include "room.h"
#include "rooms-inside.h"

#define LOOK_S 1

static void
say (TuttiOverloadLevel level, gboolean is_more)
{
    const char *name = tutti_overload_level_name (level);

    if (is_more)
        g_warning ("overload: sound or pictures come late: level %d (%s)", (int)level, name);
    else
        g_message ("overload: calmer: level %d (%s)", (int)level, name);
}

/* Rounds that are due and not begun too: an audio thread that gets no processor at all leaves none
 * out. */
static guint64
count_late (TuttiShared *shared, gint64 now_us)
{
    gint64 overdue_us = MAX (tutti_rounds_overdue_us (shared->rounds, now_us), 0);

    return tutti_rounds_late (shared->rounds) + (guint64)(overdue_us / TUTTI_ROUND_US) +
           __atomic_load_n (&shared->n_late_pictures, __ATOMIC_RELAXED);
}

static TuttiOverloadSeen
look (TuttiShared *shared, gint64 now_us)
{
    TuttiNetStats net;

    tutti_net_get_stats (shared->net, &net);
    return (TuttiOverloadSeen){
        .run = tutti_rounds_count (shared->rounds),
        .late = count_late (shared, now_us),
        .slow = net.late_turns,
    };
}

static gboolean
on_look (gpointer user_data)
{
    TuttiRooms *rooms = user_data;
    TuttiShared *shared = rooms->shared;
    gint64 now_us = g_get_monotonic_time ();
    TuttiOverloadSeen seen = look (shared, now_us);

    tutti_rooms_note_load (rooms, &seen, now_us);
    if (g_hash_table_size (rooms->by_name) > 0 || shared->overload.level > TUTTI_OVERLOAD_NONE)
        return G_SOURCE_CONTINUE;
    rooms->load_id = 0;
    return G_SOURCE_REMOVE;
}

void
tutti_rooms_watch_load (TuttiRooms *rooms)
{
    if (rooms->load_id == 0)
        rooms->load_id = g_timeout_add_seconds (LOOK_S, on_look, rooms);
}

void
tutti_rooms_note_load (TuttiRooms *rooms, const TuttiOverloadSeen *seen, gint64 now_us)
{
    TuttiOverload *overload = &rooms->shared->overload;
    TuttiOverloadLevel before = overload->level;
    GHashTableIter iter;
    gpointer room;

    if (!tutti_overload_update (overload, seen, now_us))
        return;
    say (overload->level, overload->level > before);
    __atomic_store_n (&rooms->shared->halved, tutti_overload_is_halved (overload),
                      __ATOMIC_RELAXED);
    g_hash_table_iter_init (&iter, rooms->by_name);
    while (g_hash_table_iter_next (&iter, NULL, &room))
        tutti_room_touch (room);
}

TuttiOverloadLevel
tutti_rooms_get_overload (TuttiRooms *rooms)
{
    return rooms->shared->overload.level;
}
