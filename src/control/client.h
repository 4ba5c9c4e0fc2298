/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client.h: one client's side of the signalling protocol (tutti-protocol(7)), apart from how texts
 * travel: messages become calls into room, events become texts. Role: main.
 */
#pragma once

#include "admission.h"
#include "rooms.h"

typedef struct _TuttiClient TuttiClient;

/* Shared by all clients; must outlive them. */
typedef struct {
    TuttiConfig *config;
    TuttiRooms *rooms;
    TuttiAdmission *admission;
} TuttiClientSetup;

/* Where the client's texts go. May be called from within any function below, and at any time while
 * joined. end: the last call there is; code as in RFC 6455 section 7.4. The client is freed later,
 * by its owner. */
typedef struct {
    void (*send) (const char *text, gpointer user_data);
    void (*end) (guint16 code, gpointer user_data);
} TuttiClientOutput;

/* address: what limits and bans count by; visitor: its browser's cookie, NULL: none. */
TuttiClient *tutti_client_new (const TuttiClientSetup *setup, const char *address,
                               const char *visitor, const TuttiClientOutput *output,
                               gpointer user_data);
/* For a participant that is in its room already, by signalling of its own, and that has another way
 * besides, for texts of up to max_bytes: it is welcomed, and must be told all by hear(). It can't
 * leave or offer by this way, nor does it leave when this ends. */
TuttiClient *tutti_client_new_beside (const TuttiClientSetup *setup, TuttiParticipant *participant,
                                      gsize max_bytes, const TuttiClientOutput *output,
                                      gpointer user_data);
/* As TuttiEventFunc, of a client. */
void tutti_client_hear (const TuttiEvent *event, gpointer client);
/* As when the peer broke off, if the participant still is in its room. */
void tutti_client_free (TuttiClient *client);

/* One text that came in. */
void tutti_client_receive (TuttiClient *client, const char *text, gsize n_bytes, gint64 now_us);
/* Something came that is no text. */
void tutti_client_receive_nonsense (TuttiClient *client);

/* The peer said goodbye (left) or broke off: the participant then waits to be resumed by another
 * client. Nothing is sent any more. */
void tutti_client_hang_up (TuttiClient *client, gboolean broke_off);

/* Or waits to be let in. */
gboolean tutti_client_is_joined (TuttiClient *client);
/* It was asked for the PIN: somebody is typing. */
gboolean tutti_client_is_asked (TuttiClient *client);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiClient, tutti_client_free)
