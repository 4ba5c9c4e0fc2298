/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * front-door.h: a real server on loopback over rooms without media, and clients that knock, all in
 * one thread: waiting runs the main context.
 */
#pragma once

#include "control/server.h"
#include "fake-room.h"
#include "patience.h"

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

typedef struct {
    TuttiConfig *config;
    TuttiRooms *rooms;
    TuttiServer *server;
    SoupSession *session;
    char *url; /* "http://127.0.0.1:PORT/" */
    guint16 port;
} Door;

/* settings: "section.key=value", ended by NULL; listens on a free port without TLS unless they say
 * otherwise. */
Door *door_new (const char *const *settings);
void door_free (Door *door);
/* A setting that is given by itself. */
Door *door_new_with (const char *setting);

/* The answer to a request; headers: pairs of name and value, ended by NULL, or NULL. *body may be
 * NULL. The message is the caller's. */
SoupMessage *door_ask (Door *door, const char *method, const char *path, const char *const *headers,
                       char **body);
/* The answer's body. */
GBytes *door_send (Door *door, SoupMessage *message);
guint door_get_status (Door *door, const char *path);

/* Runs the main context until the condition holds; fails the test after a while. */
#define door_wait(condition)                                                                       \
    do {                                                                                           \
        gint64 until_us_ = g_get_monotonic_time () + TEST_PATIENCE * 20 * G_USEC_PER_SEC;          \
        while (!(condition)) {                                                                     \
            g_assert_cmpint (g_get_monotonic_time (), <, until_us_);                               \
            g_main_context_iteration (NULL, FALSE) ? (void)0 : g_usleep (200);                     \
        }                                                                                          \
    } while (0)

/* A WebSocket client. */
typedef struct {
    SoupWebsocketConnection *connection; /* NULL: was refused */
    guint status;                        /* of the handshake's answer */
    GQueue texts;                        /* JsonNode, not heard yet */
    gboolean closed;
    guint close_code;
} Caller;

/* origin: NULL for none. */
Caller *caller_new (Door *door, const char *origin);
void caller_free (Caller *caller);

void caller_say (Caller *caller, const char *text);
/* The next message, which must be of the type. Borrowed until the next call. */
JsonObject *caller_hear (Caller *caller, const char *type);
/* The same for an error of the code. */
JsonObject *caller_hear_error (Caller *caller, const char *code, const char *in_reply_to);
/* Says join_room and hears the welcome; the id is the caller's own. */
char *caller_join (Caller *caller, const char *room);
void caller_wait_closed (Caller *caller, guint code);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Door, door_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Caller, caller_free)
