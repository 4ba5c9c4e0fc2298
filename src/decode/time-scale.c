/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * time-scale.c: the search for the distance at which the sound resembles itself, and the seam. Any
 * thread.
 *
 *   shorten:  |a b c D e|      window at a faded into window at D, what lies between is gone
 *   stretch:  |a b D e f|      window at D faded into window at a, what lies between comes again
 */
#include "time-scale.h"

#include <math.h>
#include <string.h>

/* Pitch periods of voices: 400 Hz down to 80 Hz. */
#define LAG_MIN (TUTTI_RATE_HZ / 400)
#define LAG_MAX (TUTTI_RATE_HZ / 80)
/* Seam: two periods of a high voice, most of one of a deep voice; fits a round beside LAG_MAX. */
#define SEAM (TUTTI_ROUND_SAMPLES - LAG_MAX)
/* Coarse search at 12 kHz: voices have their periodicity below 6 kHz. */
#define COARSE 4
/* As NetEQ has it: above, nobody hears the seam. */
#define LIKENESS_MIN 0.9f
/* Mean square under which any seam drowns: -50 dBov. */
#define QUIET_POWER 10000.0f

/* Power over that of its surroundings, 6 dB, from which a piece can't be spared: a period of a
 * voice is like its neighbours. */
#define EVENT_RATIO 4

typedef struct {
    float mono[TUTTI_ROUND_SAMPLES];
    guint lag_max;
} Search;

static void
mix_mono (Search *search, const gint16 *pcm, guint channels)
{
    for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++)
        search->mono[i] =
            channels == 1 ? pcm[i] : 0.5f * ((float)pcm[2 * i] + (float)pcm[2 * i + 1]);
}

/* Normalised correlation of the seam's window with itself `lag` later. */
static float
likeness (const Search *search, guint lag, guint stride)
{
    const float *here = search->mono, *there = search->mono + lag;
    float product = 0, power_here = 0, power_there = 0;

    for (guint i = 0; i < SEAM; i += stride) {
        product += here[i] * there[i];
        power_here += here[i] * here[i];
        power_there += there[i] * there[i];
    }
    if (power_here * power_there <= 0)
        return 0;
    return product / sqrtf (power_here * power_there);
}

/* From long to short, so that of equals the longest wins. */
static guint
search_lag (const Search *search, float *best)
{
    guint lag, coarse = 0, from, to;

    *best = -2;
    for (lag = search->lag_max; lag >= LAG_MIN; lag -= COARSE) {
        float like = likeness (search, lag, COARSE);

        if (like > *best) {
            *best = like;
            coarse = lag;
        }
    }
    from = MAX (coarse - COARSE + 1, LAG_MIN);
    to = MIN (coarse + COARSE - 1, search->lag_max);
    *best = -2;
    for (lag = from; lag <= to; lag++) {
        float like = likeness (search, lag, 1);

        if (like > *best) {
            *best = like;
            coarse = lag;
        }
    }
    return coarse;
}

static gboolean
is_quiet (const Search *search)
{
    float power = 0;

    for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++)
        power += search->mono[i] * search->mono[i];
    return power < QUIET_POWER * TUTTI_ROUND_SAMPLES;
}

/* The distance to cut or repeat; 0: none. */
static guint
choose (const gint16 *pcm, guint n_samples, guint channels, guint max_samples,
        TuttiTimeScaleMode mode)
{
    Search search;
    float best;
    guint lag;

    if (n_samples < TUTTI_TIME_SCALE_MIN_SAMPLES || max_samples < LAG_MIN)
        return 0;
    mix_mono (&search, pcm, channels);
    search.lag_max = MIN (max_samples, LAG_MAX);
    if (is_quiet (&search))
        return search.lag_max;
    lag = search_lag (&search, &best);
    return best >= LIKENESS_MIN || mode == TUTTI_TIME_SCALE_FORCED ? lag : 0;
}

static double
sum_power (const gint16 *pcm, guint n_values)
{
    double power = 0;

    for (guint i = 0; i < n_values; i++)
        power += (double)pcm[i] * pcm[i];
    return power;
}

/* out: may be `from` or `to` itself. */
static void
crossfade (gint16 *out, const gint16 *from, const gint16 *to, guint channels)
{
    for (guint i = 0; i < SEAM * channels; i++) {
        gint32 weight = (gint32)(i / channels);

        out[i] = (gint16)((from[i] * (SEAM - weight) + to[i] * weight) / SEAM);
    }
}

/* TRUE: the cut would take something away that is louder than all around it: a click, a consonant,
 * a blow. It is worth waiting until that has passed. */
static gboolean
takes_event (const gint16 *pcm, guint n_samples, guint channels, guint lag, const gint16 *seam)
{
    double before = sum_power (pcm, (lag + SEAM) * channels);
    double after = sum_power (seam, SEAM * channels);
    double rest = sum_power (pcm + (lag + SEAM) * channels, (n_samples - lag - SEAM) * channels);
    double around = (after + rest) / (n_samples - lag);

    return before - after > lag * (EVENT_RATIO * around + QUIET_POWER * channels);
}

guint
tutti_time_scale_shorten (gint16 *pcm, guint n_samples, guint channels, guint max_samples,
                          TuttiTimeScaleMode mode)
{
    guint lag = choose (pcm, n_samples, channels, max_samples, mode);
    gint16 seam[SEAM * TUTTI_CHANNELS_MAX];

    if (lag == 0)
        return 0;
    crossfade (seam, pcm, pcm + lag * channels, channels);
    if (takes_event (pcm, n_samples, channels, lag, seam))
        return 0;
    memcpy (pcm + lag * channels, seam, SEAM * channels * sizeof *pcm);
    memmove (pcm, pcm + lag * channels, (n_samples - lag) * channels * sizeof *pcm);
    return lag;
}

guint
tutti_time_scale_stretch (gint16 *pcm, guint n_samples, guint channels, guint max_samples,
                          TuttiTimeScaleMode mode)
{
    guint lag = choose (pcm, n_samples, channels, max_samples, mode);
    gint16 seam[SEAM * TUTTI_CHANNELS_MAX];

    if (lag == 0)
        return 0;
    crossfade (seam, pcm + lag * channels, pcm, channels);
    memmove (pcm + lag * channels, pcm, n_samples * channels * sizeof *pcm);
    memcpy (pcm + lag * channels, seam, SEAM * channels * sizeof *pcm);
    return lag;
}
