/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json-check.c: one pass over the text: valid UTF-8, only JSON's own signs outside of strings, and
 * no deeper than our messages are.
 */
#include "json-check.h"

#include <string.h>
#include <tutti/error.h>

/* The deepest message that is specified has one level. */
#define DEPTH_MAX 8

static gboolean
refuse (GError **error, const char *what)
{
    g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_BAD_JSON, what);
    return FALSE;
}

/* Past the string that begins at *at; FALSE if it never ends or holds raw control characters. */
static gboolean
skip_string (const char **at, const char *end)
{
    const char *p = *at + 1;

    while (p < end && *p != '"' && (guchar)*p >= ' ')
        p += *p == '\\' ? 2 : 1;
    *at = p + 1;
    return p < end && *p == '"';
}

static gboolean
is_json_sign (char c)
{
    return g_ascii_isalnum (c) || (c != '\0' && strchr ("{}[]:,+-. \t\r\n", c) != NULL);
}

gboolean
tutti_json_check (const char *text, gsize n_bytes, GError **error)
{
    const char *end = text + n_bytes;
    int depth = 0;

    if (!g_utf8_validate_len (text, n_bytes, NULL))
        return refuse (error, "not UTF-8");
    for (const char *at = text; at < end;) {
        if (*at == '"') {
            if (!skip_string (&at, end))
                return refuse (error, "a string does not end, or has control characters");
            continue;
        }
        if (!is_json_sign (*at))
            return refuse (error, "not JSON");
        depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
        if (depth > DEPTH_MAX)
            return refuse (error, "nested too deep");
        at++;
    }
    return TRUE;
}
