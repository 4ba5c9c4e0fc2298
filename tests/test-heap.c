/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-heap.c: packets and rounds take nothing from the heap: once a call runs, net threads and
 * audio rounds live on what they have.
 *
 * The heap's functions are this program's own here: they count what watched threads ask for, and
 * pass it on. Sanitizers have a heap of their own; there the test is skipped.
 */
#include <dlfcn.h>
#include <errno.h>

#include "leg-call.h"
#include "leg/net-private.h"

#include "decode/audio-source.h"
#include "mixers/audio/audio-mixer.h"
#include "room/voices.h"

#include <math.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED 1
#endif
#endif

static _Thread_local gboolean is_watched;
static gint n_taken;

#ifndef IS_SANITIZED

extern void *__libc_malloc (size_t bytes);
extern void *__libc_calloc (size_t n, size_t bytes);
extern void *__libc_realloc (void *old, size_t bytes);
extern void *__libc_memalign (size_t alignment, size_t bytes);

static void
note (void)
{
    if (is_watched)
        __atomic_add_fetch (&n_taken, 1, __ATOMIC_RELAXED);
}

void *
malloc (size_t bytes)
{
    note ();
    return __libc_malloc (bytes);
}

void *
calloc (size_t n, size_t bytes)
{
    note ();
    return __libc_calloc (n, bytes);
}

void *
realloc (void *old, size_t bytes)
{
    note ();
    return __libc_realloc (old, bytes);
}

void *
aligned_alloc (size_t alignment, size_t bytes)
{
    note ();
    return __libc_memalign (alignment, bytes);
}

int
posix_memalign (void **to, size_t alignment, size_t bytes)
{
    note ();
    *to = __libc_memalign (alignment, bytes);
    return *to ? 0 : ENOMEM;
}

/* What libnice does when its own timers are due (checks, keepalives) is no packet's cost. */
gboolean
g_main_context_iteration (GMainContext *context, gboolean may_block)
{
    static gboolean (*real) (GMainContext *, gboolean);
    gboolean was_watched = is_watched, done;

    is_watched = FALSE;
    if (!real)
        real =
            (gboolean (*) (GMainContext *, gboolean))dlsym (RTLD_NEXT, "g_main_context_iteration");
    done = real (context, may_block);
    is_watched = was_watched;
    return done;
}

#endif

static gboolean
is_skipped (void)
{
#ifdef IS_SANITIZED
    g_test_skip ("sanitizers have a heap of their own");
    return TRUE;
#else
    return FALSE;
#endif
}

static void
set_watched (gpointer watched, gint64 now_us)
{
    is_watched = GPOINTER_TO_INT (watched);
}

/* The threads of leg and peer. */
static void
watch_call (Call *call, gboolean watched)
{
    tutti_loop_call (tutti_net_pick_loop (call->net), set_watched, GINT_TO_POINTER (watched));
    tutti_loop_call (tutti_net_pick_loop (call->peer_net), set_watched, GINT_TO_POINTER (watched));
}

static guint
drain (TuttiQueue *queue)
{
    guint n = 0;
    TuttiPacket *packet;

    for (; (packet = tutti_queue_pop (queue)); n++)
        tutti_packet_unref (packet);
    return n;
}

/* A picture of several packets. */
static void
push_picture (TuttiQueue *queue, guint n)
{
    TuttiPacket *packets[8] = {NULL};

    for (guint i = 0; i < n; i++) {
        packets[i] = call_make_picture ((guint8)i, 200);
        packets[i]->flags =
            (i == 0 ? TUTTI_PACKET_FRAME_START : 0) | (i == n - 1 ? TUTTI_PACKET_MARKER : 0);
    }
    tutti_queue_push_all (queue, packets, n);
    for (guint i = 0; i < n; i++)
        tutti_packet_unref (packets[i]);
}

/* Sound and a picture both ways, and they have arrived. */
static void
exchange (Call *call)
{
    gint64 patience_us = g_get_monotonic_time () + CALL_PATIENCE_US;
    guint n = 0;

    call_push (tutti_leg_get_output (call->leg, TUTTI_KIND_AUDIO), call_make_sound (1));
    call_push (tutti_peer_get_output (call->peer, TUTTI_KIND_AUDIO), call_make_sound (1));
    push_picture (tutti_leg_get_output (call->leg, TUTTI_KIND_VIDEO), 5);
    push_picture (tutti_peer_get_output (call->peer, TUTTI_KIND_VIDEO), 5);
    while (n < 12 && g_get_monotonic_time () < patience_us) {
        g_main_context_iteration (NULL, FALSE);
        g_usleep (100);
        n += drain (call->in[TUTTI_TRACK_AUDIO]) + drain (call->in[TUTTI_TRACK_CAMERA]) +
             drain (call->peer_in[TUTTI_TRACK_AUDIO]) + drain (call->peer_in[TUTTI_TRACK_CAMERA]);
    }
    g_assert_cmpuint (n, ==, 12);
}

/* The pool of packets grows until every history is full of them: it is made as large at once. */
static void
fill_pool (void)
{
    TuttiPacket *packets[4096];

    for (guint i = 0; i < G_N_ELEMENTS (packets); i++)
        packets[i] = tutti_packet_new ();
    for (guint i = 0; i < G_N_ELEMENTS (packets); i++)
        tutti_packet_unref (packets[i]);
}

#define WARM_UP 40
#define ROUNDS 60

static void
test_packets (void)
{
    Call call;

    if (is_skipped ())
        return;
    fill_pool ();
    call_connect (&call);
    for (guint i = 0; i < WARM_UP; i++)
        exchange (&call);
    watch_call (&call, TRUE);
    g_atomic_int_set (&n_taken, 0);
    for (guint i = 0; i < ROUNDS; i++)
        exchange (&call);
    g_assert_cmpint (g_atomic_int_get (&n_taken), ==, 0);
    watch_call (&call, FALSE);
    call_tear_down (&call);
}

#define PEOPLE 8
#define TALKERS 3

typedef struct {
    TuttiQueue *in[PEOPLE], *out[PEOPLE];
    TuttiAudioSource *sources[PEOPLE];
    TuttiAudioInput inputs[PEOPLE];
    TuttiOpusEncoder *speech;
    TuttiAudioMixer *mixer;
    TuttiVoices *voices;
    guint16 seq;
    gint64 now_us;
} Table;

static void
set_table (Table *table)
{
    const TuttiOpusSetup setup = {.channels = 1, .bitrate_bps = 32000, .fec = TRUE};

    *table = (Table){.now_us = 1000 * (gint64)G_USEC_PER_SEC};
    table->speech = tutti_opus_encoder_new (&setup);
    table->mixer = tutti_audio_mixer_new (1, TALKERS);
    table->voices = tutti_voices_new (&setup, TALKERS);
    for (guint i = 0; i < PEOPLE; i++) {
        table->in[i] = tutti_queue_new (64, NULL, NULL);
        table->out[i] = tutti_queue_new (64, NULL, NULL);
        table->sources[i] = tutti_audio_source_new (table->in[i], 1, 200);
        table->inputs[i].port = tutti_audio_source_get_input (table->sources[i], i + 1);
        table->inputs[i].gain = 1;
    }
}

static void
clear_table (Table *table)
{
    for (guint i = 0; i < PEOPLE; i++) {
        tutti_audio_source_free (table->sources[i]);
        tutti_queue_unref (table->in[i]);
        tutti_queue_unref (table->out[i]);
    }
    tutti_opus_encoder_free (table->speech);
    tutti_audio_mixer_free (table->mixer);
    tutti_voices_free (table->voices);
}

/* As if it came from the net: each talker a copy of one voice. */
static void
speak (Table *table)
{
    gint16 pcm[TUTTI_ROUND_SAMPLES];
    g_autoptr (TuttiPacket) said = NULL;

    for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++)
        pcm[i] = (gint16)(8000 * sin (2 * G_PI * 440 * i / TUTTI_RATE_HZ));
    said = tutti_opus_encoder_push (table->speech, pcm, table->now_us);
    table->seq++;
    for (guint i = 0; i < TALKERS; i++) {
        g_autoptr (TuttiPacket) packet = tutti_packet_new ();

        packet->codec = TUTTI_CODEC_OPUS;
        packet->time_us = table->now_us;
        packet->seq = table->seq;
        packet->timestamp = table->seq * TUTTI_ROUND_SAMPLES;
        packet->ssrc = i + 1;
        packet->level = (guint8)(20 + i);
        packet->length_bytes = said->length_bytes;
        memcpy (packet->data, said->data, said->length_bytes);
        tutti_queue_push (table->in[i], packet);
    }
}

/* Gives how many packets went out. */
static guint
run_round (Table *table)
{
    TuttiAudioMix mix = {0};
    guint n = 0;

    speak (table);
    tutti_audio_mixer_tick (table->mixer, table->inputs, PEOPLE, table->now_us, &mix);
    tutti_voices_encode (table->voices, &mix, table->now_us);
    for (guint i = 0; i < PEOPLE; i++) {
        TuttiPacket *packet = tutti_voices_get (table->voices, i + 1, 0);

        if (packet)
            tutti_queue_push (table->out[i], packet);
        n += drain (table->out[i]);
    }
    table->now_us += TUTTI_ROUND_US;
    return n;
}

static void
test_rounds (void)
{
    guint n = 0;
    Table table;

    if (is_skipped ())
        return;
    set_table (&table);
    for (guint i = 0; i < WARM_UP; i++)
        run_round (&table);
    g_atomic_int_set (&n_taken, 0);
    is_watched = TRUE;
    for (guint i = 0; i < ROUNDS; i++)
        n += run_round (&table);
    is_watched = FALSE;
    g_assert_cmpint (g_atomic_int_get (&n_taken), ==, 0);
    g_assert_cmpuint (n, ==, PEOPLE * ROUNDS);
    clear_table (&table);
}

/* The test would pass if it saw nothing. */
static void
test_watch (void)
{
    if (is_skipped ())
        return;
    g_atomic_int_set (&n_taken, 0);
    is_watched = TRUE;
    g_free (g_malloc (100));
    is_watched = FALSE;
    g_free (g_malloc (100));
    g_assert_cmpint (g_atomic_int_get (&n_taken), ==, 1);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/heap/watch", test_watch);
    g_test_add_func ("/heap/packets", test_packets);
    g_test_add_func ("/heap/rounds", test_rounds);
    return g_test_run ();
}
