/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * main.c: tutti(1): options, then one command of the table.
 */
#include <locale.h>
#include <stdio.h>

#include "options.h"

/* `tutti record`: what could follow. */
static void
print_longer (const char *word)
{
    g_autofree char *prefix = g_strconcat (word, " ", NULL);
    guint n_commands, n = 0;
    const TuttiCommand *commands = tutti_commands_get (&n_commands);

    for (guint i = 0; i < n_commands; i++) {
        if (g_str_has_prefix (commands[i].name, prefix))
            g_printerr ("%s tutti %s %s\n", n++ == 0 ? "usage:" : "      ", commands[i].name,
                        commands[i].arguments);
    }
    if (n == 0)
        g_printerr ("tutti: unknown command '%s'; `tutti --help` lists them\n", word);
}

/* The command that the words name; NULL when they make no sense (printed). */
static const TuttiCommand *
parse_words (char **words, guint *n_name)
{
    const TuttiCommand *command = tutti_commands_find (words, n_name);

    if (!words[0])
        g_printerr ("tutti: no command given; `tutti --help` lists them\n");
    else if (!command)
        print_longer (words[0]);
    else if (!tutti_command_takes (command, g_strv_length (words) - *n_name))
        g_printerr ("usage: tutti %s %s\n", command->name, command->arguments);
    else
        return command;
    return NULL;
}

int
main (int argc, char **argv)
{
    g_auto (TuttiCommandLine) line = {0};
    g_autoptr (TuttiClient) client = NULL;
    const TuttiCommand *command;
    guint n_name;

    setlocale (LC_ALL, "");
    if (!tutti_options_parse (&line, &argc, &argv))
        return TUTTI_EXIT_USAGE;
    if (line.help) {
        tutti_options_print_help (argv + 1);
        return TUTTI_EXIT_DONE;
    }
    if (line.version) {
        printf ("tutti %s\n", TUTTI_VERSION);
        return TUTTI_EXIT_DONE;
    }
    command = parse_words (argv + 1, &n_name);
    if (!command || !tutti_options_check (&line, command))
        return TUTTI_EXIT_USAGE;
    client = tutti_client_new (&line.place);
    if (!client)
        return TUTTI_EXIT_USAGE;
    return command->run (&(TuttiRun){client, line.of_command, argv + 1 + n_name});
}
