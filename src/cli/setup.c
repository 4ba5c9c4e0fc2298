/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * setup.c: rooms that are made ahead, and the rules of one.
 */
#include "commands.h"
#include "settings.h"

static gboolean
has_room (JsonNode *rooms, const char *name)
{
    JsonArray *array = json_object_get_array_member (json_node_get_object (rooms), "rooms");

    for (guint i = 0; i < json_array_get_length (array); i++) {
        JsonObject *room = json_array_get_object_element (array, i);

        if (g_strcmp0 (json_object_get_string_member_with_default (room, "name", NULL), name) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Everything that is not given is as configured: the rules of a room that is there would be lost by
 * mistake. */
int
tutti_command_create_room (TuttiRun *run)
{
    g_autoptr (JsonObject) settings = tutti_settings_take ();
    g_autofree char *path = tutti_run_path (run, NULL);
    g_autoptr (JsonNode) rooms = NULL;
    int status = tutti_run_get (run, "/v1/rooms", &rooms);

    if (status != TUTTI_EXIT_DONE)
        return status;
    if (has_room (rooms, run->arguments[0])) {
        g_printerr ("tutti: there is a room '%s' already; `tutti room set` changes it\n",
                    run->arguments[0]);
        return TUTTI_EXIT_REFUSED;
    }
    return tutti_run_change (run, "PUT", path, g_steal_pointer (&settings));
}

int
tutti_command_set_room (TuttiRun *run)
{
    g_autofree char *path = tutti_run_path (run, NULL);

    if (!tutti_settings_first ()) {
        g_printerr ("tutti: nothing to set: give --pin, --waiting-room or another of the options "
                    "that `tutti --help` lists for it\n");
        return TUTTI_EXIT_USAGE;
    }
    return tutti_run_change (run, "PATCH", path, tutti_settings_take ());
}
