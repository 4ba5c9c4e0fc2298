/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cookie.c: see cookie.h. Role: main.
 */
#include "cookie.h"

#include <string.h>

#define BEARER "Bearer "

/* RFC 6265 section 5.4: "name=value; other=value". */
char *
tutti_cookie_get (SoupServerMessage *message, const char *name)
{
    const char *header =
        soup_message_headers_get_list (soup_server_message_get_request_headers (message), "Cookie");
    g_auto (GStrv) pairs = g_strsplit (header ? header : "", ";", -1);
    gsize length = strlen (name);

    for (guint i = 0; pairs[i]; i++) {
        const char *pair = g_strstrip (pairs[i]);

        if (strncmp (pair, name, length) == 0 && pair[length] == '=')
            return g_strdup (pair + length + 1);
    }
    return NULL;
}

static void
set (SoupServerMessage *message, const char *name, const char *value, const char *path,
     const char *attributes)
{
    g_autofree char *text =
        g_strdup_printf ("%s=%s; Path=%s; HttpOnly; %s", name, value, path, attributes);

    soup_message_headers_append (soup_server_message_get_response_headers (message), "Set-Cookie",
                                 text);
}

void
tutti_cookie_set (SoupServerMessage *message, const char *name, const char *value, const char *path,
                  gboolean secure)
{
    set (message, name, value, path, secure ? "SameSite=Strict; Secure" : "SameSite=Strict");
}

void
tutti_cookie_set_lax (SoupServerMessage *message, const char *name, const char *value,
                      const char *path, gboolean secure)
{
    set (message, name, value, path, secure ? "SameSite=Lax; Secure" : "SameSite=Lax");
}

gboolean
tutti_cookie_is_secure (TuttiConfig *config)
{
    return !g_str_equal (tutti_config_string (config, "http", "tls"), "off") ||
           g_str_has_prefix (tutti_config_string (config, "http", "public-url"), "https:");
}

void
tutti_cookie_delete (SoupServerMessage *message, const char *name, const char *path)
{
    set (message, name, "", path, "SameSite=Strict; Max-Age=0");
}

const char *
tutti_cookie_get_bearer (SoupServerMessage *message)
{
    const char *header = soup_message_headers_get_one (
        soup_server_message_get_request_headers (message), "Authorization");

    if (!header || g_ascii_strncasecmp (header, BEARER, strlen (BEARER)) != 0)
        return NULL;
    return header + strlen (BEARER);
}
