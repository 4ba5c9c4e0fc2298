/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-events.c: /v1/events: what happens, as it happens. Role: main.
 */
#include "admin-routes.h"

void
tutti_admin_follow_events (TuttiAdminCall *call)
{
    const char *room = tutti_admin_ask (call, "room");

    if (room && !tutti_room_name_is_valid (room))
        tutti_admin_answer_bad_field (call, "room", "'room' is no name of a room");
    else if (soup_server_message_get_method (call->message) == SOUP_METHOD_HEAD)
        soup_server_message_set_status (call->message, SOUP_STATUS_OK, NULL);
    else if (!tutti_event_streams_add (call->setup->streams, call->message, room))
        tutti_admin_answer_problem (call, SOUP_STATUS_SERVICE_UNAVAILABLE, "overloaded",
                                    "too many follow the events already");
}
