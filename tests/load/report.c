/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report.c: see report.h.
 */
#include "report.h"

#include <json-glib/json-glib.h>
#include <time.h>

struct _Report {
    GPtrArray *clients;
    Crowd *crowd;
    Probe *probe;
    gint64 began_us, began_cpu_us;
    guint64 began_late;
    GArray *before; /* of LoadReceived, by client */
};

typedef struct {
    double seconds;
    guint n;
    double fps, fps_min, voices, voices_min, kbits;
    LoadReceived sum;
} Sums;

static gint64
process_cpu_us (void)
{
    struct timespec t;

    clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &t);
    return (gint64)t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000;
}

/* --- Sums --- */

static void
add (Sums *sums, const LoadReceived *before, const LoadReceived *now)
{
    double pictures = (double)(now->pictures - before->pictures) / sums->seconds;
    double voices = (double)(now->voices - before->voices) / sums->seconds;

    sums->fps += pictures / sums->n;
    sums->fps_min = MIN (sums->fps_min, pictures);
    sums->voices += voices / sums->n;
    sums->voices_min = MIN (sums->voices_min, voices);
    sums->kbits += (double)(now->bytes - before->bytes) * 8 / 1000 / sums->seconds / sums->n;
    sums->sum.voices_lost += now->voices_lost - before->voices_lost;
    sums->sum.video_lost += now->video_lost - before->video_lost;
    sums->sum.video_packets += now->video_packets - before->video_packets;
    sums->sum.voices += now->voices - before->voices;
    sums->sum.resent += now->resent - before->resent;
    sums->sum.gaps += now->gaps - before->gaps;
}

static void
sum_up (Report *report, Sums *sums)
{
    *sums = (Sums){.seconds = (double)(g_get_monotonic_time () - report->began_us) / G_USEC_PER_SEC,
                   .n = MIN (report->clients->len, report->before->len),
                   .fps_min = G_MAXDOUBLE,
                   .voices_min = G_MAXDOUBLE};
    for (guint i = 0; i < sums->n; i++) {
        LoadReceived now;

        load_client_get_received (report->clients->pdata[i], &now);
        add (sums, &g_array_index (report->before, LoadReceived, i), &now);
    }
}

static int
compare (gconstpointer a, gconstpointer b)
{
    double difference = *(const double *)a - *(const double *)b;

    return (difference > 0) - (difference < 0);
}

/* --- JSON --- */

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
    json_builder_set_member_name (builder, name);
    json_builder_add_double_value (builder, (double)(gint64)(value * 100 + 0.5) / 100);
}

static void
add_count (JsonBuilder *builder, const char *name, guint64 value)
{
    json_builder_set_member_name (builder, name);
    json_builder_add_int_value (builder, (gint64)value);
}

static void
add_figures (JsonBuilder *builder, const char *name, const ProbeFigures *figures)
{
    json_builder_set_member_name (builder, name);
    json_builder_begin_object (builder);
    add_count (builder, "n", figures->n);
    add_number (builder, "p50_ms", figures->p50_ms);
    add_number (builder, "p99_ms", figures->p99_ms);
    json_builder_end_object (builder);
}

static void
add_probe (JsonBuilder *builder, Probe *probe)
{
    ProbeReport report;

    probe_get_report (probe, &report);
    add_figures (builder, "sound_packet", &report.sound_packet);
    add_figures (builder, "sound", &report.sound);
    add_figures (builder, "picture_packet", &report.picture_packet);
    add_figures (builder, "picture", &report.picture);
}

static void
add_joins (JsonBuilder *builder, GPtrArray *clients)
{
    g_autoptr (GArray) joins = g_array_new (FALSE, FALSE, sizeof (double));

    for (guint i = 0; i < clients->len; i++) {
        double ms = (double)load_client_get_join_us (clients->pdata[i]) / 1000;

        if (ms > 0)
            g_array_append_val (joins, ms);
    }
    if (joins->len == 0)
        return;
    g_array_sort (joins, compare);
    add_number (builder, "join_p50_ms", g_array_index (joins, double, joins->len / 2));
    add_number (builder, "join_max_ms", g_array_index (joins, double, joins->len - 1));
}

static void
add_sums (JsonBuilder *builder, const Sums *sums)
{
    add_count (builder, "people", sums->n);
    add_number (builder, "seconds", sums->seconds);
    add_number (builder, "fps", sums->fps);
    add_number (builder, "fps_min", sums->n > 0 ? sums->fps_min : 0);
    add_number (builder, "voice_packets", sums->voices);
    add_number (builder, "voice_packets_min", sums->n > 0 ? sums->voices_min : 0);
    add_number (builder, "kbits", sums->kbits);
    add_count (builder, "packets", sums->sum.voices + sums->sum.video_packets);
    add_count (builder, "voice_lost", sums->sum.voices_lost);
    add_count (builder, "video_lost", sums->sum.video_lost);
    add_count (builder, "resent", sums->sum.resent);
    add_count (builder, "gaps", sums->sum.gaps);
}

/* --- Public --- */

Report *
report_new (GPtrArray *clients, Crowd *crowd, Probe *probe)
{
    Report *report = g_new0 (Report, 1);

    report->clients = clients;
    report->crowd = crowd;
    report->probe = probe;
    report->before = g_array_new (FALSE, TRUE, sizeof (LoadReceived));
    return report;
}

void
report_free (Report *report)
{
    if (!report)
        return;
    g_array_unref (report->before);
    g_free (report);
}

void
report_begin (Report *report)
{
    report->began_us = g_get_monotonic_time ();
    report->began_cpu_us = process_cpu_us ();
    report->began_late = crowd_get_late (report->crowd);
    g_array_set_size (report->before, report->clients->len);
    for (guint i = 0; i < report->clients->len; i++)
        load_client_get_received (report->clients->pdata[i],
                                  &g_array_index (report->before, LoadReceived, i));
    if (report->probe)
        probe_reset (report->probe);
}

char *
report_write (Report *report)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    g_autoptr (JsonNode) root = NULL;
    Sums sums;

    sum_up (report, &sums);
    json_builder_begin_object (builder);
    add_sums (builder, &sums);
    add_joins (builder, report->clients);
    add_number (builder, "load_cpu_percent",
                (double)(process_cpu_us () - report->began_cpu_us) / 1e4 / sums.seconds);
    add_count (builder, "load_late", crowd_get_late (report->crowd) - report->began_late);
    if (report->probe)
        add_probe (builder, report->probe);
    json_builder_end_object (builder);
    root = json_builder_get_root (builder);
    return json_to_string (root, FALSE);
}
