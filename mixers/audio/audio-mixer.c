/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * audio-mixer.c: one round of a room's sound. See audio-mixer.h.
 *
 * A strip is what the mixer keeps of a voice while it is in the mix: its gain, the samples it added
 * this round (subtracted again for its own listener) and its listener's limiter. A voice that comes
 * in fades in, one that goes is pulled for one round more and fades out within it.
 */
#include "audio-mixer.h"

#include "limiter.h"
#include "mix-ops.h"
#include "talkers.h"

#include <tutti/role.h>

#include <string.h>

typedef struct {
    guint id;
    gboolean present;  /* pulled this round: has an `own` mix */
    gboolean staying;  /* in the next round, too */
    gboolean house;    /* has no listener */
    gboolean sounding; /* added something to the sum this round */
    float gain;        /* at the end of this round; 0 before the first */
    TuttiLimiter limiter;
    gint32 last[TUTTI_CHANNELS_MAX]; /* last values it added, for when it breaks off */
    gint32 *voice;                   /* what it added this round */
    gint16 *own;                     /* the limited sum without it */
} Strip;

struct _TuttiAudioMixer {
    guint channels;
    TuttiTalkers *talkers;
    TuttiVoice voices[TUTTI_AUDIO_INPUTS_MAX];
    guint8 pulled[TUTTI_AUDIO_INPUTS_MAX]; /* by index of the input */
    guint n_strips;
    Strip strips[TUTTI_MIXED_MAX];
    TuttiLimiter limiter; /* of the shared mix */
    gint16 pcm[TUTTI_ROUND_VALUES_MAX];
    gint16 shared[TUTTI_ROUND_VALUES_MAX];
    gint32 sum[TUTTI_ROUND_VALUES_MAX];
    gint32 rest[TUTTI_ROUND_VALUES_MAX];
    gint32 voice_store[TUTTI_MIXED_MAX][TUTTI_ROUND_VALUES_MAX];
    gint16 own_store[TUTTI_MIXED_MAX][TUTTI_ROUND_VALUES_MAX];
};

static float
clean_gain (float gain)
{
    return gain > 0 ? MIN (gain, TUTTI_GAIN_MAX) : 0; /* NaN is 0, too */
}

static void
listen_all (TuttiAudioMixer *mixer, const TuttiAudioInput *inputs, guint n_inputs, gint64 now_us)
{
    for (guint i = 0; i < n_inputs; i++) {
        const TuttiSoundInput *port = &inputs[i].port;

        mixer->voices[i] = (TuttiVoice){
            .id = port->id,
            .level = port->klass->listen (port->self, now_us),
            .muted = inputs[i].muted,
            .house = inputs[i].house,
        };
    }
}

static Strip *
find_strip (TuttiAudioMixer *mixer, guint id)
{
    for (guint i = 0; i < mixer->n_strips; i++) {
        if (mixer->strips[i].id == id)
            return &mixer->strips[i];
    }
    return NULL;
}

/* Its listener heard the shared mix up to now: that limiter goes on. */
static Strip *
add_strip (TuttiAudioMixer *mixer, guint id)
{
    Strip *strip = &mixer->strips[mixer->n_strips++];
    gint32 *voice = strip->voice;
    gint16 *own = strip->own;

    *strip = (Strip){.id = id, .voice = voice, .own = own, .limiter = mixer->limiter};
    return strip;
}

static void
remember_last (TuttiAudioMixer *mixer, Strip *strip)
{
    const gint32 *end = strip->voice + TUTTI_ROUND_SAMPLES * mixer->channels;

    for (guint c = 0; c < mixer->channels; c++)
        strip->last[c] = strip->sounding ? *(end - mixer->channels + c) : 0;
}

/* Nothing came: what sounded until now ends smoothly. */
static void
break_off (TuttiAudioMixer *mixer, Strip *strip)
{
    strip->gain = 0;
    strip->sounding = FALSE;
    for (guint c = 0; c < mixer->channels; c++)
        strip->sounding |= strip->last[c] != 0;
    if (strip->sounding)
        tutti_mix_tail (strip->voice, strip->last, mixer->channels);
}

/* gain: at the end of the round. */
static void
pull_voice (TuttiAudioMixer *mixer, const TuttiAudioInput *input, guint index, float gain)
{
    Strip *strip = find_strip (mixer, input->port.id);
    guint n_values = TUTTI_ROUND_SAMPLES * mixer->channels;

    if (strip == NULL)
        strip = add_strip (mixer, input->port.id);
    mixer->pulled[index] = TRUE;
    strip->present = TRUE;
    strip->house = input->house;
    strip->sounding = input->port.klass->pull (input->port.self, mixer->pcm, mixer->channels);
    tutti_talkers_measure (mixer->talkers, index,
                           strip->sounding ? tutti_mix_level (mixer->pcm, n_values)
                                           : TUTTI_LEVEL_SILENCE);
    if (!strip->sounding) {
        break_off (mixer, strip);
        return;
    }
    tutti_mix_scale (strip->voice, mixer->pcm, mixer->channels, (TuttiFade){strip->gain, gain});
    strip->gain = gain;
}

static void
pull_chosen (TuttiAudioMixer *mixer, const TuttiAudioInput *inputs, const TuttiChoice *choice)
{
    for (guint i = 0; i < choice->n_in; i++) {
        const TuttiAudioInput *input = &inputs[choice->in[i]];

        pull_voice (mixer, input, choice->in[i], clean_gain (input->gain));
        find_strip (mixer, input->port.id)->staying = TRUE;
    }
    for (guint i = 0; i < choice->n_out; i++)
        pull_voice (mixer, &inputs[choice->out[i]], choice->out[i], 0);
    for (guint i = 0; i < mixer->n_strips; i++) {
        if (!mixer->strips[i].present)
            break_off (mixer, &mixer->strips[i]);
    }
}

static void
skip_others (TuttiAudioMixer *mixer, const TuttiAudioInput *inputs, guint n_inputs)
{
    for (guint i = 0; i < n_inputs; i++) {
        if (!mixer->pulled[i])
            inputs[i].port.klass->skip (inputs[i].port.self);
    }
}

/* Gives the number of strips that sound. */
static guint
sum_strips (TuttiAudioMixer *mixer)
{
    guint n_values = TUTTI_ROUND_SAMPLES * mixer->channels, n_sounding = 0;

    memset (mixer->sum, 0, n_values * sizeof *mixer->sum);
    for (guint i = 0; i < mixer->n_strips; i++) {
        if (!mixer->strips[i].sounding)
            continue;
        tutti_mix_add (mixer->sum, mixer->strips[i].voice, n_values);
        n_sounding++;
    }
    return n_sounding;
}

/* The limited sum without the strip's own voice; NULL when nobody else sounds. */
static const gint16 *
make_own (TuttiAudioMixer *mixer, Strip *strip, guint n_sounding)
{
    const gint32 *in = NULL;

    if (!strip->sounding && n_sounding > 0) {
        in = mixer->sum;
    } else if (n_sounding > 1) {
        tutti_mix_subtract (mixer->rest, mixer->sum, strip->voice,
                            TUTTI_ROUND_SAMPLES * mixer->channels);
        in = mixer->rest;
    }
    tutti_limiter_push (&strip->limiter, strip->own, in, mixer->channels);
    return in != NULL ? strip->own : NULL;
}

static void
make_mixes (TuttiAudioMixer *mixer, TuttiAudioMix *mix)
{
    guint n_sounding = sum_strips (mixer);

    tutti_limiter_push (&mixer->limiter, mixer->shared, n_sounding > 0 ? mixer->sum : NULL,
                        mixer->channels);
    mix->shared = n_sounding > 0 ? mixer->shared : NULL;
    mix->n_own = 0;
    for (guint i = 0; i < mixer->n_strips; i++) {
        Strip *strip = &mixer->strips[i];

        if (!strip->present || strip->house)
            continue;
        mix->own[mix->n_own].id = strip->id;
        mix->own[mix->n_own].pcm = make_own (mixer, strip, n_sounding);
        mix->n_own++;
    }
}

/* Strips trade places whole, so each buffer keeps exactly one owner. */
static void
drop_leaving (TuttiAudioMixer *mixer)
{
    for (guint i = 0; i < mixer->n_strips;) {
        Strip strip = mixer->strips[i];

        remember_last (mixer, &mixer->strips[i]);
        mixer->strips[i].present = mixer->strips[i].staying = FALSE;
        if (strip.staying) {
            i++;
            continue;
        }
        mixer->strips[i] = mixer->strips[--mixer->n_strips];
        mixer->strips[mixer->n_strips] = strip;
    }
}

TuttiAudioMixer *
tutti_audio_mixer_new (guint channels, guint talkers)
{
    TuttiAudioMixer *mixer = g_new0 (TuttiAudioMixer, 1);

    g_assert (channels >= 1 && channels <= TUTTI_CHANNELS_MAX);
    mixer->channels = channels;
    mixer->talkers = tutti_talkers_new (talkers);
    for (guint i = 0; i < TUTTI_MIXED_MAX; i++) {
        mixer->strips[i].voice = mixer->voice_store[i];
        mixer->strips[i].own = mixer->own_store[i];
    }
    return mixer;
}

void
tutti_audio_mixer_free (TuttiAudioMixer *mixer)
{
    if (mixer == NULL)
        return;
    tutti_talkers_free (mixer->talkers);
    g_free (mixer);
}

void
tutti_audio_mixer_tick (TuttiAudioMixer *mixer, const TuttiAudioInput *inputs, guint n_inputs,
                        gint64 now_us, TuttiAudioMix *mix)
{
    TuttiChoice choice;

    tutti_assert_role (TUTTI_ROLE_AUDIO);
    g_assert (n_inputs <= TUTTI_AUDIO_INPUTS_MAX);

    listen_all (mixer, inputs, n_inputs, now_us);
    tutti_talkers_choose (mixer->talkers, mixer->voices, n_inputs, now_us, &choice);
    memset (mixer->pulled, 0, n_inputs);
    pull_chosen (mixer, inputs, &choice);
    skip_others (mixer, inputs, n_inputs);
    make_mixes (mixer, mix);
    drop_leaving (mixer);

    mix->n_speakers = choice.n_speakers;
    for (guint i = 0; i < choice.n_speakers; i++)
        mix->speakers[i] = inputs[choice.speakers[i]].port.id;
}
