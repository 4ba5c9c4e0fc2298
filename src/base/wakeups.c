/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wakeups.c: threads are known by their names. The system counts how often each gave its processor
 * up by itself (proc(5), voluntary_ctxt_switches), which is how often it was woken again. Those that
 * come and go with recordings and outputs are left out: a count must not fall.
 */
#include <tutti/wakeups.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static guint64
read_switches (const char *task)
{
    g_autofree char *path = g_strdup_printf ("/proc/self/task/%s/status", task);
    g_autofree char *text = NULL;
    unsigned long long n = 0;
    const char *line;

    if (!g_file_get_contents (path, &text, NULL, NULL))
        return 0;
    line = strstr (text, "\nvoluntary_ctxt_switches:");
    return line && sscanf (line, " voluntary_ctxt_switches: %llu", &n) == 1 ? n : 0;
}

/* NULL: it is not counted. */
static guint64 *
find_count (TuttiWakeups *wakeups, const char *task)
{
    g_autofree char *path = g_strdup_printf ("/proc/self/task/%s/comm", task);
    g_autofree char *name = NULL;

    if (g_ascii_strtoull (task, NULL, 10) == (guint64)getpid ())
        return &wakeups->main;
    if (!g_file_get_contents (path, &name, NULL, NULL))
        return NULL;
    if (g_str_equal (g_strchomp (name), "tutti-net"))
        return &wakeups->net;
    if (g_str_equal (name, "tutti-audio"))
        return &wakeups->audio;
    return g_str_equal (name, "tutti-video") ? &wakeups->video : NULL;
}

void
tutti_wakeups_read (TuttiWakeups *wakeups)
{
    g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
    const char *task;

    *wakeups = (TuttiWakeups){0};
    while (tasks && (task = g_dir_read_name (tasks))) {
        guint64 *count = find_count (wakeups, task);

        if (count)
            *count += read_switches (task);
    }
}
