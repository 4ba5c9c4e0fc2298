/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * events.c: what happens, an object a line, each as soon as it is there: for jq and scripts.
 */
#include "commands.h"

#include <stdio.h>
#include <string.h>

/* Server-sent events (WHATWG HTML, section 9.2): only what follows "data:" is ours. */
#define DATA "data: "

/* FALSE: nobody reads it any more. */
static gboolean
print_event (const char *line, gpointer user_data)
{
    if (!g_str_has_prefix (line, DATA))
        return TRUE;
    printf ("%s\n", line + strlen (DATA));
    return fflush (stdout) == 0;
}

int
tutti_command_events (TuttiRun *run)
{
    g_autofree char *room =
        run->arguments[0] ? g_uri_escape_string (run->arguments[0], NULL, TRUE) : NULL;
    g_autofree char *path = g_strconcat ("/v1/events", room ? "?room=" : NULL, room, NULL);

    return tutti_client_follow (run->client, path, print_event, NULL);
}
