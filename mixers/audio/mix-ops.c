/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mix-ops.c: the arithmetic of a round. See mix-ops.h.
 */
#include "mix-ops.h"

#include <math.h>
#include <string.h>

/* Rises from 0 to 1 with no slope at either end, so that a fade has no corner to be heard. */
static inline float
smooth (float t)
{
    return t * t * (3.0f - 2.0f * t);
}

static void
scale_flat (gint32 *restrict voice, const gint16 *restrict pcm, guint n_values, float gain)
{
    for (const gint16 *end = pcm + n_values; pcm < end;
         pcm += TUTTI_MIX_STRIDE, voice += TUTTI_MIX_STRIDE) {
        for (int j = 0; j < TUTTI_MIX_STRIDE; j++)
            voice[j] = (gint32)((float)pcm[j] * gain);
    }
}

static void
copy_wide (gint32 *restrict voice, const gint16 *restrict pcm, guint n_values)
{
    for (const gint16 *end = pcm + n_values; pcm < end;
         pcm += TUTTI_MIX_STRIDE, voice += TUTTI_MIX_STRIDE) {
        for (int j = 0; j < TUTTI_MIX_STRIDE; j++)
            voice[j] = pcm[j];
    }
}

void
tutti_mix_scale (gint32 *restrict voice, const gint16 *restrict pcm, guint channels, TuttiFade fade)
{
    guint n_values = TUTTI_ROUND_SAMPLES * channels, done = 0;

    if (fade.from != fade.to) {
        for (guint i = 0; i < TUTTI_FADE_SAMPLES; i++) {
            float gain = fade.from + (fade.to - fade.from) * smooth ((float)i / TUTTI_FADE_SAMPLES);

            for (guint c = 0; c < channels; c++)
                voice[i * channels + c] = (gint32)((float)pcm[i * channels + c] * gain);
        }
        done = TUTTI_FADE_SAMPLES * channels;
    }

    if (fade.to == 1.0f)
        copy_wide (voice + done, pcm + done, n_values - done);
    else
        scale_flat (voice + done, pcm + done, n_values - done, fade.to);
}

void
tutti_mix_tail (gint32 *restrict voice, const gint32 *last, guint channels)
{
    memset (voice, 0, TUTTI_ROUND_SAMPLES * channels * sizeof *voice);
    for (guint i = 0; i < TUTTI_FADE_SAMPLES; i++) {
        float gain = 1.0f - smooth ((float)(i + 1) / TUTTI_FADE_SAMPLES);

        for (guint c = 0; c < channels; c++)
            voice[i * channels + c] = (gint32)((float)last[c] * gain);
    }
}

void
tutti_mix_add (gint32 *restrict sum, const gint32 *restrict voice, guint n_values)
{
    for (const gint32 *end = voice + n_values; voice < end;
         voice += TUTTI_MIX_STRIDE, sum += TUTTI_MIX_STRIDE) {
        for (int j = 0; j < TUTTI_MIX_STRIDE; j++)
            sum[j] += voice[j];
    }
}

void
tutti_mix_subtract (gint32 *restrict rest, const gint32 *restrict sum, const gint32 *restrict voice,
                    guint n_values)
{
    for (const gint32 *end = voice + n_values; voice < end;
         voice += TUTTI_MIX_STRIDE, sum += TUTTI_MIX_STRIDE, rest += TUTTI_MIX_STRIDE) {
        for (int j = 0; j < TUTTI_MIX_STRIDE; j++)
            rest[j] = sum[j] - voice[j];
    }
}

gint32
tutti_mix_peak (const gint32 *values, guint n_values)
{
    gint32 high[TUTTI_MIX_STRIDE] = {0}, low[TUTTI_MIX_STRIDE] = {0};
    gint32 peak = 0;

    for (const gint32 *end = values + n_values; values < end; values += TUTTI_MIX_STRIDE) {
        for (int j = 0; j < TUTTI_MIX_STRIDE; j++) {
            high[j] = MAX (high[j], values[j]);
            low[j] = MIN (low[j], values[j]);
        }
    }
    for (int j = 0; j < TUTTI_MIX_STRIDE; j++)
        peak = MAX (peak, MAX (high[j], -low[j]));
    return peak;
}

guint8
tutti_mix_level (const gint16 *pcm, guint n_values)
{
    float squares[TUTTI_MIX_STRIDE] = {0};
    double energy = 0, level;

    for (const gint16 *end = pcm + n_values; pcm < end; pcm += TUTTI_MIX_STRIDE) {
        for (int j = 0; j < TUTTI_MIX_STRIDE; j++)
            squares[j] += (float)pcm[j] * (float)pcm[j];
    }
    for (int j = 0; j < TUTTI_MIX_STRIDE; j++)
        energy += squares[j];
    if (energy <= 0)
        return TUTTI_LEVEL_SILENCE;
    level = -10.0 * log10 (energy / n_values / (32767.0 * 32767.0));
    return (guint8)CLAMP (level + 0.5, 0, TUTTI_LEVEL_SILENCE);
}
