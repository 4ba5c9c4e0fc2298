/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trim.h: when the heap's free memory is to be given back to the system: while a crowd leaves, and
 * again until it has been quiet for a while, since what it left behind is freed later than it went:
 * half-open joins time out, idle threads end. malloc itself gives back only what lies at a heap's
 * end, and each thread has a heap. Pure. Role: main.
 */
#pragma once

#include <glib.h>

/* How often to look. */
#define TUTTI_TRIM_LOOK_S 5
/* So many fewer than there were at most are a crowd that left. Fewer leave less than 10 MB. */
#define TUTTI_TRIM_CROWD 50
/* Nobody more went since so many looks: longer than GLib keeps idle threads (15 s). */
#define TUTTI_TRIM_QUIET_LOOKS 6

/* All zero: nobody was there yet. */
typedef struct {
    guint n_most;  /* since all was given back */
    guint n_least; /* since a crowd began to leave */
    guint n_quiet; /* looks at which nobody more had gone */
    gboolean has_crowd_left;
} TuttiTrim;

/* To be told at each look how many connections and people there are. TRUE: give back now. */
gboolean tutti_trim_update (TuttiTrim *trim, guint n);
