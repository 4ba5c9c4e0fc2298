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

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/rounds/at-multiples", test_rounds);
    g_test_add_func ("/rounds/come-and-go", test_come_and_go);
    return g_test_run ();
}
