/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * member.c: a participant's life inside the room: its state as others are told it, its chain, and
 * how letters reach it. Role: main.
 */
#include <tutti/clock.h>

#include "absence.h"
#include "downlink.h"
#include "person.h"
#include "recording-inside.h"
#include "room.h"

/* --- What others are told --- */

static gboolean
is_sharing (const TuttiParticipant *member)
{
    return member->chain && tutti_chain_is_sending (member->chain, TUTTI_TRACK_SCREEN);
}

static gboolean
is_flowing (const TuttiParticipant *member)
{
    return member->chain &&
           tutti_leg_get_state (tutti_chain_get_leg (member->chain)) == TUTTI_LEG_CONNECTED;
}

void
tutti_member_tell_changes (TuttiParticipant *member)
{
    gboolean sharing = is_sharing (member);
    gboolean connected = is_flowing (member);

    if (sharing && !member->sharing_screen)
        member->shared_screen = ++member->room->last_screen;
    if (sharing == member->sharing_screen && connected == member->connected)
        return;
    member->sharing_screen = sharing;
    member->connected = connected;
    tutti_room_tell_person (member->room, member);
}

/* --- The chain --- */

static void
on_state (TuttiLegState state, gpointer user_data)
{
    TuttiParticipant *member = user_data;
    gint64 now_us = tutti_clock_now_us (member->shared->clock);

    if (state == TUTTI_LEG_CONNECTED) {
        /* Not heard since it entered: the first time. */
        if (member->unheard_since_us == member->joined_us)
            tutti_histogram_note (&member->shared->join_time, now_us - member->joined_us);
        member->has_media = TRUE;
        member->unheard_since_us = 0;
    } else if (state == TUTTI_LEG_CLOSED) {
        member->has_media = FALSE;
    }
    if (state != TUTTI_LEG_CONNECTED && member->unheard_since_us == 0)
        member->unheard_since_us = now_us;
    tutti_member_tell_changes (member);
    tutti_room_touch (member->room);
    tutti_room_watch_time (member->room);
}

static void
on_candidate (const char *candidate, gpointer user_data)
{
    TuttiParticipant *member = user_data;
    TuttiEvent event = {
        .type = TUTTI_EVENT_ICE_CANDIDATE,
        .ice = {.candidate = candidate, .sdp_mid = member->mid, .sdp_mline_index = 0},
    };

    tutti_letters_post (member->shared->letters, member, &event);
}

static void
on_estimate (guint bitrate_bps, gpointer user_data)
{
    tutti_member_take_estimate (user_data, bitrate_bps);
}

static void
on_channel (guint max_bytes, gpointer user_data)
{
    if (max_bytes > 0)
        tutti_member_open_side (user_data, max_bytes);
    else
        tutti_member_close_side (user_data);
}

static void
on_said (const char *text, gpointer user_data)
{
    tutti_member_hear_side (user_data, text);
}

static const TuttiChainEvents CHAIN_EVENTS = {
    .state = on_state,
    .candidate = on_candidate,
    .estimate = on_estimate,
    .channel = on_channel,
    .said = on_said,
};

static TuttiChain *
make_chain (TuttiParticipant *member)
{
    g_autofree char *name = g_strdup_printf ("room %s, leg %s", member->room->name, member->id);

    return tutti_chain_new (member->shared, member->role == TUTTI_PERSON_LISTENER, name,
                            &CHAIN_EVENTS, member);
}

void
tutti_member_need_chain (TuttiParticipant *member)
{

    if (member->chain &&
        tutti_leg_get_state (tutti_chain_get_leg (member->chain)) != TUTTI_LEG_CLOSED)
        return;
    tutti_member_drop_chain (member);
    member->chain = make_chain (member);
}

gboolean
tutti_member_accept (TuttiParticipant *member, const TuttiSession *offer, TuttiSession *answer,
                     GError **error)
{
    TuttiChain *chain;

    tutti_member_need_chain (member);
    if (tutti_leg_is_of_peer (tutti_chain_get_leg (member->chain), offer))
        return tutti_leg_accept (tutti_chain_get_leg (member->chain), offer, answer, error);
    chain = make_chain (member);
    if (!tutti_leg_accept (tutti_chain_get_leg (chain), offer, answer, error)) {
        tutti_chain_free (chain, tutti_sound_get_handover (member->room->sound));
        return FALSE;
    }
    tutti_member_drop_chain (member);
    member->chain = chain;
    member->unheard_since_us = tutti_clock_now_us (member->shared->clock);
    return TRUE;
}

void
tutti_member_drop_chain (TuttiParticipant *member)
{
    TuttiChain *chain;

    tutti_member_close_side (member);
    chain = g_steal_pointer (&member->chain);
    member->has_media = FALSE;
    if (!chain)
        return;
    tutti_recording_untap (member->room, chain);
    member->estimate_bps = member->wanted_bps = 0;
    tutti_member_forget_rung (member);
    tutti_room_update_sound (member->room);
    tutti_chain_free (chain, tutti_sound_get_handover (member->room->sound));
}

/* --- Layout --- */

static void
tell_spots (TuttiParticipant *member, const TuttiViewKey *key, const TuttiSpot *spots, guint n)
{
    TuttiRoom *room = member->room;
    TuttiPlacedTile tiles[TUTTI_TILES_MAX];
    guint n_tiles = 0;
    TuttiEvent event = {.type = TUTTI_EVENT_LAYOUT};

    for (guint i = 0; i < n; i++) {
        TuttiParticipant *shown = tutti_room_get (room, spots[i].id);
        if (!shown)
            continue;
        tiles[n_tiles++] = (TuttiPlacedTile){
            .participant = shown->id, .rect = spots[i].rect, .screen = spots[i].screen};
    }
    event.layout.width = room->canvas.width;
    event.layout.height = room->canvas.height;
    event.layout.n_tiles = n_tiles;
    event.layout.tiles = tiles;
    event.layout.layout = tutti_layout_name (key->layout);
    tutti_member_tell_now (member, &event);
}

void
tutti_member_tell_layout (TuttiParticipant *member)
{
    TuttiView *view = member->view;
    TuttiSpot spots[TUTTI_TILES_MAX];
    TuttiViewKey key;

    if (view) {
        member->told_version = view->version;
        tell_spots (member, &view->key, view->spots, view->n_spots);
        return;
    }
    tutti_member_get_key (member, &key);
    tell_spots (member, &key, spots, tutti_stage_place (&member->room->stage, &key, spots));
}

void
tutti_member_tell_now (TuttiParticipant *member, const TuttiEvent *event)
{
    tutti_member_tell_side (member, event);
    if (member->func)
        member->func (event, member->user_data);
}

void
tutti_member_tell (TuttiParticipant *member, const TuttiEvent *event)
{
    gboolean is_last;

    if (!event) {
        member->layout_posted = FALSE;
        if (member->view && member->view->version != member->told_version)
            tutti_member_tell_layout (member);
        return;
    }
    is_last = event->type == TUTTI_EVENT_KICKED || event->type == TUTTI_EVENT_ROOM_CLOSED ||
              event->type == TUTTI_EVENT_LOST;
    member->being_told_last = is_last;
    tutti_member_tell_now (member, event);
    if (is_last)
        tutti_member_free (member);
}

/* --- Life --- */

static void
make_id (TuttiParticipant *member, TuttiRooms *rooms)
{
    do
        g_snprintf (member->id, sizeof member->id, "p%08x", g_random_int ());
    while (tutti_rooms_has_id (rooms, member->id));
}

TuttiParticipant *
tutti_member_new (TuttiRoom *room, TuttiShared *shared, const TuttiJoin *join, TuttiEventFunc func,
                  gpointer user_data)
{
    TuttiParticipant *member = g_new0 (TuttiParticipant, 1);

    member->room = room;
    member->shared = shared;
    member->number = ++shared->last_number;
    make_id (member, room->rooms);
    tutti_absence_make_key (member);
    member->name = tutti_person_clean_name (join->name);
    if (member->name[0] == '\0') {
        g_free (member->name);
        member->name = g_strdup_printf ("Guest %u", ++room->n_guests);
    }
    member->role = join->role;
    tutti_policy_identify (join, &member->identity);
    member->pass_until_us = join->pass_until_us;
    member->is_viewer = join->is_viewer && join->name && join->name[0];
    member->func = func;
    member->user_data = user_data;
    member->joined_us = member->unheard_since_us = tutti_clock_now_us (shared->clock);
    return member;
}

void
tutti_member_free (TuttiParticipant *member)
{
    if (!member)
        return;
    g_assert (!member->chain);
    tutti_letters_forget (member->shared->letters, member);
    tutti_bell_free (member->adapt_due);
    tutti_identity_clear (&member->identity);
    g_free (member->name);
    g_free (member);
}

gboolean
tutti_member_is_connected (const TuttiParticipant *member)
{
    return member->has_media;
}

gboolean
tutti_member_is_seen (const TuttiParticipant *member)
{
    if (member->playback)
        return TRUE;
    return member->has_media && member->role != TUTTI_PERSON_LISTENER;
}

gboolean
tutti_member_is_watching (const TuttiParticipant *member)
{
    return member->has_media && member->quality != TUTTI_QUALITY_AUDIO &&
           tutti_leg_get_video_codec (tutti_chain_get_leg (member->chain)) != TUTTI_CODEC_NONE;
}

gboolean
tutti_member_shows_camera (const TuttiParticipant *member)
{
    if (member->playback)
        return !member->video_muted && tutti_playback_is_shown (member->playback);
    return member->chain && !member->video_muted &&
           tutti_chain_is_sending (member->chain, TUTTI_TRACK_CAMERA);
}

const TuttiParticipant *
tutti_member_get_self (const TuttiParticipant *member)
{
    const GPtrArray *members = member->room->members;

    for (guint i = 0; member->is_viewer && i < members->len; i++) {
        const TuttiParticipant *other = members->pdata[i];
        if (!other->is_viewer && g_str_equal (other->name, member->name))
            return other;
    }
    return member;
}

void
tutti_member_get_key (const TuttiParticipant *member, TuttiViewKey *key)
{
    const TuttiParticipant *self = tutti_member_get_self (member);
    TuttiViewer viewer = {
        .id = self->number,
        .seen = tutti_member_is_seen (self),
        .chose_layout = member->chose_layout,
        .layout = member->layout,
        .self_view = member->self_view,
    };

    tutti_stage_key (&member->room->stage, &viewer, key);
}
