/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * probe.c: writes a Binding request with libnice's STUN library. Any thread.
 */
#include "probe.h"

#include <string.h>

#include <stun/usages/ice.h>

guint64
tutti_probe_tie_breaker (void)
{
    return (guint64)g_random_int () << 32 | g_random_int ();
}

gsize
tutti_probe_write (const TuttiProbeKeys *keys, guint8 *buffer)
{
    StunAgent agent;
    StunMessage message;
    g_autofree char *username = g_strdup_printf ("%s:%s", keys->remote_ufrag, keys->local_ufrag);

    stun_agent_init (&agent, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
                     STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
    return stun_usage_ice_conncheck_create (
        &agent, &message, buffer, TUTTI_PROBE_MAX_BYTES, (const guint8 *)username,
        strlen (username), (const guint8 *)keys->remote_pwd, strlen (keys->remote_pwd),
        keys->controlling, keys->controlling, TUTTI_PROBE_PRIORITY, tutti_probe_tie_breaker (),
        NULL, STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
}
