/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * address.c: no name is ever resolved here: that would block, and bind to who knows what.
 */
#include "address.h"

#include <string.h>
#include <tutti/error.h>

#define SUBSCRIBER_BYTES 8

static void
add_host (GPtrArray *addresses, const char *host, guint16 port)
{
    GSocketAddress *address = g_inet_socket_address_new_from_string (host, port);

    if (address)
        g_ptr_array_add (addresses, address);
}

GPtrArray *
tutti_address_parse (const char *text, GError **error)
{
    g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_object_unref);
    const char *colon = strrchr (text, ':');
    g_autofree char *host = g_strndup (text, colon ? (gsize)(colon - text) : 0);
    gsize n = strlen (host);
    gint64 port;

    if (!colon || !g_ascii_string_to_signed (colon + 1, 10, 0, G_MAXUINT16, &port, NULL))
        port = -1;
    else if (g_str_equal (host, "localhost") || g_str_equal (host, "*")) {
        add_host (addresses, host[0] == '*' ? "0.0.0.0" : "127.0.0.1", (guint16)port);
        add_host (addresses, host[0] == '*' ? "::" : "::1", (guint16)port);
    } else if (n > 2 && host[0] == '[' && host[n - 1] == ']') {
        host[n - 1] = '\0';
        add_host (addresses, host + 1, (guint16)port);
    } else if (!strchr (host, ':')) {
        add_host (addresses, host, (guint16)port);
    }
    if (addresses->len > 0)
        return g_steal_pointer (&addresses);
    g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG,
                 "'%s' is not ADDRESS:PORT (an IP address, [IPv6], localhost or *)", text);
    return NULL;
}

gboolean
tutti_address_are_loopback (GPtrArray *addresses)
{
    for (guint i = 0; i < addresses->len; i++) {
        GInetSocketAddress *address = addresses->pdata[i];

        if (!g_inet_address_get_is_loopback (g_inet_socket_address_get_address (address)))
            return FALSE;
    }
    return TRUE;
}

char *
tutti_address_key (GSocketAddress *address)
{
    g_autoptr (GInetAddress) subscriber = NULL;
    GInetAddress *host;
    guint8 bytes[16] = {0};

    if (!G_IS_INET_SOCKET_ADDRESS (address))
        return g_strdup ("?");
    host = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
    if (g_inet_address_get_family (host) == G_SOCKET_FAMILY_IPV4)
        return g_inet_address_to_string (host);
    memcpy (bytes, g_inet_address_to_bytes (host), SUBSCRIBER_BYTES);
    subscriber = g_inet_address_new_from_bytes (bytes, G_SOCKET_FAMILY_IPV6);
    return g_inet_address_to_string (subscriber);
}
