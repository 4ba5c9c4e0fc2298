/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-time-scale.c: sound made shorter or longer keeps its pitch and has no click.
 */
#include "src/decode/time-scale.h"

#include <math.h>
#include <string.h>

#define N (3 * TUTTI_ROUND_SAMPLES)

/* A voice-like sound: a fundamental and two harmonics. */
static void
make_voice (gint16 *pcm, guint n, guint channels, double hz)
{
    for (guint i = 0; i < n; i++)
        for (guint c = 0; c < channels; c++) {
            double t = 2 * G_PI * hz * i / TUTTI_RATE_HZ;

            pcm[i * channels + c] =
                (gint16)(6000 * sin (t) + 3000 * sin (2 * t + 1) + 1500 * sin (3 * t + c));
        }
}

/* Greatest difference of neighbours. */
static int
steepest (const gint16 *pcm, guint n, guint channels)
{
    int most = 0;

    for (guint i = channels; i < n * channels; i++)
        most = MAX (most, ABS (pcm[i] - pcm[i - channels]));
    return most;
}

/* Share of the power that is not at the harmonics of hz, in dB; over whole periods only. */
static double
impurity_db (const gint16 *pcm, guint n, double hz)
{
    double total = 0, tone = 0;

    n = (guint)(floor (n * hz / TUTTI_RATE_HZ) * TUTTI_RATE_HZ / hz);
    for (guint i = 0; i < n; i++)
        total += (double)pcm[i] * pcm[i];
    for (guint h = 1; h <= 3; h++) {
        double re = 0, im = 0;

        for (guint i = 0; i < n; i++) {
            re += pcm[i] * cos (2 * G_PI * hz * h * i / TUTTI_RATE_HZ);
            im += pcm[i] * sin (2 * G_PI * hz * h * i / TUTTI_RATE_HZ);
        }
        tone += 2 * (re * re + im * im) / n;
    }
    return 10 * log10 (fabs (total - tone) / total + 1e-12);
}

static void
test_voice (gconstpointer data)
{
    guint channels = GPOINTER_TO_UINT (data);

    for (double hz = 100; hz <= 400; hz += 50) {
        gint16 pcm[(N + 960) * TUTTI_CHANNELS_MAX];
        guint n = N, cut, added;
        int steep;

        make_voice (pcm, N, channels, hz);
        steep = steepest (pcm, N, channels);
        cut = tutti_time_scale_shorten (pcm, n, channels, 600, TUTTI_TIME_SCALE_CAREFUL);
        g_assert_cmpuint (cut, >=, 120);
        g_assert_cmpuint (cut, <=, 600);
        n -= cut;
        g_assert_cmpint (steepest (pcm, n, channels), <=, steep * 11 / 10);
        added = tutti_time_scale_stretch (pcm, n, channels, 600, TUTTI_TIME_SCALE_CAREFUL);
        g_assert_cmpuint (added, >=, 120);
        n += added;
        g_assert_cmpint (steepest (pcm, n, channels), <=, steep * 11 / 10);
        if (channels == 1)
            g_assert_cmpfloat (impurity_db (pcm, n, hz), <, -30);
    }
}

static void
make_noise (gint16 *pcm, guint n)
{
    guint32 state = 1;

    for (guint i = 0; i < n; i++) {
        state = state * 1664525 + 1013904223;
        pcm[i] = (gint16)(state >> 16) / 4;
    }
}

static void
test_noise (void)
{
    gint16 pcm[N + 960], before[N];

    make_noise (pcm, N);
    memcpy (before, pcm, sizeof before);
    g_assert_cmpuint (tutti_time_scale_shorten (pcm, N, 1, 480, TUTTI_TIME_SCALE_CAREFUL), ==, 0);
    g_assert_cmpmem (pcm, sizeof before, before, sizeof before);
    g_assert_cmpuint (tutti_time_scale_shorten (pcm, N, 1, 480, TUTTI_TIME_SCALE_FORCED), >, 0);
    g_assert_cmpuint (tutti_time_scale_stretch (pcm, N - 480, 1, 480, TUTTI_TIME_SCALE_FORCED), >,
                      0);
}

static void
test_quiet (void)
{
    gint16 pcm[(N + 960) * TUTTI_CHANNELS_MAX] = {0};

    g_assert_cmpuint (tutti_time_scale_shorten (pcm, N, 1, 480, TUTTI_TIME_SCALE_CAREFUL), ==, 480);
    g_assert_cmpuint (tutti_time_scale_stretch (pcm, N, 2, 960, TUTTI_TIME_SCALE_CAREFUL), ==, 600);
}

static void
test_limits (void)
{
    gint16 pcm[N] = {0};

    g_assert_cmpuint (tutti_time_scale_shorten (pcm, 959, 1, 480, TUTTI_TIME_SCALE_FORCED), ==, 0);
    g_assert_cmpuint (tutti_time_scale_shorten (pcm, 960, 1, 119, TUTTI_TIME_SCALE_FORCED), ==, 0);
    g_assert_cmpuint (tutti_time_scale_stretch (pcm, 960, 1, 0, TUTTI_TIME_SCALE_FORCED), ==, 0);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_data_func ("/time-scale/voice", GUINT_TO_POINTER (1), test_voice);
    g_test_add_data_func ("/time-scale/voice-stereo", GUINT_TO_POINTER (2), test_voice);
    g_test_add_func ("/time-scale/noise", test_noise);
    g_test_add_func ("/time-scale/quiet", test_quiet);
    g_test_add_func ("/time-scale/limits", test_limits);
    return g_test_run ();
}
