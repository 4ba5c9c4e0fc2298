/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options.h: the command line's options.
 */
#pragma once

#include "commands.h"

typedef struct {
    TuttiOptions of_command;
    guint given; /* of TUTTI_OPTION_... */
    TuttiPlace place;
    gboolean help, version;
} TuttiCommandLine;

void tutti_command_line_clear (TuttiCommandLine *line);

/* What remains in argv are words. FALSE: it makes no sense; printed. */
gboolean tutti_options_parse (TuttiCommandLine *line, int *argc, char ***argv);
/* What the command takes that the words name, or the first of them begins; else all of it. */
void tutti_options_print_help (char **words);
/* FALSE, and printed: one that was given is not for this command. */
gboolean tutti_options_check (const TuttiCommandLine *line, const TuttiCommand *command);

/* For completion: where a word's value goes that says where the server is (NULL: it says something
 * else); whether a value follows this word; which ones, a line each, after this prefix; all options
 * that the command has (NULL: that every one has), a line each. */
char **tutti_options_find_place (TuttiPlace *place, const char *word);
gboolean tutti_options_has_value (const char *word);
void tutti_options_print_values (const char *word, const char *prefix);
void tutti_options_print (const TuttiCommand *command);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TuttiCommandLine, tutti_command_line_clear)
