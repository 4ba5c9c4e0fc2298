/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recordings.c: the server's recordings: the store, what becomes of each recording, what a crash
 * left behind. Role: main.
 */
#include <tutti/error.h>
#include <tutti/paths.h>

#include "news.h"
#include "recording-inside.h"
#include "room.h"
#include "rooms-inside.h"

#define MIB (1024 * 1024)

/* --- What becomes of them --- */

static void
tell_news (const TuttiRecording *recording, const char *state, const char *text)
{
    TuttiRooms *rooms = recording->recordings->rooms;
    TuttiNews news = {.type = TUTTI_NEWS_RECORDING,
                      .room = recording->room_name,
                      .item = tutti_recorder_get_file (recording->recorder),
                      .state = state,
                      .text = text};

    tutti_rooms_tell_news (rooms, tutti_rooms_find (rooms, recording->room_name), &news);
}

/* The first gap is said; their number is with the end. */
static void
tell_gaps (TuttiRecording *recording, const TuttiRecorderStats *stats)
{
    if (stats->gaps == recording->n_gaps_told)
        return;
    if (recording->n_gaps_told == 0)
        g_warning ("room %s: the disk can't keep up: %s has gaps", recording->room_name,
                   tutti_recorder_get_file (recording->recorder));
    recording->n_gaps_told = stats->gaps;
    tell_news (recording, "gap", "the disk can't keep up");
}

static void
log_end (const TuttiRecording *recording, const TuttiRecorderStats *stats)
{
    const char *file = tutti_recorder_get_file (recording->recorder);
    gint64 length_s = stats->length_us / G_USEC_PER_SEC;

    if (stats->state == TUTTI_RECORDER_FAILED)
        g_warning ("room %s: recording %s ended after %" G_GINT64_FORMAT " s: %s",
                   recording->room_name, file, length_s, stats->why);
    else
        g_message ("room %s: recording %s is finished, %" G_GINT64_FORMAT " s, %" G_GUINT64_FORMAT
                   " bytes, %" G_GUINT64_FORMAT " gaps",
                   recording->room_name, file, length_s, stats->bytes, stats->gaps);
}

/* It has ended, by itself if it is still its room's. */
static void
settle (TuttiRecording *recording, const TuttiRecorderStats *stats)
{
    TuttiRecordingCounts *counts = &recording->recordings->counts;
    gboolean has_failed = stats->state == TUTTI_RECORDER_FAILED;
    TuttiRoom *room = recording->room;

    recording->is_over = TRUE;
    counts->finished += !has_failed;
    counts->failed += has_failed;
    counts->bytes += stats->bytes;
    counts->gaps += stats->gaps;
    log_end (recording, stats);
    if (room) {
        tutti_recording_detach (recording);
        tutti_recording_hold_off (room);
    }
    tell_news (recording, has_failed ? "failed" : "off", has_failed ? stats->why : NULL);
    tutti_bell_ring (recording->recordings->sweep);
}

void
tutti_recording_on_told (TuttiRecorder *recorder, gpointer user_data)
{
    TuttiRecording *recording = user_data;
    TuttiRecorderStats stats;

    if (recording->is_over)
        return;
    tutti_recorder_get_stats (recorder, &stats);
    tell_gaps (recording, &stats);
    if (stats.state == TUTTI_RECORDER_DONE || stats.state == TUTTI_RECORDER_FAILED)
        settle (recording, &stats);
}

/* Not from within what the recorder tells. */
static void
on_sweep (gpointer user_data)
{
    TuttiRecordings *recordings = user_data;

    for (guint i = recordings->all->len; i-- > 0;) {
        TuttiRecording *recording = recordings->all->pdata[i];
        if (recording->is_over)
            tutti_recording_free (g_ptr_array_steal_index (recordings->all, i));
    }
}

/* The store's thread has logged it. */
static void
on_recovered (const TuttiTake *take, gpointer user_data)
{
    TuttiRecordings *recordings = user_data;
    gboolean is_whole = take->state == TUTTI_TAKE_RECOVERED;
    TuttiNews news = {.type = TUTTI_NEWS_RECORDING,
                      .room = take->room,
                      .item = take->file,
                      .state = is_whole ? "recovered" : "failed",
                      .text = is_whole ? NULL : "cut by a crash, and can't be finished"};

    recordings->counts.recovered += is_whole;
    tutti_rooms_tell_news (recordings->rooms, tutti_rooms_find (recordings->rooms, take->room),
                           &news);
}

/* --- Life --- */

TuttiRecordings *
tutti_recordings_new (TuttiRooms *rooms)
{
    TuttiRecordings *recordings = g_new0 (TuttiRecordings, 1);

    recordings->rooms = rooms;
    recordings->all = g_ptr_array_new ();
    recordings->sweep = tutti_bell_new (on_sweep, recordings);
    recordings->news_id = tutti_rooms_follow_news (rooms, tutti_recordings_on_news, recordings);
    return recordings;
}

/* What hangs in the disk is left to itself when patience is over: the program ends. */
void
tutti_recordings_free (TuttiRecordings *recordings)
{
    gint64 end_us = g_get_monotonic_time () + TUTTI_RECORDINGS_PATIENCE_US;

    if (!recordings)
        return;
    for (guint i = 0; i < recordings->all->len && g_get_monotonic_time () < end_us; i++)
        tutti_recording_free (recordings->all->pdata[i]);
    g_ptr_array_unref (recordings->all);
    tutti_rooms_unfollow_news (recordings->rooms, recordings->news_id);
    tutti_bell_free (recordings->sweep);
    if (recordings->store)
        tutti_store_stop_recovery (recordings->store);
    g_clear_pointer (&recordings->store, tutti_store_unref);
    g_free (recordings);
}

/* --- The store --- */

static char *
get_directory (TuttiConfig *config)
{
    const char *directory = tutti_config_string (config, "record", "directory");
    g_autofree char *state = NULL;

    if (directory[0] != '\0')
        return g_strdup (directory);
    state = tutti_paths_state ();
    return g_build_filename (state, "recordings", NULL);
}

TuttiStore *
tutti_recordings_open (TuttiRecordings *recordings, GError **error)
{
    TuttiConfig *config = recordings->rooms->shared->config;
    guint64 free_bytes = (guint64)tutti_config_int (config, "record", "minimum-free-space") * MIB;
    g_autofree char *directory = get_directory (config);

    if (!recordings->store)
        recordings->store = tutti_store_new (directory, free_bytes, error);
    return recordings->store;
}

TuttiStore *
tutti_rooms_get_store (TuttiRooms *rooms)
{
    TuttiRecordings *recordings = rooms->recordings;
    g_autoptr (GError) error = NULL;

    if (!tutti_recordings_open (recordings, &error) && !recordings->has_complained) {
        recordings->has_complained = TRUE;
        g_warning ("no recordings: %s", error->message);
    }
    return recordings->store;
}

/* A default directory that nobody used yet isn't made for it. */
void
tutti_rooms_recover_recordings (TuttiRooms *rooms)
{
    TuttiConfig *config = rooms->shared->config;
    g_autofree char *directory = get_directory (config);
    TuttiStore *store;

    if (!tutti_config_is_written (config, "record", "directory") &&
        !g_file_test (directory, G_FILE_TEST_IS_DIR))
        return;
    store = tutti_rooms_get_store (rooms);
    if (store)
        tutti_store_recover (store, on_recovered, rooms->recordings);
}

gboolean
tutti_rooms_is_finishing_recordings (TuttiRooms *rooms)
{
    GPtrArray *all = rooms->recordings->all;

    for (guint i = 0; i < all->len; i++) {
        const TuttiRecording *recording = all->pdata[i];
        if (!recording->is_over && !recording->room)
            return TRUE;
    }
    return FALSE;
}

void
tutti_rooms_get_recording_counts (TuttiRooms *rooms, TuttiRecordingCounts *counts)
{
    GPtrArray *all = rooms->recordings->all;

    *counts = rooms->recordings->counts;
    for (guint i = 0; i < all->len; i++) {
        const TuttiRecording *recording = all->pdata[i];
        TuttiRecorderStats stats;
        if (recording->is_over)
            continue;
        tutti_recorder_get_stats (recording->recorder, &stats);
        counts->running += recording->room != NULL;
        counts->bytes += stats.bytes;
        counts->gaps += stats.gaps;
    }
}
