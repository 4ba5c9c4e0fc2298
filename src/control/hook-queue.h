/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hook-queue.h: what one URL is still to be told, in order, one at a time, again while it fails.
 * Time and chance are arguments. Role: main.
 *
 *   push --> [ oldest ... newest ] --take--> in flight --done--> gone, or taken again later
 */
#pragma once

#include <glib.h>

/* Of one URL: an hour of a busy server, about 1 MB. Beyond, the oldest goes. */
#define TUTTI_HOOK_QUEUE_MAX 1000
/* Longest wait between two tries: a receiver that was away for long is found again soon. */
#define TUTTI_HOOK_DELAY_MAX_US (300 * G_USEC_PER_SEC)

typedef struct _TuttiHookQueue TuttiHookQueue;

/* One event; borrowed from the queue, good until done(). */
typedef struct {
    char *id; /* the same at each try */
    GBytes *body;
    guint n_tries; /* that have failed */
} TuttiDelivery;

typedef struct {
    guint queued;      /* not delivered yet, the one in flight included */
    guint64 delivered; /* events */
    guint64 failed;    /* given up after so many tries, or since nobody wants them (410) */
    guint64 dropped;   /* the queue was full */
    guint64 retried;   /* tries that failed and are made again */
} TuttiHookCounts;

TuttiHookQueue *tutti_hook_queue_new (void);
void tutti_hook_queue_free (TuttiHookQueue *queue);

/* Keeps a reference to body. Nothing once the receiver is gone. */
void tutti_hook_queue_push (TuttiHookQueue *queue, const char *id, GBytes *body);

/* The next, which is in flight from now on; NULL: one is in flight, or none is due. */
const TuttiDelivery *tutti_hook_queue_take (TuttiHookQueue *queue, gint64 now_us);
/* When take() will give one; G_MAXINT64: not before something else happens. */
gint64 tutti_hook_queue_due_us (TuttiHookQueue *queue);

typedef struct {
    guint status;          /* HTTP; 0: there was no answer */
    gint64 retry_after_us; /* what the receiver asks for; 0: nothing */
    guint retries;         /* how often an event may be tried again */
    double chance;         /* 0 to 1: spreads tries that would come together */
} TuttiHookOutcome;

/* What has become of the one in flight. */
void tutti_hook_queue_done (TuttiHookQueue *queue, const TuttiHookOutcome *outcome, gint64 now_us);

/* It answered 410: it wants nothing any more. */
gboolean tutti_hook_queue_is_gone (TuttiHookQueue *queue);
/* Its last try failed. */
gboolean tutti_hook_queue_is_failing (TuttiHookQueue *queue);
void tutti_hook_queue_get_counts (TuttiHookQueue *queue, TuttiHookCounts *counts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiHookQueue, tutti_hook_queue_free)
