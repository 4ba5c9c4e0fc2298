/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * time-scale.h: makes sound a little shorter or longer without changing its pitch (WSOLA): a piece
 * is cut out, or said twice, where the sound resembles itself, and the seam is crossfaded. Pure
 * arithmetic on interleaved samples, in place. Any thread.
 */
#pragma once

#include <tutti/types.h>

typedef enum {
    TUTTI_TIME_SCALE_CAREFUL, /* only where it can't be heard: voiced with a clear pitch, or quiet
                               */
    TUTTI_TIME_SCALE_FORCED,  /* at the best place there is */
} TuttiTimeScaleMode;

/* Least sound to work on: a round holds a period of the deepest voices and the crossfade. */
#define TUTTI_TIME_SCALE_MIN_SAMPLES TUTTI_ROUND_SAMPLES

/* Cuts at most max_samples out of n_samples (a channel). How many; 0: no good place. */
guint tutti_time_scale_shorten (gint16 *pcm, guint n_samples, guint channels, guint max_samples,
                                TuttiTimeScaleMode mode);
/* Adds at most max_samples; pcm has room for them. How many; 0: no good place. */
guint tutti_time_scale_stretch (gint16 *pcm, guint n_samples, guint channels, guint max_samples,
                                TuttiTimeScaleMode mode);
