/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * counts.c: a reference-counted table of key -> number.
 */
#include "counts.h"

struct _TuttiCounts {
    guint max, max_by_key, all;
    GHashTable *by_key; /* char* -> guint in a pointer; never 0 */
};

struct _TuttiCount {
    TuttiCounts *counts;
    char *key;
};

static void
clear (gpointer data)
{
    TuttiCounts *counts = data;

    g_hash_table_unref (counts->by_key);
}

TuttiCounts *
tutti_counts_new (guint max, guint max_by_key)
{
    TuttiCounts *counts = g_rc_box_new0 (TuttiCounts);

    counts->max = max;
    counts->max_by_key = max_by_key;
    counts->by_key = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    return counts;
}

void
tutti_counts_free (TuttiCounts *counts)
{
    if (counts)
        g_rc_box_release_full (counts, clear);
}

TuttiCount *
tutti_counts_take (TuttiCounts *counts, const char *key)
{
    guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts->by_key, key));
    TuttiCount *count;

    if (n >= MIN (counts->max - counts->all, counts->max_by_key))
        return NULL;
    counts->all++;
    g_hash_table_insert (counts->by_key, g_strdup (key), GUINT_TO_POINTER (n + 1));
    count = g_new0 (TuttiCount, 1);
    count->counts = g_rc_box_acquire (counts);
    count->key = g_strdup (key);
    return count;
}

void
tutti_count_free (gpointer data)
{
    TuttiCount *count = data;
    guint n;

    if (!count)
        return;
    n = GPOINTER_TO_UINT (g_hash_table_lookup (count->counts->by_key, count->key));
    if (n > 1)
        g_hash_table_insert (count->counts->by_key, g_strdup (count->key),
                             GUINT_TO_POINTER (n - 1));
    else
        g_hash_table_remove (count->counts->by_key, count->key);
    count->counts->all--;
    tutti_counts_free (count->counts);
    g_free (count->key);
    g_free (count);
}

const char *
tutti_count_key (const TuttiCount *count)
{
    return count->key;
}

guint
tutti_counts_all (TuttiCounts *counts)
{
    return counts->all;
}
