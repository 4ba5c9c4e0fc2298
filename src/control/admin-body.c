/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-body.c: see admin-body.h. Role: main.
 */
#include "admin-body.h"

#include <string.h>

#include "json-check.h"

#define KIND(type) ((type)&0xff)

/* NULL, and answered: it is no JSON. */
static JsonNode *
parse (TuttiAdminCall *call)
{
    SoupMessageBody *body = soup_server_message_get_request_body (call->message);
    g_autoptr (JsonParser) parser = json_parser_new ();
    g_autoptr (GBytes) bytes = soup_message_body_flatten (body);
    g_autoptr (GError) error = NULL;
    const char *text = g_bytes_get_data (bytes, NULL);
    gsize length = g_bytes_get_size (bytes);

    if (length == 0)
        return json_from_string ("{}", NULL);
    if (!tutti_json_check (text, length, &error) ||
        !json_parser_load_from_data (parser, text, (gssize)length, &error)) {
        g_autofree char *detail = g_strconcat ("the body is no JSON: ", error->message, NULL);
        tutti_admin_answer_problem (call, SOUP_STATUS_BAD_REQUEST, "bad_json", detail);
        return NULL;
    }
    if (!json_parser_get_root (parser) || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser))) {
        tutti_admin_answer_problem (call, SOUP_STATUS_BAD_REQUEST, "bad_message",
                                    "the body must be a JSON object");
        return NULL;
    }
    return json_parser_steal_root (parser);
}

static gboolean
is_names (JsonNode *node)
{
    JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

    for (guint i = 0; array && i < json_array_get_length (array); i++) {
        if (json_node_get_value_type (json_array_get_element (array, i)) != G_TYPE_STRING)
            return FALSE;
    }
    return array != NULL;
}

/* FALSE: it is of another type. */
static gboolean
take (const TuttiAdminField *field, JsonNode *node)
{
    GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

    if ((field->type & TUTTI_FIELD_NULLABLE) && JSON_NODE_HOLDS_NULL (node))
        *(const char **)field->value = NULL;
    else if (KIND (field->type) == TUTTI_FIELD_BOOL && type == G_TYPE_BOOLEAN)
        *(gboolean *)field->value = json_node_get_boolean (node);
    else if (KIND (field->type) == TUTTI_FIELD_STRING && type == G_TYPE_STRING)
        *(const char **)field->value = json_node_get_string (node);
    else if (KIND (field->type) == TUTTI_FIELD_NUMBER &&
             (type == G_TYPE_INT64 || type == G_TYPE_DOUBLE))
        *(double *)field->value = json_node_get_double (node);
    else if (KIND (field->type) == TUTTI_FIELD_NAMES && is_names (node))
        *(JsonArray **)field->value = json_node_get_array (node);
    else
        return FALSE;
    if (field->given)
        *field->given = TRUE;
    return TRUE;
}

static gboolean
refuse_type (TuttiAdminCall *call, const TuttiAdminField *field)
{
    static const char *const kinds[] = {"true or false", "a string", "a number",
                                        "a list of strings"};
    g_autofree char *detail =
        g_strdup_printf ("'%s' must be %s%s", field->name, kinds[KIND (field->type)],
                         field->type & TUTTI_FIELD_NULLABLE ? " or null" : "");

    tutti_admin_answer_bad_field (call, field->name, detail);
    return FALSE;
}

static gboolean
read_field (TuttiAdminCall *call, JsonObject *object, const TuttiAdminField *field)
{
    JsonNode *node = json_object_get_member (object, field->name);
    g_autofree char *detail = NULL;

    if (node)
        return take (field, node) || refuse_type (call, field);
    if (field->type & TUTTI_FIELD_OPTIONAL)
        return TRUE;
    detail = g_strdup_printf ("the body lacks '%s'", field->name);
    tutti_admin_answer_bad_field (call, field->name, detail);
    return FALSE;
}

static gboolean
is_known (const char *name, const TuttiAdminField *fields, guint n_fields)
{
    for (guint i = 0; i < n_fields; i++) {
        if (g_str_equal (fields[i].name, name))
            return TRUE;
    }
    return FALSE;
}

/* A field that would have no effect is a mistake: said, not passed over. */
static gboolean
check_names (TuttiAdminCall *call, JsonObject *object, const TuttiAdminField *fields,
             guint n_fields)
{
    g_autoptr (GString) detail = g_string_new (NULL);
    JsonObjectIter iter;
    const char *name;

    json_object_iter_init (&iter, object);
    while (json_object_iter_next (&iter, &name, NULL)) {
        if (is_known (name, fields, n_fields))
            continue;
        g_string_printf (detail, "'%.80s' is not known here", name);
        for (guint i = 0; i < n_fields; i++)
            g_string_append_printf (detail, "%s%s", i == 0 ? "; known: " : ", ", fields[i].name);
        tutti_admin_answer_bad_field (call, name, detail->str);
        return FALSE;
    }
    return TRUE;
}

gboolean
tutti_admin_read (TuttiAdminCall *call, const TuttiAdminField *fields, guint n_fields)
{
    JsonObject *object;

    call->body = parse (call);
    if (!call->body)
        return FALSE;
    object = json_node_get_object (call->body);
    if (!check_names (call, object, fields, n_fields))
        return FALSE;
    for (guint i = 0; i < n_fields; i++) {
        if (!read_field (call, object, &fields[i]))
            return FALSE;
    }
    return TRUE;
}
