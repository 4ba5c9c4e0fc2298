/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * haste.c: see haste.h. Role: video.
 *
 * A picture's age counts from the canvas' tick, so it holds everything that makes it late: a busy
 * machine, other rooms' jobs before it, and the encode itself.
 */
#include "haste.h"

/* Late: with three quarters of a frame's time gone there is none left for hiccups. Slow: half of it
 * has gone; a level is not left for a costlier one on that. */
#define LATE_NUM 3
#define LATE_DEN 4
#define SLOW_DEN 2
/* Percent of the pictures of a window: late ones that are a shortage, and slow ones that calm may
 * have (key frames cost three times as much as others). */
#define SHORTAGE_PERCENT 25
#define CALM_PERCENT 10
/* Windows of fewer pictures say nothing: a canvas that stands still gives one a second. */
#define PICTURES_MIN 5
/* At half the rate a picture in two is encoded, whichever comes after so many eighths of a frame;
 * the one before it when none came. */
#define HALF_FROM_EIGHTHS 14
#define HALF_UNTIL_EIGHTHS 18

static gint64
get_budget_us (const TuttiHaste *haste)
{
    return tutti_haste_get_level (haste) == TUTTI_HASTE_HALF ? 2 * haste->frame_us
                                                             : haste->frame_us;
}

static void
begin_window (TuttiHaste *haste, gint64 now_us)
{
    haste->since_us = now_us;
    haste->n = haste->n_late = haste->n_slow = 0;
}

static gboolean
hurry (TuttiHaste *haste, gint64 now_us)
{
    gboolean failed = haste->eased_us != 0 && now_us - haste->eased_us < TUTTI_HASTE_CALM_US;

    haste->calm_us = 0;
    if (haste->level == TUTTI_HASTE_HALF)
        return FALSE;
    if (failed)
        haste->hold_us = MIN (haste->hold_us * 2, TUTTI_HASTE_CALM_MAX_US);
    else if (haste->level == TUTTI_HASTE_NONE)
        haste->hold_us = TUTTI_HASTE_CALM_US;
    haste->eased_us = 0;
    haste->level++;
    return TRUE;
}

static gboolean
ease (TuttiHaste *haste, gint64 now_us)
{
    if (haste->level == TUTTI_HASTE_NONE)
        return FALSE;
    if (haste->calm_us == 0)
        haste->calm_us = haste->since_us;
    if (now_us - haste->calm_us < haste->hold_us)
        return FALSE;
    haste->calm_us = 0;
    haste->eased_us = now_us;
    haste->level--;
    return TRUE;
}

static gboolean
judge (TuttiHaste *haste, gint64 now_us)
{
    if (haste->n_late * 100 > haste->n * SHORTAGE_PERCENT)
        return hurry (haste, now_us);
    if (haste->n_slow * 100 <= haste->n * CALM_PERCENT)
        return ease (haste, now_us);
    haste->calm_us = 0;
    return FALSE;
}

void
tutti_haste_init (TuttiHaste *haste, guint frame_rate)
{
    *haste = (TuttiHaste){.frame_us = G_USEC_PER_SEC / MAX (frame_rate, 1),
                          .hold_us = TUTTI_HASTE_CALM_US};
}

TuttiHasteLevel
tutti_haste_get_level (const TuttiHaste *haste)
{
    return haste->halved ? TUTTI_HASTE_HALF : haste->level;
}

gboolean
tutti_haste_is_late (const TuttiHaste *haste, gint64 age_us)
{
    return age_us * LATE_DEN > get_budget_us (haste) * LATE_NUM;
}

gboolean
tutti_haste_note (TuttiHaste *haste, gint64 age_us, gint64 now_us)
{
    gboolean changed = FALSE;

    if (haste->since_us == 0)
        begin_window (haste, now_us);
    haste->n++;
    haste->n_late += tutti_haste_is_late (haste, age_us) ? 1 : 0;
    haste->n_slow += age_us * SLOW_DEN > haste->frame_us ? 1 : 0;
    if (now_us - haste->since_us < TUTTI_HASTE_WINDOW_US)
        return FALSE;
    if (haste->n >= PICTURES_MIN)
        changed = judge (haste, now_us);
    begin_window (haste, now_us);
    return changed;
}

gboolean
tutti_haste_holds (const TuttiHaste *haste, gint64 last_us, gint64 now_us, gint64 *due_us)
{
    gint64 passed_us = now_us - last_us;

    if (tutti_haste_get_level (haste) < TUTTI_HASTE_HALF ||
        passed_us >= haste->frame_us * HALF_FROM_EIGHTHS / 8)
        return FALSE;
    *due_us = last_us + haste->frame_us * HALF_UNTIL_EIGHTHS / 8;
    return TRUE;
}
