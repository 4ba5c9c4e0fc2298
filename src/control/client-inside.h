/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client-inside.h: a client as its own files know it. Role: main.
 */
#pragma once

#include "client.h"
#include "message-read.h"
#include "participant.h"
#include "rate.h"

/* RFC 6455 section 7.4.1. */
#define TUTTI_CLOSE_NORMAL 1000
#define TUTTI_CLOSE_POLICY 1008
/* Section 7.4.2, ours: another connection has resumed the participant. */
#define TUTTI_CLOSE_REPLACED 4001

struct _TuttiClient {
    const TuttiClientSetup *setup;
    char *address, *visitor;
    const TuttiClientOutput *output;
    gpointer user_data;
    TuttiParticipant *participant; /* NULL unless joined */
    char *id;                      /* of the participant, kept for farewells */
    TuttiBucket bucket, stats_bucket;
    guint n_faults;
    gboolean asked;     /* for the PIN */
    gboolean is_beside; /* the participant came by other signalling, which owns it */
    gboolean ended;
};

/* Takes the text; dropped when the client has ended. */
void tutti_client_send (TuttiClient *client, char *text);
/* The last call of its output, once. */
void tutti_client_end (TuttiClient *client, guint16 code);

/* What join_room does (client-join.c). */
gboolean tutti_client_join (TuttiClient *client, const TuttiMessage *message, GError **error);
