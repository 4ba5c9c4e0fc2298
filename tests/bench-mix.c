/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-mix.c: what a round of the audio mixer costs at several room sizes, decoding left out: each
 * input hands over the same 20 ms again.
 */
#include <mixers/audio/audio-mixer.h>

#include "mix-tone.h"

#include <time.h>

static gint16 voice[TUTTI_ROUND_VALUES_MAX];

static guint8
on_listen (gpointer self, gint64 now_us)
{
    return GPOINTER_TO_UINT (self) % 10 < 3 ? 20 : 65;
}

static gboolean
on_pull (gpointer self, gint16 *pcm, guint channels)
{
    memcpy (pcm, voice, TUTTI_ROUND_SAMPLES * channels * sizeof *pcm);
    return TRUE;
}

static void
on_skip (gpointer self)
{
}

static const TuttiSoundInputClass klass = {on_listen, on_pull, on_skip};

static gint64
get_cpu_ns (void)
{
    struct timespec t;

    clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec * G_GINT64_CONSTANT (1000000000) + t.tv_nsec;
}

static void
run (guint n_inputs, guint channels)
{
    g_autoptr (TuttiAudioMixer) mixer = tutti_audio_mixer_new (channels, 4);
    g_autofree TuttiAudioInput *inputs = g_new0 (TuttiAudioInput, n_inputs);
    const guint rounds = 5000;
    TuttiAudioMix mix;
    gint64 start_ns;

    for (guint i = 0; i < n_inputs; i++)
        inputs[i] = (TuttiAudioInput){.port = {&klass, GUINT_TO_POINTER (i), i}, .gain = 1};
    start_ns = get_cpu_ns ();
    for (guint r = 0; r < rounds; r++)
        tutti_audio_mixer_tick (mixer, inputs, n_inputs, (gint64)r * TUTTI_ROUND_US, &mix);
    g_print ("%5u inputs, %u channel%s: %7.2f us a round (%u own mixes)\n", n_inputs, channels,
             channels > 1 ? "s" : " ", (double)(get_cpu_ns () - start_ns) / rounds / 1000,
             mix.n_own);
}

int
main (void)
{
    static const guint sizes[] = {2, 10, 100, 1000};
    Tone tone = {.hz = 440, .amplitude = 0.6};

    tone_pull (&tone, voice, TUTTI_CHANNELS_MAX);
    for (guint channels = 1; channels <= 2; channels++) {
        for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
            run (sizes[i], channels);
    }
    return 0;
}
