/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-call.h: one request to the admin API on its way through the routes, and how it is answered.
 * Role: main.
 */
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "participant.h"
#include "rooms.h"

typedef struct {
    TuttiRooms *rooms;
    SoupServerMessage *message;
    const char *method;
    char **parts; /* below /v1/ */
    guint n_parts;
    GHashTable *query; /* of char*, may be NULL */
} TuttiAdminCall;

/* TRUE if the method is one of those allowed ("GET, HEAD"); else answers 405 with them. */
gboolean tutti_admin_allow (TuttiAdminCall *call, const char *methods);

void tutti_admin_answer (SoupServerMessage *message, JsonBuilder *builder);
/* Without content. */
void tutti_admin_answer_done (SoupServerMessage *message);
/* RFC 9457. */
void tutti_admin_answer_problem (SoupServerMessage *message, guint status, const char *code,
                                 const char *detail);
/* what: "room"; name: as the client said it. */
void tutti_admin_answer_not_found (TuttiAdminCall *call, const char *what, const char *name);

/* By id; by name too when exactly one has it: people type names. */
TuttiParticipant *tutti_admin_find_participant (TuttiRoom *room, const char *id);
