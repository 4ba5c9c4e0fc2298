/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * caller-ear.c: what a caller heard and saw, measured.
 */
#include <math.h>

#include "caller.h"

void
caller_get_figures (Caller *caller, CallerFigures *figures)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&caller->lock);

    *figures = caller->figures;
}

void
caller_reset_figures (Caller *caller)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&caller->lock);

    caller->figures.longest_gap_us = 0;
    caller->figures.click_in_us = caller->figures.click_out_us = 0;
}

gboolean
caller_has_heard_a_second (Caller *caller)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&caller->lock);

    return caller->n_heard >= TUTTI_RATE_HZ;
}

static void
copy_last_second (Caller *caller, gint16 *pcm)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&caller->lock);

    g_assert_cmpuint (caller->n_heard, >=, TUTTI_RATE_HZ);
    for (guint i = 0; i < TUTTI_RATE_HZ; i++)
        pcm[i] = caller->heard[(caller->n_heard - TUTTI_RATE_HZ + i) % CALLER_HEARD_SAMPLES];
}

/* Mean square of the tone in one second: it has whole periods there, so tones don't leak. */
static double
measure_tone (const gint16 *pcm, guint tone_hz)
{
    double in_phase = 0, quadrature = 0;

    for (guint i = 0; i < TUTTI_RATE_HZ; i++) {
        double angle = 2 * G_PI * tone_hz * i / TUTTI_RATE_HZ;
        in_phase += pcm[i] / 32768.0 * cos (angle);
        quadrature += pcm[i] / 32768.0 * sin (angle);
    }
    in_phase /= TUTTI_RATE_HZ / 2;
    quadrature /= TUTTI_RATE_HZ / 2;
    return (in_phase * in_phase + quadrature * quadrature) / 2;
}

double
caller_get_tone_db (Caller *caller, guint tone_hz)
{
    g_autofree gint16 *pcm = g_new (gint16, TUTTI_RATE_HZ);

    copy_last_second (caller, pcm);
    return 10 * log10 (2 * measure_tone (pcm, tone_hz) + 1e-12);
}

double
caller_get_rest_db (Caller *caller, const guint *tones_hz, guint n_tones)
{
    g_autofree gint16 *pcm = g_new (gint16, TUTTI_RATE_HZ);
    double all = 0, tones = 0;

    copy_last_second (caller, pcm);
    for (guint i = 0; i < TUTTI_RATE_HZ; i++)
        all += (pcm[i] / 32768.0) * (pcm[i] / 32768.0) / TUTTI_RATE_HZ;
    for (guint i = 0; i < n_tones; i++)
        tones += measure_tone (pcm, tones_hz[i]);
    return 10 * log10 (MAX (all - tones, 1e-12) / MAX (tones, 1e-12));
}

gboolean
caller_look_at (Caller *caller, int x, int y, guint8 *colour)
{
    g_autoptr (TuttiPicture) picture = tutti_slot_peek (caller->seen, NULL);

    if (!picture)
        return FALSE;
    colour[0] = picture->plane[0][y * picture->stride[0] + x];
    colour[1] = picture->plane[1][y / 2 * picture->stride[1] + x / 2];
    colour[2] = picture->plane[2][y / 2 * picture->stride[2] + x / 2];
    return TRUE;
}
