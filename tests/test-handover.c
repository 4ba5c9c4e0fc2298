/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-handover.c: nothing is freed under a tick, and everything is freed.
 */
#include "room/bell.h"
#include "room/handover.h"

static guint freed;

static void
count_free (gpointer object)
{
    freed++;
    g_free (object);
}

static void
test_idle (void)
{
    TuttiHandover *handover = tutti_handover_new (count_free);

    freed = 0;
    tutti_handover_give (handover, g_malloc (1));
    tutti_handover_give (handover, g_malloc (1));
    g_assert_cmpuint (freed, ==, 1); /* nobody was using it */
    tutti_handover_retire (handover, g_malloc (1), count_free);
    g_assert_cmpuint (freed, ==, 2);
    tutti_handover_free (handover);
    g_assert_cmpuint (freed, ==, 3);
}

static void
test_in_use (void)
{
    TuttiHandover *handover = tutti_handover_new (count_free);
    gpointer first = g_malloc (1);

    freed = 0;
    tutti_handover_give (handover, first);
    g_assert_true (tutti_handover_begin (handover) == first);
    tutti_handover_give (handover, NULL);
    tutti_handover_retire (handover, g_malloc (1), count_free);
    g_assert_cmpuint (freed, ==, 0);
    tutti_handover_end (handover);
    while (freed < 2)
        g_main_context_iteration (NULL, TRUE);
    tutti_handover_free (handover);
    g_assert_cmpuint (freed, ==, 2);
}

/* A tick that began after the change holds nothing back. */
static void
test_newer_tick (void)
{
    TuttiHandover *handover = tutti_handover_new (count_free);

    freed = 0;
    tutti_handover_give (handover, g_malloc (1));
    tutti_handover_give (handover, g_malloc (1));
    tutti_handover_begin (handover);
    tutti_handover_retire (handover, g_malloc (1), count_free);
    g_assert_cmpuint (freed, ==, 2);
    tutti_handover_end (handover);
    tutti_handover_free (handover);
}

/* --- A tick on another thread, while main changes what it works on --- */

typedef struct {
    gint alive; /* atomic */
} Object;

static gint stop; /* atomic */

static void
kill_object (gpointer data)
{
    Object *object = data;

    g_atomic_int_set (&object->alive, 0);
    g_free (object);
}

static gpointer
run_ticks (gpointer data)
{
    TuttiHandover *handover = data;

    while (!g_atomic_int_get (&stop)) {
        GPtrArray *snapshot = tutti_handover_begin (handover);
        for (guint i = 0; snapshot && i < snapshot->len; i++)
            g_assert_cmpint (g_atomic_int_get (&((Object *)snapshot->pdata[i])->alive), ==, 1);
        tutti_handover_end (handover);
    }
    return NULL;
}

static void
test_race (void)
{
    TuttiHandover *handover = tutti_handover_new ((GDestroyNotify)g_ptr_array_unref);
    GThread *thread = g_thread_new ("ticks", run_ticks, handover);
    Object *last = NULL;

    for (guint i = 0; i < 20000; i++) {
        GPtrArray *snapshot = g_ptr_array_new ();
        Object *object = g_new0 (Object, 1);
        object->alive = 1;
        g_ptr_array_add (snapshot, object);
        tutti_handover_give (handover, snapshot);
        if (last)
            tutti_handover_retire (handover, last, kill_object);
        last = object;
    }
    g_atomic_int_set (&stop, 1);
    g_thread_join (thread);
    tutti_handover_give (handover, NULL);
    tutti_handover_retire (handover, last, kill_object);
    tutti_handover_free (handover);
}

/* --- Bells --- */

static gpointer
ring_often (gpointer bell)
{
    for (guint i = 0; i < 100; i++)
        tutti_bell_ring (bell);
    return NULL;
}

static void
on_ring (gpointer user_data)
{
    (*(guint *)user_data)++;
}

static void
test_bell (void)
{
    guint rings = 0;
    g_autoptr (TuttiBell) bell = tutti_bell_new (on_ring, &rings);
    gint64 due_us = g_get_monotonic_time () + 20000;

    g_thread_join (g_thread_new ("ringer", ring_often, bell));
    while (g_main_context_iteration (NULL, FALSE))
        ;
    g_assert_cmpuint (rings, ==, 1);

    tutti_bell_ring_at (bell, due_us + G_USEC_PER_SEC);
    tutti_bell_ring_at (bell, due_us);
    while (rings < 2)
        g_main_context_iteration (NULL, TRUE);
    g_assert_cmpint (g_get_monotonic_time (), >=, due_us);
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/handover/idle", test_idle);
    g_test_add_func ("/handover/in-use", test_in_use);
    g_test_add_func ("/handover/newer-tick", test_newer_tick);
    g_test_add_func ("/handover/race", test_race);
    g_test_add_func ("/bell", test_bell);
    return g_test_run ();
}
