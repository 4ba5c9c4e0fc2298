/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sound.c: see sound.h. Roles: main, on_round() audio.
 */
#include <string.h>

#include <tutti/role.h>
#include <tutti/work.h>

#include "bell.h"
#include "pairs.h"
#include "sound.h"
#include "voices.h"

/* Of 0 to 10: 120 us a frame, with in-band FEC 162, where 9 takes twice as much for a difference
 * few can hear. */
#define OPUS_COMPLEXITY 5

struct _TuttiSound {
    TuttiShared *shared;
    TuttiNotify heard_func;
    gpointer user_data;
    TuttiBell *bell;
    TuttiHandover *handover; /* of TuttiAudience */
    guint round_id;          /* 0: no rounds */

    struct { /* while rounds run: theirs alone */
        TuttiAudioMixer *mixer;
        TuttiVoices *voices;
        TuttiPairs *pairs[2]; /* begun in even and odd rounds; people take turns */
        TuttiHeard heard;
        guint64 encoded; /* of the voices, as counted */
    } round;

    GMutex lock; /* guards the rest */
    TuttiHeard heard;
};

/* --- The round; role: audio --- */

/* Main is woken only when others are heard, or in another order: how often people are told is its
 * matter. */
static void
publish_heard (TuttiSound *sound, const TuttiAudioMix *mix)
{
    TuttiHeard *heard = &sound->round.heard;
    guint n = MIN (mix->n_speakers, TUTTI_TALKERS_MAX);

    if (n == heard->n && memcmp (heard->ids, mix->speakers, n * sizeof heard->ids[0]) == 0)
        return;
    heard->n = n;
    memcpy (heard->ids, mix->speakers, n * sizeof heard->ids[0]);
    g_mutex_lock (&sound->lock);
    sound->heard = *heard;
    g_mutex_unlock (&sound->lock);
    tutti_bell_ring (sound->bell);
}

/* shared: of the mix that all silent ones hear; NULL: none, or nobody is patient. */
static void
send_to (TuttiSound *sound, const TuttiEar *ear, const TuttiPacket *shared)
{
    TuttiPacket *packet = tutti_voices_get (sound->round.voices, ear->id, ear->loss_percent);
    TuttiPacket *packets[TUTTI_PAIRS_MAX] = {packet};
    guint n = packet ? 1 : 0;

    if (ear->is_paired)
        n = tutti_pairs_get (sound->round.pairs[ear->id % 2], ear->is_paired,
                             ear->is_patient && packet == shared, packet, packets);
    for (guint i = 0; i < n; i++)
        tutti_queue_push (ear->queue, packets[i]);
}

static void
send_mix (TuttiSound *sound, const TuttiAudience *audience, gint64 now_us)
{
    TuttiPacket *shared =
        audience->n_patient > 0 ? tutti_voices_get (sound->round.voices, 0, 0) : NULL;

    for (guint i = 0; i < G_N_ELEMENTS (sound->round.pairs); i++)
        tutti_pairs_push (sound->round.pairs[i], shared, now_us);
    for (guint i = 0; i < audience->ears->len; i++)
        send_to (sound, &g_array_index (audience->ears, TuttiEar, i), shared);
}

static void
count_round (TuttiSound *sound)
{
    guint64 encoded = tutti_voices_count_encoded (sound->round.voices);

    __atomic_add_fetch (&sound->shared->n_rounds, 1, __ATOMIC_RELAXED);
    __atomic_add_fetch (&sound->shared->n_encoded, encoded - sound->round.encoded,
                        __ATOMIC_RELAXED);
    sound->round.encoded = encoded;
}

static void
on_round (gpointer user_data, gint64 now_us)
{
    TuttiSound *sound = user_data;
    const TuttiAudience *audience = tutti_handover_begin (sound->handover);
    TuttiAudioMix mix = {0};

    if (audience) {
        tutti_audio_mixer_tick (sound->round.mixer, (TuttiAudioInput *)audience->voices->data,
                                audience->voices->len, now_us, &mix);
        tutti_voices_set_loss (sound->round.voices, audience->loss_percent);
        tutti_voices_encode (sound->round.voices, &mix, now_us);
        tutti_work_enter (TUTTI_WORK_SPREAD);
        send_mix (sound, audience, now_us);
        tutti_work_enter (TUTTI_WORK_MIX);
        publish_heard (sound, &mix);
        count_round (sound);
    }
    tutti_handover_end (sound->handover);
}

/* --- Main --- */

static void
on_bell (gpointer user_data)
{
    TuttiSound *sound = user_data;
    sound->heard_func (sound->user_data);
}

static void
start (TuttiSound *sound)
{
    TuttiShared *shared = sound->shared;
    TuttiOpusSetup setup = {
        .channels = shared->stereo ? 2 : 1,
        .bitrate_bps = shared->audio_bitrate_bps,
        .fec = shared->fec,
        .complexity = OPUS_COMPLEXITY,
        .times = &shared->encode_time[TUTTI_CODEC_OPUS],
    };

    sound->round.mixer = tutti_audio_mixer_new (setup.channels, shared->talkers);
    sound->round.voices = tutti_voices_new (&setup, shared->talkers);
    for (guint i = 0; i < G_N_ELEMENTS (sound->round.pairs); i++)
        sound->round.pairs[i] = tutti_pairs_new (i != 0);
    sound->round.heard.n = 0;
    sound->round.encoded = 0;
    sound->round_id = tutti_rounds_add (shared->rounds, on_round, sound);
}

static void
stop (TuttiSound *sound)
{
    if (sound->round_id == 0)
        return;
    tutti_rounds_remove (sound->shared->rounds, sound->round_id);
    sound->round_id = 0;
    g_clear_pointer (&sound->round.mixer, tutti_audio_mixer_free);
    g_clear_pointer (&sound->round.voices, tutti_voices_free);
    for (guint i = 0; i < G_N_ELEMENTS (sound->round.pairs); i++)
        g_clear_pointer (&sound->round.pairs[i], tutti_pairs_free);
    sound->heard.n = 0;
}

TuttiSound *
tutti_sound_new (TuttiShared *shared, TuttiNotify heard, gpointer user_data)
{
    TuttiSound *sound = g_new0 (TuttiSound, 1);

    sound->shared = shared;
    sound->heard_func = heard;
    sound->user_data = user_data;
    sound->bell = tutti_bell_new (on_bell, sound);
    sound->handover = tutti_handover_new (tutti_audience_free);
    g_mutex_init (&sound->lock);
    return sound;
}

void
tutti_sound_free (TuttiSound *sound)
{
    if (!sound)
        return;
    stop (sound);
    tutti_handover_free (sound->handover);
    tutti_bell_free (sound->bell);
    g_mutex_clear (&sound->lock);
    g_free (sound);
}

void
tutti_sound_set_audience (TuttiSound *sound, TuttiAudience *audience)
{
    gboolean needed = tutti_audience_is_needed (audience);

    if (!needed)
        stop (sound);
    tutti_audience_set_shut (audience, !needed);
    tutti_handover_give (sound->handover, audience);
    if (needed && sound->round_id == 0)
        start (sound);
}

TuttiHandover *
tutti_sound_get_handover (TuttiSound *sound)
{
    return sound->handover;
}

void
tutti_sound_get_heard (TuttiSound *sound, TuttiHeard *heard)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&sound->lock);
    *heard = sound->heard;
}

gboolean
tutti_sound_is_running (TuttiSound *sound)
{
    return sound->round_id != 0;
}
