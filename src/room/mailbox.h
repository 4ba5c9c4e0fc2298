/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mailbox.h: events on their way to participants: written now, told from the main loop, in order,
 * so that nobody is called from within a call of its own and nobody's handler can disturb a walk
 * over the members. Role: main.
 */
#pragma once

#include "event.h"
#include "rooms.h"

typedef struct _TuttiMailbox TuttiMailbox;

/* Tells one letter. event NULL: the layout as it is by then. */
typedef void (*TuttiTell) (TuttiParticipant *to, const TuttiEvent *event);

TuttiMailbox *tutti_mailbox_new (TuttiTell tell);
void tutti_mailbox_free (TuttiMailbox *mailbox);

/* Copies the event. */
void tutti_mailbox_post (TuttiMailbox *mailbox, TuttiParticipant *to, const TuttiEvent *event);
/* One copy for many: to all of `members` (of TuttiParticipant) but `except`. */
void tutti_mailbox_post_all (TuttiMailbox *mailbox, const GPtrArray *members,
                             const TuttiParticipant *except, const TuttiEvent *event);
void tutti_mailbox_post_layout (TuttiMailbox *mailbox, TuttiParticipant *to);

/* Nothing more is told to it. */
void tutti_mailbox_forget (TuttiMailbox *mailbox, TuttiParticipant *to);
/* Tells all that waits, now. Not from within an event. */
void tutti_mailbox_flush (TuttiMailbox *mailbox);
