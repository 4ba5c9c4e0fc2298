/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * people.c: the participants of a room.
 */
#include "commands.h"
#include "show.h"

int
tutti_command_participants (TuttiRun *run)
{
    g_autofree char *path = tutti_run_path (run, "participants");

    return tutti_run_show (run, path, tutti_show_participants);
}

static int
send (TuttiRun *run, const char *method, JsonObject *body)
{
    g_autofree char *path =
        tutti_client_path ("rooms", run->arguments[0], "participants", run->arguments[1], NULL);

    return tutti_run_send (run, method, path, body);
}

int
tutti_command_kick (TuttiRun *run)
{
    return send (run, "DELETE", NULL);
}

static int
set_muted (TuttiRun *run, gboolean muted)
{
    JsonObject *body = json_object_new ();

    json_object_set_boolean_member (body, "audio_muted", muted);
    return send (run, "PATCH", body);
}

static int
mute_all (TuttiRun *run)
{
    g_autofree char *path = tutti_run_path (run, "participants");
    JsonObject *body = json_object_new ();

    json_object_set_boolean_member (body, "audio_muted", TRUE);
    return tutti_run_send (run, "PATCH", path, body);
}

int
tutti_command_mute (TuttiRun *run)
{
    if (!tutti_run_is_one_or_all (run))
        return TUTTI_EXIT_USAGE;
    return run->options.all ? mute_all (run) : set_muted (run, TRUE);
}

int
tutti_command_unmute (TuttiRun *run)
{
    return set_muted (run, FALSE);
}

int
tutti_command_gain (TuttiRun *run)
{
    JsonObject *body;
    double gain_db;

    if (!tutti_run_read_db (run->arguments[2], &gain_db))
        return TUTTI_EXIT_USAGE;
    body = json_object_new ();
    json_object_set_double_member (body, "gain_db", gain_db);
    return send (run, "PATCH", body);
}
