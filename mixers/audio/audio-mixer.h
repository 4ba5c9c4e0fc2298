/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * audio-mixer.h: one room's sound: a round each 20 ms. Role: audio, except where said.
 *
 *   listen to each input -> talkers chooses K -> pull those (and those fading out) -> sum once
 * (int32)
 *   -> for each mixed-in input: sum minus own; for everybody else: the sum -> limit once
 *
 * O(inputs). No malloc, no log, no lock: inputs and buffers belong to the round that runs.
 */
#pragma once

#include <tutti/sound.h>

/* A room's roof: rounds keep state for so many inputs (limit keys are checked against it). */
#define TUTTI_AUDIO_INPUTS_MAX 4096
/* Upper bound of `talkers`; fading out ones come on top, at most as many again. */
#define TUTTI_TALKERS_MAX 16
/* The house's own sounds at a time: a film, one that follows another, and the pips of an
 * announcement. */
#define TUTTI_HOUSE_MAX 3
#define TUTTI_MIXED_MAX (2 * (TUTTI_TALKERS_MAX + TUTTI_HOUSE_MAX))

typedef struct _TuttiAudioMixer TuttiAudioMixer;

typedef struct {
    TuttiSoundInput port;
    float gain;     /* linear, 1 = as it came */
    gboolean muted; /* by its owner or a moderator: never heard */
    gboolean house; /* not somebody's voice (a film): always in the mix, beside the talkers, however
                       loud they are; nobody listens at it, so it has no mix without itself. At most
                       TUTTI_HOUSE_MAX; more are voices like others */
} TuttiAudioInput;

/* What a round made. Pointers are the mixer's own buffers, valid until the next tick. */
typedef struct {
    const gint16 *shared; /* for everyone who is not in `own`; NULL: silence */
    guint n_own;
    struct {
        guint id;          /* of the input */
        const gint16 *pcm; /* the sum without it; NULL: silence */
    } own[TUTTI_MIXED_MAX];
    guint n_speakers;                  /* talkers that are really speaking, loudest first */
    guint speakers[TUTTI_TALKERS_MAX]; /* ids */
} TuttiAudioMix;

/* channels 1 or 2; talkers 1 to TUTTI_TALKERS_MAX. Role: main. */
TuttiAudioMixer *tutti_audio_mixer_new (guint channels, guint talkers);
void tutti_audio_mixer_free (TuttiAudioMixer *mixer);

/* One round. n_inputs <= TUTTI_AUDIO_INPUTS_MAX; ids unique. Inputs may come, go and change order
 * between rounds. */
void tutti_audio_mixer_tick (TuttiAudioMixer *mixer, const TuttiAudioInput *inputs, guint n_inputs,
                             gint64 now_us, TuttiAudioMix *mix);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiAudioMixer, tutti_audio_mixer_free)
