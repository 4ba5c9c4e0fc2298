/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * main.c: tutti(1): options, then one command of a table.
 */
#include <glib.h>
#include <locale.h>
#include <stdio.h>
#include <tutti/paths.h>

#include "client.h"
#include "show.h"
#include "stats.h"

typedef struct {
    TuttiClient *client;
    gboolean json, watch;
    char **arguments; /* after the command's name; NULL ends */
} Run;

typedef struct {
    const char *name, *arguments, *summary;
    guint n_arguments, n_more; /* needed; and allowed beyond */
    int (*func) (Run *run);
} Command;

/* --- Commands. --- */

static void
print_json (JsonNode *node)
{
    g_autoptr (JsonGenerator) generator = json_generator_new ();
    g_autofree char *text = NULL;

    json_generator_set_root (generator, node);
    json_generator_set_pretty (generator, TRUE);
    text = json_generator_to_data (generator, NULL);
    printf ("%s\n", text);
}

static int
show (Run *run, const char *path, char *(*format) (JsonObject *object))
{
    g_autoptr (JsonNode) node = NULL;
    g_autofree char *text = NULL;
    int status = tutti_client_call (run->client, "GET", path, NULL, &node);

    if (status != TUTTI_EXIT_DONE)
        return status;
    if (!node || !JSON_NODE_HOLDS_OBJECT (node)) {
        g_printerr ("tutti: the server's answer can't be read; are both of one version?\n");
        return TUTTI_EXIT_REFUSED;
    }
    if (run->json) {
        print_json (node);
        return TUTTI_EXIT_DONE;
    }
    text = format (json_node_get_object (node));
    fputs (text, stdout);
    return TUTTI_EXIT_DONE;
}

static int
run_status (Run *run)
{
    return show (run, "/v1/status", tutti_show_status);
}

static int
run_rooms (Run *run)
{
    return show (run, "/v1/rooms", tutti_show_rooms);
}

static int
run_participants (Run *run)
{
    g_autofree char *path = tutti_client_path ("rooms", run->arguments[0], "participants", NULL);

    return show (run, path, tutti_show_participants);
}

static int
change (Run *run, const char *method, const char *body)
{
    g_autofree char *path =
        tutti_client_path ("rooms", run->arguments[0], "participants", run->arguments[1], NULL);

    return tutti_client_call (run->client, method, path, body, NULL);
}

static int
run_kick (Run *run)
{
    return change (run, "DELETE", NULL);
}

static int
run_mute (Run *run)
{
    return change (run, "PATCH", "{\"audio_muted\":true}");
}

static int
run_unmute (Run *run)
{
    return change (run, "PATCH", "{\"audio_muted\":false}");
}

static int
run_stats (Run *run)
{
    TuttiStatsOptions options = {.json = run->json, .watch = run->watch};

    options.room = run->arguments[0];
    options.participant = options.room ? run->arguments[1] : NULL;
    return tutti_stats_run (run->client, &options);
}

static const Command commands[] = {
    {"status", "", "the server: version, load, counts", 0, 0, run_status},
    {"rooms", "", "the rooms", 0, 0, run_rooms},
    {"participants", "ROOM", "who is in a room", 1, 0, run_participants},
    {"stats", "[ROOM [PARTICIPANT]]", "bit rates, loss, delays, load", 0, 2, run_stats},
    {"kick", "ROOM PARTICIPANT", "remove a participant", 2, 0, run_kick},
    {"mute", "ROOM PARTICIPANT", "mute a participant's voice", 2, 0, run_mute},
    {"unmute", "ROOM PARTICIPANT", "let it be heard again", 2, 0, run_unmute},
};

/* --- Options. --- */

static char *
summary (void)
{
    GString *text = g_string_new ("Commands:\n");

    for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
        g_string_append_printf (text, "  %-12s %-21s %s\n", commands[i].name, commands[i].arguments,
                                commands[i].summary);
    g_string_append (text, "\nPARTICIPANT is an id or, where only one has it, a name. "
                           "See tutti(1).");
    return g_string_free (text, FALSE);
}

static const Command *
find_command (const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS (commands); i++) {
        if (g_str_equal (commands[i].name, name))
            return &commands[i];
    }
    return NULL;
}

/* The command that the words after the options name; NULL when they make no sense (printed). */
static const Command *
parse_words (int argc, char **argv)
{
    const Command *command = argc > 1 ? find_command (argv[1]) : NULL;

    if (argc <= 1)
        g_printerr ("tutti: no command given; `tutti --help` lists them\n");
    else if (!command)
        g_printerr ("tutti: unknown command '%s'; `tutti --help` lists them\n", argv[1]);
    else if ((guint)argc - 2 < command->n_arguments ||
             (guint)argc - 2 > command->n_arguments + command->n_more)
        g_printerr ("usage: tutti %s %s\n", command->name, command->arguments);
    else
        return command;
    return NULL;
}

static gboolean
check_watch (const Command *command, gboolean watch)
{
    if (!watch || command->func == run_stats)
        return TRUE;
    g_printerr ("tutti: --watch is for stats\n");
    return FALSE;
}

static char *
choose_socket (const char *option)
{
    const char *variable = g_getenv ("TUTTI_SOCKET");

    if (option)
        return g_strdup (option);
    if (variable && variable[0] != '\0')
        return g_strdup (variable);
    return tutti_paths_admin_socket ();
}

int
main (int argc, char **argv)
{
    g_autofree char *option_socket = NULL;
    gboolean json = FALSE, watch = FALSE, version = FALSE;
    const GOptionEntry entries[] = {
        {"socket", 's', 0, G_OPTION_ARG_FILENAME, &option_socket, "The server's admin socket",
         "PATH"},
        {"json", 'j', 0, G_OPTION_ARG_NONE, &json, "Print JSON instead of tables", NULL},
        {"watch", 'w', 0, G_OPTION_ARG_NONE, &watch, "With stats: again each second", NULL},
        {"version", 'V', 0, G_OPTION_ARG_NONE, &version, "Print the version and exit", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    g_autoptr (GOptionContext) context = g_option_context_new ("COMMAND [ARGUMENT...]");
    g_autofree char *text = summary ();
    g_autoptr (GError) error = NULL;
    g_autoptr (TuttiClient) client = NULL;
    g_autofree char *path = NULL;
    const Command *command;

    setlocale (LC_ALL, "");
    g_option_context_set_summary (context, text);
    g_option_context_add_main_entries (context, entries, NULL);
    if (!g_option_context_parse (context, &argc, &argv, &error)) {
        g_printerr ("tutti: %s\n", error->message);
        return TUTTI_EXIT_USAGE;
    }
    if (version) {
        printf ("tutti %s\n", TUTTI_VERSION);
        return TUTTI_EXIT_DONE;
    }
    command = parse_words (argc, argv);
    if (!command || !check_watch (command, watch))
        return TUTTI_EXIT_USAGE;
    path = choose_socket (option_socket);
    client = tutti_client_new (path);
    return command->func (&(Run){client, json, watch, argv + 2});
}
