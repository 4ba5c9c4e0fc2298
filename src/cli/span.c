/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * span.c: see span.h.
 */
#include "span.h"

gint64
tutti_span_parse (const char *text)
{
    static const struct {
        char unit;
        gint64 s;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    char *end = NULL;
    guint64 n = g_ascii_isdigit (text[0]) ? g_ascii_strtoull (text, &end, 10) : 0;

    if (n == 0 || n > TUTTI_SPAN_MAX_S || end[0] == '\0' || end[1] != '\0')
        return 0;
    for (guint i = 0; i < G_N_ELEMENTS (units); i++) {
        if (units[i].unit == end[0])
            return (gint64)n * units[i].s <= TUTTI_SPAN_MAX_S ? (gint64)n * units[i].s : 0;
    }
    return 0;
}
