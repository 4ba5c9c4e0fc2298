/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * room.c: members coming and going, and what the room as a whole is told to do. Role: main.
 */
#include <tutti/clock.h>
#include <tutti/error.h>

#include "lobby-inside.h"
#include "outputs-inside.h"
#include "playback.h"
#include "recording-inside.h"
#include "room.h"
#include "settings-inside.h"

static void
update_speakers (TuttiRoom *room)
{
    TuttiSpeakersChange change =
        tutti_speakers_update (&room->speakers, tutti_clock_now_us (room->shared->clock));
    gint64 due_us = tutti_speakers_due_us (&room->speakers);

    if (change & TUTTI_SPEAKERS_TOLD)
        tutti_room_tell_speakers (room);
    if (change)
        tutti_room_touch (room);
    if (due_us >= 0)
        tutti_bell_ring_at (room->heard, due_us);
}

static void
on_due (gpointer user_data)
{
    update_speakers (user_data);
}

/* An announcement speaks, but is nobody who could be shown. */
static void
leave_out_unseen (TuttiRoom *room, TuttiHeard *heard)
{
    guint n = 0;

    for (guint i = 0; i < heard->n; i++) {
        if (tutti_room_get (room, heard->ids[i]))
            heard->ids[n++] = heard->ids[i];
    }
    heard->n = n;
}

static void
on_heard (gpointer user_data)
{
    TuttiRoom *room = user_data;
    TuttiHeard heard;

    tutti_sound_get_heard (room->sound, &heard);
    leave_out_unseen (room, &heard);
    tutti_speakers_hear (&room->speakers, &heard, tutti_clock_now_us (room->shared->clock));
    update_speakers (room);
}

static void
on_touched (gpointer user_data)
{
    tutti_room_update (user_data);
}

/* --- Life --- */

static void
read_settings (TuttiRoom *room, const TuttiSettings *settings)
{
    TuttiConfig *config = room->shared->config;
    const char *name = room->name;

    tutti_policy_init (&room->policy);
    tutti_settings_begin (room, settings);
    room->topology = g_strdup (tutti_config_room_string (config, name, "topology"));
    room->idle_timeout_us = tutti_config_room_int (config, name, "idle-timeout") * G_USEC_PER_SEC;
    room->stage.personal_views = (guint)tutti_config_room_int (config, name, "personal-views");
}

TuttiRoom *
tutti_room_new (TuttiRooms *rooms, TuttiShared *shared, const char *name,
                const TuttiSettings *settings)
{
    TuttiRoom *room = g_new0 (TuttiRoom, 1);

    room->rooms = rooms;
    room->shared = shared;
    room->name = g_strdup (name);
    room->created_us = tutti_clock_now_us (shared->clock);
    room->members = g_ptr_array_new ();
    room->waiting = g_ptr_array_new ();
    room->by_number = g_hash_table_new (NULL, NULL);
    room->spectators = g_ptr_array_new ();
    room->outputs = g_ptr_array_new ();
    read_settings (room, settings);
    room->sound = tutti_sound_new (shared, on_heard, room);
    room->views = tutti_views_new (shared, &room->canvas);
    room->announcer = tutti_announcer_new (room);
    room->touched = tutti_bell_new (on_touched, room);
    room->heard = tutti_bell_new (on_due, room);
    return room;
}

void
tutti_room_free (TuttiRoom *room)
{
    if (!room)
        return;
    g_assert (room->members->len == 0 && room->waiting->len == 0);
    tutti_recording_end (room, "the room is gone");
    tutti_recording_announce_no_more (room);
    tutti_room_end_outputs (room);
    g_assert (room->spectators->len == 0);
    tutti_playback_free (room->playback);
    g_clear_handle_id (&room->second_id, g_source_remove);
    tutti_sound_free (room->sound);
    tutti_announcer_free (room->announcer);
    tutti_views_free (room->views);
    tutti_bell_free (room->touched);
    tutti_bell_free (room->heard);
    g_hash_table_unref (room->by_number);
    g_ptr_array_unref (room->members);
    g_ptr_array_unref (room->waiting);
    tutti_policy_clear (&room->policy);
    g_ptr_array_unref (room->spectators);
    g_ptr_array_unref (room->outputs);
    g_free (room->topology);
    g_free (room->name);
    g_free (room);
}

void
tutti_room_touch (TuttiRoom *room)
{
    tutti_bell_ring (room->touched);
}

TuttiParticipant *
tutti_room_get (TuttiRoom *room, guint number)
{
    return g_hash_table_lookup (room->by_number, GUINT_TO_POINTER (number));
}

guint
tutti_room_count_people (TuttiRoom *room)
{
    return room->members->len - (tutti_playback_is_seated (room->playback) ? 1 : 0);
}

/* --- Coming and going --- */

void
tutti_room_seat (TuttiRoom *room, TuttiParticipant *member)
{
    TuttiPerson person;
    TuttiEvent event = {.type = TUTTI_EVENT_PARTICIPANT_JOINED, .person = &person};

    room->empty_since_us = 0;
    g_ptr_array_add (room->members, member);
    g_hash_table_insert (room->by_number, GUINT_TO_POINTER (member->number), member);
    tutti_rooms_add_id (room->rooms, member);
    tutti_closing_begin (room);
    tutti_participant_get_person (member, &person);
    tutti_room_tell (room, member, &event);
    tutti_member_post_recording (member);
    tutti_lobby_show (member);
    tutti_room_watch_time (room);
}

TuttiParticipant *
tutti_room_enter (TuttiRoom *room, const TuttiJoin *join, TuttiEventFunc func, gpointer user_data)
{
    TuttiParticipant *member = tutti_member_new (room, room->shared, join, func, user_data);

    tutti_room_seat (room, member);
    return member;
}

/* Out of every list: it can neither be found nor be told about. */
static void
take_out (TuttiRoom *room, TuttiParticipant *member)
{
    g_ptr_array_remove (room->members, member);
    g_hash_table_remove (room->by_number, GUINT_TO_POINTER (member->number));
    tutti_rooms_remove_id (room->rooms, member);
    if (room->stage.spotlight == member->number)
        room->stage.spotlight = 0;
    if (tutti_speakers_remove (&room->speakers, member->number))
        tutti_room_tell_speakers (room);
}

/* Its part in the room is over; it lives on until the last letter was told. */
static void
dismiss (TuttiParticipant *member, const TuttiEvent *last)
{
    TuttiLetters *letters = member->shared->letters;

    member->room = NULL;
    member->view = NULL;
    member->has_media = FALSE;
    if (last)
        tutti_letters_post (letters, member, last);
    else
        tutti_member_free (member);
}

void
tutti_room_leave_empty (TuttiRoom *room)
{
    if (tutti_playback_is_seated (room->playback)) {
        tutti_room_stop_playback (room, NULL); /* which is its leaving: we come here again */
        return;
    }
    tutti_playback_finish (room);
    tutti_recording_leave_empty (room);
    room->empty_since_us = tutti_clock_now_us (room->shared->clock);
    if (room->policy.is_kept || room->waiting->len > 0)
        return;
    if (room->idle_timeout_us == 0)
        tutti_rooms_drop (room->rooms, room, "empty");
    else
        tutti_room_watch_time (room);
}

void
tutti_room_remove (TuttiRoom *room, TuttiParticipant *member, TuttiLeftReason reason,
                   const TuttiEvent *last)
{
    TuttiEvent event = {
        .type = TUTTI_EVENT_PARTICIPANT_LEFT,
        .left = {.participant = member->id, .reason = reason, .name = member->name},
    };

    take_out (room, member);
    tutti_room_tell (room, NULL, &event);
    if (last)
        tutti_member_tell_side (member, last);
    if (member->playback)
        tutti_playback_finish (room);
    tutti_member_drop_chain (member);
    dismiss (member, last);
    tutti_room_update_pictures (room);
    if (tutti_room_count_people (room) == 0)
        tutti_room_leave_empty (room);
}

/* --- The room as a whole --- */

/* Nobody is told that the others leave: all leave at once. */
void
tutti_room_close (TuttiRoom *room, const char *reason)
{
    TuttiEvent last = {.type = TUTTI_EVENT_ROOM_CLOSED, .reason = reason};

    tutti_recording_end (room, reason);
    tutti_playback_finish (room);
    tutti_sound_set_audience (room->sound, tutti_audience_new ());
    while (room->members->len > 0) {
        TuttiParticipant *member = room->members->pdata[room->members->len - 1];
        TuttiChain *chain;
        tutti_member_tell_side (member, &last);
        tutti_member_close_side (member);
        chain = g_steal_pointer (&member->chain);
        g_ptr_array_set_size (room->members, (int)room->members->len - 1);
        g_hash_table_remove (room->by_number, GUINT_TO_POINTER (member->number));
        tutti_rooms_remove_id (room->rooms, member);
        tutti_chain_free (chain, tutti_sound_get_handover (room->sound));
        dismiss (member, &last);
    }
    tutti_lobby_close (room, &last);
    tutti_rooms_drop (room->rooms, room, reason);
}

void
tutti_room_set_locked (TuttiRoom *room, gboolean locked)
{
    if (room->locked == locked)
        return;
    room->locked = locked;
    tutti_room_tell_room (room);
}

gboolean
tutti_room_set_layout (TuttiRoom *room, const char *layout, GError **error)
{
    if (!tutti_layout_from_name (layout, &room->stage.layout)) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE, "no layout named '%s'", layout);
        return FALSE;
    }
    tutti_room_tell_room (room);
    tutti_room_touch (room);
    return TRUE;
}

gboolean
tutti_room_spotlight (TuttiRoom *room, const char *participant_id, GError **error)
{
    TuttiParticipant *member = participant_id ? tutti_room_find (room, participant_id) : NULL;

    if (participant_id && !member) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_NOT_FOUND, "no such participant");
        return FALSE;
    }
    room->stage.spotlight = member ? member->number : 0;
    tutti_room_touch (room);
    return TRUE;
}
