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
judge (const TuttiOverload *overload, guint64 n_run, guint64 n_late)
{
    guint64 n = n_late + n_run;

    if (n_late * 100 > n * overload->limit_percent)
        return LATE;
    return n_late * 200 > n * overload->limit_percent ? BETWEEN : CALM;
}

static void
begin_window (TuttiOverload *overload, const TuttiOverloadSeen *seen, gint64 now_us)
{
    overload->since_us = now_us;
    overload->seen = *seen;
}

/* What the window that ends now saw. A counter that falls counts as one that rests. */
static TuttiOverloadSeen
subtract (const TuttiOverloadSeen *seen, const TuttiOverloadSeen *before)
{
    return (TuttiOverloadSeen){
        .run = seen->run - MIN (before->run, seen->run),
        .late = seen->late - MIN (before->late, seen->late),
        .slow = seen->slow - MIN (before->slow, seen->slow),
    };
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
give_up (TuttiOverload *overload, TuttiOverloadLevel most, gint64 now_us)
{
    overload->n_calm = 0;
    if (was_too_early (overload, now_us))
        overload->n_wanted = MIN (get_wanted (overload) * 2, TUTTI_OVERLOAD_CALM_WINDOWS_MAX);
    else if (overload->level == TUTTI_OVERLOAD_NONE)
        overload->n_wanted = 0;
    overload->eased_us = 0;
    if (overload->level < most)
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
tutti_overload_update (TuttiOverload *overload, const TuttiOverloadSeen *seen, gint64 now_us)
{
    TuttiOverloadLevel before = overload->level;
    TuttiOverloadSeen window;
    TuttiOverloadLevel most;
    Verdict verdict;

    if (overload->limit_percent == 0)
        return FALSE;
    if (overload->since_us == 0)
        begin_window (overload, seen, now_us);
    if (now_us - overload->since_us < TUTTI_OVERLOAD_WINDOW_US)
        return FALSE;
    window = subtract (seen, &overload->seen);
    begin_window (overload, seen, now_us);
    verdict = judge (overload, window.run, window.late + window.slow);
    most = judge (overload, window.run, window.late) == LATE ? TUTTI_OVERLOAD_REFUSES
                                                             : TUTTI_OVERLOAD_LITTLE;
    if (verdict == LATE && before <= most)
        give_up (overload, most, now_us);
    else if (verdict == CALM || before > most)
        take_back (overload, now_us);
    else
        overload->n_calm = 0;
    return overload->level != before;
}

gboolean
tutti_overload_is_halved (const TuttiOverload *overload)
{
    return overload->level >= TUTTI_OVERLOAD_HALF;
}

guint
tutti_overload_get_withheld (const TuttiOverload *overload)
{
    if (overload->level < TUTTI_OVERLOAD_LESS)
        return 0;
    return MIN (overload->level, TUTTI_OVERLOAD_LITTLE) - TUTTI_OVERLOAD_HALF;
}

const char *
tutti_overload_level_name (TuttiOverloadLevel level)
{
    static const char *const NAMES[] = {"none", "half", "less", "little", "refuses"};

    return NAMES[level];
}
