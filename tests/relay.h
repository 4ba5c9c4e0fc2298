/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * relay.h: a bad network between a peer and a leg of the same process: datagrams on loopback pass
 * two models of impair.h, on a thread of the relay's own. The peer is told the relay's address
 * instead of the leg's; the leg learns the relay's from the peer's checks (RFC 8445
 * section 7.3.1.3).
 *
 *   peer <--> socket, down queue <--> up queue, socket <--> leg
 *
 * Role: main.
 */
#pragma once

#include "impair.h"

typedef struct _Relay Relay;

/* settings: as impair_parse() takes them, both ways. */
Relay *relay_new (const char *settings);
void relay_free (Relay *relay);

/* Another network from now on; NULL: that way stays as it is. */
void relay_set (Relay *relay, const char *up, const char *down);
void relay_take_counts (Relay *relay, ImpairCounts *up, ImpairCounts *down);

/* A candidate of the leg as the peer shall see it: the first UDP one on IPv4 becomes the relay's,
 * of others there is NULL. */
char *relay_rewrite (Relay *relay, const char *candidate);
/* All of an answer's: what isn't for the peer is taken out. */
void relay_rewrite_all (Relay *relay, GPtrArray *candidates);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Relay, relay_free)
