/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * work.c: see work.h. The clock is the wall's, since it is read without a system call (20 ns
 * against 200 of the thread's own). What interrupts a thread hits each kind of work by its length,
 * but a sample of some 50 ms a second is upset by one slice of another's: what lasts so long that
 * no work of ours does is left out.
 */
#include <tutti/work.h>

#include <time.h>

/* The longest piece without a change of work is an Opus encode, 0.4 ms. */
#define PIECE_MAX_NS (2000 * 1000)

/* The sampled turn that the thread is in. */
static __thread struct {
    TuttiWorkTimes *times; /* NULL: none */
    TuttiWork work;
    gint64 since_ns;
} here;

static gint64
now_ns (void)
{
    struct timespec t;

    clock_gettime (CLOCK_MONOTONIC, &t);
    return (gint64)t.tv_sec * 1000 * G_USEC_PER_SEC + t.tv_nsec;
}

static void
count (void)
{
    gint64 now = now_ns ();

    if (now - here.since_ns <= PIECE_MAX_NS)
        atomic_fetch_add_explicit (&here.times->sampled_ns[here.work], now - here.since_ns,
                                   memory_order_relaxed);
    here.since_ns = now;
}

void
tutti_work_begin (TuttiWorkTimes *times, TuttiWork work)
{
    if (times->turn++ % TUTTI_WORK_EVERY != 0)
        return;
    here.times = times;
    here.work = work;
    here.since_ns = now_ns ();
}

void
tutti_work_end (void)
{
    if (!here.times)
        return;
    count ();
    here.times = NULL;
}

TuttiWork
tutti_work_enter (TuttiWork work)
{
    TuttiWork left = here.work;

    if (!here.times || left == work)
        return left;
    count ();
    here.work = work;
    return left;
}

void
tutti_work_share (TuttiWorkTimes *times, gint64 cpu_us, gint64 us[TUTTI_N_WORKS])
{
    gint64 ns[TUTTI_N_WORKS], sum_ns = 0;

    for (guint i = 0; i < TUTTI_N_WORKS; i++) {
        ns[i] = atomic_load_explicit (&times->sampled_ns[i], memory_order_relaxed);
        sum_ns += ns[i];
    }
    for (guint i = 0; sum_ns > 0 && i < TUTTI_N_WORKS; i++)
        us[i] += (gint64)((double)cpu_us * (double)ns[i] / (double)sum_ns);
    if (sum_ns == 0)
        us[TUTTI_WORK_REST] += cpu_us;
}
