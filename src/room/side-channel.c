/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * side-channel.c: from the leg's data channel to whom control has named to hear it. Role: main.
 */
#include "side-channel.h"

#include "downlink.h"
#include "lobby-inside.h"
#include "room.h"
#include "rooms-inside.h"

static void
tell_speakers (TuttiParticipant *member)
{
    const char *ids[TUTTI_TALKERS_MAX];
    TuttiEvent event;

    tutti_room_fill_speakers (member->room, ids, &event);
    if (event.speakers.n > 0)
        tutti_member_tell_side (member, &event);
}

static void
tell_recording (TuttiParticipant *member)
{
    TuttiEvent event = {.type = TUTTI_EVENT_RECORDING, .recording = member->room->recording_told};

    if (event.recording != TUTTI_RECORDING_OFF)
        tutti_member_tell_side (member, &event);
}

/* The same layout as its signalling was told already. */
static void
tell_layout (TuttiParticipant *member)
{
    TuttiEventFunc func = member->func;

    member->func = NULL;
    tutti_member_tell_layout (member);
    member->func = func;
}

void
tutti_member_open_side (TuttiParticipant *member, guint max_bytes)
{
    const TuttiSideClass *klass = member->shared->sides.klass;

    tutti_member_close_side (member);
    if (!klass || !member->room || member->is_waiting)
        return;
    member->side = klass->open (member, max_bytes, member->shared->sides.user_data);
    tell_layout (member);
    tutti_lobby_show_side (member);
    tell_recording (member);
    tell_speakers (member);
    tutti_member_tell_rung (member);
    member->uplink = member->screen_uplink = (TuttiUplink){0}; /* and are told again */
    tutti_room_touch (member->room);
}

void
tutti_member_close_side (TuttiParticipant *member)
{
    gpointer side = g_steal_pointer (&member->side);

    if (side)
        member->shared->sides.close (side);
}

void
tutti_member_tell_side (TuttiParticipant *member, const TuttiEvent *event)
{
    if (member->side && member->shared->sides.klass)
        member->shared->sides.klass->event (event, member->side);
}

void
tutti_member_hear_side (TuttiParticipant *member, const char *text)
{
    if (member->side && member->shared->sides.klass)
        member->shared->sides.klass->receive (text, member->side);
}

void
tutti_rooms_serve_sides (TuttiRooms *rooms, const TuttiSideClass *klass, gpointer user_data)
{
    rooms->shared->sides.klass = klass;
    rooms->shared->sides.user_data = user_data;
    if (klass)
        rooms->shared->sides.close = klass->close;
}

void
tutti_participant_say (TuttiParticipant *member, const char *text)
{
    if (member->chain)
        tutti_leg_say (tutti_chain_get_leg (member->chain), text);
}

void
tutti_participant_end_side (TuttiParticipant *member)
{
    if (member->chain)
        tutti_leg_hang_up (tutti_chain_get_leg (member->chain));
}
