/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sound.h: the port through which the audio mixer hears a participant. src/decode implements it
 * over a jitter buffer; tests implement it with tones. Role: audio. Nothing in it may block or
 * allocate.
 *
 * Each round the mixer calls listen() once, then either pull() or skip() once.
 */
#pragma once

#include <tutti/types.h>

typedef struct {
    /* Takes in what has arrived; gives the level of the next 20 ms (0 to 127, silence when there is
     * nothing or the participant sent comfort noise). */
    guint8 (*listen) (gpointer self, gint64 now_us);
    /* Writes the next 20 ms, TUTTI_ROUND_SAMPLES * channels interleaved values, concealing what was
     * lost. FALSE: silence, pcm untouched. */
    gboolean (*pull) (gpointer self, gint16 *pcm, guint channels);
    /* Passes over the next 20 ms without decoding. */
    void (*skip) (gpointer self);
} TuttiSoundInputClass;

typedef struct {
    const TuttiSoundInputClass *klass;
    gpointer self;
    guint id; /* the participant, for talker hysteresis and fades; unique in the room */
} TuttiSoundInput;
