/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sockets.h: every open WebSocket, and room for newcomers: who has not joined yet makes way. Role:
 * main.
 */
#pragma once

#include "socket.h"

/* An attacker who opens sockets only pushes out his own; a client joins at once when it is open. */
#define TUTTI_SOCKETS_UNJOINED_MAX 1024
#define TUTTI_SOCKETS_UNJOINED_BY_ADDRESS_MAX 128

typedef struct _TuttiSockets TuttiSockets;

/* setup must outlive it. */
TuttiSockets *tutti_sockets_new (const TuttiClientSetup *setup);
/* Breaks every connection off. */
void tutti_sockets_free (TuttiSockets *sockets);

void tutti_sockets_add (TuttiSockets *sockets, SoupWebsocketConnection *connection,
                        TuttiMeter *meter, const char *address, const char *visitor);

guint tutti_sockets_n (TuttiSockets *sockets);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiSockets, tutti_sockets_free)
