/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * metrics.c: which figures there are. Names by Prometheus' conventions: base units, the unit at the
 * end. Labels have few values, known beforehand. Role: main.
 */
#include "metrics.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <tutti/wakeups.h>

#include "admin-door.h"
#include "hooks.h"
#include "metrics-text.h"
#include "outputs.h"
#include "recording.h"
#include "refusals.h"

#define TEXT_TYPE "text/plain; version=0.0.4; charset=utf-8"
#define OPEN_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

#define GAUGE(name, help) (&(const TuttiMetricFamily){name, TUTTI_METRIC_GAUGE, NULL, help})
#define COUNTER(name, help) (&(const TuttiMetricFamily){name, TUTTI_METRIC_COUNTER, NULL, help})

static double
to_seconds (gint64 us)
{
    return (double)us / G_USEC_PER_SEC;
}

/* --- The process, as every Prometheus client library has it. --- */

static double
get_resident_bytes (void)
{
    FILE *file = fopen ("/proc/self/statm", "re");
    unsigned long size, resident = 0;

    if (!file)
        return 0;
    if (fscanf (file, "%lu %lu", &size, &resident) != 2)
        resident = 0;
    fclose (file);
    return (double)resident * (double)sysconf (_SC_PAGESIZE);
}

static void
add_process (TuttiMetricsText *text, const TuttiServerStats *stats)
{
    static const TuttiMetricFamily cpu = {"process_cpu_seconds", TUTTI_METRIC_COUNTER, "seconds",
                                          "Processor time of the whole process."};
    static const TuttiMetricFamily memory = {"process_resident_memory_bytes", TUTTI_METRIC_GAUGE,
                                             "bytes", "Memory in use."};
    static const TuttiMetricFamily start = {"process_start_time_seconds", TUTTI_METRIC_GAUGE,
                                            "seconds", "When it started, since 1970."};
    gint64 age_us = g_get_monotonic_time () - stats->started_us;
    struct rusage usage = {0};

    getrusage (RUSAGE_SELF, &usage);
    tutti_metrics_text_add_one (text, &cpu,
                                (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                                    to_seconds (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec));
    tutti_metrics_text_add_one (text, &memory, get_resident_bytes ());
    tutti_metrics_text_add_one (text, &start, to_seconds (g_get_real_time () - age_us));
}

/* --- The server. --- */

static void
add_cpu (TuttiMetricsText *text, const TuttiServerStats *stats)
{
    static const TuttiMetricFamily family = {"tutti_cpu_seconds", TUTTI_METRIC_COUNTER, "seconds",
                                             "Processor time by stage of the media's way."};
    const struct {
        const char *stage;
        gint64 us;
    } stages[] = {
        {"receive", stats->cpu_receive_us}, {"audio", stats->cpu_audio_us},
        {"decode", stats->cpu_decode_us},   {"scale", stats->cpu_scale_us},
        {"compose", stats->cpu_compose_us}, {"encode", stats->cpu_encode_us},
        {"send", stats->cpu_send_us},       {"srtp", stats->cpu_srtp_us},
        {"control", stats->cpu_main_us},
    };

    tutti_metrics_text_begin (text, &family);
    for (guint i = 0; i < G_N_ELEMENTS (stages); i++)
        tutti_metrics_text_add (text, "stage", stages[i].stage, to_seconds (stages[i].us));
}

static void
add_wakeups (TuttiMetricsText *text)
{
    TuttiWakeups wakeups;

    tutti_wakeups_read (&wakeups);
    tutti_metrics_text_begin (
        text, COUNTER ("tutti_wakeups", "How often threads were woken, by what they do."));
    tutti_metrics_text_add (text, "thread", "control", (double)wakeups.main);
    tutti_metrics_text_add (text, "thread", "net", (double)wakeups.net);
    tutti_metrics_text_add (text, "thread", "audio", (double)wakeups.audio);
    tutti_metrics_text_add (text, "thread", "video", (double)wakeups.video);
}

static void
add_encodes (TuttiMetricsText *text, TuttiRooms *rooms)
{
    static const TuttiMetricFamily family = {"tutti_video_encode_seconds", TUTTI_METRIC_HISTOGRAM,
                                             "seconds",
                                             "From the composed picture to its packets."};
    static const struct {
        const char *name;
        TuttiCodec codec;
    } codecs[] = {{"vp8", TUTTI_CODEC_VP8}, {"h264", TUTTI_CODEC_H264}};
    TuttiHistogramFigures figures;

    tutti_metrics_text_begin (text, &family);
    for (guint i = 0; i < G_N_ELEMENTS (codecs); i++) {
        tutti_rooms_get_encode_time (rooms, codecs[i].codec, &figures);
        tutti_metrics_text_add_times (text, "codec", codecs[i].name, &figures);
    }
}

static void
add_sound_encodes (TuttiMetricsText *text, TuttiRooms *rooms)
{
    static const TuttiMetricFamily family = {"tutti_audio_encode_seconds", TUTTI_METRIC_HISTOGRAM,
                                             "seconds",
                                             "From 20 ms of the mix to their Opus packet."};
    TuttiHistogramFigures figures;

    tutti_rooms_get_encode_time (rooms, TUTTI_CODEC_OPUS, &figures);
    tutti_metrics_text_add_histogram (text, &family, &figures);
}

static void
add_times (TuttiMetricsText *text, TuttiRooms *rooms)
{
    static const TuttiMetricFamily join = {"tutti_join_seconds", TUTTI_METRIC_HISTOGRAM, "seconds",
                                           "From entering a room until media flows."};
    static const TuttiMetricFamily lateness = {
        "tutti_mix_lateness_seconds", TUTTI_METRIC_HISTOGRAM, "seconds",
        "From when an audio round was due until it was mixed."};
    static const TuttiMetricFamily delay = {
        "tutti_jitter_buffer_delay_seconds", TUTTI_METRIC_HISTOGRAM, "seconds",
        "How long a voice waits in its jitter buffer, each round it is heard."};
    TuttiHistogramFigures figures;

    tutti_rooms_get_lateness (rooms, &figures);
    tutti_metrics_text_add_histogram (text, &lateness, &figures);
    tutti_rooms_get_join_time (rooms, &figures);
    tutti_metrics_text_add_histogram (text, &join, &figures);
    tutti_rooms_get_jitter_delay (rooms, &figures);
    tutti_metrics_text_add_histogram (text, &delay, &figures);
    add_sound_encodes (text, rooms);
    add_encodes (text, rooms);
}

static void
add_done (TuttiMetricsText *text, const TuttiDone *done)
{
    tutti_metrics_text_add_one (
        text, COUNTER ("tutti_rounds", "Rounds of sound, of rooms where somebody is to be heard."),
        (double)done->rounds);
    tutti_metrics_text_add_one (
        text, COUNTER ("tutti_sounds_decoded", "Opus packets of clients decoded."),
        (double)done->sounds_decoded);
    tutti_metrics_text_add_one (text, COUNTER ("tutti_sounds_encoded", "Opus packets encoded."),
                                (double)done->sounds_encoded);
    tutti_metrics_text_add_one (text,
                                COUNTER ("tutti_pictures_decoded", "Pictures of clients decoded."),
                                (double)done->pictures_decoded);
    tutti_metrics_text_add_one (text, COUNTER ("tutti_pixels_decoded", "Pixels of these pictures."),
                                (double)done->pixels_decoded);
    tutti_metrics_text_add_one (text, COUNTER ("tutti_scales", "Pictures scaled to tiles."),
                                (double)done->scales);
    tutti_metrics_text_add_one (text, COUNTER ("tutti_canvases", "Views composed."),
                                (double)done->canvases);
    tutti_metrics_text_add_one (text, COUNTER ("tutti_pictures_encoded", "Pictures encoded."),
                                (double)done->pictures_encoded);
}

static void
add_server (TuttiMetricsText *text, TuttiRooms *rooms, const TuttiServerStats *stats)
{
    tutti_metrics_text_begin (text, GAUGE ("tutti_build_info", "Which version this is; always 1."));
    tutti_metrics_text_add (text, "version", TUTTI_VERSION, 1);
    tutti_metrics_text_add_one (text, GAUGE ("tutti_draining", "1: nobody new comes in."),
                                tutti_rooms_is_draining (rooms));
    tutti_metrics_text_add_one (
        text,
        GAUGE ("tutti_overload_level",
               "0: none; 1 to 3: fewer, then smaller pictures; 4: nobody comes in."),
        tutti_rooms_get_overload (rooms));
    tutti_metrics_text_add_one (text, GAUGE ("tutti_rooms", "Rooms."), stats->n_rooms);
    tutti_metrics_text_add_one (text, GAUGE ("tutti_participants", "People in all rooms."),
                                stats->n_participants);
    tutti_metrics_text_add_one (text, COUNTER ("tutti_packets_received", "Packets from clients."),
                                (double)stats->packets_received);
    tutti_metrics_text_add_one (text, COUNTER ("tutti_packets_sent", "Packets to clients."),
                                (double)stats->packets_sent);
    tutti_metrics_text_add_one (
        text, COUNTER ("tutti_send_calls", "System calls that took the packets to clients."),
        (double)stats->send_calls);
    add_done (text, &stats->done);
    tutti_metrics_text_add_one (
        text, COUNTER ("tutti_late_rounds", "Audio rounds left out since they came late."),
        (double)stats->late_rounds);
    tutti_metrics_text_add_one (
        text, COUNTER ("tutti_late_pictures", "Pictures left out since they came late."),
        (double)stats->late_pictures);
    add_cpu (text, stats);
    add_wakeups (text);
    add_times (text, rooms);
}

/* --- Rooms. --- */

typedef double (*Value) (const TuttiRoomInfo *info);

static double
get_participants (const TuttiRoomInfo *info)
{
    return info->n_participants;
}

static double
get_listeners (const TuttiRoomInfo *info)
{
    return info->n_listeners;
}

static double
get_renditions (const TuttiRoomInfo *info)
{
    return info->n_renditions;
}

static void
add_of_rooms (TuttiMetricsText *text, GPtrArray *list, const TuttiMetricFamily *family, Value value)
{
    tutti_metrics_text_begin (text, family);
    for (guint i = 0; i < list->len; i++) {
        TuttiRoomInfo info = {0};

        tutti_room_get_info (list->pdata[i], &info);
        tutti_metrics_text_add (text, "room", info.name, value (&info));
    }
}

static double
sum (GPtrArray *list, Value value)
{
    double total = 0;

    for (guint i = 0; i < list->len; i++) {
        TuttiRoomInfo info = {0};

        tutti_room_get_info (list->pdata[i], &info);
        total += value (&info);
    }
    return total;
}

static void
add_rooms (TuttiMetricsText *text, TuttiRooms *rooms, gboolean with_rooms)
{
    g_autoptr (GPtrArray) list = tutti_rooms_list (rooms);

    tutti_metrics_text_add_one (text, GAUGE ("tutti_listeners", "Of the people: who only listen."),
                                sum (list, get_listeners));
    tutti_metrics_text_add_one (
        text, GAUGE ("tutti_renditions", "Pictures that are encoded at the same time."),
        sum (list, get_renditions));
    if (!with_rooms)
        return;
    add_of_rooms (text, list, GAUGE ("tutti_room_participants", "People in a room."),
                  get_participants);
    add_of_rooms (text, list, GAUGE ("tutti_room_renditions", "Pictures encoded for a room."),
                  get_renditions);
}

/* --- Recordings. --- */

static void
add_recordings (TuttiMetricsText *text, TuttiRooms *rooms)
{
    static const TuttiMetricFamily bytes = {"tutti_recording_bytes", TUTTI_METRIC_COUNTER, "bytes",
                                            "Bytes of recordings written."};
    TuttiRecordingCounts counts = {0};

    tutti_rooms_get_recording_counts (rooms, &counts);
    tutti_metrics_text_add_one (text, GAUGE ("tutti_recordings_running", "Rooms being recorded."),
                                counts.running);
    tutti_metrics_text_begin (text, COUNTER ("tutti_recordings", "Recordings that have ended."));
    tutti_metrics_text_add (text, "result", "finished", (double)counts.finished);
    tutti_metrics_text_add (text, "result", "failed", (double)counts.failed);
    tutti_metrics_text_add (text, "result", "recovered", (double)counts.recovered);
    tutti_metrics_text_add_one (text, &bytes, (double)counts.bytes);
    tutti_metrics_text_add_one (
        text, COUNTER ("tutti_recording_gaps", "Times in which a slow disk left something out."),
        (double)counts.gaps);
}

/* --- Live outputs. --- */

static void
on_output (const TuttiOutputInfo *info, gpointer user_data)
{
    guint *n_in_state = user_data;

    n_in_state[info->stats.state]++;
}

static void
add_outputs (TuttiMetricsText *text, TuttiRooms *rooms)
{
    g_autoptr (GPtrArray) list = tutti_rooms_list (rooms);
    guint n_in_state[TUTTI_OUTPUT_ENDED + 1] = {0};

    for (guint i = 0; i < list->len; i++)
        tutti_room_each_output (list->pdata[i], on_output, n_in_state);
    tutti_metrics_text_begin (text, GAUGE ("tutti_outputs", "Live outputs."));
    for (int state = 0; state <= TUTTI_OUTPUT_ENDED; state++)
        tutti_metrics_text_add (text, "state", tutti_output_state_name ((TuttiOutputState)state),
                                n_in_state[state]);
}

/* --- Doors. --- */

static void
add_doors (TuttiMetricsText *text, TuttiAdminDoor *door)
{
    tutti_metrics_text_add_one (
        text, COUNTER ("tutti_admin_refusals", "Requests to the admin API without a good token."),
        (double)tutti_admin_door_n_refused (door));
}

/* By reason and by door, not by both: nobody asks for that, and it would be fifteen lines. */
static void
add_refusals (TuttiMetricsText *text)
{
    TuttiRefusalCounts sum = {0};

    tutti_metrics_text_begin (text,
                              COUNTER ("tutti_door_refusals", "Who was turned away, by the door."));
    for (int door = 0; door < TUTTI_N_DOORS; door++) {
        TuttiRefusalCounts counts = tutti_refusals_count ((TuttiDoor)door);

        sum.unauthorized += counts.unauthorized;
        sum.forbidden += counts.forbidden;
        sum.rate_limited += counts.rate_limited;
        tutti_metrics_text_add (
            text, "door", tutti_door_name ((TuttiDoor)door),
            (double)(counts.unauthorized + counts.forbidden + counts.rate_limited));
    }
    tutti_metrics_text_begin (text, COUNTER ("tutti_refusals", "The same, by the reason."));
    tutti_metrics_text_add (text, "reason", "unauthorized", (double)sum.unauthorized);
    tutti_metrics_text_add (text, "reason", "forbidden", (double)sum.forbidden);
    tutti_metrics_text_add (text, "reason", "rate_limited", (double)sum.rate_limited);
}

/* --- Webhooks. --- */

static void
add_hooks (TuttiMetricsText *text, TuttiHooks *hooks)
{
    TuttiHookCounts counts;

    tutti_hooks_get_counts (hooks, &counts);
    tutti_metrics_text_begin (
        text, COUNTER ("tutti_hook_deliveries", "Events for webhooks, by what became of them."));
    tutti_metrics_text_add (text, "result", "delivered", (double)counts.delivered);
    tutti_metrics_text_add (text, "result", "failed", (double)counts.failed);
    tutti_metrics_text_add (text, "result", "dropped", (double)counts.dropped);
    tutti_metrics_text_add_one (text,
                                COUNTER ("tutti_hook_retries", "Tries of webhooks made again."),
                                (double)counts.retried);
    tutti_metrics_text_add_one (
        text, GAUGE ("tutti_hook_queue_length", "Events that webhooks have still to deliver."),
        counts.queued);
}

/* --- The answer. --- */

/* RFC 9110 section 12.5.1: the first of the client's list that is one of ours. */
static gboolean
wants_open_metrics (SoupServerMessage *message)
{
    const char *accept =
        soup_message_headers_get_list (soup_server_message_get_request_headers (message), "Accept");
    GSList *list = accept ? soup_header_parse_quality_list (accept, NULL) : NULL;
    gboolean open_metrics = FALSE;

    for (GSList *item = list; item && !open_metrics; item = item->next) {
        open_metrics = g_str_has_prefix (item->data, "application/openmetrics-text");
        if (g_str_has_prefix (item->data, "text/") || g_str_has_prefix (item->data, "*/*"))
            break;
    }
    soup_header_free_list (list);
    return open_metrics;
}

void
tutti_metrics_answer (const TuttiMetricsSources *sources, SoupServerMessage *message,
                      gboolean with_rooms)
{
    TuttiRooms *rooms = sources->rooms;
    gboolean open_metrics = wants_open_metrics (message);
    TuttiMetricsText *text = tutti_metrics_text_new (open_metrics);
    TuttiServerStats stats = {0};
    char *finished;

    tutti_rooms_get_stats (rooms, &stats);
    add_server (text, rooms, &stats);
    add_rooms (text, rooms, with_rooms);
    add_recordings (text, rooms);
    add_outputs (text, rooms);
    add_doors (text, sources->door);
    add_refusals (text);
    add_hooks (text, sources->hooks);
    add_process (text, &stats);
    finished = tutti_metrics_text_finish (text);
    soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
    soup_server_message_set_response (message, open_metrics ? OPEN_TYPE : TEXT_TYPE,
                                      SOUP_MEMORY_TAKE, finished, strlen (finished));
}
