/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options.c: see options.h.
 */
#include "options.h"
#include "settings.h"

#include <stdio.h>
#include <string.h>

/* Where the values go: GLib's table wants constant addresses. */
static TuttiCommandLine parsed;

static const GOptionEntry entries[] = {
    {"socket", 's', 0, G_OPTION_ARG_FILENAME, &parsed.place.socket, "The server's admin socket",
     "PATH"},
    {"url", 'u', 0, G_OPTION_ARG_STRING, &parsed.place.url,
     "The server's admin API on the network, instead", "URL"},
    {"token", 0, 0, G_OPTION_ARG_STRING, &parsed.place.token, "With --url: the admin's token",
     "TOKEN"},
    {"ca-file", 0, 0, G_OPTION_ARG_FILENAME, &parsed.place.ca_file,
     "With --url: who may vouch for the server", "PATH"},
    {"json", 'j', 0, G_OPTION_ARG_NONE, &parsed.of_command.json, "Print JSON instead of tables",
     NULL},
    {"watch", 'w', 0, G_OPTION_ARG_NONE, &parsed.of_command.watch, "With stats: again each second",
     NULL},
    {"deadline", 0, 0, G_OPTION_ARG_INT, &parsed.of_command.deadline_s,
     "With drain: end then, whoever is still there", "SECONDS"},
    {"loop", 0, 0, G_OPTION_ARG_NONE, &parsed.of_command.loop, "With play: again and again", NULL},
    {"gain", 0, 0, G_OPTION_ARG_DOUBLE, &parsed.of_command.gain_db,
     "With play: louder or (negative) softer", "DB"},
    {"title", 0, 0, G_OPTION_ARG_STRING, &parsed.of_command.title,
     "With play: its name in the room; \"\": heard only", "TEXT"},
    {"container", 0, 0, G_OPTION_ARG_STRING, &parsed.of_command.container,
     "With record start: webm, mkv or mp4", "NAME"},
    {"tracks", 0, 0, G_OPTION_ARG_NONE, &parsed.of_command.tracks,
     "With record start: a file for each track too", NULL},
    {"name", 0, 0, G_OPTION_ARG_STRING, &parsed.of_command.name,
     "With token: what its bearer is called", "TEXT"},
    {"role", 0, 0, G_OPTION_ARG_STRING, &parsed.of_command.role,
     "With token: participant, listener or moderator", "ROLE"},
    {"ttl", 0, 0, G_OPTION_ARG_STRING, &parsed.of_command.ttl,
     "With token: how long it is good: 30m, 12h, 7d", "TIME"},
    {"all", 0, 0, G_OPTION_ARG_NONE, &parsed.of_command.all,
     "With admit, reject, mute, unban: everyone", NULL},
    {"version", 'V', 0, G_OPTION_ARG_NONE, &parsed.version, "Print the version and exit", NULL},
    {"help", 'h', 0, G_OPTION_ARG_NONE, &parsed.help,
     "Print the commands, or what one takes, and exit", NULL},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

static const struct {
    const char *name;
    guint option;
} restricted[] = {
    {"watch", TUTTI_OPTION_WATCH},   {"deadline", TUTTI_OPTION_DEADLINE},
    {"loop", TUTTI_OPTION_LOOP},     {"gain", TUTTI_OPTION_GAIN},
    {"title", TUTTI_OPTION_TITLE},   {"container", TUTTI_OPTION_CONTAINER},
    {"tracks", TUTTI_OPTION_TRACKS}, {"name", TUTTI_OPTION_NAME},
    {"role", TUTTI_OPTION_ROLE},     {"ttl", TUTTI_OPTION_TTL},
    {"all", TUTTI_OPTION_ALL},
};

/* What completion offers as a value. */
static const struct {
    const char *name, *values[4];
} choices[] = {
    {"container", {"webm", "mkv", "mp4"}},
    {"role", {"participant", "listener", "moderator"}},
    {"layout", {"grid", "speaker", "presenter"}},
    {"share", {"anyone", "moderator"}},
    {"record", {"on", "off"}},
    {"locked", {"on", "off"}},
    {"waiting-room", {"on", "off"}},
    {"closes-at", {"never"}},
};

/* first: only the commands that begin with this word, if there are any; or NULL. */
static char *
summarize (const char *first)
{
    g_autofree char *prefix = g_strconcat (first ? first : "", " ", NULL);
    GString *text = g_string_new ("Commands:\n");
    gsize n_empty = text->len;
    guint n_commands;
    const TuttiCommand *commands = tutti_commands_get (&n_commands);

    for (guint i = 0; i < n_commands; i++) {
        g_autofree char *use = g_strjoin (" ", commands[i].name, commands[i].arguments, NULL);
        if (!first || g_str_has_prefix (commands[i].name, prefix))
            g_string_append_printf (text, "  %-33s %s\n", use, commands[i].summary);
    }
    if (text->len == n_empty) {
        g_string_free (text, TRUE);
        return summarize (NULL);
    }
    g_string_append (text, "\nPARTICIPANT is an id or, where only one has it, a name. "
                           "See tutti(1).");
    return g_string_free (text, FALSE);
}

static void
note_given (void)
{
    const TuttiOptions *options = &parsed.of_command;

    parsed.given =
        (options->watch ? TUTTI_OPTION_WATCH : 0) |
        (options->deadline_s != 0 ? TUTTI_OPTION_DEADLINE : 0) |
        (options->loop ? TUTTI_OPTION_LOOP : 0) | (options->gain_db != 0 ? TUTTI_OPTION_GAIN : 0) |
        (options->title ? TUTTI_OPTION_TITLE : 0) |
        (options->container ? TUTTI_OPTION_CONTAINER : 0) |
        (options->tracks ? TUTTI_OPTION_TRACKS : 0) | (options->name ? TUTTI_OPTION_NAME : 0) |
        (options->role ? TUTTI_OPTION_ROLE : 0) | (options->ttl ? TUTTI_OPTION_TTL : 0) |
        (options->all ? TUTTI_OPTION_ALL : 0) |
        (tutti_settings_first () ? TUTTI_OPTION_SETTINGS : 0);
}

void
tutti_command_line_clear (TuttiCommandLine *line)
{
    tutti_place_clear (&line->place);
    g_clear_pointer (&line->of_command.title, g_free);
    g_clear_pointer (&line->of_command.container, g_free);
    g_clear_pointer (&line->of_command.name, g_free);
    g_clear_pointer (&line->of_command.role, g_free);
    g_clear_pointer (&line->of_command.ttl, g_free);
}

/* What GLib doesn't know is an option that isn't there, or a negative number; all after "--" are
 * words. FALSE: the former, printed. */
static gboolean
check_rest (int *argc, char **argv)
{
    for (int i = 1; i < *argc; i++) {
        if (g_str_equal (argv[i], "--")) {
            memmove (argv + i, argv + i + 1, (size_t)(*argc - i) * sizeof *argv);
            (*argc)--;
            return TRUE;
        }
        if (argv[i][0] == '-' && !g_ascii_isdigit (argv[i][1])) {
            g_printerr ("tutti: unknown option %s; `tutti --help` lists what there is\n", argv[i]);
            return FALSE;
        }
    }
    return TRUE;
}

gboolean
tutti_options_parse (TuttiCommandLine *line, int *argc, char ***argv)
{
    g_autoptr (GOptionContext) context = g_option_context_new ("COMMAND [ARGUMENT...]");
    g_autoptr (GError) error = NULL;
    gboolean good;

    g_option_context_set_help_enabled (context, FALSE);
    g_option_context_add_main_entries (context, entries, NULL);
    g_option_context_add_main_entries (context, tutti_settings_get_options (), NULL);
    g_option_context_set_ignore_unknown_options (context, TRUE);
    good = g_option_context_parse (context, argc, argv, &error);
    if (!good)
        g_printerr ("tutti: %s; `tutti --help` lists what there is\n", error->message);
    note_given ();
    *line = parsed;
    return good && check_rest (argc, *argv);
}

gboolean
tutti_options_check (const TuttiCommandLine *line, const TuttiCommand *command)
{
    for (gsize i = 0; i < G_N_ELEMENTS (restricted); i++) {
        if ((line->given & restricted[i].option) == 0 ||
            (command->options & restricted[i].option) != 0)
            continue;
        g_printerr ("tutti: --%s is not for `tutti %s`\n", restricted[i].name, command->name);
        return FALSE;
    }
    if ((line->given & TUTTI_OPTION_SETTINGS) == 0 ||
        (command->options & TUTTI_OPTION_SETTINGS) != 0)
        return TRUE;
    g_printerr ("tutti: --%s is not for `tutti %s`\n", tutti_settings_first (), command->name);
    return FALSE;
}

/* --- Completion. --- */

static gboolean
is_named (const GOptionEntry *entry, const char *word)
{
    gboolean is_long = g_str_has_prefix (word, "--") && g_str_equal (word + 2, entry->long_name);
    gboolean is_short =
        word[0] == '-' && word[1] == entry->short_name && word[1] != '\0' && word[2] == '\0';

    return is_long || is_short;
}

static const GOptionEntry *
find_among (const GOptionEntry *entry, const char *word)
{
    while (entry->long_name && !is_named (entry, word))
        entry++;
    return entry->long_name ? entry : NULL;
}

static const GOptionEntry *
find (const char *word)
{
    const GOptionEntry *entry = find_among (entries, word);

    return entry ? entry : find_among (tutti_settings_get_options (), word);
}

gboolean
tutti_options_has_value (const char *word)
{
    const GOptionEntry *entry = find (word);

    return entry && entry->arg != G_OPTION_ARG_NONE && (entry->flags & G_OPTION_FLAG_NO_ARG) == 0;
}

char **
tutti_options_find_place (TuttiPlace *place, const char *word)
{
    const struct {
        gpointer parsed;
        char **value;
    } parts[] = {
        {&parsed.place.socket, &place->socket},
        {&parsed.place.url, &place->url},
        {&parsed.place.token, &place->token},
        {&parsed.place.ca_file, &place->ca_file},
    };
    const GOptionEntry *entry = find_among (entries, word);

    for (gsize i = 0; entry && i < G_N_ELEMENTS (parts); i++) {
        if (entry->arg_data == parts[i].parsed)
            return parts[i].value;
    }
    return NULL;
}

void
tutti_options_print_values (const char *word, const char *prefix)
{
    const GOptionEntry *entry = find (word);

    for (gsize i = 0; entry && i < G_N_ELEMENTS (choices); i++) {
        if (!g_str_equal (choices[i].name, entry->long_name))
            continue;
        for (const char *const *value = choices[i].values; *value; value++)
            printf ("%s%s\n", prefix, *value);
    }
}

/* 0: every command has it. */
static guint
get_restriction (const GOptionEntry *entry)
{
    for (gsize i = 0; i < G_N_ELEMENTS (restricted); i++) {
        if (g_str_equal (restricted[i].name, entry->long_name))
            return restricted[i].option;
    }
    return 0;
}

void
tutti_options_print (const TuttiCommand *command)
{
    guint options = command ? command->options : 0;
    gboolean has_settings = (options & TUTTI_OPTION_SETTINGS) != 0;

    for (const GOptionEntry *entry = entries; entry->long_name; entry++) {
        guint restriction = get_restriction (entry);

        if (restriction == 0 || (restriction & options) != 0)
            printf ("--%s\n", entry->long_name);
    }
    for (const GOptionEntry *entry = tutti_settings_get_options ();
         has_settings && entry->long_name; entry++)
        printf ("--%s\n", entry->long_name);
}

/* --- Help. --- */

/* Those that some commands have, of these options; or those that all have. */
static void
add_entries (GOptionContext *context, guint options, gboolean of_all)
{
    g_autoptr (GArray) taken = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));

    for (const GOptionEntry *entry = entries; entry->long_name; entry++) {
        guint restriction = get_restriction (entry);

        if (of_all ? restriction == 0 : (restriction & options) != 0)
            g_array_append_val (taken, *entry);
    }
    g_option_context_add_main_entries (context, (const GOptionEntry *)taken->data, NULL);
}

void
tutti_options_print_help (char **words)
{
    guint n_name;
    const TuttiCommand *command = tutti_commands_find (words, &n_name);
    g_autofree char *use =
        command ? g_strjoin (" ", command->name, command->arguments, NULL) : NULL;
    g_autoptr (GOptionContext) context = g_option_context_new (use ? use : "COMMAND [ARGUMENT...]");
    g_autofree char *text = command ? g_strdup (command->summary) : summarize (words[0]);
    guint options = command ? command->options : words[0] ? 0 : G_MAXUINT;
    g_autofree char *help = NULL;

    g_option_context_set_help_enabled (context, FALSE);
    g_option_context_set_summary (context, text);
    add_entries (context, options, FALSE);
    if ((options & TUTTI_OPTION_SETTINGS) != 0)
        g_option_context_add_main_entries (context, tutti_settings_get_options (), NULL);
    add_entries (context, 0, TRUE);
    help = g_option_context_get_help (context, TRUE, NULL);
    fputs (help, stdout);
}
