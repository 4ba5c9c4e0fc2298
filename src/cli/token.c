/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * token.c: join tokens.
 */
#include "commands.h"
#include "span.h"

#include <stdio.h>

static gboolean
is_role (const char *text)
{
    static const char *const roles[] = {"participant", "listener", "moderator", NULL};

    return g_strv_contains (roles, text);
}

/* FALSE, and printed: wrong use. */
static gboolean
check (const TuttiOptions *options, gint64 ttl_s)
{
    if (options->role && !is_role (options->role))
        g_printerr ("tutti: --role is participant, listener or moderator, not '%s'\n",
                    options->role);
    else if (options->ttl && ttl_s == 0)
        g_printerr ("tutti: --ttl is a number and s, m, h or d, like 12h, at most 365d; not '%s'\n",
                    options->ttl);
    else
        return TRUE;
    return FALSE;
}

static JsonObject *
describe (TuttiRun *run, gint64 ttl_s)
{
    const TuttiOptions *options = &run->options;
    JsonObject *body = json_object_new ();

    json_object_set_string_member (body, "room", run->arguments[0]);
    if (options->name)
        json_object_set_string_member (body, "name", options->name);
    if (options->role)
        json_object_set_string_member (body, "role", options->role);
    if (ttl_s != 0)
        json_object_set_int_member (body, "ttl_s", ttl_s);
    return body;
}

int
tutti_command_token (TuttiRun *run)
{
    gint64 ttl_s = run->options.ttl ? tutti_span_parse (run->options.ttl) : 0;
    g_autoptr (JsonNode) node = NULL;
    int status;

    if (!check (&run->options, ttl_s))
        return TUTTI_EXIT_USAGE;
    status = tutti_run_ask (run, "POST", "/v1/tokens", describe (run, ttl_s), &node);
    if (status != TUTTI_EXIT_DONE)
        return status;
    if (run->options.json)
        tutti_run_print_json (node);
    else
        printf ("%s\n", json_object_get_string_member_with_default (json_node_get_object (node),
                                                                    "token", ""));
    return TUTTI_EXIT_DONE;
}
