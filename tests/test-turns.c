/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-turns.c: keys take turns, whoever has begun goes first within his own, and the eldest of the
 * key with the most is found.
 */
#include "control/turns.h"

static int data[1000];

static void
free_all (GPtrArray *asked)
{
    g_ptr_array_set_free_func (asked, (GDestroyNotify)tutti_turn_free);
    g_ptr_array_unref (asked);
}

static void
ask (TuttiTurns *turns, GPtrArray *asked, const char *key, guint n)
{
    for (guint i = 0; i < n; i++)
        g_ptr_array_add (asked, tutti_turns_ask (turns, key, &data[asked->len]));
}

/* Whose turn it is: its place among those asked for; -1: nobody's. */
static int
next (TuttiTurns *turns)
{
    int *found = tutti_turns_next (turns);

    return found ? (int)(found - data) : -1;
}

/* Hundreds of one address keep one of another waiting for one of them. */
static void
test_ring (void)
{
    g_autoptr (TuttiTurns) turns = tutti_turns_new ();
    GPtrArray *asked = g_ptr_array_new ();

    ask (turns, asked, "many", 500);
    ask (turns, asked, "few", 2);
    g_assert_cmpint (next (turns), ==, 0);
    g_assert_cmpint (next (turns), ==, 500);
    g_assert_cmpint (next (turns), ==, 1);
    g_assert_cmpint (next (turns), ==, 501);
    for (int i = 2; i < 500; i++)
        g_assert_cmpint (next (turns), ==, i);
    g_assert_cmpint (next (turns), ==, -1);
    g_assert_false (tutti_turns_are_asked (turns));
    g_assert_cmpuint (tutti_turns_n_begun (turns), ==, 502);
    free_all (asked);
}

/* Who had a turn comes before those of his key who had none; asking twice is asking once. */
static void
test_again (void)
{
    g_autoptr (TuttiTurns) turns = tutti_turns_new ();
    GPtrArray *asked = g_ptr_array_new ();

    ask (turns, asked, "a", 3);
    g_assert_cmpint (next (turns), ==, 0);
    tutti_turn_ask_again (asked->pdata[0]);
    tutti_turn_ask_again (asked->pdata[0]);
    ask (turns, asked, "b", 1);
    g_assert_cmpint (next (turns), ==, 0);
    g_assert_cmpint (next (turns), ==, 3);
    g_assert_cmpint (next (turns), ==, 1);
    g_assert_cmpint (next (turns), ==, 2);
    g_assert_cmpint (next (turns), ==, -1);
    g_assert_cmpuint (tutti_turns_n_begun (turns), ==, 4);
    free_all (asked);
}

static void
test_eldest (void)
{
    g_autoptr (TuttiTurns) turns = tutti_turns_new ();
    GPtrArray *asked = g_ptr_array_new ();

    ask (turns, asked, "a", 1);
    g_assert_null (tutti_turns_eldest (turns));
    g_assert_cmpint (next (turns), ==, 0);
    ask (turns, asked, "b", 2);
    g_assert_cmpint (next (turns), ==, 1);
    g_assert_true (tutti_turns_eldest (turns) == &data[0]);
    g_assert_cmpint (next (turns), ==, 2);
    g_assert_true (tutti_turns_eldest (turns) == &data[1]);
    free_all (asked);
}

/* Who leaves, asking or not, leaves nothing behind. */
static void
test_leaving (void)
{
    g_autoptr (TuttiTurns) turns = tutti_turns_new ();
    TuttiTurn *first = tutti_turns_ask (turns, "a", &data[0]),
              *second = tutti_turns_ask (turns, "b", &data[1]),
              *third = tutti_turns_ask (turns, "b", &data[2]);

    tutti_turn_free (first);
    tutti_turn_free (second);
    g_assert_cmpint (next (turns), ==, 2);
    tutti_turn_ask_again (third);
    tutti_turn_free (third);
    tutti_turn_free (NULL);
    g_assert_false (tutti_turns_are_asked (turns));
    g_assert_cmpuint (tutti_turns_n_begun (turns), ==, 0);
    g_assert_cmpint (next (turns), ==, -1);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/turns/ring", test_ring);
    g_test_add_func ("/turns/again", test_again);
    g_test_add_func ("/turns/eldest", test_eldest);
    g_test_add_func ("/turns/leaving", test_leaving);
    return g_test_run ();
}
