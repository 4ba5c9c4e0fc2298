/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ice-config.h: the ICE settings of TuttiNetConfig, checked and taken apart once. Constant, so any
 * thread may read them.
 */
#pragma once

#include <nice/agent.h>

#include "net.h"

typedef struct {
    char *stun_host; /* NULL: none */
    guint16 stun_port;
    char *turn_host; /* NULL: none */
    guint16 turn_port;
    NiceRelayType turn_type;
    char *turn_user, *turn_password;
    guint16 udp_port_min, udp_port_max;
    gboolean tcp, force_relay;
    char **interfaces; /* NULL: all */
    char *public_address;
} TuttiIceConfig;

/* TUTTI_ERROR_BAD_CONFIG for servers, ports or addresses that are none. */
TuttiIceConfig *tutti_ice_config_new (const TuttiNetConfig *config, GError **error);
void tutti_ice_config_free (TuttiIceConfig *config);

/* The addresses to listen on, as they are now: NiceAddress, to be freed with the array. Loopback
 * only if named in the settings, or if there is nothing else. */
GPtrArray *tutti_ice_config_list_addresses (const TuttiIceConfig *config);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiIceConfig, tutti_ice_config_free)
