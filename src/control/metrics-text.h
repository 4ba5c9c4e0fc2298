/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * metrics-text.h: a text of metrics under construction, in the format of OpenMetrics 1.0 or the
 * older one of Prometheus (0.0.4), which differ in what counters are called, units and the end.
 */
#pragma once

#include <tutti/histogram.h>

typedef struct _TuttiMetricsText TuttiMetricsText;

typedef enum {
    TUTTI_METRIC_GAUGE,
    TUTTI_METRIC_COUNTER, /* its name without _total */
    TUTTI_METRIC_HISTOGRAM,
} TuttiMetricType;

typedef struct {
    const char *name; /* ends with the unit, if it has one */
    TuttiMetricType type;
    const char *unit; /* "seconds", "bytes"; NULL: none */
    const char *help;
} TuttiMetricFamily;

TuttiMetricsText *tutti_metrics_text_new (gboolean open_metrics);

/* What follows are values of this family. */
void tutti_metrics_text_begin (TuttiMetricsText *text, const TuttiMetricFamily *family);
/* label NULL: none. */
void tutti_metrics_text_add (TuttiMetricsText *text, const char *label, const char *value_of_label,
                             double value);
/* A family of one value. */
void tutti_metrics_text_add_one (TuttiMetricsText *text, const TuttiMetricFamily *family,
                                 double value);

/* A histogram of times, in seconds; label NULL: none. */
void tutti_metrics_text_add_times (TuttiMetricsText *text, const char *label,
                                   const char *value_of_label,
                                   const TuttiHistogramFigures *figures);
/* A family of one histogram. */
void tutti_metrics_text_add_histogram (TuttiMetricsText *text, const TuttiMetricFamily *family,
                                       const TuttiHistogramFigures *figures);

/* Ends it; gives the text, which is the caller's. */
char *tutti_metrics_text_finish (TuttiMetricsText *text);
