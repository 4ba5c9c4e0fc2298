/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * talkers.h: who is heard: K voices of a room, by level, without fluttering. Role: audio; new and
 * free: main.
 *
 * Whoever is audible enters at once while there is a place. When all are taken, one who is clearly
 * louder for a while takes the place of the quietest. Who falls silent keeps the place for a hold
 * time, so that pauses between words cost nothing. The same levels always give the same choice.
 * The house's own sounds need no place: they are always in.
 *
 * O(voices) a round, no allocation.
 */
#pragma once

#include "audio-mixer.h"

/* Quieter than this is a room's noise, not a voice; in -dBov. */
#define TUTTI_AUDIBLE_LEVEL 70
/* Louder than this, for some 100 ms, is somebody speaking. */
#define TUTTI_SPEAKING_LEVEL 50
/* A voice that ends keeps its place so long: pauses between sentences rarely exceed it. */
#define TUTTI_TALKER_HOLD_US (800 * TUTTI_USEC_PER_MSEC)
/* Speakers are shown so long after their last syllable. */
#define TUTTI_SPEAKER_HOLD_US (500 * TUTTI_USEC_PER_MSEC)
/* To take another's place one must be so much louder, for so long. */
#define TUTTI_CHALLENGE_DB 6.0f
#define TUTTI_CHALLENGE_US (100 * TUTTI_USEC_PER_MSEC)

typedef struct _TuttiTalkers TuttiTalkers;

typedef struct {
    guint id;
    guint8 level; /* of the next 20 ms, as RFC 6464 */
    gboolean muted;
    gboolean house; /* as TuttiAudioInput */
} TuttiVoice;

/* Talkers and the house's own sounds. */
#define TUTTI_CHOSEN_MAX (TUTTI_TALKERS_MAX + TUTTI_HOUSE_MAX)

/* Indices into the voices given. */
typedef struct {
    guint n_in, in[TUTTI_CHOSEN_MAX];   /* heard this round */
    guint n_out, out[TUTTI_CHOSEN_MAX]; /* heard in the last round, no longer in this one */
    guint n_speakers, speakers[TUTTI_TALKERS_MAX]; /* of `in`, those who speak, loudest first */
} TuttiChoice;

TuttiTalkers *tutti_talkers_new (guint places);
void tutti_talkers_free (TuttiTalkers *talkers);

/* One round. n <= TUTTI_AUDIO_INPUTS_MAX; ids unique; order may change between rounds. */
void tutti_talkers_choose (TuttiTalkers *talkers, const TuttiVoice *voices, guint n, gint64 now_us,
                           TuttiChoice *choice);

/* The level that was really heard of a voice chosen in this round (index as there): the next round
 * believes the quieter of this and what the sender says of itself. */
void tutti_talkers_measure (TuttiTalkers *talkers, guint index, guint8 level);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiTalkers, tutti_talkers_free)
