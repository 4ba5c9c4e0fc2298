/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stats.c: see stats.h.
 */
#include "stats.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "show-stats.h"

#define PERIOD_US G_USEC_PER_SEC
/* Cursor home, then clear (ECMA-48). */
#define CLEAR "\033[H\033[2J"

static void
on_interrupt (int number)
{
    _exit (TUTTI_EXIT_DONE);
}

static char *
make_path (const TuttiStatsOptions *options)
{
    g_autofree char *room = NULL, *participant = NULL;

    if (!options->room)
        return g_strdup ("/v1/stats");
    room = g_uri_escape_string (options->room, NULL, TRUE);
    if (!options->participant)
        return g_strconcat ("/v1/stats?room=", room, NULL);
    participant = g_uri_escape_string (options->participant, NULL, TRUE);
    return g_strconcat ("/v1/stats?room=", room, "&participant=", participant, NULL);
}

static char *
format (const TuttiStatsOptions *options, JsonNode *now, JsonNode *before)
{
    TuttiReading stats = tutti_reading_of (json_node_get_object (now),
                                           before ? json_node_get_object (before) : NULL);

    if (options->participant)
        return tutti_show_stats_of_person (stats);
    return options->room ? tutti_show_stats_of_room (stats) : tutti_show_stats_of_rooms (stats);
}

/* FALSE: nobody reads it any more. */
static gboolean
print (const TuttiStatsOptions *options, const char *text)
{
    gboolean clears = options->watch && !options->json && isatty (STDOUT_FILENO);

    fputs (clears ? CLEAR : "", stdout);
    fputs (text, stdout);
    if (options->json || (options->watch && !clears))
        fputc ('\n', stdout);
    return fflush (stdout) == 0;
}

static int
read_stats (TuttiClient *client, const char *path, JsonNode **node)
{
    int status;

    g_clear_pointer (node, json_node_unref);
    status = tutti_client_call (client, "GET", path, NULL, node);
    if (status != TUTTI_EXIT_DONE || (*node && JSON_NODE_HOLDS_OBJECT (*node)))
        return status;
    g_printerr ("tutti: the server's answer can't be read; are both of one version?\n");
    return TUTTI_EXIT_REFUSED;
}

static int
run_json (TuttiClient *client, const TuttiStatsOptions *options, const char *path)
{
    g_autoptr (JsonNode) now = NULL;
    gboolean goes_on = TRUE;

    while (goes_on) {
        g_autofree char *text = NULL;
        int status = read_stats (client, path, &now);
        if (status != TUTTI_EXIT_DONE)
            return status;
        text = json_to_string (now, !options->watch);
        goes_on = print (options, text) && options->watch;
        if (goes_on)
            g_usleep (PERIOD_US);
    }
    return TUTTI_EXIT_DONE;
}

static int
run_tables (TuttiClient *client, const TuttiStatsOptions *options, const char *path)
{
    g_autoptr (JsonNode) now = NULL;
    g_autoptr (JsonNode) before = NULL;
    gboolean goes_on = TRUE;
    int status = read_stats (client, path, &before);

    if (status != TUTTI_EXIT_DONE)
        return status;
    while (goes_on) {
        g_autofree char *text = NULL;
        g_usleep (PERIOD_US);
        status = read_stats (client, path, &now);
        if (status != TUTTI_EXIT_DONE)
            return status;
        text = format (options, now, before);
        goes_on = print (options, text) && options->watch;
        json_node_unref (before);
        before = g_steal_pointer (&now);
    }
    return TUTTI_EXIT_DONE;
}

int
tutti_stats_run (TuttiClient *client, const TuttiStatsOptions *options)
{
    g_autofree char *path = make_path (options);

    if (options->watch)
        signal (SIGINT, on_interrupt);
    return options->json ? run_json (client, options, path) : run_tables (client, options, path);
}
