/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * participant.c: what a joined client may do. Between its last event's writing and its telling a
 * participant is out of its room: calls are refused then. Role: main.
 */
#include <tutti/clock.h>
#include <tutti/error.h>

#include "lobby-inside.h"
#include "person.h"
#include "playback.h"
#include "recording-inside.h"
#include "room.h"

static gboolean
check_joined (TuttiParticipant *member, GError **error)
{
    if (member->room && !member->is_waiting)
        return TRUE;
    g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_NOT_JOINED, "not in the room");
    return FALSE;
}

const char *
tutti_participant_id (TuttiParticipant *participant)
{
    return participant->id;
}

TuttiRoom *
tutti_participant_room (TuttiParticipant *participant)
{
    return participant->room;
}

void
tutti_participant_get_person (TuttiParticipant *member, TuttiPerson *person)
{
    *person = (TuttiPerson){
        .id = member->id,
        .name = member->name,
        .role = member->role,
        .audio_muted = member->audio_muted,
        .video_muted = member->video_muted,
        .hand_raised = member->hand_raised,
        .sharing_screen = member->sharing_screen,
        .connected = member->connected,
    };
}

void
tutti_participant_start_call (TuttiParticipant *member)
{
    TuttiEvent event = {.type = TUTTI_EVENT_START_CALL, .participant = member->id};

    if (check_joined (member, NULL))
        tutti_room_tell (member->room, member, &event);
}

/* --- Media --- */

gboolean
tutti_participant_offer (TuttiParticipant *member, const TuttiSession *offer, TuttiSession *answer,
                         GError **error)
{
    if (!check_joined (member, error))
        return FALSE;
    if (!tutti_member_accept (member, offer, answer, error))
        return FALSE;
    if (answer->n_media > 0)
        g_strlcpy (member->mid, answer->media[0].mid, sizeof member->mid);
    tutti_member_follow_share (member);
    tutti_chain_settle_tracks (member->chain);
    tutti_recording_tap (member->room, member);
    tutti_member_tell_changes (member);
    tutti_room_touch (member->room);
    return TRUE;
}

gboolean
tutti_participant_add_candidate (TuttiParticipant *member, const char *candidate, GError **error)
{
    if (!check_joined (member, error))
        return FALSE;
    tutti_member_need_chain (member);
    return tutti_leg_add_candidate (tutti_chain_get_leg (member->chain), candidate, error);
}

/* --- State --- */

static gboolean
set_flag (gboolean set, gboolean value, gboolean *flag)
{
    if (!set || *flag == !!value)
        return FALSE;
    *flag = !!value;
    return TRUE;
}

/* A name of nothing visible leaves the old one. */
static gboolean
set_name (TuttiParticipant *member, const char *name)
{
    g_autofree char *clean = NULL;

    if (!name)
        return FALSE;
    clean = tutti_person_clean_name (name);
    if (clean[0] == '\0' || g_str_equal (clean, member->name))
        return FALSE;
    g_free (member->name);
    member->name = g_steal_pointer (&clean);
    g_free ((char *)member->identity.name);
    member->identity.name = g_strdup (member->name);
    return TRUE;
}

void
tutti_participant_set_state (TuttiParticipant *member, const TuttiStateChange *change)
{
    gboolean changed;

    if (!check_joined (member, NULL))
        return;
    changed = set_flag (change->set_audio_muted, change->audio_muted, &member->audio_muted);
    changed |= set_flag (change->set_video_muted, change->video_muted, &member->video_muted);
    changed |= set_flag (change->set_hand_raised, change->hand_raised, &member->hand_raised);
    changed |= set_name (member, change->name);
    if (!changed)
        return;
    tutti_recording_follow_mute (member->room, member);
    tutti_room_tell_person (member->room, member);
    tutti_room_touch (member->room);
}

void
tutti_participant_mute (TuttiParticipant *member, gboolean muted)
{
    TuttiStateChange change = {.set_audio_muted = TRUE, .audio_muted = muted};
    tutti_participant_set_state (member, &change);
}

/* --- Gain --- */

gboolean
tutti_participant_set_gain (TuttiParticipant *member, double gain_db, GError **error)
{
    if (!(gain_db >= TUTTI_VOICE_GAIN_MIN_DB && gain_db <= TUTTI_VOICE_GAIN_MAX_DB)) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE, "a voice's gain is %g to %g dB",
                     TUTTI_VOICE_GAIN_MIN_DB, TUTTI_VOICE_GAIN_MAX_DB);
        return FALSE;
    }
    if (!check_joined (member, error))
        return FALSE;
    if (member->playback)
        return tutti_room_set_playback_gain (member->room, gain_db, error);
    member->gain_db = gain_db;
    tutti_room_update_sound (member->room);
    return TRUE;
}

double
tutti_participant_get_gain_db (TuttiParticipant *member)
{
    TuttiPlaybackInfo info = {0};

    if (!member->playback || !member->room)
        return member->gain_db;
    tutti_room_get_playback (member->room, &info);
    return info.gain_db;
}

/* --- View --- */

/* "" or "auto" is the room's own choice again. */
static gboolean
read_layout (const char *name, gboolean *chose, TuttiLayout *layout)
{
    *chose = name[0] != '\0' && !g_str_equal (name, "auto");
    return !*chose || tutti_layout_from_name (name, layout);
}

gboolean
tutti_participant_set_view (TuttiParticipant *member, const char *layout, const char *quality,
                            const gboolean *self_view, GError **error)
{
    gboolean chose = member->chose_layout;
    TuttiLayout new_layout = member->layout;
    TuttiQuality new_quality = member->quality;

    if (!check_joined (member, error))
        return FALSE;
    if ((layout && !read_layout (layout, &chose, &new_layout)) ||
        (quality && !tutti_quality_from_name (quality, &new_quality))) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE, "no such layout or quality");
        return FALSE;
    }
    member->chose_layout = chose;
    member->layout = new_layout;
    member->quality = new_quality;
    if (self_view)
        member->self_view = *self_view ? TUTTI_CHOICE_YES : TUTTI_CHOICE_NO;
    tutti_room_update_pictures (member->room);
    tutti_member_tell_layout (member);
    return TRUE;
}

/* --- Leaving --- */

static void
leave (TuttiParticipant *member, TuttiLeftReason reason)
{
    if (member->is_waiting)
        tutti_lobby_leave (member);
    else if (member->room)
        tutti_room_remove (member->room, member, reason, NULL);
    else if (!member->being_told_last)
        tutti_member_free (member);
}

void
tutti_participant_leave (TuttiParticipant *member)
{
    leave (member, TUTTI_LEFT_LEFT);
}

void
tutti_participant_drop (TuttiParticipant *member)
{
    leave (member, TUTTI_LEFT_LOST);
}

void
tutti_participant_kick (TuttiParticipant *member, const char *reason)
{
    TuttiEvent last = {.type = TUTTI_EVENT_KICKED, .reason = reason};

    if (!member->room)
        return;
    if (!member->playback)
        tutti_bans_add (member->room->policy.bans, &member->identity, g_get_real_time ());
    tutti_room_remove (member->room, member, TUTTI_LEFT_KICKED, &last);
}
