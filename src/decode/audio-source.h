/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * audio-source.h: one participant's voice on its way to the mixer: the leg's queue, the adaptive
 * jitter buffer and the Opus decoder behind the sound port. Role: audio, except where said.
 *
 *   in queue (net) -> [listen: drain] -> jitter -> [pull: decode, FEC, PLC | skip] -> 20 ms of PCM
 */
#pragma once

#include <tutti/histogram.h>
#include <tutti/port.h>
#include <tutti/sound.h>
#include <tutti/sync.h>

typedef struct _TuttiAudioSource TuttiAudioSource;

typedef struct {
    guint64 packets, late, duplicates, recovered_by_fec, decoded, skipped, resets;
    /* Made up where there should have been sound: pieces of a packet's length at most, and what
     * they played. Not what fades at a pause of the sender, nor while nobody heard it. */
    guint64 concealed, concealed_samples;
    guint64 shortened_samples,
        stretched_samples;     /* cut out, put in: the delay follows the target */
    guint delay_us, target_us; /* of the jitter buffer, now */
    guint8 level;              /* of the last round */
} TuttiAudioSourceStats;

/* Keeps a reference on the queue. jitter_max_ms bounds the buffer's delay. Role: main. */
TuttiAudioSource *tutti_audio_source_new (TuttiQueue *queue, guint channels, guint jitter_max_ms);
/* Whom to tell what is played when; keeps a reference. Before any round uses the source. Role:
 * main.
 */
void tutti_audio_source_set_sync (TuttiAudioSource *source, TuttiSync *sync);
/* Where to note, for each round heard, how long its sound has waited in the jitter buffer;
 * borrowed, and outlives the last round. Before any round uses the source. Role: main. */
void tutti_audio_source_set_delays (TuttiAudioSource *source, TuttiHistogram *delays);
/* When no round uses it any more. Role: main. */
void tutti_audio_source_free (TuttiAudioSource *source);

/* The port for the mixer: self is the source. */
TuttiSoundInput tutti_audio_source_get_input (TuttiAudioSource *source, guint id);

/* Any thread; a copy. */
void tutti_audio_source_get_stats (TuttiAudioSource *source, TuttiAudioSourceStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiAudioSource, tutti_audio_source_free)
