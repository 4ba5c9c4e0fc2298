/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recordings-gate.c: see recordings-gate.h. Role: main.
 */
#include "recordings-gate.h"
#include "address.h"
#include "cookie.h"
#include "origin.h"
#include "rate.h"

#include <tutti/error.h>

#define COOKIE "tutti_recordings"
#define COOKIE_PATH "/recordings"

struct _TuttiRecordingsGate {
    TuttiConfig *config;
    TuttiAdmission *admission;
    TuttiRate *rate; /* of signing in: guesses of the secret */
};

/* --- This machine. --- */

/* A proxy on this machine says whom it speaks for, if it was set up with care. */
static gboolean
is_forwarded (SoupMessageHeaders *request)
{
    static const char *const headers[] = {"Forwarded", "X-Forwarded-For", "X-Forwarded-Host",
                                          "X-Real-IP", "Via"};

    for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
        if (soup_message_headers_get_list (request, headers[i]))
            return TRUE;
    return FALSE;
}

/* The name that the client knows us by: a page of elsewhere whose name was made to lead here (DNS
 * rebinding) keeps its name. */
static gboolean
is_loopback_name (const char *host)
{
    g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

    return g_str_equal (host, "localhost") || (address && g_inet_address_get_is_loopback (address));
}

/* Whoever asks sits at this machine, as far as can be known. */
static gboolean
is_here (TuttiRecordingsGate *gate, SoupServerMessage *message)
{
    GSocketAddress *remote = soup_server_message_get_remote_address (message);

    return G_IS_INET_SOCKET_ADDRESS (remote) &&
           g_inet_address_get_is_loopback (
               g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote))) &&
           /* People come by another address: from a proxy, then. */
           tutti_config_string (gate->config, "http", "public-url")[0] == '\0' &&
           !is_forwarded (soup_server_message_get_request_headers (message)) &&
           is_loopback_name (g_uri_get_host (soup_server_message_get_uri (message)));
}

/* --- Tokens. --- */

static gboolean
check_token (TuttiRecordingsGate *gate, const char *text, char **room, GError **error)
{
    g_autoptr (TuttiToken) token = tutti_admission_read_token (
        gate->admission, text, NULL, g_get_real_time () / G_USEC_PER_SEC, error);

    if (!token)
        return FALSE;
    if (token->role != TUTTI_PERSON_MODERATOR) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_FORBIDDEN,
                             "the token is no moderator's");
        return FALSE;
    }
    *room = g_steal_pointer (&token->room);
    return TRUE;
}

static gboolean
refuse (TuttiRecordingsGate *gate, GError **error)
{
    gboolean would_help = tutti_admission_has_secret (gate->admission);

    g_set_error_literal (error, TUTTI_ERROR,
                         would_help ? TUTTI_ERROR_UNAUTHORIZED : TUTTI_ERROR_FORBIDDEN,
                         would_help ? "a moderator's token is needed"
                                    : "recordings are shown to this machine alone");
    return FALSE;
}

/* Takes the fault. */
static void
turn_away (TuttiRecordingsGate *gate, SoupServerMessage *message, GError *fault, GError **error)
{
    g_autofree char *address = tutti_address_key (soup_server_message_get_remote_address (message));

    tutti_admission_refuse (gate->admission, TUTTI_DOOR_RECORDINGS, address,
                            g_get_monotonic_time (), &fault);
    g_propagate_error (error, fault);
}

TuttiRecordingsGate *
tutti_recordings_gate_new (TuttiConfig *config, TuttiAdmission *admission)
{
    TuttiRecordingsGate *gate = g_new0 (TuttiRecordingsGate, 1);

    gate->config = config;
    gate->admission = admission;
    gate->rate = tutti_rate_new ((guint)tutti_config_int (config, "auth", "join-rate"));
    return gate;
}

void
tutti_recordings_gate_free (TuttiRecordingsGate *gate)
{
    if (!gate)
        return;
    tutti_rate_free (gate->rate);
    g_free (gate);
}

static gboolean
judge (TuttiRecordingsGate *gate, SoupServerMessage *message, char **room, GError **error)
{
    const char *bearer = tutti_cookie_get_bearer (message);
    g_autofree char *cookie = tutti_cookie_get (message, COOKIE);

    if (bearer)
        return check_token (gate, bearer, room, error);
    if (cookie && check_token (gate, cookie, room, NULL))
        return TRUE;
    if (!tutti_admission_is_open (gate->admission) || !is_here (gate, message))
        return refuse (gate, error);
    *room = NULL;
    return TRUE;
}

gboolean
tutti_recordings_gate_check (TuttiRecordingsGate *gate, SoupServerMessage *message, char **room,
                             GError **error)
{
    GError *fault = NULL;

    if (judge (gate, message, room, &fault))
        return TRUE;
    turn_away (gate, message, fault, error);
    return FALSE;
}

gboolean
tutti_recordings_gate_sign_in (TuttiRecordingsGate *gate, SoupServerMessage *message,
                               const char *token, GError **error)
{
    g_autofree char *address = tutti_address_key (soup_server_message_get_remote_address (message));
    g_autofree char *room = NULL;
    GError *fault = NULL;

    if (!tutti_rate_take (gate->rate, address, g_get_monotonic_time ())) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_RATE_LIMITED, "too many tries");
        return FALSE;
    }
    if (!check_token (gate, token, &room, &fault)) {
        turn_away (gate, message, fault, error);
        return FALSE;
    }
    tutti_cookie_set (message, COOKIE, token, COOKIE_PATH, tutti_cookie_is_secure (gate->config));
    return TRUE;
}

void
tutti_recordings_gate_sign_out (SoupServerMessage *message)
{
    tutti_cookie_delete (message, COOKIE, COOKIE_PATH);
}

gboolean
tutti_recordings_gate_is_own_page (TuttiRecordingsGate *gate, SoupServerMessage *message)
{
    SoupMessageHeaders *request = soup_server_message_get_request_headers (message);

    return tutti_origin_is_allowed (soup_message_headers_get_one (request, "Origin"),
                                    soup_message_headers_get_one (request, "Host"), "",
                                    tutti_config_string (gate->config, "http", "public-url"));
}
