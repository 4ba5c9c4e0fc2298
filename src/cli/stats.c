/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stats.c: figures, read twice or again and again.
 */
#include "commands.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "show-stats.h"

#define PERIOD_US G_USEC_PER_SEC
/* Cursor home, then clear (ECMA-48). */
#define CLEAR "\033[H\033[2J"

typedef struct {
    const char *room, *participant; /* NULL: all */
    gboolean json;                  /* as read, without rates: one reading is enough */
    gboolean watch;                 /* until ^C, or until nobody reads standard output */
} Options;

static void
on_interrupt (int number)
{
    _exit (TUTTI_EXIT_DONE);
}

static char *
make_path (const Options *options)
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
format (const Options *options, JsonNode *now, JsonNode *before)
{
    TuttiReading stats = tutti_reading_of (json_node_get_object (now),
                                           before ? json_node_get_object (before) : NULL);

    if (options->participant)
        return tutti_show_stats_of_person (stats);
    return options->room ? tutti_show_stats_of_room (stats) : tutti_show_stats_of_rooms (stats);
}

/* FALSE: nobody reads it any more. */
static gboolean
print (const Options *options, const char *text)
{
    gboolean clears = options->watch && !options->json && isatty (STDOUT_FILENO);

    fputs (clears ? CLEAR : "", stdout);
    fputs (text, stdout);
    if (options->watch && !options->json && !clears)
        fputc ('\n', stdout);
    return fflush (stdout) == 0;
}

static int
read_stats (TuttiRun *run, const char *path, JsonNode **node)
{
    g_clear_pointer (node, json_node_unref);
    return tutti_run_get (run, path, node);
}

static int
read_json (TuttiRun *run, const char *path, char **text)
{
    g_autoptr (GBytes) answer = NULL;
    int status;

    if (!run->options.watch)
        return tutti_run_fetch (run, path, text);
    status = tutti_client_fetch (run->client, path, &answer);
    if (status == TUTTI_EXIT_DONE) /* one line as it comes: a reading a line */
        *text = g_strdup_printf ("%.*s\n", (int)g_bytes_get_size (answer),
                                 (const char *)g_bytes_get_data (answer, NULL));
    return status;
}

static int
run_json (TuttiRun *run, const Options *options, const char *path)
{
    gboolean goes_on = TRUE;

    while (goes_on) {
        g_autofree char *text = NULL;
        int status = read_json (run, path, &text);
        if (status != TUTTI_EXIT_DONE)
            return status;
        goes_on = print (options, text) && options->watch;
        if (goes_on)
            g_usleep (PERIOD_US);
    }
    return TUTTI_EXIT_DONE;
}

static int
run_tables (TuttiRun *run, const Options *options, const char *path)
{
    g_autoptr (JsonNode) now = NULL;
    g_autoptr (JsonNode) before = NULL;
    gboolean goes_on = TRUE;
    int status = read_stats (run, path, &before);

    if (status != TUTTI_EXIT_DONE)
        return status;
    while (goes_on) {
        g_autofree char *text = NULL;
        g_usleep (PERIOD_US);
        status = read_stats (run, path, &now);
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
tutti_command_stats (TuttiRun *run)
{
    Options options = {.json = run->options.json, .watch = run->options.watch};
    g_autofree char *path = NULL;

    options.room = run->arguments[0];
    options.participant = options.room ? run->arguments[1] : NULL;
    path = make_path (&options);
    if (options.watch)
        signal (SIGINT, on_interrupt);
    return options.json ? run_json (run, &options, path) : run_tables (run, &options, path);
}
