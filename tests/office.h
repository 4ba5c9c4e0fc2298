/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * office.h: an admin API over real rooms, which nobody calls in, in this thread's main context; and
 * who uses it: tutti(1), and requests made by hand.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "control/admin.h"
#include "control/admission.h"
#include "control/hooks.h"
#include "participant.h"

typedef struct {
    TuttiConfig *config;
    TuttiRooms *rooms;
    TuttiAdmin *admin;
    TuttiHooks *hooks;
    TuttiAdmission *admission;
    char *folder, *socket;
    guint n_kicked;
    GString *said; /* what participants were told in the chat, a line each */
    guint n_drains, drain_deadline_s, n_shutdowns, n_reloads;
    gboolean reload_fails;
    const char *header, *header_value; /* that requests have; NULL: none */
} Office;

/* more: further settings, SECTION.KEY=VALUE; NULL ends. */
Office *office_new (const char *const *more);
void office_free (Office *office);
/* A second API over the same rooms and socket. */
TuttiAdmin *office_open (Office *office, GError **error);
/* Gives its id. */
char *office_join (Office *office, const char *room, const char *name);

typedef struct {
    int status;
    char *out, *err;
} Run;

/* tutti --socket SOCKET words, split at spaces. */
Run office_run (const char *socket, const char *words);
/* tutti place words, split at spaces; place: options that say where the server is. */
Run office_run_at (const char *place, const char *words);
void office_clear_run (Run *run);

typedef struct {
    guint status;
    char *type, *allow, *location, *etag;
    char *text;
    JsonNode *json; /* NULL: it is none */
} Answer;

/* body: NULL for none. */
Answer office_ask (Office *office, const char *method, const char *path, const char *body);
void office_clear_answer (Answer *answer);
/* A member of the answer's object. */
const char *answer_text (const Answer *answer, const char *name);
JsonObject *answer_object (const Answer *answer);

/* Each is in the text; NULL ends. */
void assert_has (const char *text, const char *const *words);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, office_clear_run)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, office_clear_answer)
