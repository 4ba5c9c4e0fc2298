/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * deadlines.h: a binary heap of absolute times, one per entry, so that a net thread finds the leg
 * that is due next whatever the number of legs. No thread of its own; one thread at a time.
 */
#pragma once

#include <glib.h>

#define TUTTI_DEADLINE_NEVER G_MAXINT64

/* Embedded in its owner; zeroed means: not in the heap. */
typedef struct {
    gint64 due_us;
    guint place; /* in the heap, from 1; 0: not in it */
} TuttiDeadline;

/* A time soon after this one, at which everything that isn't urgent is done: with hundreds of quiet
 * legs a thread wakes for all of them at once. */
#define TUTTI_DEADLINE_GRID_US (50 * G_TIME_SPAN_MILLISECOND)

static inline gint64
tutti_deadline_align (gint64 due_us)
{
    return (due_us / TUTTI_DEADLINE_GRID_US + 1) * TUTTI_DEADLINE_GRID_US;
}

/* What isn't urgent may wait so long for its leg to be awake anyway, which is for less than half of
 * what it is to wake one: even a silent peer sends a packet each 400 ms (Opus in DTX). */
#define TUTTI_DEADLINE_SLACK_US (450 * G_TIME_SPAN_MILLISECOND)

/* When to wake for what has been due since due_us. */
static inline gint64
tutti_deadline_relax (gint64 due_us)
{
    return due_us == TUTTI_DEADLINE_NEVER ? due_us
                                          : tutti_deadline_align (due_us + TUTTI_DEADLINE_SLACK_US);
}

typedef struct _TuttiDeadlines TuttiDeadlines;

TuttiDeadlines *tutti_deadlines_new (void);
/* Entries still inside are forgotten. */
void tutti_deadlines_free (TuttiDeadlines *deadlines);

/* Enters or moves the entry; TUTTI_DEADLINE_NEVER takes it out. */
void tutti_deadlines_set (TuttiDeadlines *deadlines, TuttiDeadline *deadline, gint64 due_us);
/* The earliest entry, left inside, or NULL. */
TuttiDeadline *tutti_deadlines_peek (TuttiDeadlines *deadlines);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiDeadlines, tutti_deadlines_free)
