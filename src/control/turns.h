/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * turns.h: whose turn it is at work that is shared by many: keys (addresses) take turns, so that
 * who asks for much keeps himself waiting, not others. Pure. Role: main.
 */
#pragma once

#include <glib.h>

typedef struct _TuttiTurns TuttiTurns;
typedef struct _TuttiTurn TuttiTurn; /* somebody's, asked for or had: it can be asked for again */

TuttiTurns *tutti_turns_new (void);
/* All that were asked for must have been freed. Takes NULL. */
void tutti_turns_free (TuttiTurns *turns);

/* Asks for a turn; data is given back by the next two. */
TuttiTurn *tutti_turns_ask (TuttiTurns *turns, const char *key, gpointer data);
/* Of those who ask, and ask no longer; NULL: nobody. */
gpointer tutti_turns_next (TuttiTurns *turns);
/* Of those who had a turn, the one who had it first, with the key that has the most of them. NULL:
 * nobody had any. */
gpointer tutti_turns_eldest (TuttiTurns *turns);

/* Asks for another, before others of the key who had none yet; asked for already: nothing. */
void tutti_turn_ask_again (TuttiTurn *turn);
/* Takes NULL. */
void tutti_turn_free (TuttiTurn *turn);

/* Somebody asks. */
gboolean tutti_turns_are_asked (const TuttiTurns *turns);
/* How many had a turn and are still there. */
guint tutti_turns_n_begun (const TuttiTurns *turns);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiTurns, tutti_turns_free)
