/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mix-tone.h: a participant that hums: the sound port over a sine, for tests of the audio mixer;
 * and Goertzel's filter to find tones again.
 */
#pragma once

#include <tutti/sound.h>

#include <math.h>
#include <string.h>

typedef struct {
    double hz, amplitude; /* 1 = full scale */
    guint8 level;         /* what it says of itself */
    gboolean silent;      /* pull gives FALSE */
    guint64 position;     /* samples passed, pulled or skipped */
    guint listens, pulls, skips;
} Tone;

static inline guint8
tone_listen (gpointer self, gint64 now_us)
{
    Tone *tone = self;

    tone->listens++;
    return tone->silent ? TUTTI_LEVEL_SILENCE : tone->level;
}

static inline gboolean
tone_pull (gpointer self, gint16 *pcm, guint channels)
{
    Tone *tone = self;

    tone->pulls++;
    for (guint i = 0; !tone->silent && i < TUTTI_ROUND_SAMPLES; i++) {
        double t = (double)(tone->position + i) / TUTTI_RATE_HZ;
        gint16 value = (gint16)lrint (32767.0 * tone->amplitude * sin (2 * G_PI * tone->hz * t));

        for (guint c = 0; c < channels; c++)
            pcm[i * channels + c] = value;
    }
    tone->position += TUTTI_ROUND_SAMPLES;
    return !tone->silent;
}

static inline void
tone_skip (gpointer self)
{
    Tone *tone = self;

    tone->skips++;
    tone->position += TUTTI_ROUND_SAMPLES;
}

static const TuttiSoundInputClass tone_class = {tone_listen, tone_pull, tone_skip};

static inline TuttiSoundInput
tone_get_input (Tone *tone, guint id)
{
    return (TuttiSoundInput){&tone_class, tone, id};
}

/* Share of full scale that a tone has in n samples. Exact when n holds whole periods. */
static inline double
find_tone (const gint16 *pcm, guint n, double hz)
{
    double w = 2 * G_PI * hz / TUTTI_RATE_HZ, re = 0, im = 0;

    for (guint i = 0; i < n; i++) {
        re += pcm[i] * cos (w * i);
        im += pcm[i] * sin (w * i);
    }
    return 2 * hypot (re, im) / n / 32767.0;
}

static inline double
find_energy (const gint16 *pcm, guint n)
{
    double energy = 0;

    for (guint i = 0; i < n; i++)
        energy += (double)pcm[i] * pcm[i] / (32767.0 * 32767.0);
    return energy / n;
}

static inline double
to_db (double power_ratio)
{
    return 10 * log10 (MAX (power_ratio, 1e-15));
}
