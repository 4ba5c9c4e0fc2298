/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-call.c: see admin-call.h. Role: main.
 */
#include "admin-call.h"
#include "problem.h"

#include <tutti/error.h>

static void
send_json (TuttiAdminCall *call, guint status, TuttiJson *json)
{
    g_autoptr (GBytes) text = tutti_json_end_bytes (json);
    SoupServerMessage *message = call->message;

    soup_server_message_set_status (message, status, NULL);
    soup_message_headers_set_content_type (soup_server_message_get_response_headers (message),
                                           "application/json", NULL);
    soup_message_body_append_bytes (soup_server_message_get_response_body (message), text);
}

void
tutti_admin_answer (TuttiAdminCall *call, TuttiJson *json)
{
    send_json (call, SOUP_STATUS_OK, json);
}

void
tutti_admin_answer_created (TuttiAdminCall *call, const char *location, TuttiJson *json)
{
    soup_message_headers_replace (soup_server_message_get_response_headers (call->message),
                                  "Location", location);
    send_json (call, SOUP_STATUS_CREATED, json);
}

void
tutti_admin_answer_done (TuttiAdminCall *call)
{
    tutti_problem_answer_nothing (call->message);
}

/* --- Problems. --- */

void
tutti_admin_answer_problem (TuttiAdminCall *call, guint status, const char *code,
                            const char *detail)
{
    tutti_problem_answer (call->message, status, code, detail);
}

void
tutti_admin_answer_bad_field (TuttiAdminCall *call, const char *field, const char *detail)
{
    tutti_problem_answer_bad_field (call->message, field, detail);
}

void
tutti_admin_answer_not_found (TuttiAdminCall *call, const char *what, const char *name)
{
    g_autofree char *detail = g_strdup_printf ("there is no %s '%.80s'", what, name);

    tutti_admin_answer_problem (call, SOUP_STATUS_NOT_FOUND, "not_found", detail);
}

void
tutti_admin_answer_error (TuttiAdminCall *call, GError *error)
{
    g_autoptr (GError) owned = error;

    tutti_problem_answer_error (call->message, error);
}

void
tutti_admin_answer_outcome (TuttiAdminCall *call, gboolean good, GError *error)
{
    if (good)
        tutti_admin_answer_done (call);
    else
        tutti_admin_answer_error (call, error);
}

/* --- What is asked for. --- */

const char *
tutti_admin_ask (const TuttiAdminCall *call, const char *name)
{
    return call->query ? g_hash_table_lookup (call->query, name) : NULL;
}

TuttiRoom *
tutti_admin_get_room (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_rooms_find (call->rooms, call->names[0]);

    if (!room)
        tutti_admin_answer_not_found (call, "room", call->names[0]);
    return room;
}

TuttiParticipant *
tutti_admin_get_participant (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);
    TuttiParticipant *found = room ? tutti_admin_find_participant (room, call->names[1]) : NULL;

    if (room && !found)
        tutti_admin_answer_not_found (call, "participant", call->names[1]);
    return found;
}

TuttiParticipant *
tutti_admin_find_participant (TuttiRoom *room, const char *id)
{
    TuttiParticipant *found = tutti_room_find (room, id);
    g_autoptr (GPtrArray) list = tutti_room_list (room);
    guint n_named = 0;

    if (found)
        return found;
    for (guint i = 0; i < list->len; i++) {
        TuttiPerson person = {0};

        tutti_participant_get_person (list->pdata[i], &person);
        if (g_strcmp0 (person.name, id) != 0)
            continue;
        found = list->pdata[i];
        n_named++;
    }
    return n_named == 1 ? found : NULL;
}
