/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ice-config.c: reads servers and port ranges, lists local addresses. Role: main and net.
 */
#include "ice-config.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include <gio/gio.h>
#include <tutti/error.h>

/* RFC 8489 section 18.6, RFC 8656 section 18: STUN's and TURN's port is 3478. */
#define STUN_PORT 3478

/* Each address costs every leg two sockets; a host with more has them for virtual machines. */
#define ADDRESSES_MAX 16

static gboolean
is_set (const char *text)
{
    return text && *text;
}

static gboolean
read_server (const char *text, char **host, guint16 *port, GError **error)
{
    g_autoptr (GSocketConnectable) address = g_network_address_parse (text, STUN_PORT, error);

    if (!address)
        return FALSE;
    *host = g_strdup (g_network_address_get_hostname (G_NETWORK_ADDRESS (address)));
    *port = g_network_address_get_port (G_NETWORK_ADDRESS (address));
    return TRUE;
}

/* turn:HOST[:PORT][?transport=tcp], RFC 7065; turns: is TURN over TLS. */
static gboolean
read_turn (TuttiIceConfig *config, const char *text, GError **error)
{
    g_auto (GStrv) parts = g_strsplit (text, "?", 2);
    const char *server = parts[0];

    config->turn_type = NICE_RELAY_TYPE_TURN_UDP;
    if (parts[1] && strcmp (parts[1], "transport=tcp") == 0)
        config->turn_type = NICE_RELAY_TYPE_TURN_TCP;
    else if (parts[1] && strcmp (parts[1], "transport=udp") != 0) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG, "unknown parameter %s", parts[1]);
        return FALSE;
    }
    if (g_str_has_prefix (server, "turn:"))
        server += strlen ("turn:");
    else if (strstr (server, "turns:") == server) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG, "TURN over TLS is not supported");
        return FALSE;
    }
    return read_server (server, &config->turn_host, &config->turn_port, error);
}

static gboolean
read_servers (TuttiIceConfig *config, const TuttiNetConfig *from, GError **error)
{
    g_autoptr (GError) fault = NULL;
    NiceAddress address;

    nice_address_init (&address);
    if (is_set (from->stun_server) &&
        !read_server (from->stun_server, &config->stun_host, &config->stun_port, &fault)) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG, "stun-server: %s", fault->message);
        return FALSE;
    }
    if (is_set (from->turn_server) && !read_turn (config, from->turn_server, &fault)) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG, "turn-server: %s", fault->message);
        return FALSE;
    }
    if (is_set (from->public_address) &&
        !nice_address_set_from_string (&address, from->public_address)) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG,
                     "public-address: %s is no IP address", from->public_address);
        return FALSE;
    }
    return TRUE;
}

static gboolean
is_usable (const TuttiIceConfig *config, const struct ifaddrs *entry)
{
    if (!entry->ifa_addr || !(entry->ifa_flags & IFF_UP))
        return FALSE;
    if (config->interfaces &&
        !g_strv_contains ((const char *const *)config->interfaces, entry->ifa_name))
        return FALSE;
    if (entry->ifa_addr->sa_family == AF_INET)
        return TRUE;
    /* A link-local address means nothing without its link, which a candidate can't name. */
    return entry->ifa_addr->sa_family == AF_INET6 &&
           !IN6_IS_ADDR_LINKLOCAL (&((struct sockaddr_in6 *)entry->ifa_addr)->sin6_addr);
}

static void
add_addresses (const TuttiIceConfig *config, const struct ifaddrs *all, gboolean loopback,
               GPtrArray *addresses)
{
    for (const struct ifaddrs *entry = all; entry; entry = entry->ifa_next) {
        gboolean is_loopback = (entry->ifa_flags & IFF_LOOPBACK) != 0;
        NiceAddress *address;

        if (addresses->len >= ADDRESSES_MAX)
            return;
        if (!is_usable (config, entry) || is_loopback != loopback)
            continue;
        address = nice_address_new ();
        nice_address_set_from_sockaddr (address, entry->ifa_addr);
        g_ptr_array_add (addresses, address);
    }
}

TuttiIceConfig *
tutti_ice_config_new (const TuttiNetConfig *from, GError **error)
{
    g_autoptr (TuttiIceConfig) config = g_new0 (TuttiIceConfig, 1);

    if (!read_servers (config, from, error))
        return NULL;
    if (from->udp_port_min > from->udp_port_max) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG,
                     "udp-port-min is above udp-port-max");
        return NULL;
    }
    config->turn_user = g_strdup (from->turn_user ? from->turn_user : "");
    config->turn_password = g_strdup (from->turn_password ? from->turn_password : "");
    config->udp_port_min = from->udp_port_min;
    config->udp_port_max = from->udp_port_max;
    config->tcp = from->tcp;
    config->force_relay = from->force_relay;
    if (is_set (from->interfaces))
        config->interfaces = g_strsplit_set (from->interfaces, " ,", -1);
    config->public_address = g_strdup (from->public_address);
    return g_steal_pointer (&config);
}

void
tutti_ice_config_free (TuttiIceConfig *config)
{
    if (!config)
        return;
    g_free (config->stun_host);
    g_free (config->turn_host);
    g_free (config->turn_user);
    g_free (config->turn_password);
    g_strfreev (config->interfaces);
    g_free (config->public_address);
    g_free (config);
}

GPtrArray *
tutti_ice_config_list_addresses (const TuttiIceConfig *config)
{
    GPtrArray *addresses = g_ptr_array_new_with_free_func ((GDestroyNotify)nice_address_free);
    struct ifaddrs *all;

    if (getifaddrs (&all) != 0)
        return addresses;
    add_addresses (config, all, FALSE, addresses);
    if (config->interfaces || addresses->len == 0)
        add_addresses (config, all, TRUE, addresses);
    freeifaddrs (all);
    return addresses;
}
