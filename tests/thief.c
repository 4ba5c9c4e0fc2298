/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * thief.c: takes a share of every processor, as a host does that has sold them twice: for some
 * milliseconds nothing else runs there, whatever its priority. For trying how tests fare on such a
 * machine; what it takes is "others' share" to tests/e2e/lib/machine.mjs. Needs root.
 *
 *   thief PERCENT [PERIOD-MS]     until it is killed; what is left of each period is the tests'
 *
 * The kernel leaves other threads 5 % of each second (sched_rt_runtime_us): 90 % can be taken.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NSEC_PER_SEC 1000000000LL
#define PERIOD_MS 30
#define PERIOD_MS_MAX 1000
#define PERCENT_MAX 90

static long long take_ns, period_ns;

static long long
now_ns (void)
{
    struct timespec now;

    clock_gettime (CLOCK_MONOTONIC, &now);
    return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

static void
sleep_until (long long at_ns)
{
    struct timespec at = {.tv_sec = at_ns / NSEC_PER_SEC, .tv_nsec = at_ns % NSEC_PER_SEC};

    while (clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
        ;
}

/* Periods differ, half to one and a half of the usual: nothing of the tests' falls in step. */
static void *
take (void *data)
{
    unsigned seed = (unsigned)(size_t)data + 1;
    cpu_set_t one;

    CPU_ZERO (&one);
    CPU_SET ((size_t)data, &one);
    pthread_setaffinity_np (pthread_self (), sizeof one, &one);
    for (long long at_ns = now_ns ();;) {
        long long permille = 500 + rand_r (&seed) % 1001;
        long long end_ns = now_ns () + take_ns * permille / 1000;

        while (now_ns () < end_ns)
            ;
        at_ns += period_ns * permille / 1000;
        sleep_until (at_ns);
    }
    return NULL;
}

static int
start (size_t processor)
{
    const struct sched_param priority = {.sched_priority = sched_get_priority_max (SCHED_FIFO)};
    pthread_attr_t how;
    pthread_t thread;

    pthread_attr_init (&how);
    pthread_attr_setinheritsched (&how, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy (&how, SCHED_FIFO);
    pthread_attr_setschedparam (&how, &priority);
    return pthread_create (&thread, &how, take, (void *)processor);
}

int
main (int argc, char *argv[])
{
    long percent = argc > 1 ? strtol (argv[1], NULL, 10) : 0;
    long period_ms = argc > 2 ? strtol (argv[2], NULL, 10) : PERIOD_MS;
    long n_processors = sysconf (_SC_NPROCESSORS_ONLN);

    if (percent < 1 || percent > PERCENT_MAX || period_ms < 1 || period_ms > PERIOD_MS_MAX) {
        fprintf (stderr, "usage: thief PERCENT [PERIOD-MS]\n");
        return 2;
    }
    period_ns = period_ms * (NSEC_PER_SEC / 1000);
    take_ns = period_ns * percent / 100;
    for (long i = 0; i < n_processors; i++) {
        int why = start ((size_t)i);

        if (why != 0) {
            fprintf (stderr, "thief: %s\n", strerror (why));
            return 1;
        }
    }
    pause ();
    return 0;
}
