/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ice-servers.c: username is the expiry and the user, credential its HMAC: the TURN server checks
 * both with the shared secret, nothing is stored.
 */
#include "ice-servers.h"

#include <string.h>

/* The draft's suggestion (section 2.2), and longer than any meeting. */
#define CREDENTIAL_TTL_S 86400

static void
clear_server (gpointer data)
{
    TuttiIceServer *server = data;

    g_free (server->url);
    g_free (server->username);
    g_free (server->credential);
}

static gboolean
has_scheme (const char *server, const char *const *schemes)
{
    for (guint i = 0; schemes[i]; i++)
        if (g_str_has_prefix (server, schemes[i]))
            return TRUE;
    return FALSE;
}

static char *
make_url (const char *server, const char *scheme)
{
    static const char *const schemes[] = {"stun:", "stuns:", "turn:", "turns:", NULL};

    return has_scheme (server, schemes) ? g_strdup (server) : g_strconcat (scheme, server, NULL);
}

static char *
sign (const char *secret, const char *username)
{
    g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA1, (const guchar *)secret, strlen (secret));
    guint8 digest[20];
    gsize n = sizeof digest;

    g_hmac_update (hmac, (const guchar *)username, -1);
    g_hmac_get_digest (hmac, digest, &n);
    return g_base64_encode (digest, n);
}

GArray *
tutti_ice_servers_new (TuttiConfig *config, const char *user, gint64 now_s)
{
    GArray *servers = g_array_new (FALSE, TRUE, sizeof (TuttiIceServer));
    const char *stun = tutti_config_string (config, "ice", "stun-server");
    const char *turn = tutti_config_string (config, "ice", "turn-server");
    const char *secret = tutti_config_string (config, "ice", "turn-secret");
    TuttiIceServer server = {0};

    g_array_set_clear_func (servers, clear_server);
    if (stun[0]) {
        server.url = make_url (stun, "stun:");
        g_array_append_val (servers, server);
    }
    if (turn[0] && secret[0]) {
        server.url = make_url (turn, "turn:");
        server.username =
            g_strdup_printf ("%" G_GINT64_FORMAT ":%s", now_s + CREDENTIAL_TTL_S, user);
        server.credential = sign (secret, server.username);
        g_array_append_val (servers, server);
    }
    return servers;
}
