/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nack-list.c: see nack-list.h. A sorted array: it is short, and grows at its end.
 */
#include "nack-list.h"

#include <string.h>

typedef struct {
    guint64 seq;
    gint64 missed_us, due_us;
    guint tries;
} Missing;

struct _TuttiNackList {
    guint n;
    gint64 due_us; /* the earliest, or earlier when that one was removed */
    Missing missing[TUTTI_NACKS_MAX];
};

TuttiNackList *
tutti_nack_list_new (void)
{
    TuttiNackList *list = g_new0 (TuttiNackList, 1);

    list->due_us = G_MAXINT64;
    return list;
}

void
tutti_nack_list_free (TuttiNackList *list)
{
    g_free (list);
}

gboolean
tutti_nack_list_add (TuttiNackList *list, guint64 first, guint64 last, gint64 now_us)
{
    gint64 due_us = now_us + TUTTI_NACK_GUARD_US;

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
tutti_nack_list_remove (TuttiNackList *list, guint64 seq)
{
    for (guint i = 0; i < list->n && list->missing[i].seq <= seq; i++)
        if (list->missing[i].seq == seq) {
            gboolean asked = list->missing[i].tries > 0;

            list->n--;
            memmove (&list->missing[i], &list->missing[i + 1], (list->n - i) * sizeof (Missing));
            if (list->n == 0)
                list->due_us = G_MAXINT64;
            return asked;
        }
    return FALSE;
}

void
tutti_nack_list_clear (TuttiNackList *list)
{
    list->n = 0;
    list->due_us = G_MAXINT64;
}

guint
tutti_nack_list_collect (TuttiNackList *list, gint64 now_us, gint64 retry_us, guint16 *seqs)
{
    guint n_seqs = 0, n_kept = 0;

    if (now_us < list->due_us)
        return 0;
    list->due_us = G_MAXINT64;
    for (guint i = 0; i < list->n; i++) {
        Missing missing = list->missing[i];

        if (missing.due_us <= now_us) {
            if (missing.tries == TUTTI_NACK_TRIES_MAX ||
                now_us - missing.missed_us > TUTTI_NACK_AGE_MAX_US)
                continue;
            seqs[n_seqs++] = (guint16)missing.seq;
            missing.tries++;
            missing.due_us = now_us + retry_us;
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
