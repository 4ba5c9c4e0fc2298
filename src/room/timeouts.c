/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * timeouts.c: what happens to a room only because time passes: looked at once a second, and only
 * while something waits. Role: main.
 */
#include <tutti/clock.h>

#include "absence.h"
#include "lobby-inside.h"
#include "recording-inside.h"
#include "room.h"

static gboolean
is_unsettled (TuttiParticipant *member)
{
    return member->chain && !tutti_feed_is_settled (tutti_chain_get_feed (member->chain));
}

static gboolean
is_member_waiting (TuttiParticipant *member)
{
    return member->unheard_since_us != 0 || is_unsettled (member) ||
           tutti_uplink_is_waiting (&member->uplink) ||
           tutti_uplink_is_waiting (&member->screen_uplink);
}

/* Something about the pictures changes by time alone. */
static gboolean
is_waiting (TuttiRoom *room)
{
    if (tutti_views_is_lingering (room->views) || tutti_recording_is_waiting (room))
        return TRUE;
    for (guint i = 0; i < room->spectators->len; i++) {
        if (!tutti_feed_is_settled (tutti_spectator_get_feed (room->spectators->pdata[i])))
            return TRUE;
    }
    for (guint i = 0; i < room->members->len; i++) {
        if (is_member_waiting (room->members->pdata[i]))
            return TRUE;
    }
    return FALSE;
}

/* Somebody's token will end. */
static gboolean
has_passes (const GPtrArray *people)
{
    for (guint i = 0; i < people->len; i++) {
        TuttiParticipant *member = people->pdata[i];
        if (member->pass_until_us != 0)
            return TRUE;
    }
    return FALSE;
}

/* It goes when nobody comes for a while. */
static gboolean
is_idle (const TuttiRoom *room)
{
    return room->empty_since_us != 0 && !room->policy.is_kept && room->waiting->len == 0;
}

static gboolean
on_second (gpointer user_data)
{
    TuttiRoom *room = user_data;

    gint64 now_us = tutti_clock_now_us (room->shared->clock);

    room->second_id = 0;
    tutti_closing_follow (room, now_us, g_get_real_time ());
    tutti_room_check (room, now_us);
    return G_SOURCE_REMOVE;
}

/* Of our sound, by the peers' last reports. */
static void
follow_losses (TuttiRoom *room)
{
    gboolean is_changed = FALSE;

    for (guint i = 0; i < room->members->len; i++) {
        TuttiParticipant *member = room->members->pdata[i];
        TuttiLegStats stats;
        const TuttiStreamStats *sound = &stats.out[TUTTI_KIND_AUDIO];
        if (!tutti_member_is_connected (member))
            continue;
        tutti_leg_get_stats (tutti_chain_get_leg (member->chain), &stats);
        is_changed |= tutti_loss_take (&member->loss, sound->fraction_lost, sound->red_blocks > 0);
    }
    if (is_changed)
        tutti_room_update_sound (room);
}

static gboolean
is_unheard (const TuttiParticipant *member, gint64 now_us)
{
    return member->unheard_since_us != 0 &&
           now_us - member->unheard_since_us >= TUTTI_MEDIA_TIMEOUT_US;
}

static gboolean
is_pass_over (const TuttiParticipant *member, gint64 now_us)
{
    return member->pass_until_us != 0 && now_us >= member->pass_until_us;
}

/* FALSE: the last one is gone, and perhaps the room. */
static gboolean
remove_absent (TuttiRoom *room, gint64 now_us)
{
    const TuttiEvent last = {.type = TUTTI_EVENT_LOST, .reason = "no media for 30 seconds"};
    const TuttiEvent expired = {.type = TUTTI_EVENT_KICKED, .reason = "the token has expired"};

    for (guint i = room->members->len; i-- > 0;) {
        TuttiParticipant *member = room->members->pdata[i];
        gboolean is_only_one = tutti_room_count_people (room) == 1;
        if (tutti_absence_is_over (member, now_us))
            tutti_room_remove (room, member, TUTTI_LEFT_LEFT, NULL);
        else if (is_unheard (member, now_us))
            tutti_room_remove (room, member, TUTTI_LEFT_LOST, &last);
        else if (is_pass_over (member, now_us))
            tutti_room_remove (room, member, TUTTI_LEFT_KICKED, &expired);
        else
            continue;
        if (is_only_one)
            return FALSE;
    }
    return TRUE;
}

static void
settle_feeds (TuttiRoom *room, gint64 now_us)
{
    for (guint i = 0; i < room->members->len; i++) {
        TuttiParticipant *member = room->members->pdata[i];
        if (is_unsettled (member) && now_us - member->followed_us >= TUTTI_FOLLOW_TIMEOUT_US)
            tutti_feed_settle (tutti_chain_get_feed (member->chain));
    }
    for (guint i = 0; i < room->spectators->len; i++)
        tutti_spectator_settle (room->spectators->pdata[i], now_us);
}

void
tutti_room_check (TuttiRoom *room, gint64 now_us)
{
    if (is_idle (room) && now_us - room->empty_since_us >= room->idle_timeout_us) {
        tutti_rooms_drop (room->rooms, room, "empty");
        return;
    }
    if (!tutti_closing_check (room, now_us) || !remove_absent (room, now_us) ||
        !tutti_lobby_check (room, now_us))
        return;
    if (tutti_sound_is_running (room->sound))
        follow_losses (room);
    settle_feeds (room, now_us);
    if (is_waiting (room))
        tutti_room_update_pictures (room);
    else
        tutti_room_watch_time (room);
}

void
tutti_room_watch_time (TuttiRoom *room)
{
    if (room->second_id != 0)
        return;
    if (is_idle (room) || tutti_sound_is_running (room->sound) || has_passes (room->members) ||
        has_passes (room->waiting) || tutti_closing_is_due (room) || is_waiting (room))
        room->second_id = g_timeout_add_seconds (1, on_second, room);
}
