/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-door.c: see admin-door.h. Role: main.
 */
#include "admin-door.h"
#include "address.h"
#include "admin-keys.h"
#include "admin-router.h"
#include "cookie.h"
#include "identity.h"
#include "listener.h"
#include "problem.h"
#include "rate.h"

#include <tutti/error.h>

/* Of bad tokens, from an address: somebody who mistypes one has it right by then. */
#define REFUSALS_A_MINUTE 10
/* A minute through that many. */
#define RETRY_AFTER_S "6"
/* Lines in the log, of an address: one who knocks all the time is told of once a minute. */
#define LINES_A_MINUTE 1

struct _TuttiAdminDoor {
    const TuttiAdminSetup *setup;
    TuttiAdminKeys *keys; /* NULL, as what follows: it is off */
    TuttiRate *refusals, *lines;
    SoupServer *soup;
    TuttiListener *listener;
    guint64 n_refused;
};

/* --- Who comes. --- */

static void
answer_unauthorized (SoupServerMessage *message, gboolean has_token)
{
    /* RFC 6750 section 3.1: no error for who said nothing. */
    soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                  "WWW-Authenticate",
                                  has_token ? "Bearer error=\"invalid_token\"" : "Bearer");
    tutti_problem_answer (message, SOUP_STATUS_UNAUTHORIZED, "unauthorized",
                          has_token ? "the token is none of this server's admins"
                                    : "an admin's bearer token is needed");
}

static void
answer_limited (SoupServerMessage *message)
{
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Retry-After",
                                  RETRY_AFTER_S);
    tutti_problem_answer (message, 429, "rate_limited", /* RFC 6585 section 4 */
                          "too many bad tokens from this address");
}

static void
refuse (TuttiAdminDoor *door, SoupServerMessage *message, const char *address, const char *token)
{
    gint64 now_us = g_get_monotonic_time ();

    door->n_refused++;
    if (tutti_rate_take (door->lines, address, now_us))
        g_warning ("admin API: %s is refused: %s", address, token ? "a bad token" : "no token");
    if (tutti_rate_take (door->refusals, address, now_us))
        answer_unauthorized (message, token != NULL);
    else
        answer_limited (message);
}

/* The head has been read, not the body: which is not kept of who is refused. An address that has
 * guessed too often is not heard, whatever it says now: else guesses would not be bounded. */
static void
on_head (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
         gpointer user_data)
{
    TuttiAdminDoor *door = user_data;
    const char *token = tutti_cookie_get_bearer (message);
    g_autofree char *address = tutti_address_key (soup_server_message_get_remote_address (message));

    if (tutti_rate_has (door->refusals, address, g_get_monotonic_time ()) && token &&
        tutti_admin_keys_has (door->keys, token))
        return;
    soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
    refuse (door, message, address, token);
}

static void
on_request_started (SoupServer *soup, SoupServerMessage *message, gpointer user_data)
{
    tutti_admin_bound_body (message);
}

static void
on_request (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
    TuttiAdminDoor *door = user_data;

    tutti_admin_route (door->setup, message, path, query);
}

/* --- Configuration. --- */

static gboolean
is_off (TuttiConfig *config)
{
    return g_str_equal (tutti_config_string (config, "admin", "listen"), "off");
}

/* NULL: BAD_CONFIG. */
static GPtrArray *
parse_listen (TuttiConfig *config, GError **error)
{
    GPtrArray *addresses =
        tutti_address_parse (tutti_config_string (config, "admin", "listen"), error);

    if (!addresses)
        g_prefix_error (error, "[admin] listen: ");
    return addresses;
}

static TuttiAdminKeys *
read_keys (TuttiConfig *config, GError **error)
{
    const char *path = tutti_config_string (config, "admin", "token-file");
    TuttiAdminKeys *keys = NULL;

    if (path[0] == '\0')
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG,
                             "[admin] token-file: must be written when [admin] listen is");
    else
        keys = tutti_admin_keys_new (path, error);
    if (!keys && path[0] != '\0')
        g_prefix_error (error, "[admin] token-file: ");
    return keys;
}

gboolean
tutti_admin_door_check (TuttiConfig *config, GError **error)
{
    g_autoptr (GPtrArray) addresses = NULL;
    g_autoptr (TuttiAdminKeys) keys = NULL;

    if (is_off (config))
        return TRUE;
    addresses = parse_listen (config, error);
    if (!addresses)
        return FALSE;
    if (!tutti_address_are_loopback (addresses) &&
        g_str_equal (tutti_config_string (config, "http", "tls"), "off")) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG,
                             "[admin] listen: reaches beyond this machine, where tokens need TLS: "
                             "[http] tls must not be off");
        return FALSE;
    }
    keys = read_keys (config, error);
    return keys != NULL;
}

/* *context stays NULL for addresses that only this machine can reach. */
static gboolean
get_context (TuttiConfig *config, GPtrArray *addresses, SSL_CTX **context, GError **error)
{
    return tutti_address_are_loopback (addresses) || tutti_identity_get (config, context, error);
}

/* --- Life cycle. --- */

static gboolean
open (TuttiAdminDoor *door, GError **error)
{
    TuttiConfig *config = door->setup->config;
    g_autoptr (GPtrArray) addresses = parse_listen (config, error);
    g_autoptr (SSL_CTX) context = NULL;

    if (!addresses || !get_context (config, addresses, &context, error))
        return FALSE;
    door->refusals = tutti_rate_new (REFUSALS_A_MINUTE);
    door->lines = tutti_rate_new (LINES_A_MINUTE);
    /* A name may hold an escaped slash: the router unescapes. */
    door->soup = soup_server_new ("server-header", "tuttid", "raw-paths", TRUE, NULL);
    g_signal_connect (door->soup, "request-started", G_CALLBACK (on_request_started), NULL);
    soup_server_add_early_handler (door->soup, NULL, on_head, door, NULL);
    soup_server_add_handler (door->soup, NULL, on_request, door, NULL);
    door->listener = tutti_listener_new (door->soup, context, error);
    return door->listener && tutti_listener_add_all (door->listener, addresses, error);
}

TuttiAdminDoor *
tutti_admin_door_new (const TuttiAdminSetup *setup, GError **error)
{
    g_autoptr (TuttiAdminDoor) door = g_new0 (TuttiAdminDoor, 1);

    door->setup = setup;
    if (is_off (setup->config))
        return g_steal_pointer (&door);
    if (!tutti_admin_door_check (setup->config, error))
        return NULL;
    door->keys = read_keys (setup->config, error);
    if (!door->keys || !open (door, error))
        return NULL;
    return g_steal_pointer (&door);
}

void
tutti_admin_door_free (TuttiAdminDoor *door)
{
    if (!door)
        return;
    tutti_listener_free (door->listener);
    if (door->soup)
        soup_server_disconnect (door->soup);
    g_clear_object (&door->soup);
    tutti_rate_free (door->refusals);
    tutti_rate_free (door->lines);
    tutti_admin_keys_free (door->keys);
    g_free (door);
}

gboolean
tutti_admin_door_reload (TuttiAdminDoor *door, GError **error)
{
    TuttiConfig *config = door->setup->config;
    g_autoptr (GPtrArray) addresses = NULL;
    g_autoptr (SSL_CTX) context = NULL;
    TuttiAdminKeys *keys;

    if (!door->keys)
        return TRUE;
    addresses = parse_listen (config, error);
    if (!addresses || !get_context (config, addresses, &context, error))
        return FALSE;
    keys = read_keys (config, error);
    if (!keys)
        return FALSE;
    tutti_admin_keys_free (door->keys);
    door->keys = keys;
    tutti_listener_set_context (door->listener, context);
    return TRUE;
}

char **
tutti_admin_door_get_urls (TuttiAdminDoor *door)
{
    return door->listener ? tutti_listener_get_urls (door->listener) : g_new0 (char *, 1);
}

guint64
tutti_admin_door_n_refused (TuttiAdminDoor *door)
{
    return door->n_refused;
}
