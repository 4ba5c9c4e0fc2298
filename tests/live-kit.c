/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * live-kit.c: see live-kit.h. The loop of two seconds is encoded once; its packets are sent again
 * and again with new times.
 */
#include "live-kit.h"
#include "patience.h"

#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>

#include <opus/opus.h>
#include <tutti/role.h>

#include "encode/encoder.h"

#define LOOP_PICTURES (LIVE_FRAME_RATE * LIVE_FLASH_EVERY_S)
#define LOOP_ROUNDS (50 * LIVE_FLASH_EVERY_S)
#define FLASH_PICTURE 20 /* 0.8 s, for two pictures */
#define CLICK_ROUND 40
#define CLICK_ROUNDS 4
#define OUTPUTS_MAX 8

static const guint8 RED[3] = {82, 90, 240}, WHITE[3] = {235, 128, 128};

struct _LiveSource {
    GPtrArray *pictures[LOOP_PICTURES];
    GBytes *sounds[LOOP_ROUNDS];
    GThread *thread;

    GMutex lock; /* of what follows */
    gboolean is_ending;
    guint ballast;
    TuttiOutput *outputs[OUTPUTS_MAX];
};

/* --- The loop --- */

static TuttiPicture *
draw (const guint8 color[3])
{
    TuttiPicture *picture = tutti_picture_new (LIVE_WIDTH, LIVE_HEIGHT);

    for (guint p = 0; p < 3; p++) {
        int height = p == 0 ? LIVE_HEIGHT : LIVE_HEIGHT / 2;
        memset (picture->plane[p], color[p], (gsize)(picture->stride[p] * height));
    }
    return picture;
}

static void
encode_pictures (LiveSource *source)
{
    const TuttiEncoderSetup setup = {LIVE_WIDTH, LIVE_HEIGHT, LIVE_FRAME_RATE, 400000, 1, NULL};
    g_autoptr (TuttiEncoder) encoder = tutti_encoder_new (TUTTI_CODEC_H264, &setup);
    g_autoptr (TuttiPicture) red = draw (RED);
    g_autoptr (TuttiPicture) white = draw (WHITE);

    for (guint i = 0; i < LOOP_PICTURES; i++) {
        gboolean is_flash = i == FLASH_PICTURE || i == FLASH_PICTURE + 1;
        gboolean key = i == 0;

        source->pictures[i] = g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);
        g_assert_true (tutti_encoder_encode (encoder, is_flash ? white : red,
                                             1 + i * (G_USEC_PER_SEC / LIVE_FRAME_RATE), &key,
                                             source->pictures[i]));
    }
}

static void
encode_sounds (LiveSource *source)
{
    int error;
    OpusEncoder *opus =
        opus_encoder_create (TUTTI_RATE_HZ, LIVE_CHANNELS, OPUS_APPLICATION_VOIP, &error);
    float pcm[TUTTI_ROUND_SAMPLES * LIVE_CHANNELS];
    guint8 data[1200];

    opus_encoder_ctl (opus, OPUS_SET_BITRATE (96000));
    for (guint round = 0; round < LOOP_ROUNDS; round++) {
        gboolean is_click = round >= CLICK_ROUND && round < CLICK_ROUND + CLICK_ROUNDS;
        int length;

        for (guint i = 0; i < G_N_ELEMENTS (pcm); i++) {
            double turns =
                (round * TUTTI_ROUND_SAMPLES + i / LIVE_CHANNELS) * 2 * G_PI / TUTTI_RATE_HZ;
            pcm[i] = (float)(0.1 * sin (LIVE_TONE_HZ * turns) +
                             (is_click ? 0.7 * sin (2000 * turns) : 0));
        }
        length = opus_encode_float (opus, pcm, TUTTI_ROUND_SAMPLES, data, sizeof data);
        g_assert_cmpint (length, >, 0);
        source->sounds[round] = g_bytes_new (data, (gsize)length);
    }
    opus_encoder_destroy (opus);
}

/* --- The thread --- */

static void
give (LiveSource *source, TuttiKind kind, TuttiPacket *packet)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&source->lock);

    for (guint i = 0; i < OUTPUTS_MAX; i++) {
        if (source->outputs[i])
            tutti_queue_push (tutti_output_get_input (source->outputs[i], kind), packet);
    }
}

static void
give_sound (LiveSource *source, guint64 round, gint64 time_us)
{
    g_autoptr (TuttiPacket) packet = tutti_packet_new ();
    gsize length;
    gconstpointer data = g_bytes_get_data (source->sounds[round % LOOP_ROUNDS], &length);

    memcpy (packet->data, data, length);
    packet->length_bytes = (guint16)length;
    packet->codec = TUTTI_CODEC_OPUS;
    packet->time_us = time_us;
    give (source, TUTTI_KIND_AUDIO, packet);
}

/* ITU-T H.264 section 7.3.2.7: filler data. */
static void
give_ballast (LiveSource *source, const TuttiPacket *like, gboolean is_first)
{
    g_autoptr (TuttiPacket) packet = tutti_packet_new ();

    packet->flags = like->flags & TUTTI_PACKET_KEY_FRAME;
    packet->flags |= is_first ? TUTTI_PACKET_FRAME_START : 0;
    packet->source = like->source;
    packet->codec = TUTTI_CODEC_H264;
    packet->time_us = like->time_us;
    packet->length_bytes = TUTTI_PAYLOAD_MAX_BYTES;
    memset (packet->data, 0xff, packet->length_bytes);
    packet->data[0] = 12;
    packet->data[packet->length_bytes - 1] = 0x80;
    give (source, TUTTI_KIND_VIDEO, packet);
}

static void
give_picture (LiveSource *source, guint64 n, gint64 time_us)
{
    GPtrArray *packets = source->pictures[n % LOOP_PICTURES];
    guint ballast;

    g_mutex_lock (&source->lock);
    ballast = source->ballast;
    g_mutex_unlock (&source->lock);
    for (guint i = 0; i < packets->len; i++) {
        const TuttiPacket *old = packets->pdata[i];
        g_autoptr (TuttiPacket) packet = tutti_packet_new ();

        memcpy (packet->data, old->data, old->length_bytes);
        packet->length_bytes = old->length_bytes;
        packet->flags = old->flags;
        packet->source = old->source;
        packet->codec = old->codec;
        packet->time_us = time_us;
        for (guint b = 0; i == 0 && b < ballast; b++)
            give_ballast (source, packet, b == 0);
        if (ballast > 0)
            packet->flags &= (guint8)~TUTTI_PACKET_FRAME_START;
        give (source, TUTTI_KIND_VIDEO, packet);
    }
}

static gboolean
is_ending (LiveSource *source)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&source->lock);

    return source->is_ending;
}

static gpointer
run (gpointer user_data)
{
    LiveSource *source = user_data;
    gint64 start_us = g_get_monotonic_time ();
    guint64 round = 0, n = 0;

    while (!is_ending (source)) {
        gint64 now_us = g_get_monotonic_time ();
        gint64 sound_us = start_us + (gint64)round * TUTTI_ROUND_US;
        gint64 picture_us = start_us + (gint64)n * G_USEC_PER_SEC / LIVE_FRAME_RATE;

        if (picture_us <= now_us)
            give_picture (source, n++, picture_us);
        else if (sound_us <= now_us)
            give_sound (source, round++, sound_us);
        else
            g_usleep ((gulong)(MIN (picture_us, sound_us) - now_us));
    }
    return NULL;
}

LiveSource *
live_source_new (void)
{
    LiveSource *source = g_new0 (LiveSource, 1);

    g_mutex_init (&source->lock);
    encode_pictures (source);
    encode_sounds (source);
    source->thread = g_thread_new ("source", run, source);
    return source;
}

void
live_source_free (LiveSource *source)
{
    g_mutex_lock (&source->lock);
    source->is_ending = TRUE;
    g_mutex_unlock (&source->lock);
    g_thread_join (source->thread);
    for (guint i = 0; i < LOOP_PICTURES; i++)
        g_ptr_array_unref (source->pictures[i]);
    for (guint i = 0; i < LOOP_ROUNDS; i++)
        g_bytes_unref (source->sounds[i]);
    g_mutex_clear (&source->lock);
    g_free (source);
}

static void
change (LiveSource *source, TuttiOutput *from, TuttiOutput *to)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&source->lock);
    guint i = 0;

    while (i < OUTPUTS_MAX && source->outputs[i] != from)
        i++;
    g_assert_cmpuint (i, <, OUTPUTS_MAX);
    source->outputs[i] = to;
}

void
live_source_add (LiveSource *source, TuttiOutput *output)
{
    change (source, NULL, output);
}

void
live_source_remove (LiveSource *source, TuttiOutput *output)
{
    change (source, output, NULL);
}

void
live_source_set_ballast (LiveSource *source, guint packets)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&source->lock);

    source->ballast = packets;
}

/* --- The receiver --- */

static gboolean
is_free (GSocketType type, guint port)
{
    g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, type, 0, NULL);
    g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", port);

    return g_socket_bind (socket, address, FALSE, NULL);
}

guint
live_find_port (GSocketType type)
{
    guint port;

    do
        port = (guint)g_random_int_range (10000, 30000) * 2;
    while (!is_free (type, port) || !is_free (type, port + 1));
    return port;
}

/* A test that fails takes its receivers along. */
static void
on_spawn (gpointer user_data)
{
    prctl (PR_SET_PDEATHSIG, SIGKILL);
}

GSubprocess *
live_receive (const char *file, const char *seconds, const char *url, ...)
{
    g_autoptr (GPtrArray) argv = g_ptr_array_new ();
    g_autoptr (GSubprocessLauncher) launcher =
        g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_autoptr (GError) error = NULL;
    GSubprocess *ffmpeg;
    va_list options;
    const char *option;

    g_ptr_array_add (argv, (gpointer) "ffmpeg");
    g_ptr_array_add (argv, (gpointer) "-nostdin");
    g_ptr_array_add (argv, (gpointer) "-y");
    g_ptr_array_add (argv, (gpointer) "-loglevel");
    g_ptr_array_add (argv, (gpointer) "error");
    va_start (options, url);
    while ((option = va_arg (options, const char *)))
        g_ptr_array_add (argv, (gpointer)option);
    va_end (options);
    g_ptr_array_add (argv, (gpointer) "-i");
    g_ptr_array_add (argv, (gpointer)url);
    g_ptr_array_add (argv, (gpointer) "-t");
    g_ptr_array_add (argv, (gpointer)seconds);
    g_ptr_array_add (argv, (gpointer) "-c");
    g_ptr_array_add (argv, (gpointer) "copy");
    g_ptr_array_add (argv, (gpointer)file);
    g_ptr_array_add (argv, NULL);
    g_subprocess_launcher_set_child_setup (launcher, on_spawn, NULL, NULL);
    ffmpeg = g_subprocess_launcher_spawnv (launcher, (const char *const *)argv->pdata, &error);
    g_assert_no_error (error);
    return ffmpeg;
}

static gboolean
on_late (gpointer late)
{
    *(gboolean *)late = TRUE;
    return G_SOURCE_CONTINUE;
}

static void
on_finished (GObject *ffmpeg, GAsyncResult *result, gpointer done)
{
    g_autofree char *said = NULL;

    g_subprocess_communicate_utf8_finish (G_SUBPROCESS (ffmpeg), result, NULL, &said, NULL);
    if (said && said[0] != '\0')
        g_test_message ("ffmpeg: %s", said);
    *(gboolean *)done = TRUE;
}

void
live_finish (GSubprocess *ffmpeg, guint seconds)
{
    gboolean late = FALSE, done = FALSE;
    guint id = g_timeout_add_seconds (TEST_PATIENCE * seconds, on_late, &late);

    g_subprocess_communicate_utf8_async (ffmpeg, NULL, NULL, on_finished, &done);
    while (!done) {
        g_main_context_iteration (NULL, TRUE);
        if (late)
            g_subprocess_force_exit (ffmpeg);
    }
    g_source_remove (id);
    g_assert_false (late);
    g_object_unref (ffmpeg);
}
