/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-server.c: the server as a whole: how it is, its log, its end; the API's own description.
 * Role: main.
 */
#include "admin-body.h"
#include "admin-json.h"
#include "admin-resource.h"
#include "admin-routes.h"

#include <tutti/log.h>

/* Of a drain: a day. */
#define DEADLINE_MAX_S 86400

void
tutti_admin_get_status (TuttiAdminCall *call)
{
    g_autoptr (TuttiJson) json = tutti_json_new ();

    tutti_admin_json_status (json, call->rooms);
    tutti_admin_json_hooks (json, call->setup->sources.hooks);
    tutti_admin_answer (call, json);
}

void
tutti_admin_set_log (TuttiAdminCall *call)
{
    const char *level = "", *domains = "";
    const TuttiAdminField fields[] = {
        {"level", TUTTI_FIELD_STRING, &level, NULL},
        {"domains", TUTTI_FIELD_STRING | TUTTI_FIELD_OPTIONAL, &domains, NULL},
    };

    if (!tutti_admin_read (call, fields, G_N_ELEMENTS (fields)))
        return;
    if (tutti_log_set (level, domains))
        tutti_admin_answer_done (call);
    else
        tutti_admin_answer_bad_field (call, "level",
                                      "'level' must be error, warning, message, info or debug");
}

void
tutti_admin_drain (TuttiAdminCall *call)
{
    double deadline_s = 0;
    const TuttiAdminField fields[] = {
        {"deadline_s", TUTTI_FIELD_NUMBER | TUTTI_FIELD_OPTIONAL, &deadline_s, NULL},
    };

    if (!tutti_admin_read (call, fields, G_N_ELEMENTS (fields)))
        return;
    if (!(deadline_s >= 0 && deadline_s <= DEADLINE_MAX_S)) {
        tutti_admin_answer_bad_field (call, "deadline_s", "'deadline_s' must be 0 to 86400");
        return;
    }
    call->setup->hands.drain ((guint)deadline_s, call->setup->hands.user_data);
    tutti_admin_answer_done (call);
}

void
tutti_admin_reload (TuttiAdminCall *call)
{
    GError *error = NULL;
    gboolean good = call->setup->hands.reload (call->setup->hands.user_data, &error);

    tutti_admin_answer_outcome (call, good, error);
}

void
tutti_admin_shutdown (TuttiAdminCall *call)
{
    tutti_admin_answer_done (call);
    call->setup->hands.shutdown (call->setup->hands.user_data);
}

/* OpenAPI 3.1. */
void
tutti_admin_get_description (TuttiAdminCall *call)
{
    GBytes *bytes = g_resource_lookup_data (tutti_admin_get_resource (), TUTTI_ADMIN_DESCRIPTION,
                                            G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    gsize length;
    const char *text = g_bytes_get_data (bytes, &length);

    soup_server_message_set_status (call->message, SOUP_STATUS_OK, NULL);
    soup_server_message_set_response (call->message, "application/json", SOUP_MEMORY_COPY, text,
                                      length);
    g_bytes_unref (bytes);
}
