/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-wakeups.c: threads by their names, and how often they were woken.
 */
#include <tutti/wakeups.h>

#define TIMES 100
#define NAP_US 100

typedef struct {
    GMutex lock;
    GCond changed;
    gboolean has_slept, was_counted;
} Bed;

static void
sleep_often (void)
{
    for (guint i = 0; i < TIMES; i++)
        g_usleep (NAP_US);
}

static void
tell (Bed *bed, gboolean *what)
{
    g_mutex_lock (&bed->lock);
    *what = TRUE;
    g_cond_broadcast (&bed->changed);
    g_mutex_unlock (&bed->lock);
}

static void
wait_for (Bed *bed, const gboolean *what)
{
    g_mutex_lock (&bed->lock);
    while (!*what)
        g_cond_wait (&bed->changed, &bed->lock);
    g_mutex_unlock (&bed->lock);
}

/* It is there until it was counted. */
static gpointer
run (gpointer user_data)
{
    Bed *bed = user_data;

    sleep_often ();
    tell (bed, &bed->has_slept);
    wait_for (bed, &bed->was_counted);
    return NULL;
}

static guint64
count_woken (const char *name, gsize offset)
{
    Bed bed = {0};
    TuttiWakeups before, after;
    GThread *thread;

    tutti_wakeups_read (&before);
    thread = g_thread_new (name, run, &bed);
    sleep_often ();
    wait_for (&bed, &bed.has_slept);
    tutti_wakeups_read (&after);
    tell (&bed, &bed.was_counted);
    g_thread_join (thread);
    g_assert_cmpuint (after.main, >=, before.main + TIMES);
    return G_STRUCT_MEMBER (guint64, &after, offset) - G_STRUCT_MEMBER (guint64, &before, offset);
}

static void
test_names (void)
{
    g_assert_cmpuint (count_woken ("tutti-net", G_STRUCT_OFFSET (TuttiWakeups, net)), >=, TIMES);
    g_assert_cmpuint (count_woken ("tutti-audio", G_STRUCT_OFFSET (TuttiWakeups, audio)), >=,
                      TIMES);
    g_assert_cmpuint (count_woken ("tutti-video", G_STRUCT_OFFSET (TuttiWakeups, video)), >=,
                      TIMES);
    g_assert_cmpuint (count_woken ("recorder", G_STRUCT_OFFSET (TuttiWakeups, net)), ==, 0);
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/wakeups/names", test_names);
    return g_test_run ();
}
