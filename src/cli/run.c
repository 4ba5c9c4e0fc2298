/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * run.c: see run.h.
 */
#include "run.h"
#include "indent.h"

#include <math.h>
#include <stdio.h>

void
tutti_run_print_json (JsonNode *node)
{
    g_autofree char *text = json_to_string (node, TRUE);

    printf ("%s\n", text);
}

/* Takes it; NULL: NULL. */
static char *
write_body (JsonObject *body)
{
    g_autoptr (JsonNode) node = NULL;

    if (!body)
        return NULL;
    node = json_node_init_object (json_node_alloc (), body);
    json_object_unref (body);
    return json_to_string (node, FALSE);
}

static int
refuse_unreadable (void)
{
    g_printerr ("tutti: the server's answer can't be read; are both of one version?\n");
    return TUTTI_EXIT_REFUSED;
}

int
tutti_run_ask (TuttiRun *run, const char *method, const char *path, JsonObject *body,
               JsonNode **node)
{
    g_autofree char *text = write_body (body);
    int status = tutti_client_call (run->client, method, path, text, node);

    if (status != TUTTI_EXIT_DONE || (*node && JSON_NODE_HOLDS_OBJECT (*node)))
        return status;
    return refuse_unreadable ();
}

int
tutti_run_get (TuttiRun *run, const char *path, JsonNode **node)
{
    return tutti_run_ask (run, "GET", path, NULL, node);
}

int
tutti_run_fetch (TuttiRun *run, const char *path, char **text)
{
    g_autoptr (GBytes) answer = NULL;
    int status = tutti_client_fetch (run->client, path, &answer);

    if (status != TUTTI_EXIT_DONE)
        return status;
    *text = tutti_indent_json (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
    return *text ? TUTTI_EXIT_DONE : refuse_unreadable ();
}

static int
show_json (TuttiRun *run, const char *path)
{
    g_autofree char *text = NULL;
    int status = tutti_run_fetch (run, path, &text);

    if (status == TUTTI_EXIT_DONE)
        fputs (text, stdout);
    return status;
}

int
tutti_run_show (TuttiRun *run, const char *path, char *(*format) (JsonObject *object))
{
    g_autoptr (JsonNode) node = NULL;
    g_autofree char *text = NULL;
    int status;

    if (run->options.json)
        return show_json (run, path);
    status = tutti_run_get (run, path, &node);
    if (status != TUTTI_EXIT_DONE)
        return status;
    text = format (json_node_get_object (node));
    fputs (text, stdout);
    return TUTTI_EXIT_DONE;
}

int
tutti_run_send (TuttiRun *run, const char *method, const char *path, JsonObject *body)
{
    g_autofree char *text = write_body (body);

    return tutti_client_call (run->client, method, path, text, NULL);
}

int
tutti_run_change (TuttiRun *run, const char *method, const char *path, JsonObject *body)
{
    g_autoptr (JsonNode) node = NULL;
    int status = tutti_run_ask (run, method, path, body, &node);

    if (status == TUTTI_EXIT_DONE && run->options.json)
        tutti_run_print_json (node);
    return status;
}

gboolean
tutti_run_is_one_or_all (TuttiRun *run)
{
    if (run->options.all != (run->arguments[1] != NULL))
        return TRUE;
    g_printerr ("tutti: name one, or give --all%s\n", run->options.all ? ", not both" : "");
    return FALSE;
}

gboolean
tutti_run_read_db (const char *text, double *gain_db)
{
    char *end;

    *gain_db = g_ascii_strtod (text, &end);
    if (end != text && *end == '\0' && isfinite (*gain_db))
        return TRUE;
    g_printerr ("tutti: '%s' is no number of decibels\n", text);
    return FALSE;
}

char *
tutti_run_path (TuttiRun *run, const char *what)
{
    return tutti_client_path ("rooms", run->arguments[0], what, NULL);
}

char *
tutti_run_join (TuttiRun *run, guint n)
{
    return g_strjoinv (" ", run->arguments + n);
}
