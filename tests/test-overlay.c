/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-overlay.c: voices through bad networks, jitter buffers and the mixer into a recording of the
 * mix, and past all of that into tracks of their own: decoded and laid over the mix, each is where
 * it is heard there, by cross-correlation.
 */
#include "track-kit.h"

#include "mixers/audio/audio-mixer.h"
#include "src/decode/audio-source.h"
#include "src/encode/opus-encode.h"
#include "src/record/file.h"
#include "src/record/muxer.h"

#include <math.h>
#include <opus/opus.h>
#include <string.h>
#include <tutti/packet.h>

#define MS ((gint64)TUTTI_USEC_PER_MSEC)
#define S ((gint64)G_USEC_PER_SEC)
#define BEGIN_US (5000 * S)
#define LENGTH_US (40 * S)
#define PAUSE_FROM_US (18 * S)
#define PAUSE_TO_US (21 * S)
#define N_VOICES 2
#define IN_SYNC_US (20 * MS)

/* Correlation: at 8 kHz, in windows of a second. */
#define DECIMATE 6
#define RATE_HZ (TUTTI_RATE_HZ / DECIMATE)
#define WINDOW RATE_HZ
#define LAG_MAX (RATE_HZ / 8)

/* Each says something else each second, for half of it. */
typedef struct {
    const char *name;
    double low_hz, high_hz, speed; /* speed: of its clock */
    gint64 from_us, to_us, way_us; /* of our clock, after the beginning */
    int jitter_us, loss_percent;
    gboolean dtx;

    OpusEncoder *encoder;
    TuttiQueue *queue;
    TuttiAudioSource *source;
    TuttiSync *sync;
    TuttiTrackFile *track;
    guint next;
    GQueue under_way; /* packets, in order of arrival */
} Voice;

typedef struct {
    KitStore kit;
    Voice voices[N_VOICES];
    TuttiAudioMixer *mixer;
    TuttiOpusEncoder *encoder;
    TuttiFile *file;
    TuttiMuxer *muxer;
    TuttiTimeline timeline;
    GRand *rand;
} Room;

static gboolean
on_write (gpointer user_data, gint64 offset, const guint8 *data, gsize length_bytes)
{
    TuttiFile *file = user_data;

    if ((guint64)offset == tutti_file_get_bytes (file))
        return tutti_file_write (file, data, length_bytes) == TUTTI_FILE_OK;
    return tutti_file_write_at (file, (guint64)offset, data, length_bytes) == TUTTI_FILE_OK;
}

static void
on_flush (gpointer user_data)
{
    tutti_file_flush (user_data);
}

/* --- Voices --- */

static void
open_voice (Room *room, Voice *voice)
{
    TuttiTrackSetup setup = {.store = room->kit.store,
                             .take = room->kit.take,
                             .participant = voice->name,
                             .name = voice->name,
                             .channels = 1};

    voice->encoder = opus_encoder_create (TUTTI_RATE_HZ, 1, OPUS_APPLICATION_VOIP, NULL);
    opus_encoder_ctl (voice->encoder, OPUS_SET_BITRATE (40000));
    opus_encoder_ctl (voice->encoder, OPUS_SET_DTX (voice->dtx));
    voice->queue = tutti_queue_new (128, NULL, NULL);
    voice->source = tutti_audio_source_new (voice->queue, 1, 200);
    voice->sync = setup.sync = tutti_sync_new ();
    tutti_audio_source_set_sync (voice->source, voice->sync);
    voice->track = tutti_track_file_new (&setup);
    tutti_queue_set_tap (voice->queue, tutti_track_file_get_input (voice->track));
    g_queue_init (&voice->under_way);
}

static void
close_voice (Voice *voice)
{
    g_queue_clear_full (&voice->under_way, (GDestroyNotify)tutti_packet_unref);
    tutti_track_file_free (voice->track);
    tutti_audio_source_free (voice->source);
    tutti_queue_unref (voice->queue);
    tutti_sync_unref (voice->sync);
    opus_encoder_destroy (voice->encoder);
}

/* Chirps, no two alike. */
static gint16
say (const Voice *voice, guint64 sample)
{
    guint64 second = sample / TUTTI_RATE_HZ;
    double t = (double)(sample % TUTTI_RATE_HZ) / TUTTI_RATE_HZ;
    double low_hz = voice->low_hz + 37.0 * (double)(second % 7);

    if (t >= 0.5)
        return 0;
    return (gint16)(9000 * sin (2 * G_PI * t) *
                    sin (2 * G_PI * (low_hz * t + (voice->high_hz - low_hz) * t * t)));
}

static int
compare_arrival (gconstpointer a, gconstpointer b, gpointer user_data)
{
    gint64 one = ((const TuttiPacket *)a)->time_us, other = ((const TuttiPacket *)b)->time_us;

    (void)user_data;
    return (one > other) - (one < other);
}

/* The next 20 ms are on their way, or lost, or not worth sending. */
static void
send_sound (Room *room, Voice *voice, gint64 said_us)
{
    g_autoptr (TuttiPacket) packet = tutti_packet_new ();
    gint16 pcm[TUTTI_ROUND_SAMPLES];
    guint i = voice->next++;
    int n;

    for (guint s = 0; s < TUTTI_ROUND_SAMPLES; s++)
        pcm[s] = say (voice, (guint64)i * TUTTI_ROUND_SAMPLES + s);
    n = opus_encode (voice->encoder, pcm, TUTTI_ROUND_SAMPLES, packet->data,
                     TUTTI_PAYLOAD_MAX_BYTES);
    g_assert_cmpint (n, >, 0);
    if ((voice->dtx && n <= 2) || g_rand_int_range (room->rand, 0, 100) < voice->loss_percent)
        return;
    packet->length_bytes = (guint16)n;
    packet->codec = TUTTI_CODEC_OPUS;
    packet->ssrc = 7;
    packet->seq = (guint16)(65500 + i);
    packet->timestamp = 0xfffff000u + i * TUTTI_ROUND_SAMPLES;
    packet->level = say (voice, (guint64)i * TUTTI_ROUND_SAMPLES + 400) ? 15 : 90;
    packet->time_us =
        said_us + voice->way_us + g_rand_int_range (room->rand, 0, voice->jitter_us + 1);
    g_queue_insert_sorted (&voice->under_way, g_steal_pointer (&packet), compare_arrival, NULL);
}

static void
run_voice (Room *room, Voice *voice, gint64 now_us)
{
    gint64 said_us;

    while ((said_us = BEGIN_US + voice->from_us +
                      (gint64)((voice->next + 1) * (double)TUTTI_ROUND_US / voice->speed)) <=
               now_us &&
           said_us < BEGIN_US + voice->to_us)
        send_sound (room, voice, said_us);
    while (voice->under_way.length > 0 &&
           ((TuttiPacket *)voice->under_way.head->data)->time_us <= now_us) {
        g_autoptr (TuttiPacket) packet = g_queue_pop_head (&voice->under_way);

        tutti_queue_push (voice->queue, packet);
    }
}

/* --- The room --- */

static void
open_mix (Room *room)
{
    g_autofree char *name = g_strconcat (room->kit.take, ".webm", NULL);
    TuttiMuxerSetup setup = {.container = TUTTI_CONTAINER_WEBM,
                             .n_streams = 1,
                             .streams = {{.codec = TUTTI_CODEC_OPUS, .channels = 1}}};
    TuttiOpusSetup encoder = {.channels = 1, .bitrate_bps = 64000, .complexity = 5};
    TuttiMuxerSink sink = {on_write, on_flush, NULL};

    room->mixer = tutti_audio_mixer_new (1, 4);
    room->encoder = tutti_opus_encoder_new (&encoder);
    room->file = sink.user_data = tutti_file_new (room->kit.store, name, NULL);
    g_assert_nonnull (room->file);
    room->muxer = tutti_muxer_new (&setup, &sink, NULL);
    g_assert_nonnull (room->muxer);
}

static void
mix (Room *room, gint64 now_us)
{
    TuttiAudioInput inputs[N_VOICES];
    g_autoptr (TuttiPacket) packet = NULL;
    TuttiAudioMix mixed;
    gint64 file_us;

    for (guint i = 0; i < N_VOICES; i++)
        inputs[i] = (TuttiAudioInput){
            .port = tutti_audio_source_get_input (room->voices[i].source, i + 1), .gain = 1};
    tutti_audio_mixer_tick (room->mixer, inputs, N_VOICES, now_us, &mixed);
    packet = tutti_opus_encoder_push (room->encoder, mixed.shared, now_us);
    if (packet && tutti_timeline_map (&room->timeline, packet->time_us, &file_us)) {
        TuttiUnit unit = {.codec = TUTTI_CODEC_OPUS,
                          .is_key = TRUE,
                          .data = packet->data,
                          .length_bytes = packet->length_bytes};

        g_assert_true (tutti_muxer_write (room->muxer, 0, &unit, file_us));
    }
}

static void
run_round (Room *room, gint64 now_us)
{
    for (guint i = 0; i < N_VOICES; i++)
        run_voice (room, &room->voices[i], now_us);
    if (now_us == BEGIN_US + PAUSE_FROM_US)
        tutti_timeline_pause (&room->timeline, now_us);
    if (now_us == BEGIN_US + PAUSE_TO_US)
        tutti_timeline_resume (&room->timeline, now_us);
    mix (room, now_us);
    for (guint i = 0; i < N_VOICES; i++)
        if (now_us % (100 * MS) == 0)
            g_assert_true (
                tutti_track_file_work (room->voices[i].track, &room->timeline, NULL, now_us));
}

static void
run_room (Room *room)
{
    gint64 now_us;

    kit_store_open (&room->kit);
    room->rand = g_rand_new_with_seed (3);
    tutti_timeline_start (&room->timeline, BEGIN_US);
    for (guint i = 0; i < N_VOICES; i++)
        open_voice (room, &room->voices[i]);
    open_mix (room);
    for (now_us = BEGIN_US; now_us < BEGIN_US + LENGTH_US; now_us += TUTTI_ROUND_US)
        run_round (room, now_us);
    g_assert_true (tutti_muxer_finish (room->muxer));
    g_assert_cmpint (tutti_file_finish (room->file), ==, TUTTI_FILE_OK);
    for (guint i = 0; i < N_VOICES; i++)
        g_assert_true (tutti_track_file_finish (room->voices[i].track, &room->timeline, now_us));
}

static void
close_room (Room *room)
{
    for (guint i = 0; i < N_VOICES; i++)
        close_voice (&room->voices[i]);
    tutti_muxer_free (room->muxer);
    tutti_file_free (room->file);
    tutti_opus_encoder_free (room->encoder);
    tutti_audio_mixer_free (room->mixer);
    g_rand_free (room->rand);
    kit_store_close (&room->kit);
    g_assert_cmpuint (tutti_packet_count_live (), ==, 0);
}

/* --- What is in the files --- */

/* At RATE_HZ; owned floats. */
static GArray *
decode (Room *room, const char *name)
{
    g_auto (KitFile) file = {0};
    GArray *slow = g_array_new (FALSE, TRUE, sizeof (float));
    g_autoptr (GArray) pcm = NULL;

    kit_file_read (&file, &room->kit, name);
    pcm = kit_file_decode (&file);
    g_array_set_size (slow, pcm->len / DECIMATE);
    for (guint i = 0; i < slow->len; i++)
        for (guint s = 0; s < DECIMATE; s++)
            g_array_index (slow, float, i) += g_array_index (pcm, gint16, i * DECIMATE + s);
    return slow;
}

/* Of what lies in the window of one, and in the other `lag` later; -1 to 1. */
static double
correlate (const GArray *track, const GArray *mixed, guint at, int lag)
{
    double both = 0, one = 0, other = 0;

    for (guint i = at; i < at + WINDOW; i++) {
        double x = g_array_index (track, float, i), y = g_array_index (mixed, float, (int)i + lag);

        both += x * y;
        one += x * x;
        other += y * y;
    }
    return one > 0 && other > 0 ? both / sqrt (one * other) : 0;
}

/* Where it fits best, in samples. */
static int
find_lag (const GArray *track, const GArray *mixed, guint at, double *best)
{
    int found = 0;

    *best = -1;
    for (int lag = -LAG_MAX; lag <= LAG_MAX; lag++) {
        double share = correlate (track, mixed, at, lag);

        if (share <= *best)
            continue;
        *best = share;
        found = lag;
    }
    return found;
}

static gboolean
is_loud (const GArray *track, guint at)
{
    double energy = 0;

    for (guint i = at; i < at + WINDOW; i++)
        energy += pow (g_array_index (track, float, i) / DECIMATE, 2);
    return sqrt (energy / WINDOW) > 1000;
}

/* Each second in which its owner speaks. */
static void
check_track (Room *room, const Voice *voice, const GArray *mixed)
{
    g_autofree char *name = kit_find_track (&room->kit, voice->name);
    g_autoptr (GArray) track = decode (room, name);
    guint n = 0, n_clear = 0;
    gint64 worst_us = 0;

    for (guint at = LAG_MAX; at + WINDOW + LAG_MAX < MIN (track->len, mixed->len); at += WINDOW) {
        double share;
        gint64 lag_us;

        if (!is_loud (track, at))
            continue;
        lag_us = (gint64)find_lag (track, mixed, at, &share) * S / RATE_HZ;
        n++;
        n_clear += share > 0.4;
        worst_us = MAX (worst_us, ABS (lag_us));
    }
    g_test_message ("%s: %u seconds, %u clear, %" G_GINT64_FORMAT " us off at worst", voice->name,
                    n, n_clear, worst_us);
    g_assert_cmpint (worst_us, <=, IN_SYNC_US);
    g_assert_cmpuint (n, >=, (voice->to_us - voice->from_us) / S - 6);
    g_assert_cmpuint (n_clear, >=, n * 9 / 10);
}

static void
test_overlay (void)
{
    Room room = {.voices = {{.name = "Ann",
                             .low_hz = 400,
                             .high_hz = 1200,
                             .speed = 1.0003,
                             .to_us = LENGTH_US,
                             .way_us = 20 * MS,
                             .jitter_us = 60 * MS,
                             .loss_percent = 3},
                            {.name = "Bob",
                             .low_hz = 1500,
                             .high_hz = 2600,
                             .speed = 0.9997,
                             .from_us = 7 * S + 5 * MS,
                             .to_us = 33 * S,
                             .way_us = 110 * MS,
                             .jitter_us = 15 * MS,
                             .dtx = TRUE}}};
    g_autoptr (GArray) mixed = NULL;
    g_autofree char *name = NULL;

    run_room (&room);
    name = g_strconcat (room.kit.take, ".webm", NULL);
    mixed = decode (&room, name);
    for (guint i = 0; i < N_VOICES; i++)
        check_track (&room, &room.voices[i], mixed);
    close_room (&room);
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/overlay/voices", test_overlay);
    return g_test_run ();
}
