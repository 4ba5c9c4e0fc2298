/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tell.c: what all members of a room are told. Role: main.
 */
#include <tutti/clock.h>

#include "news.h"
#include "room.h"

/* Of what all are told, what the server's followers are told too. */
static gboolean
is_news (const TuttiEvent *event, TuttiNewsType *type)
{
    switch (event->type) {
    case TUTTI_EVENT_PARTICIPANT_JOINED:
    case TUTTI_EVENT_PARTICIPANT_UPDATED:
    case TUTTI_EVENT_PARTICIPANT_LEFT:
    case TUTTI_EVENT_PARTICIPANT_WAITING:
    case TUTTI_EVENT_WAITING_LEFT:
        *type = TUTTI_NEWS_PARTICIPANT;
        return TRUE;
    case TUTTI_EVENT_ACTIVE_SPEAKER:
        *type = TUTTI_NEWS_SPEAKERS;
        return TRUE;
    case TUTTI_EVENT_ROOM_UPDATED:
        *type = TUTTI_NEWS_ROOM_UPDATED;
        return TRUE;
    case TUTTI_EVENT_CHAT:
        *type = TUTTI_NEWS_CHAT;
        return TRUE;
    default:
        return FALSE;
    }
}

void
tutti_room_tell (TuttiRoom *room, const TuttiParticipant *except, const TuttiEvent *event)
{
    TuttiNews news = {.event = event};

    if (is_news (event, &news.type))
        tutti_rooms_tell_news (room->rooms, room, &news);
    tutti_letters_post_all (room->shared->letters, room->members, except, event);
}

void
tutti_room_tell_moderators (TuttiRoom *room, const TuttiEvent *event)
{
    TuttiNews news = {.event = event};

    if (is_news (event, &news.type))
        tutti_rooms_tell_news (room->rooms, room, &news);
    for (guint i = 0; i < room->members->len; i++) {
        TuttiParticipant *member = room->members->pdata[i];
        if (member->role == TUTTI_PERSON_MODERATOR)
            tutti_letters_post (room->shared->letters, member, event);
    }
}

void
tutti_room_tell_person (TuttiRoom *room, TuttiParticipant *member)
{
    TuttiPerson person;
    TuttiEvent event = {.type = TUTTI_EVENT_PARTICIPANT_UPDATED, .person = &person};

    tutti_participant_get_person (member, &person);
    tutti_room_tell (room, NULL, &event);
}

void
tutti_room_get_state (TuttiRoom *room, TuttiRoomState *state)
{
    *state = (TuttiRoomState){
        .locked = room->locked,
        .layout = tutti_layout_name (room->stage.layout),
        .limit = room->limit,
        .waiting_room = room->policy.waiting_room,
        .has_pin = room->policy.pin[0] != '\0',
        .share = tutti_share_name (room->policy.share),
        .ends_at_s = tutti_closing_get_end_s (room),
    };
}

void
tutti_room_tell_room (TuttiRoom *room)
{
    TuttiEvent event = {.type = TUTTI_EVENT_ROOM_UPDATED};

    tutti_room_get_state (room, &event.room);
    tutti_room_tell (room, NULL, &event);
}

void
tutti_room_tell_recording (TuttiRoom *room, TuttiRecordingState state)
{
    TuttiEvent event = {.type = TUTTI_EVENT_RECORDING, .recording = state};

    if (room->recording_told == state)
        return;
    room->recording_told = state;
    tutti_room_tell (room, NULL, &event);
}

void
tutti_member_post_recording (TuttiParticipant *member)
{
    TuttiEvent event = {
        .type = TUTTI_EVENT_RECORDING,
        .recording = member->room->recording_told,
    };

    if (event.recording != TUTTI_RECORDING_OFF)
        tutti_letters_post (member->shared->letters, member, &event);
}

void
tutti_room_fill_speakers (TuttiRoom *room, const char **ids, TuttiEvent *event)
{
    *event = (TuttiEvent){.type = TUTTI_EVENT_ACTIVE_SPEAKER, .speakers = {.participants = ids}};
    for (guint i = 0; i < room->speakers.told.n; i++) {
        TuttiParticipant *member = tutti_room_get (room, room->speakers.told.ids[i]);
        if (member)
            ids[event->speakers.n++] = member->id;
    }
}

void
tutti_room_tell_speakers (TuttiRoom *room)
{
    const char *ids[TUTTI_TALKERS_MAX];
    TuttiEvent event;

    tutti_room_fill_speakers (room, ids, &event);
    tutti_room_tell (room, NULL, &event);
}
