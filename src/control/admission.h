/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admission.h: who may come in, under which name and in which role: [auth] mode, tokens, and how
 * often an address may try. Every way in asks here. Role: main.
 */
#pragma once

#include <tutti/config.h>

#include "refusals.h"
#include "rooms.h"
#include "token.h"

typedef struct _TuttiAdmission TuttiAdmission;

/* Reads the secret. The config must outlive it. BAD_CONFIG. */
TuttiAdmission *tutti_admission_new (TuttiConfig *config, GError **error);
void tutti_admission_free (TuttiAdmission *admission);

/* Reads the secret again; on failure the old one stays. */
gboolean tutti_admission_reload (TuttiAdmission *admission, GError **error);

/* What a client asks for. */
typedef struct {
    const char *room, *name, *token; /* the latter two may be NULL */
    gboolean role_given;
    TuttiPersonRole role;
    const char *address; /* limits count by it */
    TuttiDoor door;
    TuttiRooms *rooms; /* who know their moderators; NULL: none do */
} TuttiRequest;

/* What it gets. */
typedef struct {
    char *name;    /* may be NULL */
    char *subject; /* the token's `sub`; NULL: it has none, or there was no token */
    TuttiPersonRole role;
    gboolean may_moderate;
    gboolean has_token; /* a good one */
    gint64 expires_s;   /* Unix time; 0: never */
} TuttiPass;

/* now_us: monotonic; now_s: Unix time. Errors: RATE_LIMITED, UNAUTHORIZED, FORBIDDEN (a role above
 * the token's). Fills pass on success; the caller clears it. In mode open a token that is not
 * good is as none. */
gboolean tutti_admission_check (TuttiAdmission *admission, const TuttiRequest *request,
                                gint64 now_us, gint64 now_s, TuttiPass *pass, GError **error);

/* FALSE: [auth] mode is token. */
gboolean tutti_admission_is_open (TuttiAdmission *admission);
/* TRUE if there is a secret, which there may be in mode open too: then tokens open what is not open
 * to everyone. */
gboolean tutti_admission_has_secret (TuttiAdmission *admission);
/* What a token says. room NULL: whichever it is for. UNAUTHORIZED. */
TuttiToken *tutti_admission_read_token (TuttiAdmission *admission, const char *token,
                                        const char *room, gint64 now_s, GError **error);

/* For doors that look at tokens themselves: whoever came with a wrong one is refused for *error,
 * see refusals.h. What tutti_admission_check() refuses is told already. */
void tutti_admission_refuse (TuttiAdmission *admission, TuttiDoor door, const char *address,
                             gint64 now_us, GError **error);

/* Signed by the newest secret. Free it. UNSUPPORTED: there is none. */
char *tutti_admission_write_token (TuttiAdmission *admission, const TuttiToken *token,
                                   GError **error);

void tutti_pass_clear (TuttiPass *pass);
/* What the pass says of the one who joins: borrowed. */
void tutti_pass_fill_join (const TuttiPass *pass, TuttiJoin *join);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiAdmission, tutti_admission_free)
