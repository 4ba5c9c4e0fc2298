/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-call.c: see admin-call.h. Role: main.
 */
#include "admin-call.h"

static void
send_json (SoupServerMessage *message, guint status, const char *type, JsonBuilder *builder)
{
    g_autoptr (JsonGenerator) generator = json_generator_new ();
    g_autoptr (JsonNode) root = json_builder_get_root (builder);
    gsize length = 0;
    char *text;

    json_generator_set_root (generator, root);
    text = json_generator_to_data (generator, &length);
    soup_server_message_set_status (message, status, NULL);
    soup_server_message_set_response (message, type, SOUP_MEMORY_TAKE, text, length);
}

void
tutti_admin_answer (SoupServerMessage *message, JsonBuilder *builder)
{
    send_json (message, SOUP_STATUS_OK, "application/json", builder);
}

void
tutti_admin_answer_problem (SoupServerMessage *message, guint status, const char *code,
                            const char *detail)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();

    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "type");
    json_builder_add_string_value (builder, "about:blank");
    json_builder_set_member_name (builder, "title");
    json_builder_add_string_value (builder, soup_status_get_phrase (status));
    json_builder_set_member_name (builder, "status");
    json_builder_add_int_value (builder, status);
    json_builder_set_member_name (builder, "code");
    json_builder_add_string_value (builder, code);
    json_builder_set_member_name (builder, "detail");
    json_builder_add_string_value (builder, detail);
    json_builder_end_object (builder);
    send_json (message, status, "application/problem+json", builder);
}

void
tutti_admin_answer_done (SoupServerMessage *message)
{
    soup_server_message_set_status (message, SOUP_STATUS_NO_CONTENT, NULL);
}

gboolean
tutti_admin_allow (TuttiAdminCall *call, const char *methods)
{
    g_auto (GStrv) list = g_strsplit (methods, ", ", -1);

    if (g_strv_contains ((const char *const *)list, call->method))
        return TRUE;
    soup_message_headers_replace (soup_server_message_get_response_headers (call->message), "Allow",
                                  methods);
    tutti_admin_answer_problem (call->message, SOUP_STATUS_METHOD_NOT_ALLOWED, "bad_message",
                                "this method is not for this resource");
    return FALSE;
}

void
tutti_admin_answer_not_found (TuttiAdminCall *call, const char *what, const char *name)
{
    g_autofree char *detail = g_strdup_printf ("there is no %s '%.80s'", what, name);
    g_autofree char *valid = g_utf8_make_valid (detail, -1);

    tutti_admin_answer_problem (call->message, SOUP_STATUS_NOT_FOUND, "not_found", valid);
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
