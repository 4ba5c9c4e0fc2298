/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nack-list.c: see nack-list.h. A sorted array: it is short, and grows at its end.
 */
#include "nack-list.h"

#include <string.h>

/* The guard is a quantile of how late missed packets come, those that don't come counted as not
 * late: it settles where one of twenty steps is upwards. */
#define GUARD_UP_US 1900
#define GUARD_DOWN_US 100

typedef struct {
    guint64 seq;
    gint64 missed_us, asked_us, due_us; /* asked_us: first; 0: not yet */
    guint tries;
    gboolean is_twice; /* the next question repeats the last */
} Missing;

struct _TuttiNackList {
    TuttiNackTimes times;
    gint64 guard_us;
    guint n;
    gint64 due_us; /* the earliest, or earlier when that one was removed */
    Missing missing[TUTTI_NACKS_MAX];
};

static void
move_guard (TuttiNackList *list, gint64 late_us)
{
    gint64 step_us = late_us > list->guard_us ? GUARD_UP_US : -GUARD_DOWN_US;

    list->guard_us =
        CLAMP (list->guard_us + step_us, TUTTI_NACK_GUARD_MIN_US, TUTTI_NACK_GUARD_MAX_US);
}

/* What comes sooner than half a round trip after it was asked for was under way already. */
static gboolean
is_answer (const TuttiNackList *list, const Missing *missing, gint64 now_us)
{
    return missing->tries > 0 && now_us - missing->asked_us >= list->times.round_trip_us / 2;
}

/* FALSE: it isn't missing. */
static gboolean
take (TuttiNackList *list, guint64 seq, Missing *missing)
{
    for (guint i = 0; i < list->n && list->missing[i].seq <= seq; i++)
        if (list->missing[i].seq == seq) {
            *missing = list->missing[i];
            list->n--;
            memmove (&list->missing[i], &list->missing[i + 1], (list->n - i) * sizeof (Missing));
            if (list->n == 0)
                list->due_us = G_MAXINT64;
            return TRUE;
        }
    return FALSE;
}

/* An answer would come too late, or there is none. */
static gboolean
is_in_vain (const TuttiNackList *list, const Missing *missing, gint64 now_us)
{
    return missing->tries == TUTTI_NACK_TRIES_MAX ||
           now_us + list->times.round_trip_us > missing->missed_us + list->times.patience_us;
}

/* Each question, and its repetition. */
static void
ask (const TuttiNackList *list, Missing *missing, gint64 now_us)
{
    gboolean is_first = !missing->is_twice;

    missing->is_twice = is_first && list->times.repeat_us > 0;
    missing->due_us = now_us + (missing->is_twice ? list->times.repeat_us
                                : is_first        ? list->times.retry_us
                                                  : list->times.retry_us - list->times.repeat_us);
    if (is_first && missing->tries++ == 0)
        missing->asked_us = now_us;
}

TuttiNackList *
tutti_nack_list_new (void)
{
    TuttiNackList *list = g_new0 (TuttiNackList, 1);

    list->due_us = G_MAXINT64;
    list->guard_us = TUTTI_NACK_GUARD_START_US;
    list->times = (TuttiNackTimes){0, TUTTI_NACK_RETRY_US, TUTTI_NACK_PATIENCE_US, 0};
    return list;
}

void
tutti_nack_list_free (TuttiNackList *list)
{
    g_free (list);
}

void
tutti_nack_list_set_times (TuttiNackList *list, const TuttiNackTimes *times)
{
    list->times = *times;
}

gint64
tutti_nack_list_guard_us (const TuttiNackList *list)
{
    return list->guard_us;
}

gboolean
tutti_nack_list_add (TuttiNackList *list, guint64 first, guint64 last, gint64 now_us)
{
    gint64 due_us = now_us + list->guard_us;

    if (last - first >= TUTTI_NACKS_MAX - list->n) {
        tutti_nack_list_clear (list);
        return FALSE;
    }
    for (guint64 seq = first; seq <= last; seq++)
        list->missing[list->n++] = (Missing){.seq = seq, .missed_us = now_us, .due_us = due_us};
    list->due_us = MIN (list->due_us, due_us);
    return TRUE;
}

gboolean
tutti_nack_list_remove (TuttiNackList *list, guint64 seq, gint64 now_us)
{
    Missing missing;

    if (!take (list, seq, &missing))
        return FALSE;
    move_guard (list, is_answer (list, &missing, now_us) ? 0 : now_us - missing.missed_us);
    return missing.tries > 0;
}

void
tutti_nack_list_remove_repaired (TuttiNackList *list, guint64 seq)
{
    Missing missing;

    if (take (list, seq, &missing))
        move_guard (list, 0);
}

void
tutti_nack_list_drop_until (TuttiNackList *list, guint64 seq)
{
    guint n = 0;

    while (n < list->n && list->missing[n].seq < seq)
        n++;
    list->n -= n;
    memmove (list->missing, list->missing + n, list->n * sizeof (Missing));
    if (list->n == 0)
        list->due_us = G_MAXINT64;
}

void
tutti_nack_list_clear (TuttiNackList *list)
{
    list->n = 0;
    list->due_us = G_MAXINT64;
}

guint
tutti_nack_list_collect (TuttiNackList *list, gint64 now_us, guint16 *seqs)
{
    guint n_seqs = 0, n_kept = 0;

    if (now_us < list->due_us)
        return 0;
    list->due_us = G_MAXINT64;
    for (guint i = 0; i < list->n; i++) {
        Missing missing = list->missing[i];

        if (missing.due_us <= now_us) {
            if (!missing.is_twice && is_in_vain (list, &missing, now_us))
                continue;
            seqs[n_seqs++] = (guint16)missing.seq;
            ask (list, &missing, now_us);
        }
        list->due_us = MIN (list->due_us, missing.due_us);
        list->missing[n_kept++] = missing;
    }
    list->n = n_kept;
    return n_seqs;
}

gint64
tutti_nack_list_due_us (const TuttiNackList *list)
{
    return list->due_us;
}
