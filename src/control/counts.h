/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * counts.h: how many there are at once, over all and by key (an address), each with a limit; and no
 * key has more than it leaves free to others, so that a few can't take all there are. A place is
 * held until it is given back, also after the counts' owner is gone. Role: main.
 */
#pragma once

#include <glib.h>

typedef struct _TuttiCounts TuttiCounts;
typedef struct _TuttiCount TuttiCount; /* one place */

TuttiCounts *tutti_counts_new (guint max, guint max_by_key);
void tutti_counts_free (TuttiCounts *counts);

/* A place, or NULL when there is none left. */
TuttiCount *tutti_counts_take (TuttiCounts *counts, const char *key);
/* The key of a place. Borrowed. */
const char *tutti_count_key (const TuttiCount *count);
/* gpointer, so that it can be a GDestroyNotify. Takes NULL. */
void tutti_count_free (gpointer count);

guint tutti_counts_all (TuttiCounts *counts);
