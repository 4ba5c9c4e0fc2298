/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * places.c: see places.h. A few thousand wait at most, and are looked through when a place is free.
 * Role: main.
 */
#include "places.h"

typedef struct {
    char *key; /* the table's */
    guint n_held, n_all;
} Holder;

struct _TuttiPlaces {
    guint max, n_held;
    GHashTable *holders; /* key -> Holder, of those who wait or hold */
    GQueue waiting;      /* of TuttiPlace: the oldest first */
};

struct _TuttiPlace {
    TuttiPlaces *places;
    Holder *holder;
    gpointer data;
    GList link; /* in waiting, while it is not held */
    gboolean is_held;
};

static Holder *
get_holder (TuttiPlaces *places, const char *key)
{
    Holder *holder = g_hash_table_lookup (places->holders, key);

    if (!holder) {
        holder = g_new0 (Holder, 1);
        holder->key = g_strdup (key);
        g_hash_table_insert (places->holders, holder->key, holder);
    }
    return holder;
}

static gboolean
may_hold (const TuttiPlaces *places, const Holder *holder)
{
    return holder->n_held < places->max - places->n_held;
}

/* --- Public --- */

TuttiPlaces *
tutti_places_new (guint max)
{
    TuttiPlaces *places = g_new0 (TuttiPlaces, 1);

    places->max = max;
    places->holders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    g_queue_init (&places->waiting);
    return places;
}

void
tutti_places_free (TuttiPlaces *places)
{
    if (!places)
        return;
    g_assert (g_hash_table_size (places->holders) == 0);
    g_hash_table_unref (places->holders);
    g_free (places);
}

TuttiPlace *
tutti_places_ask (TuttiPlaces *places, const char *key, gpointer data)
{
    TuttiPlace *place = g_new0 (TuttiPlace, 1);

    place->places = places;
    place->holder = get_holder (places, key);
    place->holder->n_all++;
    place->data = data;
    place->link.data = place;
    g_queue_push_tail_link (&places->waiting, &place->link);
    return place;
}

void
tutti_place_free (TuttiPlace *place)
{
    if (!place)
        return;
    if (place->is_held) {
        place->places->n_held--;
        place->holder->n_held--;
    } else {
        g_queue_unlink (&place->places->waiting, &place->link);
    }
    if (--place->holder->n_all == 0)
        g_hash_table_remove (place->places->holders, place->holder->key);
    g_free (place);
}

gpointer
tutti_places_next (TuttiPlaces *places)
{
    TuttiPlace *best = NULL;

    if (places->n_held == places->max)
        return NULL;
    for (GList *at = places->waiting.head; at; at = at->next) {
        TuttiPlace *place = at->data;

        if (may_hold (places, place->holder) &&
            (!best || place->holder->n_all < best->holder->n_all))
            best = place;
    }
    if (!best)
        return NULL;
    g_queue_unlink (&places->waiting, &best->link);
    best->is_held = TRUE;
    best->holder->n_held++;
    places->n_held++;
    return best->data;
}

gboolean
tutti_places_is_short (const TuttiPlaces *places)
{
    return places->waiting.length > 0;
}

guint
tutti_places_n_held (const TuttiPlaces *places)
{
    return places->n_held;
}

gboolean
tutti_place_is_greediest (const TuttiPlace *place)
{
    GHashTableIter iter;
    gpointer holder;

    g_hash_table_iter_init (&iter, place->places->holders);
    while (g_hash_table_iter_next (&iter, NULL, &holder)) {
        if (((Holder *)holder)->n_held > place->holder->n_held)
            return FALSE;
    }
    return TRUE;
}
