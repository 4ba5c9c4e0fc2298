/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fifo.h: decoded sound that was not played yet, and the gain at its end: what is appended is faded
 * from there on, so that no change of source is a click. Pure. Role: audio.
 */
#pragma once

#include <tutti/types.h>

/* A packet of 120 ms, the longest, is decoded when less than a round is there, for shortening when
 * less than two are; a stretch adds one at most. */
#define TUTTI_FIFO_SAMPLES (TUTTI_RATE_HZ * 120 / 1000 + 4 * TUTTI_ROUND_SAMPLES)

typedef struct {
    guint channels;
    guint n_samples;
    float gain;
    gint16 pcm[TUTTI_FIFO_SAMPLES * TUTTI_CHANNELS_MAX];
} TuttiFifo;

/* Where the next samples are to be written. */
gint16 *tutti_fifo_end (TuttiFifo *fifo);
/* `samples` were written there: scales them, from the gain so far to `to` over `within` samples,
 * and takes them in. */
void tutti_fifo_append (TuttiFifo *fifo, guint samples, float to, guint within);
void tutti_fifo_append_silence (TuttiFifo *fifo, guint samples);
/* Lets go of the first samples. */
void tutti_fifo_consume (TuttiFifo *fifo, guint samples);
/* Level of the next round, which is there, in -dBov as RFC 6464 has it. */
guint8 tutti_fifo_level (const TuttiFifo *fifo);
