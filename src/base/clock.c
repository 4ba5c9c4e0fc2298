/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * clock.c: the true clock and the fake one.
 */
#include <tutti/clock.h>

#include <stdatomic.h>
#include <time.h>

struct _TuttiClock {
    gboolean fake;
    _Atomic gint64 now_us; /* fake only */
};

static TuttiClock real;

TuttiClock *
tutti_clock_real (void)
{
    return &real;
}

TuttiClock *
tutti_clock_fake_new (gint64 now_us)
{
    TuttiClock *clock = g_new0 (TuttiClock, 1);

    clock->fake = TRUE;
    atomic_init (&clock->now_us, now_us);
    return clock;
}

void
tutti_clock_fake_advance (TuttiClock *clock, gint64 by_us)
{
    g_assert (clock->fake && by_us >= 0);
    atomic_fetch_add (&clock->now_us, by_us);
}

void
tutti_clock_fake_free (TuttiClock *clock)
{
    if (clock)
        g_assert (clock->fake);
    g_free (clock);
}

gint64
tutti_clock_now_us (TuttiClock *clock)
{
    return clock->fake ? atomic_load (&clock->now_us) : g_get_monotonic_time ();
}

guint32
tutti_clock_rtp_time (gint64 time_us, guint rate_hz)
{
    /* 2^63 us * 90000 would overflow: whole seconds and the rest apart. */
    gint64 seconds = time_us / G_USEC_PER_SEC;
    gint64 rest_us = time_us % G_USEC_PER_SEC;

    return (guint32)(seconds * rate_hz + rest_us * rate_hz / G_USEC_PER_SEC);
}

gint64
tutti_clock_thread_cpu_us (void)
{
    struct timespec t;

    clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
    return (gint64)t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000;
}
