/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * listener.h: takes TCP connections in, speaks TLS with them and hands them to a SoupServer, each
 * behind a meter. libsoup could listen by itself, but it bounds neither how many come nor how long
 * they stay silent, and stops listening for good when the process runs out of descriptors once.
 * Role: main.
 */
#pragma once

#include <libsoup/soup.h>

#include "meter.h"
#include "tls-context.h"

typedef struct _TuttiListener TuttiListener;

/* context: kept; NULL for plain HTTP. The server must outlive the listener. */
TuttiListener *tutti_listener_new (SoupServer *server, SSL_CTX *context, GError **error);
/* Stops listening; connections that were handed over live on. */
void tutti_listener_free (TuttiListener *listener);

gboolean tutti_listener_add (TuttiListener *listener, GSocketAddress *address, GError **error);

/* One that listens already; kept. */
void tutti_listener_add_socket (TuttiListener *listener, GSocket *socket);

/* All that tutti_address_parse() gives: without IPv6 a machine has only the first of a name's. */
gboolean tutti_listener_add_all (TuttiListener *listener, GPtrArray *addresses, GError **error);

/* For connections from now on. */
void tutti_listener_set_context (TuttiListener *listener, SSL_CTX *context);

/* One URL for each address, with the port that was given for port 0. */
char **tutti_listener_get_urls (TuttiListener *listener);

/* The meter of the connection a message came by; NULL if it came another way. Borrowed. */
TuttiMeter *tutti_listener_get_meter (SoupServerMessage *message);

/* The socket a message came by, whichever way; may be NULL. Borrowed. */
GSocket *tutti_listener_get_socket (SoupServerMessage *message);

/* Connections at the moment, those in their handshake included. */
guint tutti_listener_n_connections (TuttiListener *listener);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiListener, tutti_listener_free)
