/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * limiter.c: the gain that rides under the peaks. See limiter.h.
 */
#include "limiter.h"

#include "mix-ops.h"

/* -0.1 dBFS: the encoder after us may overshoot a little. */
#define CEILING 32400.0f
/* Rounds a peak is remembered at full height: 200 ms covers the beats of two voices' harmonics down
 * to 5 Hz, so the gain stands still while they sound. */
#define HOLD_ROUNDS 10
/* A peak so near to the envelope keeps it up, so that the gain does not follow its every wobble. */
#define NEAR 0.98f
/* Share by which the envelope then falls each round: a time constant of 400 ms, unheard. */
#define RELEASE 0.05f
/* Shortest way down: 1 ms. Only a peak within it can be cut, and only in the first round. */
#define ATTACK_SAMPLES_MIN (TUTTI_RATE_HZ / 1000)

static float
follow_peak (TuttiLimiter *limiter, float peak)
{
    if (peak >= limiter->envelope) {
        limiter->envelope = peak;
        limiter->hold = HOLD_ROUNDS;
    } else if (peak >= limiter->envelope * NEAR) {
        limiter->hold = HOLD_ROUNDS;
    } else if (limiter->hold > 0) {
        limiter->hold--;
    } else {
        limiter->envelope += (peak - limiter->envelope) * RELEASE;
    }
    return limiter->envelope > CEILING ? CEILING / limiter->envelope : 1.0f;
}

/* How many samples (a channel) there are until the old gain would be too much. */
static guint
count_safe (const gint32 *in, guint channels, float gain)
{
    gint32 limit = (gint32)(CEILING / gain);
    guint n_values = TUTTI_ROUND_SAMPLES * channels, i = 0;

    while (i < n_values && in[i] <= limit && in[i] >= -limit)
        i++;
    return i / channels;
}

static inline gint16
cut (float value)
{
    gint32 whole = (gint32)value;

    return (gint16)CLAMP (whole, G_MININT16, G_MAXINT16);
}

/* The gain is low enough for every value: nothing to cut. */
static void
apply_flat (gint16 *restrict out, const gint32 *restrict in, guint n_values, float gain)
{
    for (const gint32 *end = in + n_values; in < end;
         in += TUTTI_MIX_STRIDE, out += TUTTI_MIX_STRIDE) {
        for (int j = 0; j < TUTTI_MIX_STRIDE; j++)
            out[j] = (gint16)(gint32)((float)in[j] * gain);
    }
}

static void
apply_ramp (gint16 *restrict out, const gint32 *restrict in, guint channels, guint ramp_samples,
            TuttiFade fade)
{
    float step = (fade.to - fade.from) / (float)ramp_samples;

    for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++) {
        float gain = fade.from + step * (float)MIN (i + 1, ramp_samples);

        for (guint c = 0; c < channels; c++)
            out[i * channels + c] = cut ((float)in[i * channels + c] * gain);
    }
}

void
tutti_limiter_push (TuttiLimiter *limiter, gint16 *restrict out, const gint32 *restrict in,
                    guint channels)
{
    guint n_values = TUTTI_ROUND_SAMPLES * channels;
    float from = limiter->gain > 0 ? limiter->gain : 1.0f;
    float to = follow_peak (limiter, in != NULL ? (float)tutti_mix_peak (in, n_values) : 0);

    limiter->gain = to;
    if (in == NULL)
        return;
    if (from == to) {
        apply_flat (out, in, n_values, to);
    } else {
        guint ramp = to > from ? TUTTI_ROUND_SAMPLES : count_safe (in, channels, from);

        apply_ramp (out, in, channels, MAX (ramp, ATTACK_SAMPLES_MIN), (TuttiFade){from, to});
    }
}
