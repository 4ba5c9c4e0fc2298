/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recordings-gate.h: who may see, fetch and delete recordings: moderators by their token, those of
 * the room that the token is for; in [auth] mode open, where everyone may call himself moderator,
 * also whoever sits at this machine, all of them. Role: main.
 */
#pragma once

#include <libsoup/soup.h>

#include "admission.h"

typedef struct _TuttiRecordingsGate TuttiRecordingsGate;

/* Config and admission must outlive it. */
TuttiRecordingsGate *tutti_recordings_gate_new (TuttiConfig *config, TuttiAdmission *admission);
void tutti_recordings_gate_free (TuttiRecordingsGate *gate);

/* Lets a request through, by its Authorization header, its cookie or where it comes from. *room:
 * the only room whose recordings it may see; NULL: all. Free it. Errors: UNAUTHORIZED (a token
 * would help), FORBIDDEN (none can; or this one is no moderator's). */
gboolean tutti_recordings_gate_check (TuttiRecordingsGate *gate, SoupServerMessage *message,
                                      char **room, GError **error);

/* Keeps the token in a cookie, if it is a moderator's. Errors: RATE_LIMITED, UNAUTHORIZED,
 * FORBIDDEN. */
gboolean tutti_recordings_gate_sign_in (TuttiRecordingsGate *gate, SoupServerMessage *message,
                                        const char *token, GError **error);
void tutti_recordings_gate_sign_out (SoupServerMessage *message);

/* FALSE: the request was made by a page of another site. */
gboolean tutti_recordings_gate_is_own_page (TuttiRecordingsGate *gate, SoupServerMessage *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiRecordingsGate, tutti_recordings_gate_free)
