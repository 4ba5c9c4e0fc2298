/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * whip.c: see whip.h. A POST is answered when the session has its answer; should its client have
 * gone by then, so has the session.
 */
#include "whip.h"
#include "address.h"
#include "cors.h"
#include "ice-servers.h"
#include "problem.h"
#include "whip-call.h"
#include "whip-session.h"

#include <string.h>

#define PREFIX_WHIP "/whip/"
#define PREFIX_WHEP "/whep/"
#define METHODS_ENDPOINT "GET, HEAD, POST, OPTIONS"
#define METHODS_SESSION "GET, HEAD, PATCH, DELETE, OPTIONS"

struct _TuttiWhip {
    TuttiConfig *config;
    TuttiRooms *rooms;
    TuttiAdmission *admission;
    GHashTable *doors; /* session's own id -> Door */
};

/* A session and who waits for it. */
typedef struct {
    TuttiWhip *whip;
    TuttiWhipSession *session;
    SoupServerMessage *message; /* until it is answered; NULL: it was */
    char *path;                 /* of the endpoint */
    gulong finished_id;
} Door;

/* --- Doors --- */

static void
let_go_of_message (Door *door)
{
    if (!door->message)
        return;
    g_signal_handler_disconnect (door->message, door->finished_id);
    g_clear_object (&door->message);
}

static void
free_door (gpointer data)
{
    Door *door = data;

    let_go_of_message (door);
    tutti_whip_session_free (door->session);
    g_free (door->path);
    g_free (door);
}

static void
drop (Door *door)
{
    g_hash_table_remove (door->whip->doors, tutti_whip_session_get_id (door->session));
}

/* --- Answers --- */

/* RFC 9725 section 4.6; one header for each server, since OBS takes no lists. */
static void
add_ice_servers (TuttiWhip *whip, SoupServerMessage *message)
{
    g_autoptr (GArray) servers =
        tutti_ice_servers_new (whip->config, "whip", g_get_real_time () / G_USEC_PER_SEC);

    for (guint i = 0; i < servers->len; i++) {
        const TuttiIceServer *server = &g_array_index (servers, TuttiIceServer, i);
        g_autofree char *link =
            server->username
                ? g_strdup_printf ("<%s>; rel=\"ice-server\"; username=\"%s\"; credential=\"%s\"; "
                                   "credential-type=\"password\"",
                                   server->url, server->username, server->credential)
                : g_strdup_printf ("<%s>; rel=\"ice-server\"", server->url);

        soup_message_headers_append (soup_server_message_get_response_headers (message), "Link",
                                     link);
    }
}

static void
on_answered (TuttiWhipSession *session, const char *sdp, gpointer user_data)
{
    Door *door = user_data;
    g_autofree char *location =
        g_strconcat (door->path, "/", tutti_whip_session_get_id (session), NULL);
    SoupServerMessage *message = door->message;
    TuttiWhipCall call = {.message = message};

    tutti_whip_call_set_header (&call, "Location", location);
    tutti_whip_call_set_header (&call, "ETag", tutti_whip_session_get_etag (session));
    add_ice_servers (door->whip, message);
    soup_server_message_set_response (message, TUTTI_WHIP_TYPE_SDP, SOUP_MEMORY_COPY, sdp,
                                      strlen (sdp));
    soup_server_message_set_status (message, SOUP_STATUS_CREATED, NULL);
    soup_server_message_unpause (message);
    let_go_of_message (door);
}

static void
on_ended (TuttiWhipSession *session, gpointer user_data)
{
    Door *door = user_data;

    if (door->message) {
        tutti_problem_answer (door->message, SOUP_STATUS_SERVICE_UNAVAILABLE, "not_joined",
                              "the room has closed");
        soup_server_message_unpause (door->message);
    }
    drop (door);
}

static const TuttiWhipEvents EVENTS = {.answered = on_answered, .ended = on_ended};

/* The client went away before it had its answer. */
static void
on_finished (SoupServerMessage *message, gpointer user_data)
{
    drop (user_data);
}

/* --- POST --- */

static Door *
open_door (TuttiWhip *whip, const TuttiWhipCall *call, const TuttiPass *pass, const char *offer,
           GError **error)
{
    TuttiJoin join = {0};
    Door *door = g_new0 (Door, 1);

    tutti_whip_call_fill_join (call, pass, &join);
    door->whip = whip;
    door->session = tutti_whip_session_new (whip->rooms, &join, offer, &EVENTS, door, error);
    if (!door->session) {
        free_door (door);
        return NULL;
    }
    door->path = g_strdup (call->path);
    g_hash_table_insert (whip->doors, (char *)tutti_whip_session_get_id (door->session), door);
    return door;
}

static void
serve_post (TuttiWhip *whip, const TuttiWhipCall *call)
{
    g_autofree char *offer = NULL;
    g_autoptr (GError) error = NULL;
    TuttiPass pass = {0};
    Door *door = NULL;

    if (!tutti_whip_call_check_body (call, TUTTI_WHIP_TYPE_SDP))
        return;
    offer = tutti_whip_call_get_body (call);
    if (tutti_whip_call_admit (call, whip->admission, &pass, &error))
        door = open_door (whip, call, &pass, offer, &error);
    tutti_pass_clear (&pass);
    if (!door) {
        tutti_whip_call_refuse (call, error);
        return;
    }
    door->message = g_object_ref (call->message);
    door->finished_id =
        g_signal_connect (call->message, "finished", G_CALLBACK (on_finished), door);
    soup_server_message_pause (call->message);
}

/* --- The session --- */

static void
serve_patch (const TuttiWhipCall *call, Door *door)
{
    g_autofree char *fragment = NULL;
    g_autofree char *restarted = NULL;
    g_autoptr (GError) error = NULL;

    if (!tutti_whip_call_check_body (call, TUTTI_WHIP_TYPE_FRAGMENT) ||
        !tutti_whip_call_check_etag (call, tutti_whip_session_get_etag (door->session)))
        return;
    fragment = tutti_whip_call_get_body (call);
    if (!tutti_whip_session_patch (door->session, fragment, &restarted, &error)) {
        tutti_whip_call_refuse (call, error);
        return;
    }
    if (!restarted) {
        tutti_problem_answer_nothing (call->message);
        return;
    }
    tutti_whip_call_set_header (call, "ETag", tutti_whip_session_get_etag (door->session));
    soup_server_message_set_response (call->message, TUTTI_WHIP_TYPE_FRAGMENT, SOUP_MEMORY_COPY,
                                      restarted, strlen (restarted));
    soup_server_message_set_status (call->message, SOUP_STATUS_OK, NULL);
}

/* 200, since OBS takes no other for success. */
static void
serve_delete (const TuttiWhipCall *call, Door *door)
{
    drop (door);
    soup_server_message_set_status (call->message, SOUP_STATUS_OK, NULL);
}

static void
serve_session (TuttiWhip *whip, const TuttiWhipCall *call, const char *method)
{
    Door *door = g_hash_table_lookup (whip->doors, call->session);

    if (method == SOUP_METHOD_OPTIONS) {
        tutti_cors_answer_options (call->message, METHODS_SESSION, NULL);
    } else if (!door) {
        tutti_problem_answer (call->message, SOUP_STATUS_NOT_FOUND, "not_found",
                              "there is no such session, or it has ended");
    } else if (method == SOUP_METHOD_GET || method == SOUP_METHOD_HEAD) {
        tutti_problem_answer_nothing (call->message);
    } else if (g_str_equal (method, "PATCH")) {
        serve_patch (call, door);
    } else if (method == SOUP_METHOD_DELETE) {
        serve_delete (call, door);
    } else {
        tutti_problem_answer_bad_method (call->message, METHODS_SESSION);
    }
}

static void
serve_endpoint (TuttiWhip *whip, const TuttiWhipCall *call, const char *method)
{
    if (method == SOUP_METHOD_OPTIONS)
        tutti_cors_answer_options (call->message, METHODS_ENDPOINT, TUTTI_WHIP_TYPE_SDP);
    else if (method == SOUP_METHOD_POST)
        serve_post (whip, call);
    else if (method == SOUP_METHOD_GET || method == SOUP_METHOD_HEAD)
        tutti_problem_answer_nothing (call->message);
    else
        tutti_problem_answer_bad_method (call->message, METHODS_ENDPOINT);
}

/* --- Public --- */

TuttiWhip *
tutti_whip_new (TuttiConfig *config, TuttiRooms *rooms, TuttiAdmission *admission)
{
    TuttiWhip *whip = g_new0 (TuttiWhip, 1);

    whip->config = config;
    whip->rooms = rooms;
    whip->admission = admission;
    whip->doors = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_door);
    return whip;
}

void
tutti_whip_free (TuttiWhip *whip)
{
    if (!whip)
        return;
    g_hash_table_unref (whip->doors);
    g_free (whip);
}

gboolean
tutti_whip_is_path (const char *path)
{
    return g_str_has_prefix (path, PREFIX_WHIP) || g_str_has_prefix (path, PREFIX_WHEP);
}

void
tutti_whip_serve (TuttiWhip *whip, SoupServerMessage *message, const char *path, GHashTable *query)
{
    g_auto (GStrv) parts = g_strsplit (path + strlen (PREFIX_WHIP), "/", 3);
    guint n_parts = g_strv_length (parts);
    const char *method = soup_server_message_get_method (message);
    g_autofree char *address = tutti_address_key (soup_server_message_get_remote_address (message));
    TuttiWhipCall call = {.message = message,
                          .path = path,
                          .is_whep = g_str_has_prefix (path, PREFIX_WHEP),
                          .room = parts[0],
                          .session = n_parts == 2 ? parts[1] : NULL,
                          .address = address,
                          .rooms = whip->rooms,
                          .query = query};

    if (!tutti_cors_check (message, whip->config))
        tutti_problem_answer (message, SOUP_STATUS_FORBIDDEN, "forbidden",
                              "this origin is not allowed");
    else if (n_parts == 1)
        serve_endpoint (whip, &call, method);
    else if (n_parts == 2)
        serve_session (whip, &call, method);
    else
        tutti_problem_answer (message, SOUP_STATUS_NOT_FOUND, "not_found", "there is no such door");
}
