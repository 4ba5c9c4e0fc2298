/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * takes.c: what lies in the directory: takes listed and found. Whatever main asks is an errand;
 * what runs on the errand's thread begins with run_.
 */
#include "names.h"
#include "part.h"
#include "store-private.h"
#include "take.h"

#include <tutti/error.h>

#include <errno.h>
#include <string.h>

/* What a listing may spend on opening files that have no sidecar to say how long they last. */
#define FACTS_PATIENCE_US (G_USEC_PER_SEC / 2)

static void
found_free (gpointer data)
{
    TuttiTakeNames *found = data;

    g_free (found->name);
    g_free (found);
}

static TuttiQuestion *
question_new (TuttiStore *store, const char *name)
{
    TuttiQuestion *question = g_new0 (TuttiQuestion, 1);

    question->store = tutti_store_ref (store);
    question->name = g_strdup (name);
    return question;
}

static void
question_free (gpointer data)
{
    TuttiQuestion *question = data;

    tutti_store_unref (question->store);
    g_free (question->name);
    g_free (question);
}

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
    const TuttiTakeNames *one = *(TuttiTakeNames *const *)a, *other = *(TuttiTakeNames *const *)b;

    if (one->started_us != other->started_us)
        return one->started_us > other->started_us ? -1 : 1;
    return strcmp (other->name, one->name);
}

static guint
get_bit (const TuttiEnding *ending)
{
    return ending - tutti_ending_get (0);
}

static void
note_file (GHashTable *by_name, const char *file)
{
    g_autofree char *name = NULL;
    const TuttiEnding *ending = tutti_ending_parse (file, &name);
    TuttiTakeNames *found = ending ? g_hash_table_lookup (by_name, name) : NULL;

    if (!ending)
        return;
    if (!found) {
        found = g_new0 (TuttiTakeNames, 1);
        tutti_take_name_parse (name, NULL, &found->started_us);
        found->name = g_steal_pointer (&name);
        g_hash_table_insert (by_name, found->name, found);
    }
    found->endings |= 1u << get_bit (ending);
}

static gpointer
run_list (gpointer data, GError **error)
{
    TuttiQuestion *question = data;
    GPtrArray *takes = g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_take_free);
    g_autoptr (GPtrArray) all = NULL;
    g_autoptr (GError) failed = NULL;
    gint64 until_us = g_get_monotonic_time () + FACTS_PATIENCE_US;

    if (tutti_store_follow (question->store, &failed))
        all = tutti_takes_read (tutti_store_get_directory (question->store), &failed);
    for (guint i = 0; !failed && i < all->len && takes->len < TUTTI_TAKES_MAX; i++) {
        TuttiTakeNames *found = g_ptr_array_index (all, i);
        TuttiTake *take = tutti_take_look (question->store, found->name, found->endings, until_us);

        if (take)
            g_ptr_array_add (takes, take);
    }
    if (!failed)
        return takes;
    g_propagate_error (error, g_steal_pointer (&failed));
    g_ptr_array_unref (takes);
    return NULL;
}

static gpointer
run_find (gpointer data, GError **error)
{
    TuttiQuestion *question = data;

    if (!tutti_store_follow (question->store, error))
        return NULL;
    return tutti_store_look (question->store, question->name, error);
}

/* --- Public. --- */

GPtrArray *
tutti_takes_read (int directory, GError **error)
{
    g_autoptr (GHashTable) by_name = g_hash_table_new (g_str_hash, g_str_equal);
    GPtrArray *all = g_ptr_array_new_with_free_func (found_free);
    g_autoptr (TuttiFolder) folder = tutti_folder_read (directory, ".");
    GHashTableIter iter;
    gpointer found;
    const char *file;

    while (folder && (file = tutti_folder_next (folder)))
        note_file (by_name, file);
    if (!folder)
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_STORAGE, "recordings: %s", g_strerror (errno));
    g_hash_table_iter_init (&iter, by_name);
    while (g_hash_table_iter_next (&iter, NULL, &found))
        g_ptr_array_add (all, found);
    g_ptr_array_sort (all, compare_newest_first);
    return all;
}

TuttiTake *
tutti_store_look (TuttiStore *store, const char *name, GError **error)
{
    TuttiTake *take = NULL;

    if (tutti_take_name_parse (name, NULL, NULL))
        take = tutti_take_look (store, name,
                                tutti_take_find_endings (tutti_store_get_directory (store), name),
                                G_MAXINT64);
    if (!take)
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_NOT_FOUND, "there is no recording %s", name);
    return take;
}

gpointer
tutti_store_ask (TuttiStore *store, const char *name, gpointer (*run) (gpointer, GError **),
                 GDestroyNotify free_result, GError **error)
{
    TuttiErrand errand = {run, question_new (store, name), question_free, free_result};

    return tutti_errand_run (tutti_store_get_errands (store), &errand, error);
}

GPtrArray *
tutti_store_list (TuttiStore *store)
{
    GPtrArray *takes =
        tutti_store_ask (store, NULL, run_list, (GDestroyNotify)g_ptr_array_unref, NULL);

    return takes ? takes : g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_take_free);
}

void
tutti_store_list_async (TuttiStore *store, GAsyncReadyCallback ready, gpointer user_data)
{
    TuttiErrand errand = {run_list, question_new (store, NULL), question_free,
                          (GDestroyNotify)g_ptr_array_unref};

    tutti_errand_start (tutti_store_get_errands (store), &errand,
                        g_task_new (NULL, NULL, ready, user_data));
}

GPtrArray *
tutti_store_list_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}

TuttiTake *
tutti_store_find (TuttiStore *store, const char *name)
{
    return tutti_store_ask (store, name, run_find, (GDestroyNotify)tutti_take_free, NULL);
}
