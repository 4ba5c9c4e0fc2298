/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-admin-api.c: the admin API as a program meets it: what it says of itself against what it
 * does, methods, bodies, problems, and what each route changes.
 */
#include "office.h"

#include <string.h>

#include "control/admin-routes.h"

/* --- The description. --- */

static JsonObject *
get_object (JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member (object, name);

    if (!node || !JSON_NODE_HOLDS_OBJECT (node))
        g_error ("no object '%s'", name);
    return json_node_get_object (node);
}

/* What an operation must have, and our own rules: a summary, an answer that succeeds, problems. */
static void
check_operation (JsonObject *operation, GHashTable *ids)
{
    JsonObject *answers = get_object (operation, "responses");
    const char *id = json_object_get_string_member (operation, "operationId");
    const char *summary = json_object_get_string_member (operation, "summary");

    g_assert_true (g_hash_table_add (ids, g_strdup (id)));
    g_assert_cmpuint (strlen (summary), >, 3);
    g_assert_true (json_object_has_member (answers, "default"));
    g_assert_true (json_object_has_member (answers, "200") ||
                   json_object_has_member (answers, "201") ||
                   json_object_has_member (answers, "204"));
    g_assert_cmpuint (json_array_get_length (json_object_get_array_member (operation, "tags")), ==,
                      1);
}

static gboolean
has_route (const char *method, const char *path)
{
    guint n_routes;
    const TuttiAdminRoute *routes = tutti_admin_get_routes (&n_routes);

    for (guint i = 0; i < n_routes; i++) {
        if (g_ascii_strcasecmp (routes[i].method, method) == 0 &&
            g_str_equal (routes[i].path, path))
            return TRUE;
    }
    return FALSE;
}

/* Each {name} of the path is explained by a parameter. */
static void
check_parameters (JsonObject *root, JsonObject *item, const char *path)
{
    JsonObject *known = get_object (get_object (root, "components"), "parameters");
    g_auto (GStrv) parts = g_strsplit (path, "{", -1);
    JsonArray *list = json_object_has_member (item, "parameters")
                          ? json_object_get_array_member (item, "parameters")
                          : NULL;

    g_assert_cmpuint (list ? json_array_get_length (list) : 0, ==, g_strv_length (parts) - 1);
    for (guint i = 1; parts[i]; i++) {
        const char *ref =
            json_object_get_string_member (json_array_get_object_element (list, i - 1), "$ref");
        JsonObject *parameter = get_object (known, strrchr (ref, '/') + 1);
        const char *name = json_object_get_string_member (parameter, "name");
        g_assert_true (g_str_has_prefix (parts[i], name) && parts[i][strlen (name)] == '}');
    }
}

/* Every method that the document has is a route. */
static guint
check_paths (JsonObject *root)
{
    static const char *const methods[] = {"get", "put", "post", "patch", "delete"};
    g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    JsonObject *paths = get_object (root, "paths");
    g_autoptr (GList) names = json_object_get_members (paths);

    for (GList *name = names; name; name = name->next) {
        JsonObject *item = get_object (paths, name->data);
        check_parameters (root, item, name->data);
        for (guint i = 0; i < G_N_ELEMENTS (methods); i++) {
            if (!json_object_has_member (item, methods[i]))
                continue;
            g_test_message ("%s %s", methods[i], (char *)name->data);
            check_operation (get_object (item, methods[i]), ids);
            g_assert_true (has_route (methods[i], name->data));
        }
    }
    return g_hash_table_size (ids);
}

/* No reference leads nowhere. */
static void
check_references (JsonObject *root, JsonNode *node)
{
    if (JSON_NODE_HOLDS_ARRAY (node)) {
        JsonArray *array = json_node_get_array (node);
        for (guint i = 0; i < json_array_get_length (array); i++)
            check_references (root, json_array_get_element (array, i));
    } else if (JSON_NODE_HOLDS_OBJECT (node)) {
        JsonObject *object = json_node_get_object (node);
        g_autoptr (GList) values = json_object_get_values (object);
        const char *ref = json_object_get_string_member_with_default (object, "$ref", NULL);
        for (GList *value = values; value; value = value->next)
            check_references (root, value->data);
        if (ref) {
            g_auto (GStrv) parts = g_strsplit (ref, "/", -1);
            g_assert_cmpuint (g_strv_length (parts), ==, 4);
            g_assert_cmpstr (parts[0], ==, "#");
            get_object (get_object (get_object (root, parts[1]), parts[2]), parts[3]);
        }
    }
}

static void
test_description (void)
{
    Office *office = office_new (NULL);
    g_auto (Answer) answer = office_ask (office, "GET", "/v1/openapi.json", NULL);
    JsonObject *root = answer_object (&answer);
    guint n_routes;

    g_assert_cmpuint (answer.status, ==, 200);
    g_assert_cmpstr (answer.type, ==, "application/json");
    g_assert_cmpstr (json_object_get_string_member (root, "openapi"), ==, "3.1.0");
    g_assert_nonnull (json_object_get_string_member (get_object (root, "info"), "title"));
    g_assert_nonnull (json_object_get_string_member (get_object (root, "info"), "version"));
    tutti_admin_get_routes (&n_routes);
    g_assert_cmpuint (check_paths (root), ==, n_routes);
    check_references (root, answer.json);
    office_free (office);
}

/* --- Methods. --- */

static void
test_methods (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_auto (Answer) head = office_ask (office, "HEAD", "/v1/status", NULL);
    g_auto (Answer) options = office_ask (office, "OPTIONS", "/v1/rooms/blue", NULL);
    g_auto (Answer) post = office_ask (office, "POST", "/v1/rooms/blue", "{}");
    g_auto (Answer) odd = office_ask (office, "BREW", "/v1/status", NULL);

    g_assert_cmpuint (head.status, ==, 200);
    g_assert_cmpstr (head.text, ==, "");
    g_assert_cmpuint (options.status, ==, 204);
    g_assert_cmpstr (options.allow, ==, "OPTIONS, GET, HEAD, PUT, PATCH, DELETE");
    g_assert_cmpuint (post.status, ==, 405);
    g_assert_cmpstr (post.allow, ==, "OPTIONS, GET, HEAD, PUT, PATCH, DELETE");
    g_assert_cmpstr (post.type, ==, "application/problem+json");
    g_assert_cmpuint (odd.status, ==, 405);
    g_assert_cmpstr (odd.allow, ==, "OPTIONS, GET, HEAD");
    office_free (office);
}

static void
test_unknown_paths (void)
{
    static const char *const paths[] = {
        "/",
        "/v1",
        "/v1/",
        "/v2/rooms",
        "/v1/rooms/",
        "/v1/rooms//participants",
        "/v1/rooms/blue/participants/x/y/z/a/b/c/d",
    };
    Office *office = office_new (NULL);

    for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
        g_auto (Answer) answer = office_ask (office, "GET", paths[i], NULL);

        g_assert_cmpuint (answer.status, ==, 404);
        g_assert_cmpstr (answer_text (&answer, "code"), ==, "not_found");
        g_assert_cmpint (json_object_get_int_member (answer_object (&answer), "status"), ==, 404);
    }
    office_free (office);
}

/* A name that holds a slash is one name. */
static void
test_escaped_names (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada/Bob");
    g_auto (Answer) answer =
        office_ask (office, "GET", "/v1/rooms/blue/participants/Ada%2FBob", NULL);

    g_assert_cmpuint (answer.status, ==, 200);
    g_assert_cmpstr (answer_text (&answer, "id"), ==, ada);
    office_free (office);
}

/* --- Bodies. --- */

/* Each is refused by a problem that names the field, and changes nothing. */
static void
test_bad_bodies (void)
{
    static const struct {
        const char *body, *code, *field, *says;
    } cases[] = {
        {"", NULL, NULL, NULL}, /* nothing to change */
        {"{}", NULL, NULL, NULL},
        {"{", "bad_json", NULL, "no JSON"},
        {"{'locked':true}", "bad_json", NULL, "no JSON"},
        {"\xff", "bad_json", NULL, "UTF-8"},
        {"[[[[[[[[[[[[[[[[", "bad_json", NULL, "too deep"},
        {"[]", "bad_message", NULL, "object"},
        {"null", "bad_message", NULL, "object"},
        {"{\"locked\":1}", "bad_message", "locked", "'locked' must be true or false"},
        {"{\"locked\":null}", "bad_message", "locked", "'locked' must be true or false"},
        {"{\"locked\":true,\"layout\":7}", "bad_message", "layout", "must be a string"},
        {"{\"locked\":true,\"layout\":\"heap\"}", "bad_message", "layout", "heap"},
        {"{\"locked\":true,\"spotlight\":[]}", "bad_message", "spotlight", "a string or null"},
        {"{\"locked\":true,\"lokced\":true}", "bad_message", "lokced",
         "known: limit, layout, canvas"},
        {"{\"locked\":true,\"layout\":\"speaker\",\"spotlight\":\"Eve\"}", "not_found", NULL,
         "no participant 'Eve'"},
    };
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_auto (Answer) answer = office_ask (office, "PATCH", "/v1/rooms/blue", cases[i].body);
        TuttiRoomInfo info = {0};

        tutti_room_get_info (tutti_rooms_find (office->rooms, "blue"), &info);
        g_assert_false (info.locked);
        g_assert_cmpstr (info.layout, ==, "grid");
        g_assert_cmpuint (answer.status, ==, cases[i].code ? answer.status : 200);
        if (!cases[i].code)
            continue;
        g_assert_cmpuint (answer.status / 100, ==, 4);
        g_assert_cmpstr (answer.type, ==, "application/problem+json");
        g_assert_cmpstr (answer_text (&answer, "code"), ==, cases[i].code);
        g_assert_cmpstr (answer_text (&answer, "field"), ==, cases[i].field);
        g_assert_nonnull (strstr (answer_text (&answer, "detail"), cases[i].says));
    }
    office_free (office);
}

static void
test_large_bodies (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_autofree char *spaces = g_strnfill (10 * 1000 * 1000, ' ');
    g_auto (Answer) large = office_ask (office, "POST", "/v1/rooms/blue/chat", spaces);
    g_auto (Answer) after = office_ask (office, "GET", "/v1/rooms/blue", NULL);

    g_assert_cmpuint (large.status, ==, 413);
    g_assert_nonnull (strstr (answer_text (&large, "detail"), "32768"));
    g_assert_cmpuint (after.status, ==, 200);
    office_free (office);
}

/* --- What routes do. --- */

static void
test_room_settings (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_auto (Answer) before = office_ask (office, "GET", "/v1/rooms/blue", NULL);
    g_auto (Answer) set =
        office_ask (office, "PATCH", "/v1/rooms/blue",
                    "{\"locked\":true,\"layout\":\"presenter\",\"spotlight\":\"Ada\"}");
    g_auto (Answer) unset =
        office_ask (office, "PATCH", "/v1/rooms/blue", "{\"locked\":false,\"spotlight\":null}");

    g_assert_true (json_object_get_null_member (answer_object (&before), "spotlight"));
    g_assert_cmpstr (answer_text (&set, "layout"), ==, "presenter");
    g_assert_cmpstr (answer_text (&set, "spotlight"), ==, ada);
    g_assert_true (json_object_get_boolean_member (answer_object (&set), "locked"));
    g_assert_cmpstr (answer_text (&unset, "layout"), ==, "presenter");
    g_assert_true (json_object_get_null_member (answer_object (&unset), "spotlight"));
    g_assert_false (json_object_get_boolean_member (answer_object (&unset), "locked"));
    office_free (office);
}

static void
test_close_room (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_auto (Answer) close = office_ask (office, "DELETE", "/v1/rooms/blue", NULL);
    g_auto (Answer) gone = office_ask (office, "GET", "/v1/rooms/blue", NULL);

    g_assert_cmpuint (close.status, ==, 204);
    g_assert_cmpuint (gone.status, ==, 404);
    office_free (office);
}

static void
test_chat (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_autofree char *most = g_strnfill (4096, 'x');
    g_autofree char *longest = g_strdup_printf ("{\"text\":\"%s\"}", most);
    g_autofree char *longer = g_strdup_printf ("{\"text\":\"%sx\"}", most);
    g_auto (Answer) said =
        office_ask (office, "POST", "/v1/rooms/blue/chat", "{\"text\":\"Пять минут\"}");
    g_auto (Answer) good = office_ask (office, "POST", "/v1/rooms/blue/chat", longest);
    g_auto (Answer) bad = office_ask (office, "POST", "/v1/rooms/blue/chat", longer);
    g_auto (Answer) empty = office_ask (office, "POST", "/v1/rooms/blue/chat", "{\"text\":\"\"}");
    g_auto (Answer) none = office_ask (office, "POST", "/v1/rooms/blue/chat", NULL);

    g_assert_cmpuint (said.status, ==, 204);
    g_assert_cmpuint (good.status, ==, 204);
    g_assert_cmpuint (bad.status, ==, 400);
    g_assert_cmpuint (empty.status, ==, 400);
    g_assert_cmpstr (answer_text (&none, "field"), ==, "text");
    while (office->said->len < 4096) /* told from the main loop */
        g_main_context_iteration (NULL, TRUE);
    g_assert_true (g_str_has_prefix (office->said->str, "Пять минут\n"));
    office_free (office);
}

static void
test_log (void)
{
    Office *office = office_new (NULL);
    g_auto (Answer) good =
        office_ask (office, "PUT", "/v1/log", "{\"level\":\"info\",\"domains\":\"tutti-room\"}");
    g_auto (Answer) back = office_ask (office, "PUT", "/v1/log", "{\"level\":\"message\"}");
    g_auto (Answer) bad = office_ask (office, "PUT", "/v1/log", "{\"level\":\"loud\"}");

    g_assert_cmpuint (good.status, ==, 204);
    g_assert_cmpuint (back.status, ==, 204);
    g_assert_cmpuint (bad.status, ==, 400);
    g_assert_cmpstr (answer_text (&bad, "field"), ==, "level");
    office_free (office);
}

static void
test_hands (void)
{
    Office *office = office_new (NULL);
    g_auto (Answer) drain = office_ask (office, "POST", "/v1/drain", "{\"deadline_s\":90}");
    g_auto (Answer) never = office_ask (office, "POST", "/v1/drain", "{\"deadline_s\":-1}");
    g_auto (Answer) reload = office_ask (office, "POST", "/v1/reload", NULL);
    g_auto (Answer) shutdown = office_ask (office, "POST", "/v1/shutdown", NULL);

    g_assert_cmpuint (drain.status, ==, 204);
    g_assert_cmpuint (office->drain_deadline_s, ==, 90);
    g_assert_cmpuint (never.status, ==, 400);
    g_assert_cmpuint (office->n_drains, ==, 1);
    g_assert_cmpuint (reload.status, ==, 204);
    g_assert_cmpuint (office->n_reloads, ==, 1);
    g_assert_cmpuint (shutdown.status, ==, 204);
    g_assert_cmpuint (office->n_shutdowns, ==, 1);
    office->reload_fails = TRUE;
    {
        g_auto (Answer) fails = office_ask (office, "POST", "/v1/reload", NULL);
        g_assert_cmpuint (fails.status, ==, 500);
        g_assert_cmpstr (answer_text (&fails, "detail"), ==, "no such certificate");
    }
    office_free (office);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/admin-api/description", test_description);
    g_test_add_func ("/admin-api/methods", test_methods);
    g_test_add_func ("/admin-api/unknown-paths", test_unknown_paths);
    g_test_add_func ("/admin-api/escaped-names", test_escaped_names);
    g_test_add_func ("/admin-api/bad-bodies", test_bad_bodies);
    g_test_add_func ("/admin-api/large-bodies", test_large_bodies);
    g_test_add_func ("/admin-api/room-settings", test_room_settings);
    g_test_add_func ("/admin-api/close-room", test_close_room);
    g_test_add_func ("/admin-api/chat", test_chat);
    g_test_add_func ("/admin-api/log", test_log);
    g_test_add_func ("/admin-api/hands", test_hands);
    return g_test_run ();
}
