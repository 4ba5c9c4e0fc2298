/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mailbox.h: from the net threads to main: what legs have to tell is queued here and delivered from
 * the default GMainContext, so never from within a call into a leg.
 */
#pragma once

#include <glib.h>

typedef struct _TuttiMailbox TuttiMailbox;

/* Role: main. */
typedef void (*TuttiMailFunc) (gpointer owner, int number, const char *text);

/* Role: main. */
TuttiMailbox *tutti_mailbox_new (void);
void tutti_mailbox_free (TuttiMailbox *mailbox);

/* func will be called on main with a copy of text (may be NULL). Any thread; in order. */
void tutti_mailbox_post (TuttiMailbox *mailbox, gpointer owner, TuttiMailFunc func, int number,
                         const char *text);
/* The same for what nobody waits for: with others, or within 50 ms. */
void tutti_mailbox_post_patiently (TuttiMailbox *mailbox, gpointer owner, TuttiMailFunc func,
                                   int number);
/* Nothing that was posted for the owner is delivered any more. Role: main. */
void tutti_mailbox_forget (TuttiMailbox *mailbox, gpointer owner);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiMailbox, tutti_mailbox_free)
