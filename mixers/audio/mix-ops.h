/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mix-ops.h: the arithmetic of a round: pure kernels over interleaved values, no state. Any thread.
 *
 *   int16 voice -> scale (gain, fades) -> int32 -> add into the sum -> subtract own -> limiter.h
 *
 * n_values is a multiple of TUTTI_MIX_STRIDE everywhere: each loop's inner part has a constant trip
 * count, so that compilers turn it into vector code at -O2.
 */
#pragma once

#include <tutti/types.h>

#define TUTTI_MIX_STRIDE 16

/* Fades in and out take 5 ms: long enough to leave no click, short enough not to eat a syllable. */
#define TUTTI_FADE_SAMPLES (TUTTI_RATE_HZ / 200)

/* +24 dB: beyond it only noise is raised; keeps 2 * TUTTI_TALKERS_MAX voices inside an int32. */
#define TUTTI_GAIN_MAX 16.0f

G_STATIC_ASSERT (TUTTI_ROUND_SAMPLES % TUTTI_MIX_STRIDE == 0);
G_STATIC_ASSERT (TUTTI_FADE_SAMPLES % TUTTI_MIX_STRIDE == 0);
G_STATIC_ASSERT (TUTTI_FADE_SAMPLES <= TUTTI_ROUND_SAMPLES);

/* A gain that goes from one value to another within the first TUTTI_FADE_SAMPLES of a round. */
typedef struct {
    float from, to; /* linear, 0 to TUTTI_GAIN_MAX */
} TuttiFade;

/* voice = pcm times the fade's gain; one round. */
void tutti_mix_scale (gint32 *restrict voice, const gint16 *restrict pcm, guint channels,
                      TuttiFade fade);

/* Where a voice breaks off: from its last values smoothly to zero, instead of a step. One round. */
void tutti_mix_tail (gint32 *restrict voice, const gint32 *last, guint channels);

/* sum += voice */
void tutti_mix_add (gint32 *restrict sum, const gint32 *restrict voice, guint n_values);

/* rest = sum - voice: exactly what was added goes. */
void tutti_mix_subtract (gint32 *restrict rest, const gint32 *restrict sum,
                         const gint32 *restrict voice, guint n_values);

/* The largest magnitude. */
gint32 tutti_mix_peak (const gint32 *values, guint n_values);

/* Level as in RFC 6465 appendix A: -20 log10 (rms / 32767), 0 to 127 = silence. */
guint8 tutti_mix_level (const gint16 *pcm, guint n_values);
