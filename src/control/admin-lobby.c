/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-lobby.c: who waits to be let into a room, and who was kicked from it. Role: main.
 */
#include "admin-body.h"
#include "admin-routes.h"
#include "bans.h"
#include "json-write.h"
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
add_waiting (TuttiJson *json, TuttiParticipant *waiting)
{
    gint64 since_us = tutti_participant_waits_since_us (waiting);
    TuttiPerson person;

    tutti_participant_get_person (waiting, &person);
    tutti_json_begin_object (json, NULL);
    tutti_json_add_string (json, "id", person.id);
    tutti_json_add_string (json, "name", person.name);
    tutti_json_add_string (json, "role", tutti_person_role_name (person.role));
    tutti_json_add_int (json, "age_s", (g_get_monotonic_time () - since_us) / G_USEC_PER_SEC);
    tutti_json_end_object (json);
}

void
tutti_admin_list_waiting (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);
    g_autoptr (TuttiJson) json = NULL;
    g_autoptr (GPtrArray) list = NULL;

    if (!room)
        return;
    list = tutti_room_list_waiting (room);
    json = tutti_json_new ();
    tutti_json_begin_array (json, "waiting");
    for (guint i = 0; i < list->len; i++)
        add_waiting (json, list->pdata[i]);
    tutti_json_end_array (json);
    tutti_admin_answer (call, json);
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
add_ban (TuttiJson *json, const TuttiBan *ban)
{
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (ban->wall_us / G_USEC_PER_SEC);
    g_autofree char *text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ"); /* RFC 3339 */

    tutti_json_begin_object (json, NULL);
    tutti_json_add_string (json, "id", ban->id);
    tutti_json_add_string (json, "name", ban->identity.name);
    tutti_json_add_text (json, "subject", ban->identity.subject);
    tutti_json_add_text (json, "address", ban->identity.address);
    tutti_json_add_string (json, "time", text);
    tutti_json_end_object (json);
}

void
tutti_admin_list_bans (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);
    g_autoptr (TuttiJson) json = NULL;
    const TuttiBans *bans;

    if (!room)
        return;
    bans = tutti_room_get_bans (room);
    json = tutti_json_new ();
    tutti_json_begin_array (json, "bans");
    for (guint i = 0; i < tutti_bans_count (bans); i++)
        add_ban (json, tutti_bans_get (bans, i));
    tutti_json_end_array (json);
    tutti_admin_answer (call, json);
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
