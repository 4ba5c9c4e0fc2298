/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * whip-call.h: one request to a WHIP or WHEP door: what it asks for, by whom. Role: main.
 */
#pragma once

#include <libsoup/soup.h>

#include "admission.h"

#define TUTTI_WHIP_TYPE_SDP "application/sdp"
#define TUTTI_WHIP_TYPE_FRAGMENT "application/trickle-ice-sdpfrag"

/* Borrowed. */
typedef struct {
    SoupServerMessage *message;
    const char *path;
    gboolean is_whep;
    const char *room, *session; /* session NULL: the endpoint itself */
    const char *address;        /* what limits and bans count by */
    TuttiRooms *rooms;
    GHashTable *query; /* may be NULL */
} TuttiWhipCall;

void tutti_whip_call_set_header (const TuttiWhipCall *call, const char *name, const char *value);
void tutti_whip_call_refuse (const TuttiWhipCall *call, const GError *error);

/* Keeps the body that is about to come, up to a bound. */
void tutti_whip_call_expect_body (SoupServerMessage *message);
/* TRUE: a body of this type has come; else answered. */
gboolean tutti_whip_call_check_body (const TuttiWhipCall *call, const char *type);
/* Free it. */
char *tutti_whip_call_get_body (const TuttiWhipCall *call);

/* Whether the caller means the ICE session that is; else answered. RFC 9725 section 4.3.1.1;
 * clients that don't say are believed. */
gboolean tutti_whip_call_check_etag (const TuttiWhipCall *call, const char *etag);

/* By token and query; as tutti_admission_check(), and BAD_ROOM. */
gboolean tutti_whip_call_admit (const TuttiWhipCall *call, TuttiAdmission *admission,
                                TuttiPass *pass, GError **error);
/* What the pass and the query say of the one who joins: borrowed. */
void tutti_whip_call_fill_join (const TuttiWhipCall *call, const TuttiPass *pass, TuttiJoin *join);
