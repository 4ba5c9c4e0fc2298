/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lobby.c: see lobby.h.
 *
 *   join -> room->waiting -> admit -> room->members
 *                         \-> reject, leave, the room closes: gone
 */
#include "lobby-inside.h"

#include <tutti/clock.h>
#include <tutti/error.h>

#include "room.h"

static void
fill_waiting (TuttiParticipant *waiting, TuttiPerson *person, TuttiEvent *event)
{
    tutti_participant_get_person (waiting, person);
    *event = (TuttiEvent){.type = TUTTI_EVENT_PARTICIPANT_WAITING, .person = person};
}

/* Out of the list, and moderators learn of it. */
static void
take_out (TuttiRoom *room, TuttiParticipant *waiting)
{
    const TuttiEvent event = {.type = TUTTI_EVENT_WAITING_LEFT, .participant = waiting->id};

    g_ptr_array_remove (room->waiting, waiting);
    waiting->is_waiting = FALSE;
    tutti_room_tell_moderators (room, &event);
}

/* last NULL: told to nobody. */
static void
dismiss (TuttiParticipant *waiting, const TuttiEvent *last)
{
    TuttiLetters *letters = waiting->shared->letters;

    tutti_rooms_remove_id (waiting->room->rooms, waiting);
    waiting->room = NULL;
    if (last)
        tutti_letters_post (letters, waiting, last);
    else
        tutti_member_free (waiting);
}

static void
remove_one (TuttiParticipant *waiting, const TuttiEvent *last)
{
    TuttiRoom *room = waiting->room;

    take_out (room, waiting);
    dismiss (waiting, last);
    if (tutti_room_count_people (room) == 0)
        tutti_room_leave_empty (room);
}

TuttiParticipant *
tutti_lobby_enter (TuttiRoom *room, const TuttiJoin *join, TuttiEventFunc func, gpointer user_data)
{
    TuttiParticipant *waiting = tutti_member_new (room, room->shared, join, func, user_data);
    TuttiPerson person;
    TuttiEvent event;

    waiting->is_waiting = TRUE;
    g_ptr_array_add (room->waiting, waiting);
    tutti_rooms_add_id (room->rooms, waiting);
    fill_waiting (waiting, &person, &event);
    tutti_room_tell_moderators (room, &event);
    tutti_room_watch_time (room);
    return waiting;
}

void
tutti_lobby_leave (TuttiParticipant *waiting)
{
    remove_one (waiting, NULL);
}

static void
post (TuttiParticipant *moderator, const TuttiEvent *event)
{
    tutti_letters_post (moderator->shared->letters, moderator, event);
}

static void
show (TuttiParticipant *moderator, void (*tell) (TuttiParticipant *, const TuttiEvent *))
{
    GPtrArray *list = moderator->room->waiting;

    for (guint i = 0; moderator->role == TUTTI_PERSON_MODERATOR && i < list->len; i++) {
        TuttiPerson person;
        TuttiEvent event;
        fill_waiting (list->pdata[i], &person, &event);
        tell (moderator, &event);
    }
}

void
tutti_lobby_show (TuttiParticipant *moderator)
{
    show (moderator, post);
}

void
tutti_lobby_show_side (TuttiParticipant *moderator)
{
    show (moderator, tutti_member_tell_side);
}

void
tutti_lobby_close (TuttiRoom *room, const TuttiEvent *last)
{
    while (room->waiting->len > 0)
        dismiss (g_ptr_array_steal_index (room->waiting, room->waiting->len - 1), last);
}

gboolean
tutti_lobby_check (TuttiRoom *room, gint64 now_us)
{
    const TuttiEvent expired = {.type = TUTTI_EVENT_KICKED, .reason = "the token has expired"};

    for (guint i = room->waiting->len; i-- > 0;) {
        TuttiParticipant *waiting = room->waiting->pdata[i];
        gboolean is_last = room->waiting->len == 1 && tutti_room_count_people (room) == 0;
        if (waiting->pass_until_us == 0 || now_us < waiting->pass_until_us)
            continue;
        remove_one (waiting, &expired);
        if (is_last)
            return FALSE;
    }
    return TRUE;
}

gboolean
tutti_participant_is_waiting (const TuttiParticipant *participant)
{
    return participant->is_waiting;
}

GPtrArray *
tutti_room_list_waiting (TuttiRoom *room)
{
    return g_ptr_array_copy (room->waiting, NULL, NULL);
}

TuttiParticipant *
tutti_room_find_waiting (TuttiRoom *room, const char *id)
{
    for (guint i = 0; i < room->waiting->len; i++) {
        TuttiParticipant *waiting = room->waiting->pdata[i];
        if (g_str_equal (waiting->id, id))
            return waiting;
    }
    return NULL;
}

gint64
tutti_participant_waits_since_us (const TuttiParticipant *participant)
{
    return participant->joined_us;
}

gboolean
tutti_room_admit (TuttiRoom *room, TuttiParticipant *waiting, GError **error)
{
    const TuttiEvent event = {.type = TUTTI_EVENT_ADMITTED};

    if (tutti_room_count_people (room) >= room->limit) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_FULL_ROOM, "the room is full");
        return FALSE;
    }
    take_out (room, waiting);
    waiting->joined_us = waiting->unheard_since_us = tutti_clock_now_us (room->shared->clock);
    tutti_letters_post (room->shared->letters, waiting, &event);
    tutti_room_seat (room, waiting);
    return TRUE;
}

gboolean
tutti_room_admit_all (TuttiRoom *room, GError **error)
{
    while (room->waiting->len > 0) {
        if (!tutti_room_admit (room, room->waiting->pdata[0], error))
            return FALSE;
    }
    return TRUE;
}

void
tutti_room_reject (TuttiRoom *room, TuttiParticipant *waiting)
{
    const TuttiEvent last = {.type = TUTTI_EVENT_KICKED, .reason = "rejected"};

    remove_one (waiting, &last);
}
