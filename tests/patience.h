/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * patience.h: tests on a machine that others share, or whose host steals: what will come is waited
 * for some times as long, and what is a figure counts only where the machine had time for us.
 */
#pragma once

#include <glib.h>

#include <stdio.h>
#include <unistd.h>

/* Deadlines are given for a machine of one's own. Nobody waits for them when nothing is wrong. */
#define TEST_PATIENCE 4

/* A share of the time that our threads may wait for a processor without spoiling a figure. */
#define TEST_WAITS_MAX 0.1

typedef struct {
    gint64 since_us, waited_us;
} TestMachine;

/* What the host took of all processors since boot: the eighth number of proc(5)'s first line of
 * /proc/stat. */
static inline gint64
test_stolen_us (void)
{
    g_autofree char *text = NULL;
    unsigned long long ticks = 0;

    if (!g_file_get_contents ("/proc/stat", &text, NULL, NULL) ||
        sscanf (text, "cpu %*u %*u %*u %*u %*u %*u %*u %llu", &ticks) != 1)
        return 0;
    return (gint64)ticks * G_USEC_PER_SEC / sysconf (_SC_CLK_TCK);
}

/* How long our threads have stood in a processor's queue: the second number of schedstat. */
static inline gint64
test_queued_us (void)
{
    g_autoptr (GDir) threads = g_dir_open ("/proc/self/task", 0, NULL);
    const char *name;
    gint64 sum_us = 0;

    while (threads && (name = g_dir_read_name (threads))) {
        g_autofree char *path = g_strdup_printf ("/proc/self/task/%s/schedstat", name);
        g_autofree char *text = NULL;
        unsigned long long waited_ns = 0;

        if (g_file_get_contents (path, &text, NULL, NULL) &&
            sscanf (text, "%*u %llu", &waited_ns) == 1)
            sum_us += (gint64)(waited_ns / 1000);
    }
    return sum_us;
}

static inline TestMachine
test_machine_watch (void)
{
    return (TestMachine){g_get_monotonic_time (), test_stolen_us () + test_queued_us ()};
}

/* Whether figures of the time since count; to be asked while the threads that matter are there. */
static inline gboolean
test_machine_is_quiet (const TestMachine *machine)
{
    gint64 passed_us = g_get_monotonic_time () - machine->since_us;
    gint64 waited_us = test_stolen_us () + test_queued_us () - machine->waited_us;
    double share = (double)waited_us / (double)MAX (passed_us, 1);

    g_test_message ("waited for a processor for %.0f %% of the time", 100 * share);
    return share <= TEST_WAITS_MAX;
}
