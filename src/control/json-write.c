/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json-write.c: see json-write.h. RFC 8259.
 */
#include "json-write.h"

#include <string.h>

/* An event fits; the figures of a full room grow it a few times. */
#define SIZE_BYTES 512

struct _TuttiJson {
    GString *text;
    gboolean has_more; /* something stands before in the container */
};

static void
begin_member (TuttiJson *json, const char *name)
{
    if (json->has_more)
        g_string_append_c (json->text, ',');
    json->has_more = TRUE;
    if (!name)
        return;
    g_string_append_c (json->text, '"');
    g_string_append (json->text, name);
    g_string_append_len (json->text, "\":", 2);
}

/* Section 7: what may not stand in a string as it is; DEL need not, but no terminal likes it. */
static gboolean
is_plain (guchar c)
{
    return c >= 0x20 && c != '"' && c != '\\' && c != 0x7f;
}

static void
escape (GString *text, guchar c)
{
    static const char SHORT[][3] = {"\bb", "\ff", "\nn", "\rr", "\tt", "\"\"", "\\\\"};

    for (gsize i = 0; i < G_N_ELEMENTS (SHORT); i++) {
        if ((guchar)SHORT[i][0] == c) {
            g_string_append_c (text, '\\');
            g_string_append_c (text, SHORT[i][1]);
            return;
        }
    }
    g_string_append_printf (text, "\\u%04x", c);
}

static void
quote (GString *text, const char *value)
{
    g_string_append_c (text, '"');
    while (*value) {
        gsize n = 0;

        while (value[n] && is_plain ((guchar)value[n]))
            n++;
        g_string_append_len (text, value, (gssize)n);
        value += n;
        if (*value)
            escape (text, (guchar)*value++);
    }
    g_string_append_c (text, '"');
}

static void
begin_container (TuttiJson *json, const char *name, char bracket)
{
    begin_member (json, name);
    g_string_append_c (json->text, bracket);
    json->has_more = FALSE;
}

static void
end_container (TuttiJson *json, char bracket)
{
    g_string_append_c (json->text, bracket);
    json->has_more = TRUE;
}

TuttiJson *
tutti_json_new (void)
{
    TuttiJson *json = g_new0 (TuttiJson, 1);

    json->text = g_string_sized_new (SIZE_BYTES);
    begin_container (json, NULL, '{');
    return json;
}

void
tutti_json_free (TuttiJson *json)
{
    if (json && json->text)
        g_string_free (json->text, TRUE);
    g_free (json);
}

char *
tutti_json_end (TuttiJson *json)
{
    end_container (json, '}');
    return g_string_free (g_steal_pointer (&json->text), FALSE);
}

GBytes *
tutti_json_end_bytes (TuttiJson *json)
{
    end_container (json, '}');
    return g_string_free_to_bytes (g_steal_pointer (&json->text));
}

void
tutti_json_begin_object (TuttiJson *json, const char *name)
{
    begin_container (json, name, '{');
}

void
tutti_json_end_object (TuttiJson *json)
{
    end_container (json, '}');
}

void
tutti_json_begin_array (TuttiJson *json, const char *name)
{
    begin_container (json, name, '[');
}

void
tutti_json_end_array (TuttiJson *json)
{
    end_container (json, ']');
}

/* Room cleans names and texts; should half a character slip through all the same, it must not end
 * a connection. */
void
tutti_json_add_string (TuttiJson *json, const char *name, const char *value)
{
    begin_member (json, name);
    if (!value || g_utf8_validate (value, -1, NULL)) {
        quote (json->text, value ? value : "");
    } else {
        g_autofree char *valid = g_utf8_make_valid (value, -1);

        quote (json->text, valid);
    }
}

void
tutti_json_add_text (TuttiJson *json, const char *name, const char *value)
{
    if (value) {
        tutti_json_add_string (json, name, value);
        return;
    }
    begin_member (json, name);
    g_string_append (json->text, "null");
}

/* Most of a room's figures are numbers, so not by printf(). */
void
tutti_json_add_int (TuttiJson *json, const char *name, gint64 value)
{
    char digits[24];
    char *first = digits + sizeof digits;
    guint64 rest = value < 0 ? -(guint64)value : (guint64)value;

    do {
        *--first = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        *--first = '-';
    begin_member (json, name);
    g_string_append_len (json->text, first, digits + sizeof digits - first);
}

void
tutti_json_add_bool (TuttiJson *json, const char *name, gboolean value)
{
    begin_member (json, name);
    g_string_append (json->text, value ? "true" : "false");
}

void
tutti_json_add_number (TuttiJson *json, const char *name, double value)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    begin_member (json, name);
    g_ascii_dtostr (digits, sizeof digits, value);
    g_string_append (json->text, digits);
    if (strspn (digits, "-0123456789") == strlen (digits))
        g_string_append (json->text, ".0");
}

void
tutti_json_add_tenths (TuttiJson *json, const char *name, double value)
{
    gint64 tenths = (gint64)(value * 10 + 0.5);

    tutti_json_add_int (json, name, tenths / 10);
    g_string_append_c (json->text, '.');
    g_string_append_c (json->text, (char)('0' + tenths % 10));
}
