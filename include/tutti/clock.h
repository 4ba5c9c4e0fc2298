/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * clock.h: the one clock: monotonic microseconds. Loops ask it; ticks are given `now_us`.
 * Any thread. A fake clock stands still until a test moves it.
 */
#pragma once

#include <tutti/types.h>

/* The system's monotonic clock: a constant, never freed. */
TuttiClock *tutti_clock_real (void);

TuttiClock *tutti_clock_fake_new (gint64 now_us);
void tutti_clock_fake_advance (TuttiClock *clock, gint64 by_us);
void tutti_clock_fake_free (TuttiClock *clock);

gint64 tutti_clock_now_us (TuttiClock *clock);

/* RTP time of an instant of our clock: the same mapping for every stream we send, so that sound and
 * picture are in step by construction. rate_hz: 48000 or 90000. Wraps as RTP does. */
guint32 tutti_clock_rtp_time (gint64 time_us, guint rate_hz);

/* CPU time of the calling thread so far: what statistics split the work by. */
gint64 tutti_clock_thread_cpu_us (void);
