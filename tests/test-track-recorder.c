/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-track-recorder.c: a recording with a track, by the recorder and its thread: the sidecar
 * tells of the file, which is there and lies where the mix lies.
 */
#include "film-kit.h"
#include "track-kit.h"

#include "src/record/recorder.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define MS ((gint64)TUTTI_USEC_PER_MSEC)
#define S ((gint64)G_USEC_PER_SEC)
#define N_SOUNDS 60
/* Far beyond what a loaded machine under a sanitizer needs. */
#define WAIT_US (60 * S)

static void
on_told (TuttiRecorder *recorder, gpointer user_data)
{
    (void)recorder;
    (void)user_data;
}

static TuttiRecorder *
record (KitStore *kit)
{
    TuttiRecorderSetup setup = {.store = kit->store,
                                .room = "blue",
                                .container = TUTTI_CONTAINER_WEBM,
                                .channels = 2,
                                .told = on_told};
    g_autoptr (GError) error = NULL;
    TuttiRecorder *recorder = tutti_recorder_new (&setup, &error);

    g_assert_no_error (error);
    g_free (kit->take);
    kit->take = g_strdup (tutti_recorder_get_take (recorder));
    return recorder;
}

static TuttiTrackFile *
open_track (KitStore *kit)
{
    TuttiTrackSetup setup = {
        .store = kit->store, .take = kit->take, .participant = "p1", .name = "Ann", .channels = 2};

    return tutti_track_file_new (&setup);
}

/* What the mix plays now came from the participant just now. */
static void
push_sounds (TuttiRecorder *recorder, TuttiQueue *track)
{
    g_autoptr (GPtrArray) sounds = kit_make_sounds (N_SOUNDS, 2, 0);
    gint64 from_us = g_get_monotonic_time ();

    for (guint i = 0; i < N_SOUNDS; i++) {
        g_autoptr (TuttiPacket) received = tutti_packet_new ();
        TuttiPacket *sound = sounds->pdata[i];

        sound->time_us = received->time_us = from_us + i * TUTTI_ROUND_US;
        memcpy (received->data, sound->data, sound->length_bytes);
        received->length_bytes = sound->length_bytes;
        received->codec = TUTTI_CODEC_OPUS;
        received->ssrc = 7;
        received->seq = (guint16)i;
        received->timestamp = i * TUTTI_ROUND_SAMPLES;
        tutti_queue_push (tutti_recorder_get_input (recorder, TUTTI_KIND_AUDIO), sound);
        tutti_queue_push (track, received);
        g_usleep ((gulong)MAX (sound->time_us + TUTTI_ROUND_US - g_get_monotonic_time (), 0));
    }
}

static void
stop (TuttiRecorder *recorder)
{
    gint64 until_us = g_get_monotonic_time () + WAIT_US;
    TuttiRecorderStats stats;

    tutti_recorder_stop (recorder, g_get_monotonic_time (), "asked");
    do {
        g_main_context_iteration (NULL, FALSE);
        g_usleep (MS);
        tutti_recorder_get_stats (recorder, &stats);
        g_assert_cmpint (g_get_monotonic_time (), <, until_us);
    } while (stats.state == TUTTI_RECORDER_ENDING);
    g_assert_cmpint (stats.state, ==, TUTTI_RECORDER_DONE);
}

/* The file that the sidecar tells of. */
static char *
find_told (const KitStore *kit)
{
    g_autofree char *name = g_strconcat (kit->take, ".json", NULL);
    g_autofree char *path = g_build_filename (kit->path, name, NULL);
    g_autoptr (JsonParser) parser = json_parser_new ();
    JsonObject *track;
    JsonArray *tracks;

    g_assert_true (json_parser_load_from_file (parser, path, NULL));
    tracks = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)),
                                           "tracks");
    g_assert_cmpuint (json_array_get_length (tracks), ==, 1);
    track = json_array_get_object_element (tracks, 0);
    g_assert_cmpstr (json_object_get_string_member (track, "participant"), ==, "p1");
    g_assert_cmpstr (json_object_get_string_member (track, "kind"), ==, "audio");
    return g_strdup (json_object_get_string_member (track, "file"));
}

static gint64
find_end_us (const KitFile *file)
{
    return g_array_index (file->pieces, KitPiece, file->pieces->len - 1).time_us;
}

static void
test_track (void)
{
    g_auto (KitFile) mixed = {0}, track = {0};
    g_autofree char *mix_name = NULL, *told = NULL, *found = NULL;
    TuttiRecorder *recorder;
    TuttiTrackFile *file;
    KitStore kit;

    kit_store_open (&kit);
    recorder = record (&kit);
    file = open_track (&kit);
    tutti_recorder_add_track (recorder, file);
    push_sounds (recorder, tutti_track_file_get_input (file));
    mix_name = g_strdup (tutti_recorder_get_file (recorder));
    stop (recorder);
    tutti_recorder_free (recorder);

    told = find_told (&kit);
    found = kit_find_track (&kit, "Ann-p1-audio.webm");
    g_assert_cmpstr (told, ==, found);
    kit_file_read (&mixed, &kit, mix_name);
    kit_file_read (&track, &kit, found);
    g_assert_cmpuint (mixed.pieces->len, >=, N_SOUNDS / 2);
    g_assert_cmpint (ABS (find_end_us (&track) - find_end_us (&mixed)), <=, 40 * MS);
    kit_store_close (&kit);
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/track-recorder/track", test_track);
    return g_test_run ();
}
