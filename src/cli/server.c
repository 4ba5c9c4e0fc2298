/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * server.c: the server as a whole.
 */
#include "commands.h"
#include "show.h"

int
tutti_command_status (TuttiRun *run)
{
    return tutti_run_show (run, "/v1/status", tutti_show_status);
}

int
tutti_command_log (TuttiRun *run)
{
    g_autofree char *domains = tutti_run_join (run, 1);
    JsonObject *body = json_object_new ();

    json_object_set_string_member (body, "level", run->arguments[0]);
    json_object_set_string_member (body, "domains", domains);
    return tutti_run_send (run, "PUT", "/v1/log", body);
}

int
tutti_command_drain (TuttiRun *run)
{
    JsonObject *body = json_object_new ();

    json_object_set_int_member (body, "deadline_s", run->options.deadline_s);
    return tutti_run_send (run, "POST", "/v1/drain", body);
}

int
tutti_command_reload (TuttiRun *run)
{
    return tutti_run_send (run, "POST", "/v1/reload", NULL);
}

int
tutti_command_shutdown (TuttiRun *run)
{
    return tutti_run_send (run, "POST", "/v1/shutdown", NULL);
}
