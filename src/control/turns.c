/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * turns.c: see turns.h. A ring of keys that ask, each with a queue of its own. Role: main.
 */
#include "turns.h"

typedef struct {
    char *name; /* the table's */
    guint n;    /* turns, of whatever kind */
    GQueue asked, begun;
    GList link; /* in the ring, while asked is not empty */
} Key;

struct _TuttiTurns {
    GHashTable *keys;
    GQueue ring; /* of Key: the next first */
    guint n_begun;
    guint64 n_ever; /* begun */
};

struct _TuttiTurn {
    TuttiTurns *turns;
    Key *key;
    gpointer data;
    GList asked, begun; /* links */
    gboolean is_asked;
    guint64 number; /* of those begun; 0: it had none */
};

static Key *
get_key (TuttiTurns *turns, const char *name)
{
    Key *key = g_hash_table_lookup (turns->keys, name);

    if (!key) {
        key = g_new0 (Key, 1);
        key->name = g_strdup (name);
        key->link.data = key;
        g_hash_table_insert (turns->keys, key->name, key);
    }
    key->n++;
    return key;
}

static void
enter_ring (TuttiTurn *turn)
{
    if (turn->key->asked.length == 1)
        g_queue_push_tail_link (&turn->turns->ring, &turn->key->link);
    turn->is_asked = TRUE;
}

static void
stop_asking (TuttiTurn *turn)
{
    Key *key = turn->key;

    if (!turn->is_asked)
        return;
    turn->is_asked = FALSE;
    g_queue_unlink (&key->asked, &turn->asked);
    if (key->asked.length == 0)
        g_queue_unlink (&turn->turns->ring, &key->link);
}

static void
note_begun (TuttiTurn *turn)
{
    if (turn->number > 0)
        return;
    turn->number = ++turn->turns->n_ever;
    turn->turns->n_begun++;
    g_queue_push_tail_link (&turn->key->begun, &turn->begun);
}

static gboolean
goes_before (const Key *key, const Key *other)
{
    const TuttiTurn *turn, *rival;

    if (key->begun.length != other->begun.length)
        return key->begun.length > other->begun.length;
    turn = key->begun.head->data;
    rival = other->begun.head->data;
    return turn->number < rival->number;
}

/* --- Public --- */

TuttiTurns *
tutti_turns_new (void)
{
    TuttiTurns *turns = g_new0 (TuttiTurns, 1);

    turns->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    g_queue_init (&turns->ring);
    return turns;
}

void
tutti_turns_free (TuttiTurns *turns)
{
    if (!turns)
        return;
    g_assert (g_hash_table_size (turns->keys) == 0);
    g_hash_table_unref (turns->keys);
    g_free (turns);
}

TuttiTurn *
tutti_turns_ask (TuttiTurns *turns, const char *key, gpointer data)
{
    TuttiTurn *turn = g_new0 (TuttiTurn, 1);

    turn->turns = turns;
    turn->key = get_key (turns, key);
    turn->data = data;
    turn->asked.data = turn->begun.data = turn;
    g_queue_push_tail_link (&turn->key->asked, &turn->asked);
    enter_ring (turn);
    return turn;
}

void
tutti_turn_ask_again (TuttiTurn *turn)
{
    if (turn->is_asked)
        return;
    g_queue_push_head_link (&turn->key->asked, &turn->asked);
    enter_ring (turn);
}

gpointer
tutti_turns_next (TuttiTurns *turns)
{
    Key *key = g_queue_peek_head (&turns->ring);
    TuttiTurn *turn;

    if (!key)
        return NULL;
    turn = g_queue_peek_head (&key->asked);
    stop_asking (turn);
    if (key->asked.length > 0) {
        g_queue_unlink (&turns->ring, &key->link);
        g_queue_push_tail_link (&turns->ring, &key->link);
    }
    note_begun (turn);
    return turn->data;
}

gpointer
tutti_turns_eldest (TuttiTurns *turns)
{
    GHashTableIter iter;
    gpointer key;
    Key *most = NULL;

    g_hash_table_iter_init (&iter, turns->keys);
    while (g_hash_table_iter_next (&iter, NULL, &key)) {
        if (((Key *)key)->begun.length > 0 && (!most || goes_before (key, most)))
            most = key;
    }
    return most ? ((TuttiTurn *)most->begun.head->data)->data : NULL;
}

void
tutti_turn_free (TuttiTurn *turn)
{
    Key *key = turn ? turn->key : NULL;

    if (!turn)
        return;
    stop_asking (turn);
    if (turn->number > 0) {
        g_queue_unlink (&key->begun, &turn->begun);
        turn->turns->n_begun--;
    }
    if (--key->n == 0)
        g_hash_table_remove (turn->turns->keys, key->name);
    g_free (turn);
}

gboolean
tutti_turns_are_asked (const TuttiTurns *turns)
{
    return turns->ring.length > 0;
}

guint
tutti_turns_n_begun (const TuttiTurns *turns)
{
    return turns->n_begun;
}
