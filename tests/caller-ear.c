/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * caller-ear.c: what a caller heard and saw, measured.
 */
#include <math.h>

#include <opus/opus.h>

#include "caller.h"
#include <tutti/payload.h>
#include "leg/rtp.h"

/* A click is heard when this is passed; Opus' own noise around silence is far below. */
#define CLICK_THRESHOLD 3000

/* --- By the pump --- */

static void
keep_heard (Caller *caller, const gint16 *pcm, guint n, guint32 timestamp, gint64 now_us)
{
    guint64 at;

    if (!caller->any_heard) {
        caller->any_heard = TRUE;
        caller->first_timestamp = timestamp;
        caller->figures.first_heard_us = now_us;
    }
    at = (guint32)(timestamp - caller->first_timestamp);
    for (; caller->n_heard < at; caller->n_heard++)
        caller->heard[caller->n_heard % CALLER_HEARD_SAMPLES] = 0;
    for (guint i = 0; i < n; i++)
        caller->heard[(at + i) % CALLER_HEARD_SAMPLES] = pcm[i];
    caller->n_heard = MAX (caller->n_heard, at + n);
}

static void
note_click (Caller *caller, const gint16 *pcm, guint n, gint64 now_us)
{
    for (guint i = 0; i < n && caller->figures.click_out_us == 0; i++) {
        if (ABS (pcm[i]) > CLICK_THRESHOLD)
            caller->figures.click_out_us = now_us + (gint64)i * G_USEC_PER_SEC / TUTTI_RATE_HZ;
    }
}

void
caller_hear (Caller *caller)
{
    gint16 pcm[6 * TUTTI_ROUND_SAMPLES];
    TuttiPacket *packet;

    while ((packet = tutti_queue_pop (caller->heard_queue))) {
        gint64 now_us = g_get_monotonic_time ();
        int n = opus_decode (caller->decoder, packet->data, packet->length_bytes, pcm,
                             G_N_ELEMENTS (pcm), 0);
        g_mutex_lock (&caller->lock);
        if (n > 0) {
            keep_heard (caller, pcm, (guint)n, packet->timestamp, now_us);
            note_click (caller, pcm, (guint)n, now_us);
        }
        g_mutex_unlock (&caller->lock);
        tutti_sync_play (caller->sync, packet->ssrc, packet->timestamp, now_us);
        tutti_packet_unref (packet);
    }
}

static void
note_flash (Caller *caller)
{
    guint8 threshold = caller->setup.colour[0] + CALLER_FLASH_LIGHT / 2;
    gint64 shown_us;
    g_autoptr (TuttiPicture) picture = tutti_slot_peek (caller->seen, &shown_us);
    gboolean was_light = caller->is_light;

    if (!picture)
        return;
    caller->is_light =
        picture->plane[0][picture->height / 2 * picture->stride[0] + picture->width / 2] >
        threshold;
    if (caller->is_light && !was_light)
        caller->figures.flash_out_us = shown_us;
}

void
caller_see (Caller *caller, gint64 now_us)
{
    TuttiVideoSourceStats stats;

    if (tutti_wish_take (caller->downlink_wish))
        tutti_peer_want_key_frame (caller->peer);
    tutti_video_source_get_stats (caller->seen_source, &stats);
    g_mutex_lock (&caller->lock);
    note_flash (caller);
    if (stats.decoded > caller->figures.n_seen) {
        if (caller->figures.n_seen > 0)
            caller->figures.longest_gap_us =
                MAX (caller->figures.longest_gap_us, now_us - caller->last_seen_us);
        else
            caller->figures.first_seen_us = now_us;
        caller->last_seen_us = now_us;
        caller->figures.n_seen = stats.decoded;
    }
    g_mutex_unlock (&caller->lock);
}

/* --- By the tests --- */

void
caller_get_figures (Caller *caller, CallerFigures *figures)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&caller->lock);

    *figures = caller->figures;
}

void
caller_reset_figures (Caller *caller)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&caller->lock);

    caller->figures.longest_gap_us = 0;
    caller->figures.click_in_us = caller->figures.click_out_us = 0;
    caller->figures.flash_out_us = 0;
}

gboolean
caller_has_heard_a_second (Caller *caller)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&caller->lock);

    return caller->n_heard >= TUTTI_RATE_HZ;
}

static void
copy_last_second (Caller *caller, gint16 *pcm)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&caller->lock);

    g_assert_cmpuint (caller->n_heard, >=, TUTTI_RATE_HZ);
    for (guint i = 0; i < TUTTI_RATE_HZ; i++)
        pcm[i] = caller->heard[(caller->n_heard - TUTTI_RATE_HZ + i) % CALLER_HEARD_SAMPLES];
}

/* Short enough that most are whole when a jitter buffer has cut or stretched the second here and
 * there; tones of whole periods in it (multiples of 20 Hz) don't leak. */
#define WINDOW_SAMPLES (TUTTI_RATE_HZ / 20)
#define WINDOWS (TUTTI_RATE_HZ / WINDOW_SAMPLES)

/* Mean square of the tone in a window. */
static double
measure_tone (const gint16 *pcm, guint tone_hz)
{
    double in_phase = 0, quadrature = 0;

    for (guint i = 0; i < WINDOW_SAMPLES; i++) {
        double angle = 2 * G_PI * tone_hz * i / TUTTI_RATE_HZ;
        in_phase += pcm[i] / 32768.0 * cos (angle);
        quadrature += pcm[i] / 32768.0 * sin (angle);
    }
    in_phase /= WINDOW_SAMPLES / 2;
    quadrature /= WINDOW_SAMPLES / 2;
    return (in_phase * in_phase + quadrature * quadrature) / 2;
}

static double
measure_rest_db (const gint16 *pcm, const guint *tones_hz, guint n_tones)
{
    double all = 0, tones = 0;

    for (guint i = 0; i < WINDOW_SAMPLES; i++)
        all += (pcm[i] / 32768.0) * (pcm[i] / 32768.0) / WINDOW_SAMPLES;
    for (guint i = 0; i < n_tones; i++)
        tones += measure_tone (pcm, tones_hz[i]);
    return 10 * log10 (MAX (all - tones, 1e-12) / MAX (tones, 1e-12));
}

static int
compare_levels (gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double
find_median (double *levels_db)
{
    qsort (levels_db, WINDOWS, sizeof levels_db[0], compare_levels);
    return levels_db[WINDOWS / 2];
}

double
caller_get_tone_db (Caller *caller, guint tone_hz)
{
    g_autofree gint16 *pcm = g_new (gint16, TUTTI_RATE_HZ);
    double levels_db[WINDOWS];

    copy_last_second (caller, pcm);
    for (guint i = 0; i < WINDOWS; i++)
        levels_db[i] = 10 * log10 (2 * measure_tone (pcm + i * WINDOW_SAMPLES, tone_hz) + 1e-12);
    return find_median (levels_db);
}

double
caller_get_rest_db (Caller *caller, const guint *tones_hz, guint n_tones)
{
    g_autofree gint16 *pcm = g_new (gint16, TUTTI_RATE_HZ);
    double levels_db[WINDOWS];

    copy_last_second (caller, pcm);
    for (guint i = 0; i < WINDOWS; i++)
        levels_db[i] = measure_rest_db (pcm + i * WINDOW_SAMPLES, tones_hz, n_tones);
    return find_median (levels_db);
}

gboolean
caller_look_at (Caller *caller, int x, int y, guint8 *colour)
{
    g_autoptr (TuttiPicture) picture = tutti_slot_peek (caller->seen, NULL);

    if (!picture)
        return FALSE;
    colour[0] = picture->plane[0][y * picture->stride[0] + x];
    colour[1] = picture->plane[1][y / 2 * picture->stride[1] + x / 2];
    colour[2] = picture->plane[2][y / 2 * picture->stride[2] + x / 2];
    return TRUE;
}

void
caller_note_packet (const guint8 *data, gsize length_bytes, gint64 now_us, gpointer user_data)
{
    Caller *caller = user_data;
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&caller->lock);
    TuttiPayload payload = {0};
    TuttiRtp rtp;

    if (!tutti_rtp_read (data, length_bytes, &rtp) || rtp.payload_type != TUTTI_PEER_VP8)
        return;
    caller->received.ssrc = rtp.ssrc;
    caller->received.packets++;
    caller->received.bytes += length_bytes;
    if (tutti_vp8_look (rtp.payload, rtp.payload_bytes, &payload) &&
        (payload.parts & TUTTI_PART_START) && (payload.parts & TUTTI_PART_KEY))
        caller->received.key_frames++;
}

void
caller_get_received (Caller *caller, CallerReceived *received)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&caller->lock);

    *received = caller->received;
}
