/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-rooms.c: the rooms, and what an admin sets in one. Role: main.
 */
#include "admin-body.h"
#include "admin-etag.h"
#include "admin-json.h"
#include "admin-routes.h"

#include <string.h>

void
tutti_admin_list_rooms (TuttiAdminCall *call)
{
    g_autoptr (JsonBuilder) builder = tutti_admin_begin ();

    tutti_admin_json_rooms (builder, call->rooms);
    tutti_admin_answer (call, builder);
}

static void
answer_room (TuttiAdminCall *call, TuttiRoom *room)
{
    g_autoptr (JsonBuilder) builder = tutti_admin_begin ();

    tutti_admin_etag_add (call, room);
    tutti_admin_json_room (builder, room);
    tutti_admin_answer (call, builder);
}

void
tutti_admin_show_room (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);

    if (room && tutti_admin_etag_check (call, room))
        answer_room (call, room);
}

void
tutti_admin_close_room (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);

    if (!room || !tutti_admin_etag_check (call, room))
        return;
    tutti_room_close (room, "closed by the administrator");
    tutti_admin_answer_done (call);
}

/* --- Settings. --- */

typedef struct {
    gboolean has_locked, locked;
    const char *layout; /* NULL: as it is */
    gboolean has_spotlight;
    const char *spotlight; /* NULL: nobody */
} Change;

/* The id of whom the admin named. FALSE, and answered: there is no such participant. */
static gboolean
find_spotlight (TuttiAdminCall *call, TuttiRoom *room, Change *change)
{
    TuttiParticipant *participant;

    if (!change->spotlight)
        return TRUE;
    participant = tutti_admin_find_participant (room, change->spotlight);
    if (!participant) {
        tutti_admin_answer_not_found (call, "participant", change->spotlight);
        return FALSE;
    }
    change->spotlight = tutti_participant_id (participant);
    return TRUE;
}

/* All or nothing: what can fail comes first. */
static void
apply (TuttiAdminCall *call, TuttiRoom *room, Change *change)
{
    GError *error = NULL;

    if (!find_spotlight (call, room, change))
        return;
    if (change->layout && !tutti_room_set_layout (room, change->layout, &error)) {
        tutti_admin_answer_bad_field (call, "layout", error->message);
        g_error_free (error);
        return;
    }
    if (change->has_spotlight)
        tutti_room_spotlight (room, change->spotlight, NULL);
    if (change->has_locked)
        tutti_room_set_locked (room, change->locked);
    answer_room (call, room);
}

void
tutti_admin_change_room (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);
    Change change = {0};
    const TuttiAdminField fields[] = {
        {"locked", TUTTI_FIELD_BOOL | TUTTI_FIELD_OPTIONAL, &change.locked, &change.has_locked},
        {"layout", TUTTI_FIELD_STRING | TUTTI_FIELD_OPTIONAL, &change.layout, NULL},
        {"spotlight", TUTTI_FIELD_STRING | TUTTI_FIELD_OPTIONAL | TUTTI_FIELD_NULLABLE,
         &change.spotlight, &change.has_spotlight},
    };

    if (room && tutti_admin_read (call, fields, G_N_ELEMENTS (fields)) &&
        tutti_admin_etag_check (call, room))
        apply (call, room, &change);
}

/* --- Chat. --- */

void
tutti_admin_say (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);
    const char *text = "";
    const TuttiAdminField fields[] = {{"text", TUTTI_FIELD_STRING, &text, NULL}};

    if (!room || !tutti_admin_read (call, fields, G_N_ELEMENTS (fields)))
        return;
    if (text[0] == '\0' || strlen (text) > TUTTI_ANNOUNCEMENT_MAX_BYTES) {
        tutti_admin_answer_bad_field (call, "text", "'text' must have 1 to 4096 bytes");
        return;
    }
    tutti_room_announce (room, text);
    tutti_admin_answer_done (call);
}
