/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-stats.c: /v1/stats: every room's sums; of one room its people's figures too. Counts, and
 * the time they were read at: rates are made of two readings. Role: main.
 */
#include "admin-json.h"
#include "admin-routes.h"
#include "json-write.h"
#include "metrics.h"
#include "stats-json.h"

static void
add_person (TuttiJson *json, TuttiParticipant *participant)
{
    TuttiParticipantStats stats = {0};
    TuttiPerson person = {0};

    tutti_participant_get_person (participant, &person);
    tutti_participant_get_stats (participant, &stats);
    tutti_json_begin_object (json, NULL);
    tutti_json_add_string (json, "id", person.id);
    tutti_json_add_string (json, "name", person.name);
    tutti_json_add_string (json, "role", tutti_person_role_name (person.role));
    tutti_stats_json_add (json, &stats);
    tutti_json_end_object (json);
}

static void
add_people (TuttiJson *json, TuttiRoom *room, TuttiParticipant *only)
{
    g_autoptr (GPtrArray) list = tutti_room_list (room);

    tutti_json_begin_array (json, "people");
    for (guint i = 0; i < list->len; i++) {
        if (!only || list->pdata[i] == only)
            add_person (json, list->pdata[i]);
    }
    tutti_json_end_array (json);
}

/* Into an open object. */
static void
add_room (TuttiJson *json, TuttiRoom *room)
{
    TuttiRoomStats stats = {0};
    TuttiRoomInfo info = {0};

    tutti_room_get_info (room, &info);
    tutti_room_get_stats (room, &stats);
    tutti_json_add_string (json, "name", info.name);
    tutti_json_add_int (json, "participants", info.n_participants);
    tutti_json_add_int (json, "listeners", info.n_listeners);
    tutti_json_add_int (json, "views", info.n_views);
    tutti_json_add_int (json, "renditions", info.n_renditions);
    tutti_stats_json_add_room (json, &stats);
}

static void
add_rooms (TuttiJson *json, TuttiRooms *rooms)
{
    g_autoptr (GPtrArray) list = tutti_rooms_list (rooms);

    for (guint i = 0; i < list->len; i++) {
        tutti_json_begin_object (json, NULL);
        add_room (json, list->pdata[i]);
        tutti_json_end_object (json);
    }
}

static void
add_one_room (TuttiJson *json, TuttiRoom *room, TuttiParticipant *only)
{
    tutti_json_begin_object (json, NULL);
    add_room (json, room);
    add_people (json, room, only);
    tutti_json_end_object (json);
}

static void
answer (TuttiAdminCall *call, TuttiRoom *room, TuttiParticipant *only)
{
    g_autoptr (TuttiJson) json = tutti_json_new ();

    tutti_json_add_int (json, "time_us", g_get_monotonic_time ());
    tutti_json_begin_array (json, "rooms");
    if (room)
        add_one_room (json, room, only);
    else
        add_rooms (json, call->rooms);
    tutti_json_end_array (json);
    tutti_admin_answer (call, json);
}

void
tutti_admin_get_stats (TuttiAdminCall *call)
{
    const char *name = tutti_admin_ask (call, "room"), *id = tutti_admin_ask (call, "participant");
    TuttiRoom *room = name ? tutti_rooms_find (call->rooms, name) : NULL;
    TuttiParticipant *only = room && id ? tutti_admin_find_participant (room, id) : NULL;

    if (name && !room)
        tutti_admin_answer_not_found (call, "room", name);
    else if (id && !room)
        tutti_admin_answer_bad_field (call, "room", "a participant is asked for with its room");
    else if (id && !only)
        tutti_admin_answer_not_found (call, "participant", id);
    else
        answer (call, room, only);
}

void
tutti_admin_get_metrics (TuttiAdminCall *call)
{
    tutti_metrics_answer (&call->setup->sources, call->message,
                          tutti_admin_ask (call, "rooms") != NULL);
}
