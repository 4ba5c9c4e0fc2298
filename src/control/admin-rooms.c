/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-rooms.c: the rooms, and what is said in them. Role: main.
 */
#include "admin-body.h"
#include "admin-etag.h"
#include "admin-json.h"
#include "admin-routes.h"

#include <string.h>

void
tutti_admin_list_rooms (TuttiAdminCall *call)
{
    g_autoptr (TuttiJson) json = tutti_json_new ();

    tutti_admin_json_rooms (json, call->rooms);
    tutti_admin_answer (call, json);
}

void
tutti_admin_answer_room (TuttiAdminCall *call, TuttiRoom *room)
{
    g_autoptr (TuttiJson) json = tutti_json_new ();

    tutti_admin_etag_add (call, room);
    tutti_admin_json_room (json, room);
    tutti_admin_answer (call, json);
}

void
tutti_admin_show_room (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);

    if (room && tutti_admin_etag_check (call, room))
        tutti_admin_answer_room (call, room);
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
