/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * overload.c: see overload.h. Role: main.
 */
#include "overload.h"

typedef enum {
    CALM,
    BETWEEN,
    LATE,
} Verdict;

static Verdict
judge (const TuttiOverload *overload, guint64 run, guint64 late)
{
    guint64 n_late = late - overload->late;
    guint64 n = n_late + run - overload->run;

    if (n_late * 100 > n * overload->limit_percent)
        return LATE;
    return n_late * 200 > n * overload->limit_percent ? BETWEEN : CALM;
}

static void
begin_window (TuttiOverload *overload, guint64 run, guint64 late, gint64 now_us)
{
    overload->since_us = now_us;
    overload->run = run;
    overload->late = late;
}

static guint
get_wanted (const TuttiOverload *overload)
{
    return MAX (overload->n_wanted, TUTTI_OVERLOAD_CALM_WINDOWS);
}

/* A step taken back is proved right when it held for as long as it had to be waited for. */
static gboolean
was_too_early (const TuttiOverload *overload, gint64 now_us)
{
    gint64 proof_us = get_wanted (overload) * TUTTI_OVERLOAD_WINDOW_US;

    return overload->eased_us != 0 && now_us - overload->eased_us <= proof_us;
}

static void
give_up (TuttiOverload *overload, gint64 now_us)
{
    overload->n_calm = 0;
    if (was_too_early (overload, now_us))
        overload->n_wanted = MIN (get_wanted (overload) * 2, TUTTI_OVERLOAD_CALM_WINDOWS_MAX);
    else if (overload->level == TUTTI_OVERLOAD_NONE)
        overload->n_wanted = 0;
    overload->eased_us = 0;
    if (overload->level < TUTTI_OVERLOAD_REFUSES)
        overload->level++;
}

static void
take_back (TuttiOverload *overload, gint64 now_us)
{
    if (++overload->n_calm < get_wanted (overload) || overload->level == TUTTI_OVERLOAD_NONE)
        return;
    overload->level--;
    overload->n_calm = 0;
    overload->eased_us = now_us;
}

/* --- Public --- */

gboolean
tutti_overload_update (TuttiOverload *overload, guint64 run, guint64 late, gint64 now_us)
{
    TuttiOverloadLevel before = overload->level;
    Verdict verdict;

    if (overload->limit_percent == 0)
        return FALSE;
    if (overload->since_us == 0)
        begin_window (overload, run, late, now_us);
    if (now_us - overload->since_us < TUTTI_OVERLOAD_WINDOW_US)
        return FALSE;
    verdict = judge (overload, run, late);
    begin_window (overload, run, late, now_us);
    if (verdict == LATE)
        give_up (overload, now_us);
    else if (verdict == CALM)
        take_back (overload, now_us);
    else
        overload->n_calm = 0;
    return overload->level != before;
}

guint
tutti_overload_get_withheld (const TuttiOverload *overload)
{
    return MIN ((guint)overload->level, (guint)TUTTI_OVERLOAD_LITTLE);
}

const char *
tutti_overload_level_name (TuttiOverloadLevel level)
{
    static const char *const NAMES[] = {"none", "less", "little", "refuses"};

    return NAMES[level];
}
