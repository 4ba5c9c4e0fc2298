/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * server.c: routes and what they need. libsoup parses HTTP and WebSocket; connections come from our
 * own listener.
 */
#include "server.h"
#include "address.h"
#include "admission.h"
#include "identity.h"
#include "listener.h"
#include "live-door.h"
#include "origin.h"
#include "page.h"
#include "recordings-door.h"
#include "sides.h"
#include "sockets.h"
#include "visitor.h"
#include "whip-call.h"
#include "whip.h"

#include <string.h>
#include <tutti/error.h>

#define ROOM_PREFIX "/r/"
#define ASSETS_PREFIX "/assets/"
/* An overload's step back takes two calm windows of 5 s at the least (overload.h). */
#define RETRY_AFTER_S "10"

struct _TuttiServer {
    TuttiConfig *config;
    TuttiRooms *rooms;
    TuttiPage *page;
    TuttiAdmission *admission;
    TuttiClientSetup setup;
    TuttiSockets *sockets;
    TuttiWhip *whip;
    TuttiRecordingsGate *gate;
    TuttiRecordingsDoor *recordings;
    TuttiLiveDoor *live;
    SoupServer *soup;
    TuttiListener *listener;
};

/* --- Answers. --- */

static void
answer (SoupServerMessage *message, guint status, const char *text)
{
    soup_server_message_set_response (message, "text/plain; charset=utf-8", SOUP_MEMORY_COPY, text,
                                      strlen (text));
    soup_server_message_set_status (message, status, NULL);
}

/* For load balancers, that look again by themselves, and for people. */
static void
answer_not_ready (SoupServerMessage *message, const char *text)
{
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Retry-After",
                                  RETRY_AFTER_S);
    answer (message, SOUP_STATUS_SERVICE_UNAVAILABLE, text);
}

/* FALSE, and answered, for methods that read nothing. */
static gboolean
check_method (SoupServerMessage *message)
{
    const char *method = soup_server_message_get_method (message);

    if (method == SOUP_METHOD_GET || method == SOUP_METHOD_HEAD)
        return TRUE;
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Allow",
                                  "GET, HEAD");
    answer (message, SOUP_STATUS_METHOD_NOT_ALLOWED, "only GET and HEAD\n");
    return FALSE;
}

static void
serve_health (TuttiServer *server, SoupServerMessage *message)
{
    answer (message, SOUP_STATUS_OK, "ok\n");
}

static void
serve_readiness (TuttiServer *server, SoupServerMessage *message)
{
    if (tutti_rooms_is_draining (server->rooms))
        answer_not_ready (message, "draining\n");
    else if (tutti_rooms_get_overload (server->rooms) >= TUTTI_OVERLOAD_REFUSES)
        answer_not_ready (message, "overloaded\n");
    else
        answer (message, SOUP_STATUS_OK, "ready\n");
}

static void
serve_start_page (TuttiServer *server, SoupServerMessage *message)
{
    tutti_page_serve (server->page, message, "index.html");
}

static void
serve_room_page (TuttiServer *server, SoupServerMessage *message, const char *room)
{
    if (tutti_room_name_is_valid (room)) {
        tutti_visitor_welcome (message, server->config);
        tutti_page_serve (server->page, message, "room.html");
        return;
    }
    answer (message, SOUP_STATUS_BAD_REQUEST, "a room's name has 1 to 64 of A-Z a-z 0-9 . _ -\n");
}

static const struct {
    const char *path;
    void (*serve) (TuttiServer *server, SoupServerMessage *message);
} routes[] = {
    {"/", serve_start_page},
    {"/healthz", serve_health},
    {"/readyz", serve_readiness},
};

static void
on_request (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
    TuttiServer *server = user_data;

    if (tutti_whip_is_path (path)) {
        tutti_whip_serve (server->whip, message, path, query);
        return;
    }
    if (!check_method (message))
        return;
    for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
        if (g_str_equal (path, routes[i].path)) {
            routes[i].serve (server, message);
            return;
        }
    if (g_str_has_prefix (path, ROOM_PREFIX))
        serve_room_page (server, message, path + strlen (ROOM_PREFIX));
    else if (g_str_has_prefix (path, ASSETS_PREFIX))
        tutti_page_serve (server->page, message, path + strlen (ASSETS_PREFIX));
    else
        answer (message, SOUP_STATUS_NOT_FOUND, "not found\n");
}

/* Every request, before anything of it is read. */
static void
on_request_started (SoupServer *soup, SoupServerMessage *message, gpointer user_data)
{
    TuttiServer *server = user_data;
    gboolean trusted = g_str_equal (tutti_config_string (server->config, "http", "tls"), "files");

    /* Bodies are read and forgotten, but for the routes that say otherwise. */
    soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
    tutti_page_secure (message, trusted);
}

/* The head has been read, not the body. */
static void
on_whip_head (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
              gpointer user_data)
{
    if (tutti_whip_is_path (path))
        tutti_whip_call_expect_body (message);
}

/* --- Signalling. --- */

/* Before libsoup's own handshake: what it would not check. */
static void
on_upgrade (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
    TuttiServer *server = user_data;
    SoupMessageHeaders *request = soup_server_message_get_request_headers (message);

    if (!g_str_equal (path, "/ws")) { /* libsoup's paths take what lies below along */
        answer (message, SOUP_STATUS_NOT_FOUND, "not found\n");
        return;
    }
    if (!check_method (message))
        return;
    if (!soup_message_headers_header_contains (request, "Upgrade", "websocket")) {
        soup_message_headers_replace (soup_server_message_get_response_headers (message), "Upgrade",
                                      "websocket"); /* RFC 9110 section 15.5.22 */
        answer (message, 426, "only WebSocket\n");
        return;
    }
    if (!tutti_origin_is_allowed (soup_message_headers_get_one (request, "Origin"),
                                  soup_message_headers_get_one (request, "Host"),
                                  tutti_config_string (server->config, "http", "allowed-origins"),
                                  tutti_config_string (server->config, "http", "public-url")))
        answer (message, SOUP_STATUS_FORBIDDEN, "this origin is not allowed\n");
}

static void
on_websocket (SoupServer *soup, SoupServerMessage *message, const char *path,
              SoupWebsocketConnection *connection, gpointer user_data)
{
    TuttiServer *server = user_data;
    g_autofree char *address = tutti_address_key (soup_server_message_get_remote_address (message));
    g_autofree char *visitor = tutti_visitor_get (message);

    tutti_sockets_add (server->sockets, connection, tutti_listener_get_meter (message), address,
                       visitor);
}

/* --- Start. --- */

static gboolean
refuse (GError **error, const char *what)
{
    g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG, what);
    return FALSE;
}

gboolean
tutti_server_check (TuttiConfig *config, GError **error)
{
    const char *listen = tutti_config_string (config, "http", "listen");
    const char *tls = tutti_config_string (config, "http", "tls");
    g_autoptr (GPtrArray) addresses = tutti_address_parse (listen, error);

    if (!addresses) {
        g_prefix_error (error, "[http] listen: ");
        return FALSE;
    }
    if (!tutti_address_are_loopback (addresses) &&
        !tutti_config_is_written (config, "auth", "mode"))
        return refuse (error, "[auth] mode: must be written (open or token) when [http] listen "
                              "reaches beyond this machine");
    if (g_str_equal (tls, "files") && (!tutti_config_string (config, "http", "certificate")[0] ||
                                       !tutti_config_string (config, "http", "private-key")[0]))
        return refuse (error, "[http] tls: files needs certificate and private-key");
    if (g_str_equal (tutti_config_string (config, "auth", "mode"), "token") &&
        !tutti_config_string (config, "auth", "secret")[0] &&
        !tutti_config_string (config, "auth", "secret-file")[0])
        return refuse (error, "[auth] mode: token needs secret or secret-file");
    return TRUE;
}

static gboolean
listen_everywhere (TuttiServer *server, GError **error)
{
    const char *listen = tutti_config_string (server->config, "http", "listen");
    g_autoptr (GPtrArray) addresses = tutti_address_parse (listen, error);

    return addresses && tutti_listener_add_all (server->listener, addresses, error);
}

static SoupServer *
make_soup (TuttiServer *server)
{
    static const char *const doors[] = {"/whip", "/whep"};
    SoupServer *soup = soup_server_new (NULL, NULL);

    /* 256 KiB that inflate to 256 MiB; signalling is small anyway. */
    soup_server_remove_websocket_extension (soup, SOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE);
    g_signal_connect (soup, "request-started", G_CALLBACK (on_request_started), server);
    soup_server_add_handler (soup, NULL, on_request, server, NULL);
    soup_server_add_early_handler (soup, "/ws", on_upgrade, server, NULL);
    for (guint i = 0; i < G_N_ELEMENTS (doors); i++) {
        soup_server_add_early_handler (soup, doors[i], on_whip_head, server, NULL);
        soup_server_add_handler (soup, doors[i], on_request, server, NULL);
    }
    soup_server_add_websocket_handler (soup, "/ws", NULL, NULL, on_websocket, server, NULL);
    return soup;
}

static void
add_doors (TuttiServer *server)
{
    const TuttiLiveSetup live = {server->config, server->rooms, server->page, server->admission};

    server->gate = tutti_recordings_gate_new (server->config, server->admission);
    server->recordings =
        tutti_recordings_door_new (server->soup, server->rooms, server->page, server->gate);
    server->live = tutti_live_door_new (server->soup, &live);
}

TuttiServer *
tutti_server_new (TuttiConfig *config, TuttiRooms *rooms, GError **error)
{
    g_autoptr (TuttiServer) server = g_new0 (TuttiServer, 1);
    g_autoptr (SSL_CTX) context = NULL;

    if (!tutti_server_check (config, error))
        return NULL;
    server->config = config;
    server->rooms = rooms;
    server->page = tutti_page_new (tutti_config_string (config, "http", "web-directory"));
    server->admission = tutti_admission_new (config, error);
    if (!server->admission || !tutti_identity_get (config, &context, error))
        return NULL;
    server->setup = (TuttiClientSetup){config, rooms, server->admission};
    server->sockets = tutti_sockets_new (&server->setup);
    tutti_sides_serve (&server->setup);
    server->whip = tutti_whip_new (config, rooms, server->admission);
    server->soup = make_soup (server);
    add_doors (server);
    server->listener = tutti_listener_new (server->soup, context, error);
    if (!server->listener || !listen_everywhere (server, error))
        return NULL;
    return g_steal_pointer (&server);
}

void
tutti_server_free (TuttiServer *server)
{
    if (!server)
        return;
    tutti_listener_free (server->listener);
    tutti_sides_end (server->setup.rooms);
    tutti_sockets_free (server->sockets);
    tutti_whip_free (server->whip);
    if (server->soup)
        soup_server_disconnect (server->soup);
    g_clear_object (&server->soup);
    tutti_live_door_free (server->live);
    tutti_recordings_door_free (server->recordings);
    tutti_recordings_gate_free (server->gate);
    tutti_admission_free (server->admission);
    tutti_page_free (server->page);
    g_free (server);
}

char **
tutti_server_get_urls (TuttiServer *server)
{
    return tutti_listener_get_urls (server->listener);
}

gboolean
tutti_server_reload (TuttiServer *server, GError **error)
{
    g_autoptr (SSL_CTX) context = NULL;

    if (!tutti_identity_get (server->config, &context, error) ||
        !tutti_admission_reload (server->admission, error))
        return FALSE;
    tutti_listener_set_context (server->listener, context);
    return TRUE;
}

char *
tutti_server_write_token (TuttiServer *server, const TuttiToken *token, GError **error)
{
    return tutti_admission_write_token (server->admission, token, error);
}

guint
tutti_server_n_sockets (TuttiServer *server)
{
    return tutti_sockets_n (server->sockets);
}

guint
tutti_server_n_connections (TuttiServer *server)
{
    return tutti_listener_n_connections (server->listener);
}
