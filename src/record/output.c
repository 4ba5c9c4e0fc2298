/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * output.c: see output.h. A thread that connects, sends, waits, and connects again:
 *
 *   CONNECTING --first picture sent--> LIVE
 *       ^  \--no answer-------v          |
 *       |------- 1 to 30 s -- WAITING <--/ the peer is gone
 *
 * The thread has a reference of its own, so that one that hangs in the network or on a disk can be
 * left behind. Roles: main; what is marked so: file.
 */
#include "output.h"

#include <string.h>

#include <libavformat/avformat.h>

#include <tutti/error.h>
#include <tutti/role.h>

#include "broadcast.h"

/* 5 s of the mix, and as much of pictures at 3 Mbit/s: a stall as long as a write may take. */
#define AUDIO_PACKETS 256
#define VIDEO_PACKETS 2048
/* The thread looks into its queues so often: receivers are seconds behind anyway. */
#define TICK_US (40 * TUTTI_USEC_PER_MSEC)
#define BACKOFF_FIRST_US G_USEC_PER_SEC
#define BACKOFF_LAST_US (30 * G_USEC_PER_SEC)
/* What lasted so long was no failure to connect: the next wait is short again. */
#define STEADY_US (10 * G_USEC_PER_SEC)
#define BITRATE_WINDOW_US (2 * G_USEC_PER_SEC)

struct _TuttiOutput {
    gint refs; /* main's, the thread's, those of news on their way to main */

    /* Constant. */
    TuttiUrl url;
    char *directory, *certificates;
    TuttiOutputSetup setup; /* its strings are those above */
    TuttiQueue *audio, *video;
    TuttiWish *key_frame;

    /* Role main. */
    void (*told) (TuttiOutput *output, gpointer user_data); /* NULL: nobody listens any more */

    GMutex lock; /* of what follows */
    GCond changed;
    gboolean is_stopping, has_ended;
    TuttiOutputStats stats;
    gint64 live_since_us;

    /* Role file. */
    TuttiBroadcast *broadcast;
    guint failures; /* in a row */
    gint64 window_us;
    guint64 window_bytes;
};

static void
unref (gpointer output)
{
    TuttiOutput *self = output;

    if (!g_atomic_int_dec_and_test (&self->refs))
        return;
    tutti_broadcast_free (self->broadcast);
    tutti_url_clear (&self->url);
    g_free (self->directory);
    g_free (self->certificates);
    tutti_queue_unref (self->audio);
    tutti_queue_unref (self->video);
    tutti_wish_unref (self->key_frame);
    g_cond_clear (&self->changed);
    g_mutex_clear (&self->lock);
    g_free (self);
}

static TuttiOutput *
ref (TuttiOutput *self)
{
    g_atomic_int_inc (&self->refs);
    return self;
}

/* --- Role file: what is told --- */

static gboolean
on_news (gpointer user_data)
{
    TuttiOutput *self = user_data;

    if (self->told)
        self->told (self, self->setup.user_data);
    return G_SOURCE_REMOVE;
}

/* why: NULL: as it was. */
static void
set_state (TuttiOutput *self, TuttiOutputState state, const char *why)
{
    g_mutex_lock (&self->lock);
    self->stats.state = state;
    self->stats.attempts += state == TUTTI_OUTPUT_CONNECTING;
    self->stats.reconnects += state == TUTTI_OUTPUT_LIVE && self->live_since_us != 0;
    if (state == TUTTI_OUTPUT_LIVE)
        self->live_since_us = g_get_monotonic_time ();
    else
        self->stats.bitrate_bps = 0;
    if (why)
        g_strlcpy (self->stats.why, why, sizeof self->stats.why);
    g_mutex_unlock (&self->lock);
    g_idle_add_full (G_PRIORITY_DEFAULT, on_news, ref (self), unref);
}

static void
tell_figures (TuttiOutput *self, gint64 now_us)
{
    const TuttiBroadcastStats *stats = tutti_broadcast_get_stats (self->broadcast);
    gint64 passed_us = now_us - self->window_us;
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

    self->stats.bytes = stats->bytes;
    self->stats.pictures = stats->pictures;
    self->stats.sounds = stats->sounds;
    self->stats.dropped = stats->dropped;
    if (passed_us < BITRATE_WINDOW_US)
        return;
    self->stats.bitrate_bps =
        (guint)((stats->bytes - self->window_bytes) * 8 * G_USEC_PER_SEC / (guint64)passed_us);
    self->window_us = now_us;
    self->window_bytes = stats->bytes;
}

/* --- Role file: the thread --- */

/* As libavformat asks it, too. */
static gboolean
is_over (gpointer user_data)
{
    TuttiOutput *self = user_data;
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

    return self->is_stopping;
}

/* FALSE: it is over. */
static gboolean
wait_until (TuttiOutput *self, gint64 due_us)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

    while (!self->is_stopping && g_cond_wait_until (&self->changed, &self->lock, due_us)) {
    }
    return !self->is_stopping;
}

static TuttiConnection *
open_connection (TuttiOutput *self, char *why)
{
    const TuttiConnectionSetup setup = {
        .url = &self->url,
        .directory = self->directory,
        .certificates = self->certificates,
        .segment_s = self->setup.segment_s,
        .width = self->setup.width,
        .height = self->setup.height,
        .frame_rate = self->setup.frame_rate,
        .channels = self->setup.channels,
        .bitrate_bps = self->setup.bitrate_bps,
        .audio_bitrate_bps = self->setup.audio_bitrate_bps,
        .is_over = is_over,
        .user_data = self,
    };

    return tutti_connection_open (&setup, why);
}

/* Until the peer or its owner has enough. */
static void
send_on (TuttiOutput *self, TuttiConnection *connection, char *why)
{
    gint64 live_us = 0, now_us = g_get_monotonic_time ();

    tutti_broadcast_restart (self->broadcast);
    while (wait_until (self, now_us + TICK_US)) {
        gboolean is_good;

        now_us = g_get_monotonic_time ();
        is_good = tutti_broadcast_work (self->broadcast, connection, now_us, why);
        tell_figures (self, now_us);
        if (!is_good)
            break;
        if (live_us == 0 && tutti_broadcast_has_begun (self->broadcast)) {
            live_us = now_us;
            set_state (self, TUTTI_OUTPUT_LIVE, "");
        }
    }
    if (live_us != 0 && now_us - live_us > STEADY_US)
        self->failures = 0;
}

/* 1, 2, 4 ... 30 s, each a quarter more or less: many outputs to one server that was gone must not
 * come back all at once. */
static gint64
find_backoff_us (guint failures)
{
    gint64 delay_us = BACKOFF_FIRST_US << MIN (failures, 5);

    return (gint64)((double)MIN (delay_us, BACKOFF_LAST_US) * g_random_double_range (0.75, 1.25));
}

static void
wait_for_next (TuttiOutput *self)
{
    gint64 due_us = g_get_monotonic_time () + find_backoff_us (self->failures++);
    gint64 now_us;

    while ((now_us = g_get_monotonic_time ()) < due_us) {
        tutti_broadcast_discard (self->broadcast);
        if (!wait_until (self, MIN (due_us, now_us + G_USEC_PER_SEC)))
            return;
    }
}

static void
try_once (TuttiOutput *self)
{
    char why[TUTTI_CONNECTION_WHY_BYTES] = "";
    TuttiConnection *connection;

    set_state (self, TUTTI_OUTPUT_CONNECTING, NULL);
    connection = open_connection (self, why);
    if (connection)
        send_on (self, connection, why);
    tutti_connection_close (connection);
    if (is_over (self))
        return;
    set_state (self, TUTTI_OUTPUT_WAITING, why);
    wait_for_next (self);
}

static gpointer
run (gpointer user_data)
{
    TuttiOutput *self = user_data;

    tutti_role_enter (TUTTI_ROLE_FILE);
    while (!is_over (self))
        try_once (self);
    set_state (self, TUTTI_OUTPUT_ENDED, NULL);
    g_mutex_lock (&self->lock);
    self->has_ended = TRUE;
    g_cond_broadcast (&self->changed);
    g_mutex_unlock (&self->lock);
    unref (self);
    return NULL;
}

/* --- Role main --- */

const char *
tutti_output_state_name (TuttiOutputState state)
{
    static const char *const NAMES[] = {"connecting", "live", "waiting", "ended"};

    return NAMES[state];
}

static gboolean
check_support (const TuttiUrl *url, GError **error)
{
    if (url->scheme == TUTTI_URL_HLS || avio_find_protocol_name (url->target))
        return TRUE;
    g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED,
                         "this build of libavformat lacks that protocol");
    return FALSE;
}

gboolean
tutti_output_check_url (const char *text, GError **error)
{
    g_auto (TuttiUrl) url = {0};

    return tutti_url_parse (&url, text, error) && check_support (&url, error);
}

char *
tutti_output_describe_url (const char *text)
{
    return tutti_url_describe (text);
}

static TuttiOutput *
make (const TuttiOutputSetup *setup)
{
    TuttiOutput *self = g_new0 (TuttiOutput, 1);
    TuttiBroadcastSetup broadcast = {
        .key_frame = setup->key_frame,
        .channels = setup->channels,
        .audio_bitrate_bps = setup->audio_bitrate_bps,
    };

    self->refs = 1;
    self->setup = *setup;
    self->told = setup->told;
    self->directory = g_strdup (setup->directory);
    self->certificates = g_strdup (setup->certificates);
    self->audio = broadcast.audio = tutti_queue_new (AUDIO_PACKETS, NULL, NULL);
    self->video = broadcast.video = tutti_queue_new (VIDEO_PACKETS, NULL, NULL);
    self->key_frame = tutti_wish_ref (setup->key_frame);
    self->broadcast = tutti_broadcast_new (&broadcast);
    g_mutex_init (&self->lock);
    g_cond_init (&self->changed);
    return self;
}

TuttiOutput *
tutti_output_new (const TuttiOutputSetup *setup, GError **error)
{
    g_auto (TuttiUrl) url = {0};
    TuttiOutput *self;
    GThread *thread;

    if (!tutti_url_parse (&url, setup->url, error) || !check_support (&url, error))
        return NULL;
    if (setup->video_codec != TUTTI_CODEC_H264 ||
        (url.scheme == TUTTI_URL_HLS && !setup->directory)) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED,
                             "live outputs need H.264, and HLS a directory");
        return NULL;
    }
    self = make (setup);
    self->url = url;
    url = (TuttiUrl){0};
    thread = g_thread_try_new ("tutti-live", run, ref (self), error);
    if (!thread) {
        unref (self); /* the thread's */
        unref (self);
        return NULL;
    }
    g_thread_unref (thread);
    return self;
}

void
tutti_output_stop (TuttiOutput *self)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

    self->is_stopping = TRUE;
    g_cond_broadcast (&self->changed);
}

void
tutti_output_free (TuttiOutput *self)
{
    gint64 due_us = g_get_monotonic_time () + TUTTI_OUTPUT_PATIENCE_US;

    if (!self)
        return;
    tutti_assert_role (TUTTI_ROLE_MAIN);
    tutti_output_stop (self);
    self->told = NULL;
    tutti_queue_close (self->audio);
    tutti_queue_close (self->video);
    g_mutex_lock (&self->lock);
    while (!self->has_ended && g_cond_wait_until (&self->changed, &self->lock, due_us)) {
    }
    g_mutex_unlock (&self->lock);
    unref (self);
}

TuttiQueue *
tutti_output_get_input (TuttiOutput *self, TuttiKind kind)
{
    return kind == TUTTI_KIND_AUDIO ? self->audio : self->video;
}

void
tutti_output_get_stats (TuttiOutput *self, TuttiOutputStats *stats)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

    *stats = self->stats;
    stats->live_us =
        stats->state == TUTTI_OUTPUT_LIVE ? g_get_monotonic_time () - self->live_since_us : 0;
}
