/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-router.c: see admin-router.h. Role: main.
 */
#include "admin-router.h"

#include <string.h>

#include "admin-body.h"

/* More than any path has; what is beyond stays in the last part, which then matches none. */
#define PARTS_MAX 8

/* The path's parts, unescaped: a name may hold an escaped slash. NULL: it can't be unescaped. */
static char **
split_path (const char *path)
{
    g_auto (GStrv) parts = g_strsplit (path, "/", PARTS_MAX);

    for (guint i = 0; parts[i]; i++) {
        char *part = g_uri_unescape_string (parts[i], NULL);

        if (!part)
            return NULL;
        g_free (parts[i]);
        parts[i] = part;
    }
    return g_steal_pointer (&parts);
}

/* Whether the parts are a path of this template; what stands for {…} is put to names. */
static gboolean
match (const char *template, char **parts, const char **names)
{
    g_auto (GStrv) wanted = g_strsplit (template, "/", PARTS_MAX);
    guint n = 0;

    if (g_strv_length (wanted) != g_strv_length (parts))
        return FALSE;
    for (guint i = 0; wanted[i]; i++) {
        if (wanted[i][0] == '{' && parts[i][0] != '\0' && n < TUTTI_ADMIN_NAMES_MAX)
            names[n++] = parts[i];
        else if (!g_str_equal (wanted[i], parts[i]))
            return FALSE;
    }
    return TRUE;
}

/* The template of some route. */
static const char *
find_path (char **parts, const char **names)
{
    guint n_routes;
    const TuttiAdminRoute *routes = tutti_admin_get_routes (&n_routes);

    for (guint i = 0; i < n_routes; i++) {
        if (match (routes[i].path, parts, names))
            return routes[i].path;
    }
    return NULL;
}

static const TuttiAdminRoute *
find_route (const char *path, const char *method)
{
    guint n_routes;
    const TuttiAdminRoute *routes = tutti_admin_get_routes (&n_routes);

    for (guint i = 0; i < n_routes; i++) {
        if (g_str_equal (routes[i].path, path) && g_str_equal (routes[i].method, method))
            return &routes[i];
    }
    return NULL;
}

/* RFC 9110 section 10.2.1. */
static void
add_allow (TuttiAdminCall *call, const char *path)
{
    g_autoptr (GString) allow = g_string_new ("OPTIONS");
    guint n_routes;
    const TuttiAdminRoute *routes = tutti_admin_get_routes (&n_routes);

    for (guint i = 0; i < n_routes; i++) {
        if (!g_str_equal (routes[i].path, path))
            continue;
        g_string_append_printf (allow, ", %s", routes[i].method);
        if (g_str_equal (routes[i].method, "GET"))
            g_string_append (allow, ", HEAD");
    }
    soup_message_headers_replace (soup_server_message_get_response_headers (call->message), "Allow",
                                  allow->str);
}

static void
answer_other_method (TuttiAdminCall *call, const char *path, const char *method)
{
    g_autofree char *detail = g_strdup_printf ("%.20s is not for %s", method, path);

    add_allow (call, path);
    if (g_str_equal (method, "OPTIONS"))
        tutti_admin_answer_done (call);
    else
        tutti_admin_answer_problem (call, SOUP_STATUS_METHOD_NOT_ALLOWED, "bad_message", detail);
}

/* --- The body's bound. --- */

static void
on_chunk (SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
    SoupMessageBody *body = soup_server_message_get_request_body (message);

    if (body->length <= TUTTI_ADMIN_BODY_MAX_BYTES)
        return;
    soup_message_body_set_accumulate (body, FALSE);
    soup_message_body_truncate (body);
    g_object_set_data (G_OBJECT (message), "tutti-too-large", message);
}

void
tutti_admin_bound_body (SoupServerMessage *message)
{
    g_signal_connect (message, "got-chunk", G_CALLBACK (on_chunk), NULL);
}

static gboolean
check_size (TuttiAdminCall *call)
{
    g_autofree char *detail = NULL;

    if (!g_object_get_data (G_OBJECT (call->message), "tutti-too-large"))
        return TRUE;
    detail = g_strdup_printf ("a body has %d bytes at most", TUTTI_ADMIN_BODY_MAX_BYTES);
    tutti_admin_answer_problem (call, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "bad_message", detail);
    return FALSE;
}

/* --- Routing. --- */

void
tutti_admin_route (const TuttiAdminSetup *setup, SoupServerMessage *message, const char *path,
                   GHashTable *query)
{
    TuttiAdminCall call = {
        .setup = setup, .rooms = setup->rooms, .message = message, .query = query};
    const char *method = soup_server_message_get_method (message);
    g_auto (GStrv) parts = split_path (path);
    const char *template = parts ? find_path (parts, call.names) : NULL;
    const TuttiAdminRoute *route;

    if (!template) {
        tutti_admin_answer_not_found (&call, "resource", path);
        return;
    }
    route = find_route (template, g_str_equal (method, "HEAD") ? "GET" : method);
    if (!route)
        answer_other_method (&call, template, method);
    else if (check_size (&call))
        route->serve (&call);
    g_clear_pointer (&call.body, json_node_unref);
}
