/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bans.h: who was kicked and may not come again while the room lasts: by the `sub` of the token,
 * or, who came without, by the visitor's cookie and by address and name together; who gave no name,
 * by address only those who have no cookie either. Role: main.
 */
#pragma once

#include <glib.h>

/* A moderator who kicks one a minute has a busy day; whoever is 1000th finds the first forgotten.
 */
#define TUTTI_BANS_MAX 1000

typedef struct _TuttiBans TuttiBans;

/* Of somebody who comes or came; NULL and "": not known, which is like nobody; but the name is ""
 * of all those who gave none. */
typedef struct {
    const char *subject, *address, *visitor, *name;
} TuttiIdentity;

/* Strings of its own, until it is cleared. */
void tutti_identity_copy (TuttiIdentity *to, const TuttiIdentity *from);
void tutti_identity_clear (TuttiIdentity *identity);

typedef struct {
    const char *id; /* "b1" */
    TuttiIdentity identity;
    gint64 wall_us; /* since 1970 */
} TuttiBan;

TuttiBans *tutti_bans_new (void);
void tutti_bans_free (TuttiBans *bans);

/* The oldest makes way. */
void tutti_bans_add (TuttiBans *bans, const TuttiIdentity *identity, gint64 wall_us);
gboolean tutti_bans_has (const TuttiBans *bans, const TuttiIdentity *identity);
/* FALSE: there is none. */
gboolean tutti_bans_remove (TuttiBans *bans, const char *id);
void tutti_bans_clear (TuttiBans *bans);

guint tutti_bans_count (const TuttiBans *bans);
/* In order of time; borrowed until the next change. */
const TuttiBan *tutti_bans_get (const TuttiBans *bans, guint i);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiBans, tutti_bans_free)
