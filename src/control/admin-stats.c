/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-stats.c: /v1/stats: every room's sums; of one room its people's figures too. Counts, and
 * the time they were read at: rates are made of two readings. Role: main.
 */
#include "admin-json.h"
#include "admin-routes.h"
#include "json-add.h"
#include "metrics.h"
#include "stats-json.h"

static void
add_person (JsonBuilder *builder, TuttiParticipant *participant)
{
    TuttiParticipantStats stats = {0};
    TuttiPerson person = {0};

    tutti_participant_get_person (participant, &person);
    tutti_participant_get_stats (participant, &stats);
    json_builder_begin_object (builder);
    tutti_json_add_string (builder, "id", person.id);
    tutti_json_add_string (builder, "name", person.name);
    tutti_json_add_string (builder, "role", tutti_person_role_name (person.role));
    tutti_stats_json_add (builder, &stats);
    json_builder_end_object (builder);
}

static void
add_people (JsonBuilder *builder, TuttiRoom *room, TuttiParticipant *only)
{
    g_autoptr (GPtrArray) list = tutti_room_list (room);

    json_builder_set_member_name (builder, "people");
    json_builder_begin_array (builder);
    for (guint i = 0; i < list->len; i++) {
        if (!only || list->pdata[i] == only)
            add_person (builder, list->pdata[i]);
    }
    json_builder_end_array (builder);
}

/* Into an open object. */
static void
add_room (JsonBuilder *builder, TuttiRoom *room)
{
    TuttiRoomStats stats = {0};
    TuttiRoomInfo info = {0};

    tutti_room_get_info (room, &info);
    tutti_room_get_stats (room, &stats);
    tutti_json_add_string (builder, "name", info.name);
    tutti_json_add_int (builder, "participants", info.n_participants);
    tutti_json_add_int (builder, "listeners", info.n_listeners);
    tutti_json_add_int (builder, "views", info.n_views);
    tutti_json_add_int (builder, "renditions", info.n_renditions);
    tutti_stats_json_add_room (builder, &stats);
}

static void
add_rooms (JsonBuilder *builder, TuttiRooms *rooms)
{
    g_autoptr (GPtrArray) list = tutti_rooms_list (rooms);

    for (guint i = 0; i < list->len; i++) {
        json_builder_begin_object (builder);
        add_room (builder, list->pdata[i]);
        json_builder_end_object (builder);
    }
}

static void
add_one_room (JsonBuilder *builder, TuttiRoom *room, TuttiParticipant *only)
{
    json_builder_begin_object (builder);
    add_room (builder, room);
    add_people (builder, room, only);
    json_builder_end_object (builder);
}

static void
answer (TuttiAdminCall *call, TuttiRoom *room, TuttiParticipant *only)
{
    g_autoptr (JsonBuilder) builder = tutti_admin_begin ();

    tutti_json_add_int (builder, "time_us", g_get_monotonic_time ());
    json_builder_set_member_name (builder, "rooms");
    json_builder_begin_array (builder);
    if (room)
        add_one_room (builder, room, only);
    else
        add_rooms (builder, call->rooms);
    json_builder_end_array (builder);
    tutti_admin_answer (call, builder);
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
