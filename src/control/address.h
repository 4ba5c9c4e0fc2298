/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * address.h: addresses to listen on, and what counts as one address for limits. Role: main.
 */
#pragma once

#include <gio/gio.h>

/* ADDRESS:PORT. ADDRESS is an IPv4 address, an IPv6 one in brackets, `localhost` (both loopbacks)
 * or
 * `*` (every address). Gives GSocketAddress objects in an array. BAD_CONFIG. */
GPtrArray *tutti_address_parse (const char *text, GError **error);

/* TRUE if nobody outside of this machine can reach any of them. */
gboolean tutti_address_are_loopback (GPtrArray *addresses);

/* The text that limits count by: an IPv4 address, or the /64 an IPv6 address is of, since one
 * subscriber has all of it (RFC 6177 section 2). "?" for what is no internet address. */
char *tutti_address_key (GSocketAddress *address);
