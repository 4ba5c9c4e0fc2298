/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-call.h: one request to the admin API on its way through the routes, and how it is answered.
 * Role: main.
 */
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "admin.h"
#include "event-streams.h"
#include "json-write.h"
#include "metrics.h"
#include "participant.h"

/* What every call may need; lives as long as the API. */
typedef struct {
    TuttiConfig *config;
    TuttiRooms *rooms;
    TuttiAdminHands hands;
    TuttiEventStreams *streams;
    TuttiMetricsSources sources;
} TuttiAdminSetup;

/* /v1/rooms/{room}/participants/{id} */
#define TUTTI_ADMIN_NAMES_MAX 2

typedef struct {
    const TuttiAdminSetup *setup;
    TuttiRooms *rooms;
    SoupServerMessage *message;
    GHashTable *query;                        /* of char*, may be NULL */
    const char *names[TUTTI_ADMIN_NAMES_MAX]; /* what stands for the path's {…}, in order */
    JsonNode *body;                           /* once read; NULL: it was empty */
} TuttiAdminCall;

/* Ends the object that json holds, and sends it. */
void tutti_admin_answer (TuttiAdminCall *call, TuttiJson *json);
/* 201, with Location. */
void tutti_admin_answer_created (TuttiAdminCall *call, const char *location, TuttiJson *json);
/* Without content. */
void tutti_admin_answer_done (TuttiAdminCall *call);

/* RFC 9457. */
void tutti_admin_answer_problem (TuttiAdminCall *call, guint status, const char *code,
                                 const char *detail);
/* what: "room"; name: as the client said it. */
void tutti_admin_answer_not_found (TuttiAdminCall *call, const char *what, const char *name);
/* 400, naming the field of the body or the query. */
void tutti_admin_answer_bad_field (TuttiAdminCall *call, const char *field, const char *detail);
/* The status that goes with the error's code; frees the error. */
void tutti_admin_answer_error (TuttiAdminCall *call, GError *error);
/* Done, or the error. */
void tutti_admin_answer_outcome (TuttiAdminCall *call, gboolean good, GError *error);

/* Of the query; NULL: it isn't there. */
const char *tutti_admin_ask (const TuttiAdminCall *call, const char *name);

/* Those that the path names; NULL, and answered, when there are none. */
TuttiRoom *tutti_admin_get_room (TuttiAdminCall *call);
TuttiParticipant *tutti_admin_get_participant (TuttiAdminCall *call);

/* By id; by name too when exactly one has it: people type names. */
TuttiParticipant *tutti_admin_find_participant (TuttiRoom *room, const char *id);
