/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * player-sound.c: see player-sound.h. The ring has one writer, the reader, and one listener at a
 * time: the audio rounds, which only try the lock and don't wait, or else whoever lets time pass.
 * Roles: file, listen() and its kin audio.
 */
#include "player-sound.h"

#include <math.h>
#include <string.h>

#include <libswresample/swresample.h>

#include <tutti/role.h>

/* A power of two: 1.37 s. The reader may be kept off the processor for a while. */
#define RING_SAMPLES 65536
/* With so much a film begins, and goes on after it ran dry. */
#define READY_SAMPLES (TUTTI_RATE_HZ / 4)
/* Frames' times are rounded to milliseconds in some formats; only what is further off than this is
 * put right. Sound and picture may be 20 ms apart. */
#define TOLERANCE_SAMPLES (TUTTI_RATE_HZ / 50)
/* A pass begins as exactly as any format tells times. */
#define FIRST_TOLERANCE_SAMPLES (TUTTI_RATE_HZ / 500)
/* Rounds come each 20 ms, from a busy machine late and then many at once: who did not listen for so
 * long isn't there. Less than the ring holds. */
#define ABSENT_US G_USEC_PER_SEC

struct _TuttiPlayerSound {
    guint channels;
    TuttiPlayerTime *time;

    struct { /* the reader's */
        SwrContext *swr;
        AVChannelLayout layout; /* of what it is set up for */
        int format, rate_hz;
        gboolean is_going;    /* something of this pass was pushed */
        gboolean is_draining; /* the resampler may hold more */
        gint64 silence;       /* samples yet to be written */
        gint64 drop;          /* samples of the next frames that come too late */
    } in;

    _Atomic gint64 n_written, n_read; /* film time of the ring's two ends */
    _Atomic int is_finished;
    _Atomic gint64 listened_us;
    GMutex
        lock; /* of the listener's side: taken by another than the rounds only in their absence */
    guint ready; /* samples that pull() may take; of the round alone */
    gint16 *ring;
};

/* --- Into the ring; the reader's --- */

static gint64
get_room (TuttiPlayerSound *sound)
{
    return RING_SAMPLES - (atomic_load (&sound->n_written) - atomic_load (&sound->n_read));
}

/* Up to the ring's end and no more than there is room. */
static gint16 *
get_space (TuttiPlayerSound *sound, gint64 *n)
{
    gint64 at = atomic_load (&sound->n_written) & (RING_SAMPLES - 1);

    *n = MIN (*n, MIN (get_room (sound), RING_SAMPLES - at));
    return sound->ring + at * sound->channels;
}

static gboolean
write_silence (TuttiPlayerSound *sound)
{
    gint64 n = sound->in.silence;
    gint16 *space = get_space (sound, &n);

    memset (space, 0, (gsize)n * sound->channels * sizeof *space);
    sound->in.silence -= n;
    atomic_fetch_add (&sound->n_written, n);
    return n > 0;
}

/* What comes out while `drop` lasts is overwritten by what follows. */
static gboolean
write_resampled (TuttiPlayerSound *sound)
{
    static const guint8 *const NOTHING[AV_NUM_DATA_POINTERS];
    gint64 n = RING_SAMPLES, dropped;
    gint16 *space = get_space (sound, &n);
    guint8 *out[] = {(guint8 *)space};
    int got;

    if (n == 0)
        return FALSE;
    got = swr_convert (sound->in.swr, out, (int)n, (const guint8 **)NOTHING, 0);
    if (got <= 0) {
        sound->in.is_draining = FALSE;
        return FALSE;
    }
    dropped = MIN (sound->in.drop, got);
    sound->in.drop -= dropped;
    memmove (space, space + dropped * sound->channels,
             (gsize)(got - dropped) * sound->channels * sizeof *space);
    atomic_fetch_add (&sound->n_written, got - dropped);
    return TRUE;
}

gboolean
tutti_player_sound_step (TuttiPlayerSound *sound)
{
    if (sound->in.silence > 0)
        return write_silence (sound);
    return sound->in.is_draining && write_resampled (sound);
}

gboolean
tutti_player_sound_is_busy (TuttiPlayerSound *sound)
{
    return sound->in.silence > 0 || sound->in.is_draining || get_room (sound) == 0;
}

gint64
tutti_player_sound_get_end (TuttiPlayerSound *sound)
{
    gint64 delay = sound->in.swr ? swr_get_delay (sound->in.swr, TUTTI_RATE_HZ) : 0;

    return atomic_load (&sound->n_written) + sound->in.silence + delay - sound->in.drop;
}

/* --- The resampler --- */

static gboolean
is_set_up_for (TuttiPlayerSound *sound, const AVFrame *frame)
{
    return sound->in.swr && sound->in.format == frame->format &&
           sound->in.rate_hz == frame->sample_rate &&
           av_channel_layout_compare (&sound->in.layout, &frame->ch_layout) == 0;
}

/* One voice is as loud in two channels as in one, as everybody's in the room. */
static gboolean
set_matrix (TuttiPlayerSound *sound, const AVFrame *frame)
{
    static const double BOTH[TUTTI_CHANNELS_MAX] = {1, 1};

    return frame->ch_layout.nb_channels != 1 || swr_set_matrix (sound->in.swr, BOTH, 1) >= 0;
}

static gboolean
set_up (TuttiPlayerSound *sound, const AVFrame *frame)
{
    AVChannelLayout *layout = (AVChannelLayout *)&frame->ch_layout, out;

    if (is_set_up_for (sound, frame))
        return TRUE;
    av_channel_layout_default (&out, (int)sound->channels);
    swr_free (&sound->in.swr);
    if (frame->sample_rate <= 0 ||
        swr_alloc_set_opts2 (&sound->in.swr, &out, AV_SAMPLE_FMT_S16, TUTTI_RATE_HZ, layout,
                             frame->format, frame->sample_rate, 0, NULL) < 0 ||
        !set_matrix (sound, frame) || swr_init (sound->in.swr) < 0) {
        swr_free (&sound->in.swr);
        return FALSE;
    }
    sound->in.format = frame->format;
    sound->in.rate_hz = frame->sample_rate;
    return av_channel_layout_copy (&sound->in.layout, layout) >= 0;
}

/* The ring takes it from here on: a gap is silence, what overlaps is left out. */
static void
align (TuttiPlayerSound *sound, gint64 at)
{
    gint64 off = at == TUTTI_PLAYER_NEVER ? 0 : at - tutti_player_sound_get_end (sound);
    gint64 tolerance = sound->in.is_going ? TOLERANCE_SAMPLES : FIRST_TOLERANCE_SAMPLES;

    sound->in.is_going = TRUE;
    if (off > tolerance)
        sound->in.silence += off;
    else if (off < -tolerance)
        sound->in.drop += -off;
}

gboolean
tutti_player_sound_push (TuttiPlayerSound *sound, const AVFrame *frame, gint64 at)
{
    if (!set_up (sound, frame))
        return FALSE;
    align (sound, at);
    if (swr_convert (sound->in.swr, NULL, 0, (const guint8 **)frame->extended_data,
                     frame->nb_samples) < 0)
        return FALSE;
    sound->in.is_draining = TRUE;
    return TRUE;
}

void
tutti_player_sound_fill (TuttiPlayerSound *sound, gint64 until)
{
    gint64 missing = until - tutti_player_sound_get_end (sound);

    if (missing > 0)
        sound->in.silence += missing;
}

void
tutti_player_sound_begin_pass (TuttiPlayerSound *sound)
{
    sound->in.is_going = FALSE;
}

void
tutti_player_sound_finish (TuttiPlayerSound *sound)
{
    atomic_store (&sound->is_finished, TRUE);
}

gboolean
tutti_player_sound_is_ready (TuttiPlayerSound *sound)
{
    return atomic_load (&sound->is_finished) || get_room (sound) <= RING_SAMPLES - READY_SAMPLES;
}

/* --- Out of the ring --- */

gint64
tutti_player_sound_get_position (TuttiPlayerSound *sound)
{
    return atomic_load (&sound->n_read);
}

/* Moves on to what is due; how much of the next round is there. */
static guint
advance (TuttiPlayerSound *sound, gint64 now_us)
{
    gint64 due = tutti_player_time_get (sound->time, now_us);
    gint64 at = atomic_load (&sound->n_read);
    gboolean is_finished = atomic_load (&sound->is_finished);
    gint64 end = atomic_load (&sound->n_written);

    if (due == TUTTI_PLAYER_STANDS || due < at)
        return 0;
    at = MIN (due, end);
    atomic_store (&sound->n_read, at);
    if (end - at < TUTTI_ROUND_SAMPLES && !is_finished) {
        tutti_player_time_stop (sound->time);
        return 0;
    }
    return (guint)MIN (end - at, TUTTI_ROUND_SAMPLES);
}

gboolean
tutti_player_sound_is_heard (TuttiPlayerSound *sound, gint64 now_us)
{
    return now_us - atomic_load (&sound->listened_us) < ABSENT_US;
}

void
tutti_player_sound_pass (TuttiPlayerSound *sound, gint64 now_us)
{
    g_autoptr (GMutexLocker) locker = NULL;

    if (tutti_player_sound_is_heard (sound, now_us))
        return;
    locker = g_mutex_locker_new (&sound->lock);
    if (!tutti_player_sound_is_heard (sound, now_us))
        advance (sound, now_us);
}

/* A round's samples lie in two parts where the ring ends. */
static guint
count_until_end (TuttiPlayerSound *sound, gint64 at)
{
    return (guint)MIN (sound->ready, RING_SAMPLES - (at & (RING_SAMPLES - 1)));
}

static double
add_energy (const gint16 *pcm, gsize n_values)
{
    gint64 energy = 0;

    for (gsize i = 0; i < n_values; i++)
        energy += (gint32)pcm[i] * pcm[i];
    return (double)energy;
}

/* RFC 6464 section 3: -dBov. */
static guint8
measure (TuttiPlayerSound *sound)
{
    gint64 at = atomic_load (&sound->n_read);
    guint first = count_until_end (sound, at);
    const gint16 *pcm = sound->ring + (at & (RING_SAMPLES - 1)) * sound->channels;
    double energy = add_energy (pcm, (gsize)first * sound->channels) +
                    add_energy (sound->ring, (gsize)(sound->ready - first) * sound->channels);
    double n_values = (double)TUTTI_ROUND_SAMPLES * sound->channels;

    if (energy <= 0)
        return TUTTI_LEVEL_SILENCE;
    return (guint8)CLAMP (-10.0 * log10 (energy / n_values / (32767.0 * 32767.0)) + 0.5, 0,
                          TUTTI_LEVEL_SILENCE);
}

static guint8
on_listen (gpointer self, gint64 now_us)
{
    TuttiPlayerSound *sound = self;

    tutti_assert_role (TUTTI_ROLE_AUDIO);
    sound->ready = 0;
    if (!g_mutex_trylock (&sound->lock))
        return TUTTI_LEVEL_SILENCE;
    atomic_store (&sound->listened_us, now_us);
    sound->ready = advance (sound, now_us);
    g_mutex_unlock (&sound->lock);
    return sound->ready > 0 ? measure (sound) : TUTTI_LEVEL_SILENCE;
}

static void
on_skip (gpointer self)
{
    TuttiPlayerSound *sound = self;

    atomic_fetch_add (&sound->n_read, sound->ready);
    sound->ready = 0;
}

static gboolean
on_pull (gpointer self, gint16 *pcm, guint channels)
{
    TuttiPlayerSound *sound = self;
    gint64 at = atomic_load (&sound->n_read);
    guint first = count_until_end (sound, at), ready = sound->ready;

    g_assert (channels == sound->channels);
    if (ready == 0)
        return FALSE;
    memset (pcm, 0, TUTTI_ROUND_SAMPLES * channels * sizeof *pcm);
    memcpy (pcm, sound->ring + (at & (RING_SAMPLES - 1)) * channels,
            first * channels * sizeof *pcm);
    memcpy (pcm + first * channels, sound->ring, (ready - first) * channels * sizeof *pcm);
    on_skip (sound);
    return TRUE;
}

static const TuttiSoundInputClass CLASS = {.listen = on_listen, .pull = on_pull, .skip = on_skip};

TuttiSoundInput
tutti_player_sound_get_input (TuttiPlayerSound *sound, guint id)
{
    return (TuttiSoundInput){.klass = &CLASS, .self = sound, .id = id};
}

/* --- Life --- */

TuttiPlayerSound *
tutti_player_sound_new (guint channels, TuttiPlayerTime *time)
{
    TuttiPlayerSound *sound = g_new0 (TuttiPlayerSound, 1);

    sound->channels = channels;
    sound->time = time;
    g_mutex_init (&sound->lock);
    sound->ring = g_new0 (gint16, RING_SAMPLES * channels);
    return sound;
}

void
tutti_player_sound_free (TuttiPlayerSound *sound)
{
    if (!sound)
        return;
    swr_free (&sound->in.swr);
    av_channel_layout_uninit (&sound->in.layout);
    g_mutex_clear (&sound->lock);
    g_free (sound->ring);
    g_free (sound);
}
