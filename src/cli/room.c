/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * room.c: the rooms, and what is set in one.
 */
#include "commands.h"
#include "show.h"

int
tutti_command_rooms (TuttiRun *run)
{
    return tutti_run_show (run, "/v1/rooms", tutti_show_rooms);
}

int
tutti_command_show_room (TuttiRun *run)
{
    g_autofree char *path = tutti_run_path (run, NULL);

    return tutti_run_show (run, path, tutti_show_room);
}

static int
change (TuttiRun *run, JsonObject *body)
{
    g_autofree char *path = tutti_run_path (run, NULL);

    return tutti_run_send (run, "PATCH", path, body);
}

static int
set_locked (TuttiRun *run, gboolean locked)
{
    JsonObject *body = json_object_new ();

    json_object_set_boolean_member (body, "locked", locked);
    return change (run, body);
}

int
tutti_command_lock (TuttiRun *run)
{
    return set_locked (run, TRUE);
}

int
tutti_command_unlock (TuttiRun *run)
{
    return set_locked (run, FALSE);
}

int
tutti_command_close (TuttiRun *run)
{
    g_autofree char *path = tutti_run_path (run, NULL);

    return tutti_run_send (run, "DELETE", path, NULL);
}

int
tutti_command_layout (TuttiRun *run)
{
    JsonObject *body = json_object_new ();

    json_object_set_string_member (body, "layout", run->arguments[1]);
    return change (run, body);
}

int
tutti_command_spotlight (TuttiRun *run)
{
    JsonObject *body = json_object_new ();

    if (run->arguments[1])
        json_object_set_string_member (body, "spotlight", run->arguments[1]);
    else
        json_object_set_null_member (body, "spotlight");
    return change (run, body);
}

int
tutti_command_chat (TuttiRun *run)
{
    g_autofree char *path = tutti_run_path (run, "chat");
    g_autofree char *text = tutti_run_join (run, 1);
    g_autofree char *valid = g_locale_to_utf8 (text, -1, NULL, NULL, NULL);
    JsonObject *body = json_object_new ();

    json_object_set_string_member (body, "text", valid ? valid : text);
    return tutti_run_send (run, "POST", path, body);
}
