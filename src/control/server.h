/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * server.h: the HTTP server for people: the page, the signalling WebSocket, health. Role: main.
 *
 *   GET /                 the start page
 *   GET /r/{room}         the web client
 *   GET /assets/{name}    its files
 *   GET /ws               signalling
 *   POST /whip/{room}     the standard doors (whip.h)
 *   POST /whep/{room}
 *   GET /healthz, /readyz
 *   /recordings...        see recordings-door.h
 *   /live/{room}/...      see live-door.h
 */
#pragma once

#include <tutti/config.h>

#include "rooms.h"
#include "token.h"

typedef struct _TuttiServer TuttiServer;

/* Whether a server could be made from this, as far as configuration goes: beyond loopback only with
 * [auth] mode written; tls files and token secrets named. BAD_CONFIG. */
gboolean tutti_server_check (TuttiConfig *config, GError **error);

/* Listens and serves from now on, in the thread's default main context. config and rooms must
 * outlive it. BAD_CONFIG, INTERNAL. */
TuttiServer *tutti_server_new (TuttiConfig *config, TuttiRooms *rooms, GError **error);
/* Stops listening and breaks every connection off. */
void tutti_server_free (TuttiServer *server);

/* Where it listens, e.g. "https://127.0.0.1:8443/". */
char **tutti_server_get_urls (TuttiServer *server);

/* Reads certificate and token secret again; on failure the old ones stay. */
gboolean tutti_server_reload (TuttiServer *server, GError **error);

/* A join token, signed with the newest secret. Free it. UNSUPPORTED: there is none. */
char *tutti_server_write_token (TuttiServer *server, const TuttiToken *token, GError **error);

/* Open WebSockets and connections, for the tests and statistics. */
guint tutti_server_n_sockets (TuttiServer *server);
guint tutti_server_n_connections (TuttiServer *server);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiServer, tutti_server_free)
