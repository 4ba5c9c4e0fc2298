/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hooks.c: the URLs that the server tells what happens.
 */
#include "cells.h"
#include "commands.h"

static void
add_hook (JsonArray *array, guint i, JsonNode *node, gpointer data)
{
    static const char *const counts[] = {"queued", "delivered", "failed", "dropped"};
    TuttiTable *table = data;
    JsonObject *hook = json_node_get_object (node);
    const char *error = json_object_get_string_member_with_default (hook, "last_error", NULL);

    tutti_table_add (table, "%s", json_object_get_string_member_with_default (hook, "url", ""));
    tutti_table_add (table, "%s", json_object_get_string_member_with_default (hook, "state", ""));
    for (gsize k = 0; k < G_N_ELEMENTS (counts); k++)
        tutti_table_add (table, "%" G_GINT64_FORMAT,
                         json_object_get_int_member_with_default (hook, counts[k], 0));
    tutti_table_add (table, "%s", error ? error : "-");
}

static char *
show (JsonObject *hooks)
{
    g_autoptr (TuttiTable) table =
        tutti_table_new ("URL|STATE|>QUEUED|>DELIVERED|>FAILED|>DROPPED|LAST ERROR");

    json_array_foreach_element (json_object_get_array_member (hooks, "hooks"), add_hook, table);
    return tutti_table_format (table);
}

int
tutti_command_hooks (TuttiRun *run)
{
    return tutti_run_show (run, "/v1/hooks", show);
}
