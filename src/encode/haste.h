/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * haste.h: what a rendition gives up when its pictures come late: first the encoder's care, then
 * every second picture. Down within a second, back slowly, and slower each time that failed. Pure;
 * belongs to the rendition's job.
 *
 *   age of each picture when its encode is done -> share of late ones in a window -> level
 */
#pragma once

#include <tutti/types.h>

/* Of some 30 pictures: the burst of a join, with its key frames, is no shortage. */
#define TUTTI_HASTE_WINDOW_US G_USEC_PER_SEC
/* A level is left after so long without haste; twice as long each time when that was too early. */
#define TUTTI_HASTE_CALM_US (10 * G_USEC_PER_SEC)
#define TUTTI_HASTE_CALM_MAX_US (80 * G_USEC_PER_SEC)

typedef enum {
    TUTTI_HASTE_NONE,
    TUTTI_HASTE_QUICK,    /* the encoder searches less */
    TUTTI_HASTE_QUICKEST, /* and less still, which is seen */
    TUTTI_HASTE_HALF,     /* and every second picture is left out */
} TuttiHasteLevel;

typedef struct {
    gint64 frame_us;
    TuttiHasteLevel level;
    gint64 since_us; /* the window's begin; 0: none yet */
    guint n, n_late, n_slow;
    gint64 calm_us;  /* since when all is calm; 0: it isn't */
    gint64 hold_us;  /* so long it has to be */
    gint64 eased_us; /* when a level was left last; 0: never, or it proved right */
    gboolean halved; /* set by its owner: every second picture is left out whatever the level */
} TuttiHaste;

void tutti_haste_init (TuttiHaste *haste, guint frame_rate);
/* A picture is encoded, so long after it was due. TRUE: the level changed. */
gboolean tutti_haste_note (TuttiHaste *haste, gint64 age_us, gint64 now_us);
/* TRUE: so late that the next picture was there already. */
gboolean tutti_haste_is_late (const TuttiHaste *haste, gint64 age_us);
/* What is given up now: with halved it is TUTTI_HASTE_HALF. */
TuttiHasteLevel tutti_haste_get_level (const TuttiHaste *haste);
/* Whether a new picture is left waiting, the last one having been encoded at last_us; *due_us:
 * until when, should no newer one come. */
gboolean tutti_haste_holds (const TuttiHaste *haste, gint64 last_us, gint64 now_us, gint64 *due_us);
