/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-rounds.c: rounds come at multiples of 20 ms, none after remove(), and nothing runs without
 * one.
 */
#include <tutti/rounds.h>

typedef struct {
    int runs, crooked, backward;
    gint64 last_us;
} Room;

static void
on_round (gpointer data, gint64 now_us)
{
    Room *room = data;

    room->crooked += now_us % TUTTI_ROUND_US != 0;
    room->backward += now_us <= room->last_us;
    room->last_us = now_us;
    g_atomic_int_inc (&room->runs);
}

static void
test_rounds (void)
{
    TuttiRounds *rounds = tutti_rounds_new (2);
    Room rooms[5] = {0};
    guint ids[5];
    int runs;

    for (guint i = 0; i < 5; i++)
        ids[i] = tutti_rounds_add (rounds, on_round, &rooms[i]);
    for (guint i = 0; i < 5; i++) {
        while (g_atomic_int_get (&rooms[i].runs) < 3)
            g_usleep (1000);
    }
    for (guint i = 0; i < 5; i++)
        tutti_rounds_remove (rounds, ids[i]);
    runs = rooms[0].runs;
    g_usleep (3 * TUTTI_ROUND_US);
    g_assert_cmpint (rooms[0].runs, ==, runs);
    for (guint i = 0; i < 5; i++) {
        g_assert_cmpint (rooms[i].crooked, ==, 0);
        g_assert_cmpint (rooms[i].backward, ==, 0);
    }
    tutti_rounds_free (rounds);
}

static void
test_come_and_go (void)
{
    TuttiRounds *rounds = tutti_rounds_new (1);
    Room room = {0};

    for (int i = 0; i < 20; i++) {
        guint id = tutti_rounds_add (rounds, on_round, &room);

        while (g_atomic_int_get (&room.runs) <= i)
            g_usleep (500);
        tutti_rounds_remove (rounds, id);
    }
    g_assert_cmpint (room.backward, ==, 0);
    tutti_rounds_free (rounds);
}

/* --- One that hangs --- */

typedef struct {
    GMutex lock;
    GCond changed;
    gboolean inside, open;
} Gate;

static void
on_round_at_gate (gpointer data, gint64 now_us)
{
    Gate *gate = data;

    g_mutex_lock (&gate->lock);
    gate->inside = TRUE;
    g_cond_broadcast (&gate->changed);
    while (!gate->open)
        g_cond_wait (&gate->changed, &gate->lock);
    g_mutex_unlock (&gate->lock);
}

static void
wait_until_inside (Gate *gate)
{
    g_mutex_lock (&gate->lock);
    while (!gate->inside)
        g_cond_wait (&gate->changed, &gate->lock);
    g_mutex_unlock (&gate->lock);
}

static void
open_gate (Gate *gate)
{
    g_mutex_lock (&gate->lock);
    gate->open = TRUE;
    g_cond_broadcast (&gate->changed);
    g_mutex_unlock (&gate->lock);
}

/* Far from what a loaded machine could be late by. */
#define HOUR_US ((gint64)3600 * G_USEC_PER_SEC)

static void
test_hung (void)
{
    TuttiRounds *rounds = tutti_rounds_new (2);
    gint64 far_us = g_get_monotonic_time () + HOUR_US;
    Gate gate = {.inside = FALSE};
    Room room = {0};
    guint well, hung;

    g_mutex_init (&gate.lock);
    g_cond_init (&gate.changed);
    g_assert_cmpint (tutti_rounds_overdue_us (rounds, far_us), ==, 0); /* nobody is there */
    well = tutti_rounds_add (rounds, on_round, &room);
    hung = tutti_rounds_add (rounds, on_round_at_gate, &gate);
    wait_until_inside (&gate);
    /* The other thread goes on, which must not hide it. */
    for (int runs = g_atomic_int_get (&room.runs); g_atomic_int_get (&room.runs) < runs + 3;)
        g_usleep (1000);
    g_assert_cmpint (tutti_rounds_overdue_us (rounds, far_us), >, HOUR_US / 2);
    open_gate (&gate);
    for (guint64 n = tutti_rounds_count (rounds); tutti_rounds_count (rounds) < n + 5;)
        g_usleep (1000);
    tutti_rounds_remove (rounds, well);
    tutti_rounds_remove (rounds, hung);
    while (tutti_rounds_overdue_us (rounds, far_us) > 0)
        g_usleep (1000); /* the threads have yet to see that nothing is left */
    tutti_rounds_free (rounds);
    g_cond_clear (&gate.changed);
    g_mutex_clear (&gate.lock);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/rounds/at-multiples", test_rounds);
    g_test_add_func ("/rounds/come-and-go", test_come_and_go);
    g_test_add_func ("/rounds/hung", test_hung);
    return g_test_run ();
}
