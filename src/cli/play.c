/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * play.c: a film or an announcement into a room.
 */
#include "commands.h"
#include "show.h"

#include <stdio.h>
#include <stdlib.h>

/* The server opens the file in its own time: how often and how long it is asked about it. */
#define LOOK_US (100 * 1000)
#define LOOKS 30

/* A file that is here is named by where it really is; another as it was given: the server looks
 * below its own directory. */
static char *
name_file (const char *file)
{
    char *real = realpath (file, NULL), *name = g_strdup (real ? real : file);

    free (real);
    return name;
}

static JsonObject *
describe (TuttiRun *run)
{
    const TuttiOptions *options = &run->options;
    g_autofree char *file = name_file (run->arguments[1]);
    JsonObject *body = json_object_new ();

    json_object_set_string_member (body, "file", file);
    json_object_set_boolean_member (body, "loop", options->loop);
    json_object_set_double_member (body, "gain_db", options->gain_db);
    if (options->title && options->title[0] == '\0')
        json_object_set_null_member (body, "title");
    else if (options->title)
        json_object_set_string_member (body, "title", options->title);
    return body;
}

/* Whether it could be opened. */
static int
wait_for_file (TuttiRun *run, const char *path)
{
    for (guint i = 0; i < LOOKS; i++) {
        g_autoptr (JsonNode) node = NULL;
        const char *state;
        JsonObject *playback;
        int status = tutti_run_get (run, path, &node);

        if (status != TUTTI_EXIT_DONE)
            return status;
        playback = json_node_get_object (node);
        state = json_object_get_string_member_with_default (playback, "state", "");
        if (g_str_equal (state, "failed")) {
            g_printerr ("tutti: it can't be played: %s\n",
                        json_object_get_string_member_with_default (playback, "reason", ""));
            return TUTTI_EXIT_REFUSED;
        }
        if (!g_str_equal (state, "opening"))
            break;
        g_usleep (LOOK_US);
    }
    return TUTTI_EXIT_DONE;
}

int
tutti_command_play (TuttiRun *run)
{
    g_autofree char *path = tutti_run_path (run, "playback");
    int status = tutti_run_send (run, "PUT", path, describe (run));

    return status == TUTTI_EXIT_DONE ? wait_for_file (run, path) : status;
}

int
tutti_command_show_playback (TuttiRun *run)
{
    g_autofree char *path = tutti_run_path (run, "playback");

    return tutti_run_show (run, path, tutti_show_playback);
}

static int
set_paused (TuttiRun *run, gboolean paused)
{
    g_autofree char *path = tutti_run_path (run, "playback");
    JsonObject *body = json_object_new ();

    json_object_set_boolean_member (body, "paused", paused);
    return tutti_run_send (run, "PATCH", path, body);
}

int
tutti_command_pause_playback (TuttiRun *run)
{
    return set_paused (run, TRUE);
}

int
tutti_command_resume_playback (TuttiRun *run)
{
    return set_paused (run, FALSE);
}

int
tutti_command_set_gain (TuttiRun *run)
{
    g_autofree char *path = tutti_run_path (run, "playback");
    JsonObject *body;
    double gain_db;

    if (!tutti_run_read_db (run->arguments[1], &gain_db))
        return TUTTI_EXIT_USAGE;
    body = json_object_new ();
    json_object_set_double_member (body, "gain_db", gain_db);
    return tutti_run_send (run, "PATCH", path, body);
}

int
tutti_command_stop_playback (TuttiRun *run)
{
    g_autofree char *path = tutti_run_path (run, "playback");

    return tutti_run_send (run, "DELETE", path, NULL);
}
