/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-mix-ops.c: exact tables for the audio kernels and the limiter.
 */
#include <mixers/audio/limiter.h>
#include <mixers/audio/mix-ops.h>

#include "mix-tone.h"

static void
fill (gint16 *pcm, guint n, gint16 value)
{
    for (guint i = 0; i < n; i++)
        pcm[i] = value;
}

static void
test_scale_table (void)
{
    static const struct {
        gint16 in;
        float gain;
        gint32 out;
    } table[] = {
        {0, 1, 0},           {1, 1, 1},           {-1, 1, -1},         {32767, 1, 32767},
        {-32768, 1, -32768}, {1000, 0, 0},        {1000, 0.5f, 500},   {-1000, 0.5f, -500},
        {32767, 2, 65534},   {-32768, 2, -65536}, {32767, 16, 524272}, {-32768, 16, -524288},
    };
    gint16 pcm[TUTTI_ROUND_VALUES_MAX];
    gint32 voice[TUTTI_ROUND_VALUES_MAX];

    for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
        for (guint channels = 1; channels <= 2; channels++) {
            guint n = TUTTI_ROUND_SAMPLES * channels;

            fill (pcm, n, table[i].in);
            tutti_mix_scale (voice, pcm, channels, (TuttiFade){table[i].gain, table[i].gain});
            for (guint j = 0; j < n; j++)
                g_assert_cmpint (voice[j], ==, table[i].out);
        }
    }
}

static void
test_fade_is_smooth_and_complete (void)
{
    gint16 pcm[TUTTI_ROUND_VALUES_MAX];
    gint32 voice[TUTTI_ROUND_VALUES_MAX];
    gint32 before = 0;

    fill (pcm, TUTTI_ROUND_VALUES_MAX, 24000);
    tutti_mix_scale (voice, pcm, 2, (TuttiFade){0, 1});
    g_assert_cmpint (voice[0], ==, 0);
    for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++) {
        g_assert_cmpint (voice[2 * i], ==, voice[2 * i + 1]);
        g_assert_cmpint (voice[2 * i], >=, before);
        /* The steepest point of the curve is 1.5 times the mean slope. */
        g_assert_cmpint (voice[2 * i] - before, <=, 24000 * 3 / (2 * TUTTI_FADE_SAMPLES) + 1);
        before = voice[2 * i];
    }
    g_assert_cmpint (voice[2 * TUTTI_FADE_SAMPLES], ==, 24000);

    tutti_mix_scale (voice, pcm, 2, (TuttiFade){1, 0});
    g_assert_cmpint (voice[0], ==, 24000);
    for (guint i = 2 * TUTTI_FADE_SAMPLES; i < TUTTI_ROUND_VALUES_MAX; i++)
        g_assert_cmpint (voice[i], ==, 0);
}

static void
test_tail_ends_a_voice (void)
{
    const gint32 last[2] = {20000, -20000};
    gint32 voice[TUTTI_ROUND_VALUES_MAX];
    gint32 before = last[0];

    tutti_mix_tail (voice, last, 2);
    for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++) {
        g_assert_cmpint (voice[2 * i], ==, -voice[2 * i + 1]);
        g_assert_cmpint (ABS (voice[2 * i] - before), <=, 126);
        before = voice[2 * i];
    }
    g_assert_cmpint (before, ==, 0);
}

static void
test_minus_own_is_exact (void)
{
    gint32 sum[TUTTI_ROUND_SAMPLES] = {0}, rest[TUTTI_ROUND_SAMPLES];
    gint32 voices[3][TUTTI_ROUND_SAMPLES];
    gint16 pcm[TUTTI_ROUND_SAMPLES];
    g_autoptr (GRand) dice = g_rand_new_with_seed (1);

    for (guint v = 0; v < 3; v++) {
        for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++)
            pcm[i] = (gint16)g_rand_int_range (dice, -32768, 32768);
        tutti_mix_scale (voices[v], pcm, 1, (TuttiFade){0.3f * (float)v, 1.7f});
        tutti_mix_add (sum, voices[v], TUTTI_ROUND_SAMPLES);
    }
    tutti_mix_subtract (rest, sum, voices[1], TUTTI_ROUND_SAMPLES);
    for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++)
        g_assert_cmpint (rest[i], ==, voices[0][i] + voices[2][i]);
}

static void
test_peak (void)
{
    gint32 values[TUTTI_ROUND_SAMPLES] = {0};

    g_assert_cmpint (tutti_mix_peak (values, TUTTI_ROUND_SAMPLES), ==, 0);
    values[959] = -70000;
    values[3] = 69999;
    g_assert_cmpint (tutti_mix_peak (values, TUTTI_ROUND_SAMPLES), ==, 70000);
    values[17] = 70001;
    g_assert_cmpint (tutti_mix_peak (values, TUTTI_ROUND_SAMPLES), ==, 70001);
}

static void
test_level_table (void)
{
    /* Constant values: rms is the value; 20 log10 by hand. */
    static const struct {
        gint16 value;
        guint8 level;
    } table[] = {{0, 127},   {32767, 0}, {-32768, 0}, {16384, 6},
                 {3277, 20}, {328, 40},  {33, 60},    {1, 90}};
    gint16 pcm[TUTTI_ROUND_SAMPLES];

    for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
        fill (pcm, TUTTI_ROUND_SAMPLES, table[i].value);
        g_assert_cmpint (tutti_mix_level (pcm, TUTTI_ROUND_SAMPLES), ==, table[i].level);
    }
}

static void
test_limiter_leaves_quiet_sound_alone (void)
{
    TuttiLimiter limiter = {0};
    gint32 in[TUTTI_ROUND_SAMPLES];
    gint16 out[TUTTI_ROUND_SAMPLES];

    for (guint round = 0; round < 20; round++) {
        for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++)
            in[i] = (gint32)((i * 67 + round) % 64800) - 32400;
        tutti_limiter_push (&limiter, out, in, 1);
        for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++)
            g_assert_cmpint (out[i], ==, in[i]);
    }
}

/* However large the sum, the output neither wraps nor sticks to the rails for longer than the 1 ms
 * of the first attack, and keeps its sign. */
static void
test_limiter_saturation (void)
{
    static const gint32 heights[] = {32767, 32768, 40000, 65536, 1 << 20, 1 << 24, 1 << 30};
    gint32 in[TUTTI_ROUND_VALUES_MAX];
    gint16 out[TUTTI_ROUND_VALUES_MAX];

    for (guint h = 0; h < G_N_ELEMENTS (heights); h++) {
        TuttiLimiter limiter = {0};

        for (guint i = 0; i < TUTTI_ROUND_VALUES_MAX; i++)
            in[i] = i % 100 < 50 ? heights[h] : -heights[h];
        for (guint round = 0; round < 3; round++) {
            tutti_limiter_push (&limiter, out, in, 2);
            for (guint i = 0; i < TUTTI_ROUND_VALUES_MAX; i++) {
                g_assert_true (in[i] > 0 ? out[i] > 0 : out[i] < 0);
                if (round > 0 || i >= 96)
                    g_assert_cmpint (ABS (out[i]), <=, 32400);
            }
        }
    }
}

/* A peak in mid-round is met by a gain that was lowered before it: nothing is cut. */
static void
test_limiter_looks_at_the_whole_round (void)
{
    TuttiLimiter limiter = {0};
    gint32 in[TUTTI_ROUND_SAMPLES];
    gint16 out[TUTTI_ROUND_SAMPLES];

    for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++)
        in[i] = i < 480 ? 16000 : 48000;
    tutti_limiter_push (&limiter, out, in, 1);
    for (guint i = 1; i < 480; i++)
        g_assert_cmpint (ABS (out[i] - out[i - 1]), <=, 16);
    for (guint i = 480; i < TUTTI_ROUND_SAMPLES; i++)
        g_assert_cmpint (out[i], ==, 32400);
}

static void
test_limiter_recovers (void)
{
    TuttiLimiter limiter = {0};
    gint32 in[TUTTI_ROUND_SAMPLES];
    gint16 out[TUTTI_ROUND_SAMPLES] = {0};
    gint16 before;

    for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++)
        in[i] = 64800;
    tutti_limiter_push (&limiter, out, in, 1);
    for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++)
        in[i] = 10000;
    for (guint round = 0; round < 100; round++) {
        before = out[TUTTI_ROUND_SAMPLES - 1];
        tutti_limiter_push (&limiter, out, in, 1);
        if (round > 0)
            g_assert_cmpint (out[0] - before, >=, 0);
        if (round == 5)
            g_assert_cmpint (out[0], ==, 5000);
    }
    g_assert_cmpint (out[0], ==, 10000);

    tutti_limiter_push (&limiter, out, NULL, 1);
    g_assert_cmpint (out[0], ==, 10000);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/mix-ops/scale-table", test_scale_table);
    g_test_add_func ("/mix-ops/fade", test_fade_is_smooth_and_complete);
    g_test_add_func ("/mix-ops/tail", test_tail_ends_a_voice);
    g_test_add_func ("/mix-ops/minus-own-exact", test_minus_own_is_exact);
    g_test_add_func ("/mix-ops/peak", test_peak);
    g_test_add_func ("/mix-ops/level-table", test_level_table);
    g_test_add_func ("/limiter/quiet", test_limiter_leaves_quiet_sound_alone);
    g_test_add_func ("/limiter/saturation", test_limiter_saturation);
    g_test_add_func ("/limiter/whole-round", test_limiter_looks_at_the_whole_round);
    g_test_add_func ("/limiter/recovers", test_limiter_recovers);
    return g_test_run ();
}
