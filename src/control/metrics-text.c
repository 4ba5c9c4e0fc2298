/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * metrics-text.c: see metrics-text.h.
 */
#include "metrics-text.h"

#include <string.h>

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
    static const char *const types[] = {"gauge", "counter", "histogram"};
    const char *end = text->open_metrics ? "" : suffix (family);

    text->family = family;
    g_string_append_printf (text->out, "# HELP %s%s %s\n", family->name, end, family->help);
    g_string_append_printf (text->out, "# TYPE %s%s %s\n", family->name, end, types[family->type]);
    if (text->open_metrics && family->unit)
        g_string_append_printf (text->out, "# UNIT %s %s\n", family->name, family->unit);
}

/* `name="value"`; nothing without a name. */
static void
append_label (GString *out, const char *label, const char *value_of_label)
{
    if (!label)
        return;
    g_string_append_printf (out, "%s=\"", label);
    append_escaped (out, value_of_label);
    g_string_append_c (out, '"');
}

static void
append_labels (GString *out, const char *label, const char *value_of_label)
{
    if (!label)
        return;
    g_string_append_c (out, '{');
    append_label (out, label, value_of_label);
    g_string_append_c (out, '}');
}

void
tutti_metrics_text_add (TuttiMetricsText *text, const char *label, const char *value_of_label,
                        double value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf (text->out, "%s%s", text->family->name, suffix (text->family));
    append_labels (text->out, label, value_of_label);
    g_string_append_printf (text->out, " %s\n", g_ascii_dtostr (number, sizeof number, value));
}

void
tutti_metrics_text_add_one (TuttiMetricsText *text, const TuttiMetricFamily *family, double value)
{
    tutti_metrics_text_begin (text, family);
    tutti_metrics_text_add (text, NULL, NULL, value);
}

/* bound: as OpenMetrics writes it. */
static void
add_bucket (TuttiMetricsText *text, const char *label, const char *value_of_label,
            const char *bound, guint64 n)
{
    g_string_append_printf (text->out, "%s_bucket{", text->family->name);
    append_label (text->out, label, value_of_label);
    g_string_append_printf (text->out, "%sle=\"%s\"} %" G_GUINT64_FORMAT "\n", label ? "," : "",
                            bound, n);
}

/* The sum and the count, behind the buckets. */
static void
add_total (TuttiMetricsText *text, const char *what, const char *label, const char *value_of_label,
           double value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf (text->out, "%s_%s", text->family->name, what);
    append_labels (text->out, label, value_of_label);
    g_string_append_printf (text->out, " %s\n", g_ascii_dtostr (number, sizeof number, value));
}

void
tutti_metrics_text_add_times (TuttiMetricsText *text, const char *label, const char *value_of_label,
                              const TuttiHistogramFigures *figures)
{
    char bound[G_ASCII_DTOSTR_BUF_SIZE];

    for (guint i = 0; i < TUTTI_HISTOGRAM_BOUNDS; i++) {
        g_ascii_formatd (bound, sizeof bound - 2, "%g",
                         (double)tutti_histogram_bounds_us[i] / G_USEC_PER_SEC);
        /* OpenMetrics 1.0 section "Numbers": a bound that is whole ends with ".0". */
        if (!strchr (bound, '.'))
            strcat (bound, ".0");
        add_bucket (text, label, value_of_label, bound, figures->up_to[i]);
    }
    add_bucket (text, label, value_of_label, "+Inf", figures->n);
    add_total (text, "sum", label, value_of_label, (double)figures->sum_us / G_USEC_PER_SEC);
    add_total (text, "count", label, value_of_label, (double)figures->n);
}

void
tutti_metrics_text_add_histogram (TuttiMetricsText *text, const TuttiMetricFamily *family,
                                  const TuttiHistogramFigures *figures)
{
    tutti_metrics_text_begin (text, family);
    tutti_metrics_text_add_times (text, NULL, NULL, figures);
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
