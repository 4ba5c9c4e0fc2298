/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * player-sound.h: a film's sound: made 48 kHz and as many channels as the room mixes, it waits in a
 * ring for the audio rounds.
 *
 *   frames -> resampler -> ring (1.3 s) -> rounds, by film time
 *
 * A round takes what is due at its time: samples that rounds passed over are dropped, so that sound
 * stays with the pictures. When nothing is there the film's time is stopped and the round is silent
 * (the picture waits for the sound). Role: file, except where said.
 */
#pragma once

#include <tutti/sound.h>

#include <libavutil/frame.h>

#include "player-time.h"

typedef struct _TuttiPlayerSound TuttiPlayerSound;

TuttiPlayerSound *tutti_player_sound_new (guint channels, TuttiPlayerTime *time);
void tutti_player_sound_free (TuttiPlayerSound *sound);

/* --- The reader's --- */

/* at: its film time; TUTTI_PLAYER_NEVER: right after the last. Not while it is busy. FALSE: of no
 * kind that can be resampled. */
gboolean tutti_player_sound_push (TuttiPlayerSound *sound, const AVFrame *frame, gint64 at);
/* Silence up to this time. Not while it is busy. */
void tutti_player_sound_fill (TuttiPlayerSound *sound, gint64 until);
/* Moves what it was given into the ring as far as there is room. TRUE: something moved. */
gboolean tutti_player_sound_step (TuttiPlayerSound *sound);
/* TRUE: the ring is full, or what it was given has not all found room. */
gboolean tutti_player_sound_is_busy (TuttiPlayerSound *sound);
/* Film time at which the next frame would follow. */
gint64 tutti_player_sound_get_end (TuttiPlayerSound *sound);
/* The file begins anew. */
void tutti_player_sound_begin_pass (TuttiPlayerSound *sound);
/* Nothing more comes. Not while it is busy. */
void tutti_player_sound_finish (TuttiPlayerSound *sound);
/* Enough waits for the film to begin, or to go on. */
gboolean tutti_player_sound_is_ready (TuttiPlayerSound *sound);

/* --- The listeners' --- */

/* Film time that is heard next. Any thread. */
gint64 tutti_player_sound_get_position (TuttiPlayerSound *sound);
/* A round listened a moment ago. Any thread. */
gboolean tutti_player_sound_is_heard (TuttiPlayerSound *sound, gint64 now_us);
/* While no round listens (nobody is there to hear), what is due goes by. */
void tutti_player_sound_pass (TuttiPlayerSound *sound, gint64 now_us);
TuttiSoundInput tutti_player_sound_get_input (TuttiPlayerSound *sound, guint id);
