/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nack-list.h: which packets of a stream are missing, and when to ask for each (RFC 4585 section
 * 6.2.1). Pure. Role: net.
 */
#pragma once

#include <glib.h>

/* Missing packets at a time: half a second of a 4 Mbit/s stream. Who loses more needs a key frame
 * sooner than so many repairs. */
#define TUTTI_NACKS_MAX 256
/* Reordering on the way is mostly shorter than this. */
#define TUTTI_NACK_GUARD_US 10000
/* A decoder that waited a second has asked for a key frame. */
#define TUTTI_NACK_TRIES_MAX 10
#define TUTTI_NACK_AGE_MAX_US G_USEC_PER_SEC

typedef struct _TuttiNackList TuttiNackList;

TuttiNackList *tutti_nack_list_new (void);
void tutti_nack_list_free (TuttiNackList *list);

/* first to last are missing; extended numbers, greater than all before. FALSE: too many, and the
 * list is empty now: only a key frame helps. */
gboolean tutti_nack_list_add (TuttiNackList *list, guint64 first, guint64 last, gint64 now_us);
/* It came. TRUE when it had been asked for. */
gboolean tutti_nack_list_remove (TuttiNackList *list, guint64 seq);
void tutti_nack_list_clear (TuttiNackList *list);

/* Those to ask for now, ascending, into seqs[TUTTI_NACKS_MAX]; each is due again after retry_us.
 * Those asked for often or long enough are given up. */
guint tutti_nack_list_collect (TuttiNackList *list, gint64 now_us, gint64 retry_us, guint16 *seqs);
/* When collect() has something to do; G_MAXINT64: not before the next add(). */
gint64 tutti_nack_list_due_us (const TuttiNackList *list);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiNackList, tutti_nack_list_free)
