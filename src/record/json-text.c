/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json-text.c: see json-text.h. Pure.
 */
#include "json-text.h"

#include <json-glib/json-glib.h>

#define INDENT 2

static void
break_line (TuttiJsonText *json)
{
    g_string_append_printf (json->text, "\n%*s", (int)(json->depth * INDENT), "");
}

static void
begin_member (TuttiJsonText *json, const char *key)
{
    if (json->has_more)
        g_string_append_c (json->text, ',');
    if (json->depth > 0 && json->flat == 0)
        break_line (json);
    else if (json->has_more)
        g_string_append_c (json->text, ' ');
    if (key)
        g_string_append_printf (json->text, "\"%s\": ", key);
    json->has_more = TRUE;
}

void
tutti_json_text_open (TuttiJsonText *json, const char *key, char bracket)
{
    begin_member (json, key);
    g_string_append_c (json->text, bracket);
    json->depth++;
    json->flat += json->flat > 0;
    json->has_more = FALSE;
}

void
tutti_json_text_open_flat (TuttiJsonText *json, const char *key, char bracket)
{
    tutti_json_text_open (json, key, bracket);
    json->flat = MAX (json->flat, 1);
}

void
tutti_json_text_close (TuttiJsonText *json, char bracket)
{
    g_assert (json->depth > 0);
    json->depth--;
    if (json->has_more && json->flat == 0)
        break_line (json);
    json->flat -= json->flat > 0;
    json->has_more = TRUE;
    g_string_append_c (json->text, bracket);
    if (json->depth == 0)
        g_string_append_c (json->text, '\n');
}

void
tutti_json_text_add_raw (TuttiJsonText *json, const char *key, const char *value)
{
    begin_member (json, key);
    g_string_append (json->text, value);
}

void
tutti_json_text_add_string (TuttiJsonText *json, const char *key, const char *value)
{
    g_autoptr (JsonNode) node = NULL;
    g_autofree char *quoted = NULL;

    if (!value)
        return;
    node = json_node_init_string (json_node_alloc (), value);
    quoted = json_to_string (node, FALSE);
    tutti_json_text_add_raw (json, key, quoted);
}

void
tutti_json_text_add_count (TuttiJsonText *json, const char *key, guint64 value)
{
    begin_member (json, key);
    g_string_append_printf (json->text, "%" G_GUINT64_FORMAT, value);
}

void
tutti_json_text_add_boolean (TuttiJsonText *json, const char *key, gboolean value)
{
    tutti_json_text_add_raw (json, key, value ? "true" : "false");
}

void
tutti_json_text_add_seconds (TuttiJsonText *json, const char *key, gint64 time_us)
{
    gint64 time_ms = MAX (time_us, 0) / 1000;

    begin_member (json, key);
    g_string_append_printf (json->text, "%" G_GINT64_FORMAT ".%03d", time_ms / 1000,
                            (int)(time_ms % 1000));
}
