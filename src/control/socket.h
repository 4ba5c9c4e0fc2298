/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * socket.h: one client's WebSocket: text frames in and out, and what bounds them. Role: main.
 */
#pragma once

#include <libsoup/soup.h>

#include "client.h"
#include "meter.h"

/* interface: at most so much a frame. */
#define TUTTI_SOCKET_FRAME_MAX_BYTES (256 * 1024)

typedef struct _TuttiSocket TuttiSocket;
/* The connection is closed; the owner frees the socket, now or later. */
typedef void (*TuttiSocketClosed) (TuttiSocket *socket, gpointer user_data);

/* meter: of the connection; NULL leaves the slow-reader and fragment limits off. */
TuttiSocket *tutti_socket_new (const TuttiClientSetup *setup, SoupWebsocketConnection *connection,
                               TuttiMeter *meter, const char *address, const char *visitor);
/* Breaks the connection off if it is still open. */
void tutti_socket_free (TuttiSocket *socket);

void tutti_socket_set_closed (TuttiSocket *socket, TuttiSocketClosed closed, gpointer user_data);

/* Closes with the code (RFC 6455 section 7.4) after what was sent before. */
void tutti_socket_close (TuttiSocket *socket, guint16 code);

/* Open, but not in a room yet. */
gboolean tutti_socket_is_waiting (TuttiSocket *socket);
const char *tutti_socket_address (TuttiSocket *socket);
