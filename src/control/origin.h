/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * origin.h: which web pages may open our WebSocket: browsers send their Origin (RFC 6454) and leave
 * the decision to the server (RFC 6455 section 10.2). Any thread.
 */
#pragma once

#include <glib.h>

/* origin: NULL for clients that are no browsers, which always may. host: the Host header. allowed:
 * [http] allowed-origins, separated by spaces or commas, `*` for all; public_url: [http]
 * public-url. The server's own page may in any case. */
gboolean tutti_origin_is_allowed (const char *origin, const char *host, const char *allowed,
                                  const char *public_url);
