/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nack-list.h: which packets of a stream are missing, and when to ask for each (RFC 4585 section
 * 6.2.1). Pure. Role: net.
 *
 *   missed --guard--> asked --retry--> asked again ... until an answer would come too late
 *          \-> came: it was only late; the guard follows how late such packets are
 */
#pragma once

#include <glib.h>

/* Missing packets at a time: half a second of a 4 Mbit/s stream. Who loses more needs a key frame
 * sooner than so many repairs. */
#define TUTTI_NACKS_MAX 256
/* How long a packet may just be late: at first, on a way that doesn't reorder, and on the worst. */
#define TUTTI_NACK_GUARD_START_US 10000
#define TUTTI_NACK_GUARD_MIN_US 5000
#define TUTTI_NACK_GUARD_MAX_US 60000
/* Before anything is known. */
#define TUTTI_NACK_RETRY_US 100000
#define TUTTI_NACK_PATIENCE_US G_USEC_PER_SEC
/* However short the round trip: a peer that answers none of these answers none. */
#define TUTTI_NACK_TRIES_MAX 10

typedef struct _TuttiNackList TuttiNackList;

typedef struct {
    gint64 round_trip_us; /* 0: not known */
    gint64 retry_us;      /* asked for again after this */
    gint64 patience_us;   /* what comes later after it was missed is of no use */
    gint64 repeat_us; /* each question is repeated after this, against its loss; 0: it isn't */
} TuttiNackTimes;

TuttiNackList *tutti_nack_list_new (void);
void tutti_nack_list_free (TuttiNackList *list);

/* From now on. */
void tutti_nack_list_set_times (TuttiNackList *list, const TuttiNackTimes *times);
/* How long is waited before a packet is asked for. */
gint64 tutti_nack_list_guard_us (const TuttiNackList *list);

/* first to last are missing; extended numbers, greater than all before. FALSE: too many, and the
 * list is empty now: only a key frame helps. */
gboolean tutti_nack_list_add (TuttiNackList *list, guint64 first, guint64 last, gint64 now_us);
/* It came, under its own number: late, or sent again by a peer without RTX. TRUE when it had been
 * asked for. */
gboolean tutti_nack_list_remove (TuttiNackList *list, guint64 seq, gint64 now_us);
/* It came by RTX. */
void tutti_nack_list_remove_repaired (TuttiNackList *list, guint64 seq);
/* Nobody needs those before seq any more. */
void tutti_nack_list_drop_until (TuttiNackList *list, guint64 seq);
void tutti_nack_list_clear (TuttiNackList *list);

/* Those to ask for now, ascending, into seqs[TUTTI_NACKS_MAX]. */
guint tutti_nack_list_collect (TuttiNackList *list, gint64 now_us, guint16 *seqs);
/* When collect() has something to do; G_MAXINT64: not before the next add(). */
gint64 tutti_nack_list_due_us (const TuttiNackList *list);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiNackList, tutti_nack_list_free)
