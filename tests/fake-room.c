/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fake-room.c: rooms are lists of names; events are told at once.
 */
#include "fake-room.h"

#include <string.h>
#include <tutti/error.h>

#include "room/lobby.h"
#include "room/settings.h"

struct _TuttiRooms {
    TuttiConfig *config;
    GPtrArray *rooms;
    gboolean draining;
    TuttiOverloadLevel overload;
    guint n_ids, n_candidates, n_offers;
    TuttiStore *store;
    const char *live_directory;
};

struct _TuttiRoom {
    TuttiRooms *rooms;
    char *name;
    gboolean locked;
    GPtrArray *members;
};

struct _TuttiParticipant {
    TuttiRoom *room;
    char *id, *name, *key;
    gboolean has_media;
    TuttiPersonRole role;
    gboolean audio_muted, video_muted, hand_raised;
    TuttiEventFunc func;
    gpointer user_data;
};

static const char *const role_names[] = {"participant", "listener", "moderator"};
static const char *const reason_names[] = {"left", "lost", "kicked"};
static const char *const recording_names[] = {"off", "on", "paused"};

const char *
tutti_person_role_name (TuttiPersonRole role)
{
    return role_names[role];
}

gboolean
tutti_person_role_from_name (const char *name, TuttiPersonRole *role)
{
    for (guint i = 0; i < G_N_ELEMENTS (role_names); i++)
        if (g_str_equal (name, role_names[i])) {
            *role = (TuttiPersonRole)i;
            return TRUE;
        }
    return FALSE;
}

const char *
tutti_left_reason_name (TuttiLeftReason reason)
{
    return reason_names[reason];
}

const char *
tutti_recording_state_name (TuttiRecordingState state)
{
    return recording_names[state];
}

static void
free_participant (gpointer data)
{
    TuttiParticipant *participant = data;

    g_free (participant->id);
    g_free (participant->key);
    g_free (participant->name);
    g_free (participant);
}

static void
free_room (gpointer data)
{
    TuttiRoom *room = data;

    g_ptr_array_unref (room->members);
    g_free (room->name);
    g_free (room);
}

static void
tell (TuttiRoom *room, const TuttiParticipant *except, const TuttiEvent *event)
{
    for (guint i = 0; i < room->members->len; i++) {
        TuttiParticipant *member = room->members->pdata[i];

        if (member != except && member->func)
            member->func (event, member->user_data);
    }
}

static void
remove_participant (TuttiParticipant *participant, TuttiLeftReason reason)
{
    TuttiRoom *room = participant->room;
    TuttiEvent event = {.type = TUTTI_EVENT_PARTICIPANT_LEFT,
                        .left = {.participant = participant->id, .reason = reason}};

    tell (room, participant, &event);
    g_ptr_array_remove (room->members, participant);
    if (room->members->len == 0)
        g_ptr_array_remove (room->rooms->rooms, room);
}

TuttiRooms *
tutti_rooms_new (TuttiConfig *config, GError **error)
{
    TuttiRooms *rooms = g_new0 (TuttiRooms, 1);

    rooms->config = config;
    rooms->rooms = g_ptr_array_new_with_free_func (free_room);
    return rooms;
}

void
tutti_rooms_free (TuttiRooms *rooms)
{
    if (!rooms)
        return;
    tutti_rooms_close_all (rooms, "shutdown");
    g_ptr_array_unref (rooms->rooms);
    g_free (rooms);
}

gboolean
tutti_room_name_is_valid (const char *name)
{
    gsize n = strlen (name);

    return n >= 1 && n <= 64 && strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._-") == n;
}

TuttiRoom *
tutti_rooms_find (TuttiRooms *rooms, const char *name)
{
    for (guint i = 0; i < rooms->rooms->len; i++) {
        TuttiRoom *room = rooms->rooms->pdata[i];

        if (g_str_equal (room->name, name))
            return room;
    }
    return NULL;
}

static TuttiRoom *
make_room (TuttiRooms *rooms, const char *name)
{
    TuttiRoom *room = g_new0 (TuttiRoom, 1);

    room->rooms = rooms;
    room->name = g_strdup (name);
    room->members = g_ptr_array_new_with_free_func (free_participant);
    g_ptr_array_add (rooms->rooms, room);
    return room;
}

static TuttiParticipant *
add_participant (TuttiRoom *room, const TuttiJoin *join, TuttiEventFunc func, gpointer user_data)
{
    TuttiParticipant *participant = g_new0 (TuttiParticipant, 1);
    TuttiPerson person;
    TuttiEvent event = {.type = TUTTI_EVENT_PARTICIPANT_JOINED, .person = &person};

    participant->room = room;
    participant->id = g_strdup_printf ("p%u", ++room->rooms->n_ids);
    participant->key = g_strdup_printf ("%s.key", participant->id);
    participant->name = g_strdup (join->name ? join->name : "Guest");
    participant->role = join->role;
    participant->func = func;
    participant->user_data = user_data;
    g_ptr_array_add (room->members, participant);
    tutti_participant_get_person (participant, &person);
    tell (room, participant, &event);
    return participant;
}

static gboolean
refuse (GError **error, int code, const char *what)
{
    g_set_error_literal (error, TUTTI_ERROR, code, what);
    return FALSE;
}

static gboolean
may_join (TuttiRooms *rooms, TuttiRoom *room, const TuttiJoin *join, GError **error)
{
    if (rooms->draining)
        return refuse (error, TUTTI_ERROR_OVERLOADED, "draining");
    if (!tutti_room_name_is_valid (join->room))
        return refuse (error, TUTTI_ERROR_BAD_ROOM, "bad room");
    if (room && room->locked)
        return refuse (error, TUTTI_ERROR_LOCKED, "locked");
    if (join->role == TUTTI_PERSON_MODERATOR && !join->may_moderate)
        return refuse (error, TUTTI_ERROR_FORBIDDEN, "no moderator");
    if (room && room->members->len >= tutti_config_room_int (rooms->config, join->room, "limit"))
        return refuse (error, TUTTI_ERROR_FULL_ROOM, "full");
    return TRUE;
}

TuttiParticipant *
tutti_rooms_join (TuttiRooms *rooms, const TuttiJoin *join, TuttiEventFunc func, gpointer user_data,
                  gboolean *created, GError **error)
{
    TuttiRoom *room = tutti_rooms_find (rooms, join->room);

    if (!may_join (rooms, room, join, error))
        return NULL;
    *created = room == NULL;
    return add_participant (room ? room : make_room (rooms, join->room), join, func, user_data);
}

void
tutti_rooms_drain (TuttiRooms *rooms)
{
    rooms->draining = TRUE;
}

gboolean
tutti_rooms_is_draining (TuttiRooms *rooms)
{
    return rooms->draining;
}

TuttiOverloadLevel
tutti_rooms_get_overload (TuttiRooms *rooms)
{
    return rooms->overload;
}

void
fake_room_set_overload (TuttiRooms *rooms, TuttiOverloadLevel level)
{
    rooms->overload = level;
}

void
tutti_rooms_close_all (TuttiRooms *rooms, const char *reason)
{
    TuttiEvent event = {.type = TUTTI_EVENT_ROOM_CLOSED, .reason = reason};

    while (rooms->rooms->len > 0) {
        TuttiRoom *room = rooms->rooms->pdata[0];

        tell (room, NULL, &event);
        g_ptr_array_remove (rooms->rooms, room);
    }
}

void
tutti_room_get_info (TuttiRoom *room, TuttiRoomInfo *info)
{
    *info = (TuttiRoomInfo){
        .name = room->name,
        .layout = "grid",
        .topology = "mcu",
        .limit = (guint)tutti_config_room_int (room->rooms->config, room->name, "limit"),
        .n_participants = room->members->len,
        .canvas_width = 1280,
        .canvas_height = 720,
        .frame_rate = 30,
        .locked = room->locked};
}

GPtrArray *
tutti_room_list (TuttiRoom *room)
{
    GPtrArray *list = g_ptr_array_new ();

    g_ptr_array_extend (list, room->members, NULL, NULL);
    return list;
}

gboolean
tutti_rooms_is_moderator (TuttiRooms *rooms, const char *room, const char *subject)
{
    return g_strcmp0 (subject, tutti_config_room_string (rooms->config, room, "moderators")) == 0;
}

gboolean
tutti_participant_is_waiting (const TuttiParticipant *participant)
{
    return FALSE;
}

void
tutti_settings_add (TuttiSettings *settings, const char *key, const char *value)
{
    settings->items[settings->n].key = key;
    settings->items[settings->n++].value = value;
}

gboolean
tutti_participant_change_settings (TuttiParticipant *participant, TuttiSettings *settings,
                                   GError **error)
{
    return refuse (error, TUTTI_ERROR_FORBIDDEN, "the administrator's");
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
tutti_participant_get_person (TuttiParticipant *participant, TuttiPerson *person)
{
    *person = (TuttiPerson){.id = participant->id,
                            .name = participant->name,
                            .role = participant->role,
                            .audio_muted = participant->audio_muted,
                            .video_muted = participant->video_muted,
                            .hand_raised = participant->hand_raised};
}

void
tutti_participant_get_stats (TuttiParticipant *participant, TuttiParticipantStats *stats)
{
    *stats = (TuttiParticipantStats){
        .state = "connected", .voice.delay_us = 40000, .way.estimate_bps = 700000};
}

void
tutti_participant_start_call (TuttiParticipant *participant)
{
    TuttiEvent event = {.type = TUTTI_EVENT_START_CALL, .participant = participant->id};

    tell (participant->room, participant, &event);
}

gboolean
tutti_participant_offer (TuttiParticipant *participant, const TuttiSession *offer,
                         TuttiSession *answer, GError **error)
{
    GPtrArray *candidates = answer->candidates;

    participant->room->rooms->n_offers++;
    participant->has_media = TRUE;
    *answer = *offer;
    answer->candidates = candidates;
    answer->setup = TUTTI_SETUP_PASSIVE;
    for (guint i = 0; i < answer->n_media; i++)
        answer->media[i].n_formats = MIN (answer->media[i].n_formats, 1);
    return TRUE;
}

gboolean
tutti_participant_add_candidate (TuttiParticipant *participant, const char *candidate,
                                 GError **error)
{
    if (candidate[0] && !g_str_has_prefix (candidate, "candidate:"))
        return refuse (error, TUTTI_ERROR_BAD_CANDIDATE, "no candidate");
    participant->room->rooms->n_candidates++;
    return TRUE;
}

void
tutti_participant_set_state (TuttiParticipant *participant, const TuttiStateChange *change)
{
    TuttiPerson person;
    TuttiEvent event = {.type = TUTTI_EVENT_PARTICIPANT_UPDATED, .person = &person};

    if (change->set_audio_muted)
        participant->audio_muted = change->audio_muted;
    if (change->set_video_muted)
        participant->video_muted = change->video_muted;
    if (change->set_hand_raised)
        participant->hand_raised = change->hand_raised;
    if (change->name) {
        g_free (participant->name);
        participant->name = g_strdup (change->name);
    }
    tutti_participant_get_person (participant, &person);
    tell (participant->room, NULL, &event);
}

gboolean
tutti_participant_set_view (TuttiParticipant *participant, const char *layout, const char *quality,
                            const gboolean *self_view, GError **error)
{
    TuttiPlacedTile tile = {participant->id, {0, 0, 1280, 720}, FALSE};
    TuttiEvent event = {.type = TUTTI_EVENT_LAYOUT,
                        .layout = {1280, 720, 1, &tile, layout ? layout : "grid"}};

    if (layout && !g_str_equal (layout, "grid"))
        return refuse (error, TUTTI_ERROR_BAD_MESSAGE, "layout: is unknown");
    participant->func (&event, participant->user_data);
    return TRUE;
}

gboolean
tutti_participant_chat (TuttiParticipant *participant, const char *text, const char *to,
                        GError **error)
{
    TuttiEvent event = {
        .type = TUTTI_EVENT_CHAT,
        .chat = {participant->id, participant->name, text, "2026-01-01T00:00:00Z", to != NULL}};

    if (strlen (text) > 4096)
        return refuse (error, TUTTI_ERROR_BAD_MESSAGE, "text: is too long");
    tell (participant->room, NULL, &event);
    return TRUE;
}

static TuttiParticipant *
find_participant (TuttiRoom *room, const char *id)
{
    for (guint i = 0; id && i < room->members->len; i++) {
        TuttiParticipant *member = room->members->pdata[i];

        if (g_str_equal (member->id, id))
            return member;
    }
    return NULL;
}

gboolean
tutti_participant_moderate (TuttiParticipant *participant, const char *action, const char *target,
                            const char *value, GError **error)
{
    TuttiParticipant *other = find_participant (participant->room, target);

    if (participant->role != TUTTI_PERSON_MODERATOR)
        return refuse (error, TUTTI_ERROR_FORBIDDEN, "moderators only");
    if (g_str_equal (action, "close"))
        tutti_rooms_close_all (participant->room->rooms, "moderator");
    else if (g_str_equal (action, "kick") && other)
        tutti_participant_kick (other, value ? value : "moderator");
    else
        return refuse (error, TUTTI_ERROR_UNSUPPORTED, "not done here");
    return TRUE;
}

void
tutti_participant_leave (TuttiParticipant *participant)
{
    remove_participant (participant, TUTTI_LEFT_LEFT);
}

void
tutti_participant_drop (TuttiParticipant *participant)
{
    remove_participant (participant, TUTTI_LEFT_LOST);
}

const char *
tutti_participant_key (TuttiParticipant *participant)
{
    return participant->key;
}

void
tutti_participant_detach (TuttiParticipant *participant)
{
    if (!participant->has_media)
        tutti_participant_drop (participant);
    else
        participant->func = NULL;
}

void
tutti_participant_step_out (TuttiParticipant *participant)
{
    participant->func = NULL;
}

TuttiParticipant *
tutti_rooms_resume (TuttiRooms *rooms, const char *name, const char *key, TuttiEventFunc func,
                    gpointer user_data)
{
    const TuttiEvent replaced = {.type = TUTTI_EVENT_REPLACED};
    TuttiRoom *room = tutti_rooms_find (rooms, name);

    for (guint i = 0; room && i < room->members->len; i++) {
        TuttiParticipant *member = room->members->pdata[i];

        if (!g_str_equal (member->key, key))
            continue;
        if (member->func)
            member->func (&replaced, member->user_data);
        member->func = func;
        member->user_data = user_data;
        return member;
    }
    return NULL;
}

void
tutti_participant_kick (TuttiParticipant *participant, const char *reason)
{
    TuttiEvent event = {.type = TUTTI_EVENT_KICKED, .reason = reason};

    participant->func (&event, participant->user_data);
    remove_participant (participant, TUTTI_LEFT_KICKED);
}

guint
fake_room_n_participants (TuttiRooms *rooms)
{
    guint n = 0;

    for (guint i = 0; i < rooms->rooms->len; i++)
        n += ((TuttiRoom *)rooms->rooms->pdata[i])->members->len;
    return n;
}

guint
fake_room_n_candidates (TuttiRooms *rooms)
{
    return rooms->n_candidates;
}

guint
fake_room_n_offers (TuttiRooms *rooms)
{
    return rooms->n_offers;
}

void
fake_room_lose (TuttiRooms *rooms, const char *participant_id)
{
    TuttiEvent event = {.type = TUTTI_EVENT_LOST, .reason = "no media"};

    for (guint i = 0; i < rooms->rooms->len; i++) {
        TuttiParticipant *found = find_participant (rooms->rooms->pdata[i], participant_id);

        if (!found)
            continue;
        found->func (&event, found->user_data);
        remove_participant (found, TUTTI_LEFT_LOST);
        return;
    }
    g_assert_not_reached ();
}

void
fake_room_tell (TuttiRooms *rooms, const TuttiEvent *event)
{
    for (guint i = 0; i < rooms->rooms->len; i++)
        tell (rooms->rooms->pdata[i], NULL, event);
}

TuttiStore *
tutti_rooms_get_store (TuttiRooms *rooms)
{
    return rooms->store;
}

const char *
tutti_rooms_get_live_directory (TuttiRooms *rooms)
{
    return rooms->live_directory;
}

void
fake_room_set_store (TuttiRooms *rooms, TuttiStore *store)
{
    rooms->store = store;
}

void
fake_room_set_live_directory (TuttiRooms *rooms, const char *directory)
{
    rooms->live_directory = directory;
}
