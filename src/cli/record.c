/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * record.c: recordings.
 */
#include "commands.h"
#include "show.h"

int
tutti_command_start_recording (TuttiRun *run)
{
    g_autofree char *path = tutti_run_path (run, "recording");
    JsonObject *body = json_object_new ();

    if (run->options.container)
        json_object_set_string_member (body, "container", run->options.container);
    if (run->options.tracks)
        json_object_set_boolean_member (body, "tracks", TRUE);
    return tutti_run_send (run, "PUT", path, body);
}

static int
set_state (TuttiRun *run, const char *state)
{
    g_autofree char *path = tutti_run_path (run, "recording");
    JsonObject *body = json_object_new ();

    json_object_set_string_member (body, "state", state);
    return tutti_run_send (run, "PATCH", path, body);
}

int
tutti_command_pause_recording (TuttiRun *run)
{
    return set_state (run, "paused");
}

int
tutti_command_resume_recording (TuttiRun *run)
{
    return set_state (run, "on");
}

int
tutti_command_stop_recording (TuttiRun *run)
{
    g_autofree char *path = tutti_run_path (run, "recording");

    return tutti_run_send (run, "DELETE", path, NULL);
}

int
tutti_command_show_recording (TuttiRun *run)
{
    g_autofree char *path = tutti_run_path (run, "recording");

    return tutti_run_show (run, path, tutti_show_recording);
}

int
tutti_command_recordings (TuttiRun *run)
{
    return tutti_run_show (run, "/v1/recordings", tutti_show_recordings);
}

int
tutti_command_delete_recording (TuttiRun *run)
{
    g_autofree char *path = tutti_client_path ("recordings", run->arguments[0], NULL);

    return tutti_run_send (run, "DELETE", path, NULL);
}
