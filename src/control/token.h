/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * token.h: join tokens: JWT (RFC 7519), HS256 with the server's secret. Any thread.
 */
#pragma once

#include "event.h"

/* Longer ones are not looked at: three claims need a tenth of it. */
#define TUTTI_TOKEN_MAX_BYTES 4096

typedef struct {
    char *room;
    char *name; /* claim sub; NULL if not there */
    TuttiPersonRole role;
    gint64 expires_s; /* claim exp, Unix time */
} TuttiToken;

/* UNAUTHORIZED unless it is signed with one of the secrets (NULL ends; several are good at once
 * while they are changed), for this room (NULL: for any), and now_s (Unix time) is before `exp`,
 * which must be there, and not before `nbf`. No claim `role`: participant.
 */
TuttiToken *tutti_token_read (const char *text, const char *const *secrets, const char *room,
                              gint64 now_s, GError **error);
/* A token of these values, signed. name may be NULL. Free it. */
char *tutti_token_write (const TuttiToken *token, const char *secret);
void tutti_token_free (TuttiToken *token);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiToken, tutti_token_free)
