/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * talk.h: the port between main and a leg's data channel: texts down, bounded in bytes; what may be
 * on its way up, bounded in number, so that a peer that writes faster than main reads is slowed
 * down by SCTP itself.
 */
#pragma once

#include <glib.h>

#include "loop.h"

/* What may wait for a slow reader: some minutes of a busy room's events, as on a WebSocket. */
#define TUTTI_TALK_BACKLOG_MAX_BYTES (1024 * 1024)
/* More than main is ever behind with unless it is flooded. */
#define TUTTI_TALK_UNREAD_MAX 32

typedef struct _TuttiTalk TuttiTalk;

/* The seat is woken when something is to be done on the net thread. Role: main. */
TuttiTalk *tutti_talk_new (TuttiSeat *seat);
/* The net thread must have let go of it. */
void tutti_talk_free (TuttiTalk *talk);

/* Queues a copy; once the backlog is full nothing more is taken. Dropped while the channel is not
 * open. Any thread. */
void tutti_talk_say (TuttiTalk *talk, const char *text);
/* The channel is to be closed, once what was said before has gone. Any thread. */
void tutti_talk_hang_up (TuttiTalk *talk);
/* A text that was counted by hear() has been read. Role: main. */
void tutti_talk_note_read (TuttiTalk *talk);

/* --- Role: net. --- */

void tutti_talk_set_open (TuttiTalk *talk, gboolean open);
/* The next text, to be freed; NULL: none. */
char *tutti_talk_take (TuttiTalk *talk);
/* The backlog was full: something that was said is lost. */
gboolean tutti_talk_is_overrun (TuttiTalk *talk);
/* Main hung up and all that it said was taken. */
gboolean tutti_talk_is_over (TuttiTalk *talk);
/* Counts a text on its way to main. */
void tutti_talk_hear (TuttiTalk *talk);
/* FALSE: enough is on its way. */
gboolean tutti_talk_may_hear (TuttiTalk *talk);

typedef struct {
    gboolean is_open;
    guint64 heard, said; /* texts */
} TuttiTalkStats;

/* Any thread; a copy. */
void tutti_talk_get_stats (TuttiTalk *talk, TuttiTalkStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiTalk, tutti_talk_free)
