/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fifo.c: see fifo.h. Role: audio.
 */
#include "fifo.h"

#include <math.h>
#include <string.h>

#define FULL_SCALE 32768.0f

gint16 *
tutti_fifo_end (TuttiFifo *fifo)
{
    return fifo->pcm + fifo->n_samples * fifo->channels;
}

void
tutti_fifo_append (TuttiFifo *fifo, guint samples, float to, guint within)
{
    float step = (to - fifo->gain) / (float)MAX (within, 1);
    gint16 *value = tutti_fifo_end (fifo);

    g_assert (fifo->n_samples + samples <= TUTTI_FIFO_SAMPLES);
    fifo->n_samples += samples;
    if (fifo->gain == 1 && to == 1)
        return;
    for (guint i = 0; i < samples; i++) {
        fifo->gain = i + 1 < within ? fifo->gain + step : to;
        for (guint c = 0; c < fifo->channels; c++, value++)
            *value = (gint16)((float)*value * fifo->gain);
    }
}

void
tutti_fifo_append_silence (TuttiFifo *fifo, guint samples)
{
    g_assert (fifo->n_samples + samples <= TUTTI_FIFO_SAMPLES);
    memset (tutti_fifo_end (fifo), 0, samples * fifo->channels * sizeof (gint16));
    fifo->n_samples += samples;
    fifo->gain = 0;
}

void
tutti_fifo_consume (TuttiFifo *fifo, guint samples)
{
    fifo->n_samples -= samples;
    memmove (fifo->pcm, fifo->pcm + samples * fifo->channels,
             fifo->n_samples * fifo->channels * sizeof (gint16));
}

guint8
tutti_fifo_level (const TuttiFifo *fifo)
{
    guint n = TUTTI_ROUND_SAMPLES * fifo->channels;
    float power = 0, level;

    for (guint i = 0; i < n; i++)
        power += (float)fifo->pcm[i] * fifo->pcm[i];
    /* The addend keeps silence finite, below the scale's end. */
    level = -10 * log10f (power / (float)n / (FULL_SCALE * FULL_SCALE) + 1e-13f);
    return (guint8)CLAMP (level, 0, TUTTI_LEVEL_SILENCE);
}
