/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * absence.c: participants whose signalling is away, and how it comes back: by a key that only the
 * participant's client was told. Media goes its own way meanwhile. Role: main.
 */
#include <string.h>

#include <tutti/clock.h>
#include <tutti/secret.h>

#include "absence.h"
#include "downlink.h"
#include "lobby-inside.h"
#include "room.h"
#include "rooms-inside.h"

G_STATIC_ASSERT (sizeof ((TuttiParticipant *)NULL)->key >=
                 sizeof ((TuttiParticipant *)NULL)->id + 1 + TUTTI_SECRET_DIGITS);

static TuttiParticipant *
find (TuttiRooms *rooms, const char *room, const char *key)
{
    const char *dot = strchr (key, '.');
    g_autofree char *id = NULL;
    TuttiParticipant *member;

    if (!dot || dot - key >= (gssize)sizeof member->id)
        return NULL;
    id = g_strndup (key, (gsize)(dot - key));
    member = g_hash_table_lookup (rooms->ids, id);
    if (!member || member->is_waiting || !g_str_equal (member->room->name, room) ||
        !tutti_secret_is_same (member->key, key))
        return NULL;
    return member;
}

static void
replace (TuttiParticipant *member)
{
    const TuttiEvent event = {.type = TUTTI_EVENT_REPLACED};

    if (member->func)
        member->func (&event, member->user_data);
    member->func = NULL;
}

/* What it would have been told, or may have missed: the roster is in its welcome. */
static void
tell_anew (TuttiParticipant *member)
{
    TuttiLetters *letters = member->shared->letters;

    if (!member->side) /* which would miss them */
        tutti_letters_forget (letters, member);
    member->told_version = 0;
    if (member->view && !(member->side && member->layout_posted))
        tutti_letters_post_layout (letters, member);
    member->layout_posted = member->view != NULL;
    tutti_member_tell_rung (member);
    tutti_member_post_recording (member);
    tutti_lobby_show (member);
    member->uplink = member->screen_uplink = (TuttiUplink){0};
    tutti_room_touch (member->room);
}

void
tutti_absence_make_key (TuttiParticipant *member)
{
    char secret[TUTTI_SECRET_DIGITS + 1];

    tutti_secret_make (secret);
    g_snprintf (member->key, sizeof member->key, "%s.%s", member->id, secret);
}

gboolean
tutti_absence_is_over (const TuttiParticipant *member, gint64 now_us)
{
    return member->held_until_us != 0 && now_us >= member->held_until_us;
}

const char *
tutti_participant_key (TuttiParticipant *participant)
{
    return participant->key;
}

void
tutti_participant_detach (TuttiParticipant *member)
{
    if (!member->room || !member->has_media) {
        tutti_participant_drop (member);
        return;
    }
    member->func = NULL;
    if (member->side) /* it still has ears */
        return;
    tutti_letters_forget (member->shared->letters, member);
    member->layout_posted = FALSE;
}

void
tutti_participant_step_out (TuttiParticipant *member)
{
    gint64 now_us = tutti_clock_now_us (member->shared->clock);

    if (!member->room || member->is_waiting) {
        tutti_participant_leave (member);
        return;
    }
    member->func = NULL;
    tutti_letters_forget (member->shared->letters, member);
    member->layout_posted = FALSE;
    member->held_until_us = now_us + TUTTI_HOLD_US;
    member->unheard_since_us = now_us;
    tutti_member_drop_chain (member);
    tutti_member_tell_changes (member);
    tutti_room_update_pictures (member->room);
}

TuttiParticipant *
tutti_rooms_resume (TuttiRooms *rooms, const char *room, const char *key, TuttiEventFunc func,
                    gpointer user_data)
{
    TuttiParticipant *member = find (rooms, room, key);

    if (!member)
        return NULL;
    replace (member);
    if (member->unheard_since_us != 0)
        member->unheard_since_us = tutti_clock_now_us (member->shared->clock);
    member->held_until_us = 0;
    member->func = func;
    member->user_data = user_data;
    tell_anew (member);
    return member;
}
