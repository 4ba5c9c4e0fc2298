/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-places.c: few places are shared by address: somebody who takes all he can get leaves some to
 * others, and who has the least going on comes first.
 */
#include "control/places.h"

#define PLACES 64

static void
clear (GPtrArray *asked)
{
    g_ptr_array_set_free_func (asked, (GDestroyNotify)tutti_place_free);
    g_ptr_array_unref (asked);
}

static guint
fill (TuttiPlaces *places)
{
    guint n = 0;

    while (tutti_places_next (places))
        n++;
    return n;
}

static void
ask (TuttiPlaces *places, GPtrArray *asked, const char *key, guint n)
{
    for (guint i = 0; i < n; i++)
        g_ptr_array_add (asked, tutti_places_ask (places, key, asked));
}

/* Hundreds from one address hold half; each further one half of what is left. */
static void
test_shares (void)
{
    g_autoptr (TuttiPlaces) places = tutti_places_new (PLACES);
    GPtrArray *asked = g_ptr_array_new ();

    ask (places, asked, "a", 500);
    g_assert_cmpuint (fill (places), ==, PLACES / 2);
    ask (places, asked, "b", 500);
    g_assert_cmpuint (fill (places), ==, PLACES / 4);
    ask (places, asked, "c", 500);
    g_assert_cmpuint (fill (places), ==, PLACES / 8);
    ask (places, asked, "newcomer", 1);
    g_assert_cmpuint (fill (places), ==, 1);
    g_assert_true (tutti_places_is_short (places));
    g_assert_true (tutti_place_is_greediest (asked->pdata[0]));
    g_assert_false (tutti_place_is_greediest (asked->pdata[500]));
    clear (asked);
}

/* All are held by as many addresses: the next free one is for who has no other. */
static void
test_least_first (void)
{
    g_autoptr (TuttiPlaces) places = tutti_places_new (PLACES);
    GPtrArray *asked = g_ptr_array_new ();
    TuttiPlace *newcomer;
    char key[8];

    for (guint i = 0; i < PLACES; i++) {
        g_snprintf (key, sizeof key, "%u", i);
        ask (places, asked, key, 10);
        tutti_places_next (places);
    }
    fill (places);
    g_assert_cmpuint (tutti_places_n_held (places), ==, PLACES);
    newcomer = tutti_places_ask (places, "newcomer", key);
    g_assert_null (tutti_places_next (places));
    tutti_place_free (asked->pdata[0]);
    g_ptr_array_remove_index (asked, 0);
    g_assert_true (tutti_places_next (places) == key);
    tutti_place_free (newcomer);
    clear (asked);
}

/* Who asks no longer, holds nothing; the others come in their order. */
static void
test_order (void)
{
    g_autoptr (TuttiPlaces) places = tutti_places_new (2);
    int one = 1, two = 2, three = 3;
    TuttiPlace *first = tutti_places_ask (places, "a", &one),
               *second = tutti_places_ask (places, "b", &two),
               *third = tutti_places_ask (places, "c", &three);

    tutti_place_free (second);
    g_assert_true (tutti_places_next (places) == &one);
    g_assert_true (tutti_places_next (places) == &three);
    g_assert_null (tutti_places_next (places));
    g_assert_false (tutti_places_is_short (places));
    tutti_place_free (first);
    tutti_place_free (third);
    tutti_place_free (NULL);
    g_assert_cmpuint (tutti_places_n_held (places), ==, 0);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/places/shares", test_shares);
    g_test_add_func ("/places/least-first", test_least_first);
    g_test_add_func ("/places/order", test_order);
    return g_test_run ();
}
