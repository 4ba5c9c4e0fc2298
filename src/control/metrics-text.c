/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * metrics-text.c: see metrics-text.h.
 */
#include "metrics-text.h"

struct _TuttiMetricsText {
    GString *out;
    gboolean open_metrics;
    const TuttiMetricFamily *family;
};

static const char *
suffix (const TuttiMetricFamily *family)
{
    return family->type == TUTTI_METRIC_COUNTER ? "_total" : "";
}

/* Backslash, quote and line feed, in either format. */
static void
append_escaped (GString *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\n') {
            g_string_append (out, "\\n");
            continue;
        }
        if (*text == '\\' || *text == '"')
            g_string_append_c (out, '\\');
        g_string_append_c (out, *text);
    }
}

TuttiMetricsText *
tutti_metrics_text_new (gboolean open_metrics)
{
    TuttiMetricsText *text = g_new0 (TuttiMetricsText, 1);

    text->out = g_string_new (NULL);
    text->open_metrics = open_metrics;
    return text;
}

void
tutti_metrics_text_begin (TuttiMetricsText *text, const TuttiMetricFamily *family)
{
    static const char *const types[] = {"gauge", "counter"};
    const char *end = text->open_metrics ? "" : suffix (family);

    text->family = family;
    g_string_append_printf (text->out, "# HELP %s%s %s\n", family->name, end, family->help);
    g_string_append_printf (text->out, "# TYPE %s%s %s\n", family->name, end, types[family->type]);
    if (text->open_metrics && family->unit)
        g_string_append_printf (text->out, "# UNIT %s %s\n", family->name, family->unit);
}

void
tutti_metrics_text_add (TuttiMetricsText *text, const char *label, const char *value_of_label,
                        double value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf (text->out, "%s%s", text->family->name, suffix (text->family));
    if (label) {
        g_string_append_printf (text->out, "{%s=\"", label);
        append_escaped (text->out, value_of_label);
        g_string_append (text->out, "\"}");
    }
    g_string_append_printf (text->out, " %s\n", g_ascii_dtostr (number, sizeof number, value));
}

void
tutti_metrics_text_add_one (TuttiMetricsText *text, const TuttiMetricFamily *family, double value)
{
    tutti_metrics_text_begin (text, family);
    tutti_metrics_text_add (text, NULL, NULL, value);
}

char *
tutti_metrics_text_finish (TuttiMetricsText *text)
{
    char *result;

    if (text->open_metrics)
        g_string_append (text->out, "# EOF\n");
    result = g_string_free (text->out, FALSE);
    g_free (text);
    return result;
}
