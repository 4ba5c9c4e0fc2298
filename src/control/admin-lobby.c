/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-lobby.c: who waits to be let into a room, and who was kicked from it. Role: main.
 */
#include "admin-body.h"
#include "admin-routes.h"
#include "bans.h"
#include "json-add.h"
#include "lobby.h"

/* NULL, and answered: nobody waits as that. */
static TuttiParticipant *
get_waiting (TuttiAdminCall *call, TuttiRoom **room)
{
    TuttiParticipant *waiting;

    *room = tutti_admin_get_room (call);
    waiting = *room ? tutti_room_find_waiting (*room, call->names[1]) : NULL;
    if (*room && !waiting)
        tutti_admin_answer_not_found (call, "participant who waits,", call->names[1]);
    return waiting;
}

/* FALSE, and answered: the body is not {"admitted": true}. */
static gboolean
read_admitted (TuttiAdminCall *call)
{
    gboolean is_admitted = FALSE;
    const TuttiAdminField fields[] = {{"admitted", TUTTI_FIELD_BOOL, &is_admitted, NULL}};

    if (!tutti_admin_read (call, fields, G_N_ELEMENTS (fields)))
        return FALSE;
    if (!is_admitted)
        tutti_admin_answer_bad_field (call, "admitted", "'admitted' can only become true");
    return is_admitted;
}

static void
add_waiting (JsonBuilder *builder, TuttiParticipant *waiting)
{
    gint64 since_us = tutti_participant_waits_since_us (waiting);
    TuttiPerson person;

    tutti_participant_get_person (waiting, &person);
    json_builder_begin_object (builder);
    tutti_json_add_string (builder, "id", person.id);
    tutti_json_add_string (builder, "name", person.name);
    tutti_json_add_string (builder, "role", tutti_person_role_name (person.role));
    tutti_json_add_int (builder, "age_s", (g_get_monotonic_time () - since_us) / G_USEC_PER_SEC);
    json_builder_end_object (builder);
}

void
tutti_admin_list_waiting (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);
    g_autoptr (JsonBuilder) builder = NULL;
    g_autoptr (GPtrArray) list = NULL;

    if (!room)
        return;
    list = tutti_room_list_waiting (room);
    builder = tutti_admin_begin ();
    json_builder_set_member_name (builder, "waiting");
    json_builder_begin_array (builder);
    for (guint i = 0; i < list->len; i++)
        add_waiting (builder, list->pdata[i]);
    json_builder_end_array (builder);
    tutti_admin_answer (call, builder);
}

void
tutti_admin_admit_all (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);
    GError *error = NULL;

    if (room && read_admitted (call))
        tutti_admin_answer_outcome (call, tutti_room_admit_all (room, &error), error);
}

void
tutti_admin_admit (TuttiAdminCall *call)
{
    TuttiRoom *room;
    TuttiParticipant *waiting = get_waiting (call, &room);
    gboolean is_admitted;
    GError *error = NULL;

    if (!waiting || !read_admitted (call))
        return;
    is_admitted = tutti_room_admit (room, waiting, &error);
    tutti_admin_answer_outcome (call, is_admitted, error);
}

void
tutti_admin_reject (TuttiAdminCall *call)
{
    TuttiRoom *room;
    TuttiParticipant *waiting = get_waiting (call, &room);

    if (!waiting)
        return;
    tutti_room_reject (room, waiting);
    tutti_admin_answer_done (call);
}

/* --- Bans --- */

static void
add_ban (JsonBuilder *builder, const TuttiBan *ban)
{
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (ban->wall_us / G_USEC_PER_SEC);
    g_autofree char *text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ"); /* RFC 3339 */

    json_builder_begin_object (builder);
    tutti_json_add_string (builder, "id", ban->id);
    tutti_json_add_string (builder, "name", ban->identity.name);
    tutti_json_add_text (builder, "subject", ban->identity.subject);
    tutti_json_add_text (builder, "address", ban->identity.address);
    tutti_json_add_string (builder, "time", text);
    json_builder_end_object (builder);
}

void
tutti_admin_list_bans (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);
    g_autoptr (JsonBuilder) builder = NULL;
    const TuttiBans *bans;

    if (!room)
        return;
    bans = tutti_room_get_bans (room);
    builder = tutti_admin_begin ();
    json_builder_set_member_name (builder, "bans");
    json_builder_begin_array (builder);
    for (guint i = 0; i < tutti_bans_count (bans); i++)
        add_ban (builder, tutti_bans_get (bans, i));
    json_builder_end_array (builder);
    tutti_admin_answer (call, builder);
}

void
tutti_admin_clear_bans (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);

    if (!room)
        return;
    tutti_bans_clear (tutti_room_get_bans (room));
    tutti_admin_answer_done (call);
}

void
tutti_admin_remove_ban (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);

    if (!room)
        return;
    if (tutti_bans_remove (tutti_room_get_bans (room), call->names[1]))
        tutti_admin_answer_done (call);
    else
        tutti_admin_answer_not_found (call, "ban", call->names[1]);
}
