/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * identity.c: from [http] tls to a certificate.
 */
#include "identity.h"
#include "address.h"
#include "certificate.h"

#include <tutti/paths.h>

/* [SECTION] listen; FALSE: it makes no sense. */
static gboolean
add_addresses (GStrvBuilder *names, TuttiConfig *config, const char *section, GError **error)
{
    const char *listen = tutti_config_string (config, section, "listen");
    g_autoptr (GPtrArray) addresses = NULL;

    if (g_str_equal (listen, "off"))
        return TRUE;
    addresses = tutti_address_parse (listen, error);
    for (guint i = 0; addresses && i < addresses->len; i++) {
        GInetAddress *address =
            g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (addresses->pdata[i]));
        g_autofree char *name = g_inet_address_to_string (address);

        if (!g_inet_address_get_is_any (address))
            g_strv_builder_add (names, name);
    }
    return addresses != NULL;
}

/* Whom our own certificate is for: this machine, and the addresses it is reached by. */
static char **
list_names (TuttiConfig *config, GError **error)
{
    g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

    g_strv_builder_add_many (names, "localhost", "127.0.0.1", "::1", g_get_host_name (), NULL);
    if (!add_addresses (names, config, "http", error) ||
        !add_addresses (names, config, "admin", error))
        return NULL;
    return g_strv_builder_end (names);
}

gboolean
tutti_identity_get (TuttiConfig *config, SSL_CTX **context, GError **error)
{
    const char *tls = tutti_config_string (config, "http", "tls");
    g_autofree char *directory = NULL;
    g_auto (GStrv) names = NULL;

    *context = NULL;
    if (g_str_equal (tls, "off"))
        return TRUE;
    if (g_str_equal (tls, "files")) {
        *context =
            tutti_certificate_load (tutti_config_string (config, "http", "certificate"),
                                    tutti_config_string (config, "http", "private-key"), error);
        return *context != NULL;
    }
    names = list_names (config, error);
    if (!names)
        return FALSE;
    directory = tutti_paths_state ();
    *context = tutti_certificate_own (directory, (const char *const *)names, error);
    return *context != NULL;
}
