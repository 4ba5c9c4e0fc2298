/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client.h: requests to the admin API. Each blocks until it is answered or 10 s have passed.
 */
#pragma once

#include <json-glib/json-glib.h>

/* Exit statuses of tutti(1). */
enum {
    TUTTI_EXIT_DONE = 0,
    TUTTI_EXIT_REFUSED = 1,
    TUTTI_EXIT_USAGE = 2,
    TUTTI_EXIT_UNREACHED = 3,
};

typedef struct _TuttiClient TuttiClient;

/* Where the server is; NULL: not said. */
typedef struct {
    char *socket;
    char *url, *token; /* over the network */
    char *ca_file;     /* who may vouch for its certificate; NULL: the system's */
} TuttiPlace;

void tutti_place_clear (TuttiPlace *place);

/* What is not said comes from the environment: TUTTI_URL, TUTTI_SOCKET, TUTTI_TOKEN; else it is the
 * default socket. NULL, and printed: it makes no sense. */
TuttiClient *tutti_client_new (const TuttiPlace *place);
void tutti_client_free (TuttiClient *client);

/* method and path of the admin API; body: JSON text or NULL. Gives an exit status; when it is not
 * DONE the reason has been printed on standard error. *node (may be NULL): the answer, NULL if it
 * has none. */
int tutti_client_call (TuttiClient *client, const char *method, const char *path, const char *body,
                       JsonNode **node);
/* A GET whose answer is wanted as it came. *answer: the caller's if the status is DONE. */
int tutti_client_fetch (TuttiClient *client, const char *path, GBytes **answer);

/* Reads line after line of an answer that does not end by itself, until func gives FALSE: DONE.
 * UNREACHED when the server ends it. */
typedef gboolean (*TuttiLineFunc) (const char *line, gpointer user_data);
int tutti_client_follow (TuttiClient *client, const char *path, TuttiLineFunc func,
                         gpointer user_data);

/* "/v1/rooms/NAME/participants/ID" from parts, each escaped; NULL ends. */
char *tutti_client_path (const char *first, ...) G_GNUC_NULL_TERMINATED;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiClient, tutti_client_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TuttiPlace, tutti_place_clear)
