/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stills.c: a short list, last asked for first. See stills.h.
 */
#include "stills.h"

typedef struct {
    TuttiStillKey key;
    TuttiStill *still;
} Entry;

struct _TuttiStills {
    GMutex lock;
    GQueue entries;
};

static void
clear_still (gpointer data)
{
    TuttiStill *still = data;

    g_ptr_array_unref (still->frames);
    g_bytes_unref (still->same);
}

TuttiStill *
tutti_still_new (GPtrArray *frames, GBytes *same)
{
    TuttiStill *still = g_atomic_rc_box_new0 (TuttiStill);

    still->frames = frames;
    still->same = same;
    return still;
}

void
tutti_still_unref (TuttiStill *still)
{
    if (still != NULL)
        g_atomic_rc_box_release_full (still, clear_still);
}

static void
free_entry (Entry *entry)
{
    tutti_still_unref (entry->still);
    g_free (entry);
}

TuttiStills *
tutti_stills_new (void)
{
    TuttiStills *stills = g_new0 (TuttiStills, 1);

    g_mutex_init (&stills->lock);
    g_queue_init (&stills->entries);
    return stills;
}

void
tutti_stills_free (TuttiStills *stills)
{
    if (stills == NULL)
        return;
    g_queue_clear_full (&stills->entries, (GDestroyNotify)free_entry);
    g_mutex_clear (&stills->lock);
    g_free (stills);
}

static gboolean
is_same_key (const TuttiStillKey *a, const TuttiStillKey *b)
{
    return a->still == b->still && a->width == b->width && a->height == b->height &&
           a->frame_rate == b->frame_rate && a->bitrate_bps == b->bitrate_bps;
}

TuttiStill *
tutti_stills_find (TuttiStills *stills, const TuttiStillKey *key)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&stills->lock);

    for (GList *link = stills->entries.head; link != NULL; link = link->next) {
        Entry *entry = link->data;

        if (!is_same_key (&entry->key, key))
            continue;
        g_queue_unlink (&stills->entries, link);
        g_queue_push_head_link (&stills->entries, link);
        return g_atomic_rc_box_acquire (entry->still);
    }
    return NULL;
}

void
tutti_stills_add (TuttiStills *stills, const TuttiStillKey *key, TuttiStill *still)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&stills->lock);
    Entry *entry = g_new0 (Entry, 1);

    *entry = (Entry){*key, g_atomic_rc_box_acquire (still)};
    g_queue_push_head (&stills->entries, entry);
    if (g_queue_get_length (&stills->entries) > TUTTI_STILLS_MAX)
        free_entry (g_queue_pop_tail (&stills->entries));
}
