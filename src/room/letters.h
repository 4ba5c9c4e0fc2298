/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * letters.h: events on their way to participants: written now, told from the main loop, in order,
 * so that nobody is called from within a call of its own and nobody's handler can disturb a walk
 * over the members. Role: main.
 */
#pragma once

#include "event.h"
#include "rooms.h"

typedef struct _TuttiLetters TuttiLetters;

/* Tells one letter. event NULL: the layout as it is by then. */
typedef void (*TuttiTell) (TuttiParticipant *to, const TuttiEvent *event);

TuttiLetters *tutti_letters_new (TuttiTell tell);
void tutti_letters_free (TuttiLetters *letters);

/* Copies the event. */
void tutti_letters_post (TuttiLetters *letters, TuttiParticipant *to, const TuttiEvent *event);
/* One copy for many: to all of `members` (of TuttiParticipant) but `except`. */
void tutti_letters_post_all (TuttiLetters *letters, const GPtrArray *members,
                             const TuttiParticipant *except, const TuttiEvent *event);
void tutti_letters_post_layout (TuttiLetters *letters, TuttiParticipant *to);

/* Nothing more is told to it. */
void tutti_letters_forget (TuttiLetters *letters, TuttiParticipant *to);
/* Tells all that waits, now. Not from within an event. */
void tutti_letters_flush (TuttiLetters *letters);
