/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * probe-ear.c: see probe-ear.h. The tone's energy by Goertzel's filter, in windows of 2.5 ms.
 */
#include "probe-ear.h"

#include <math.h>

#include "clips.h"
#include "decode/opus-decode.h"

#define WINDOW_SAMPLES (TUTTI_RATE_HZ / 400)
/* A third of the burst's amplitude; voices have next to nothing there. */
#define LOUD 3000
/* A burst is over when it was quiet for 100 ms: within one the mixer's fades may dip. */
#define QUIET_WINDOWS 40

struct _Ear {
    TuttiOpusDecoder *decoder;
    guint quiet;
};

static double
measure (const gint16 *pcm)
{
    double k = 2 * cos (2 * G_PI * CLIPS_BURST_HZ / TUTTI_RATE_HZ), a = 0, b = 0;

    for (guint i = 0; i < WINDOW_SAMPLES; i++) {
        double c = pcm[i] + k * a - b;

        b = a;
        a = c;
    }
    return 2 * sqrt (MAX (a * a + b * b - k * a * b, 0)) / WINDOW_SAMPLES;
}

Ear *
ear_new (void)
{
    Ear *ear = g_new0 (Ear, 1);

    ear->decoder = tutti_opus_decoder_new (1);
    return ear;
}

void
ear_free (Ear *ear)
{
    tutti_opus_decoder_free (ear->decoder);
    g_free (ear);
}

gint64
ear_push (Ear *ear, const TuttiPacket *packet)
{
    gint16 pcm[TUTTI_OPUS_SAMPLES_MAX];
    guint samples = tutti_opus_decoder_push (ear->decoder, packet, pcm);
    gint64 heard_us = 0;

    for (guint at = 0; at + WINDOW_SAMPLES <= samples; at += WINDOW_SAMPLES) {
        gboolean is_loud = measure (pcm + at) > LOUD;

        if (is_loud && ear->quiet >= QUIET_WINDOWS)
            heard_us = packet->time_us + (gint64)at * G_USEC_PER_SEC / TUTTI_RATE_HZ;
        ear->quiet = is_loud ? 0 : ear->quiet + 1;
    }
    return heard_us;
}
