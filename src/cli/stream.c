/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stream.c: live outputs.
 */
#include "commands.h"
#include "show.h"

int
tutti_command_streams (TuttiRun *run)
{
    g_autofree char *path = tutti_run_path (run, "outputs");

    return tutti_run_show (run, path, tutti_show_outputs);
}

int
tutti_command_start_stream (TuttiRun *run)
{
    g_autofree char *path = tutti_run_path (run, "outputs");
    JsonObject *body = json_object_new ();

    json_object_set_string_member (body, "url", run->arguments[1]);
    return tutti_run_send (run, "POST", path, body);
}

int
tutti_command_stop_stream (TuttiRun *run)
{
    g_autofree char *path =
        tutti_client_path ("rooms", run->arguments[0], "outputs", run->arguments[1], NULL);

    return tutti_run_send (run, "DELETE", path, NULL);
}
