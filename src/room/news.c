/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * news.c: see news.h. Role: main.
 */
#include "news.h"

#include "room.h"
#include "rooms-inside.h"

typedef struct {
    guint id;
    TuttiNewsFunc func;
    gpointer user_data;
} Follower;

static const char *const NAMES[] = {
    [TUTTI_NEWS_ROOM_CREATED] = "room_created", [TUTTI_NEWS_ROOM_CLOSED] = "room_closed",
    [TUTTI_NEWS_ROOM_UPDATED] = "room_updated", [TUTTI_NEWS_PARTICIPANT] = "participant",
    [TUTTI_NEWS_SPEAKERS] = "active_speaker",   [TUTTI_NEWS_CHAT] = "chat",
    [TUTTI_NEWS_RECORDING] = "recording",       [TUTTI_NEWS_OUTPUT] = "output",
    [TUTTI_NEWS_PLAYBACK] = "playback",
};

const char *
tutti_news_name (TuttiNewsType type)
{
    return NAMES[type];
}

guint
tutti_rooms_follow_news (TuttiRooms *rooms, TuttiNewsFunc func, gpointer user_data)
{
    Follower follower = {++rooms->last_follower, func, user_data};

    g_array_append_val (rooms->followers, follower);
    return follower.id;
}

void
tutti_rooms_unfollow_news (TuttiRooms *rooms, guint id)
{
    for (guint i = 0; i < rooms->followers->len; i++) {
        if (g_array_index (rooms->followers, Follower, i).id == id) {
            g_array_remove_index (rooms->followers, i);
            return;
        }
    }
}

GArray *
tutti_rooms_new_followers (void)
{
    return g_array_new (FALSE, FALSE, sizeof (Follower));
}

/* Backwards: a follower may end its following when it is told. */
void
tutti_rooms_tell_news (TuttiRooms *rooms, TuttiRoom *room, TuttiNews *news)
{
    news->wall_us = g_get_real_time ();
    if (room)
        news->room = room->name;
    for (guint i = rooms->followers->len; i-- > 0;) {
        Follower *follower = &g_array_index (rooms->followers, Follower, i);
        follower->func (news, follower->user_data);
    }
}
