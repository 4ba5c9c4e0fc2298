/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ice-servers.h: the STUN and TURN servers that a client is told, with TURN REST credentials
 * (draft-uberti-behave-turn-rest-00) that are good for a day. Role: main.
 */
#pragma once

#include <tutti/config.h>

#include "message-write.h"

/* Array of TuttiIceServer, freed with it. From [ice] stun-server, turn-server and turn-secret; a
 * TURN server without secret is left out, since browsers refuse it. user: whom the credentials are
 * for; now_s: Unix time. */
GArray *tutti_ice_servers_new (TuttiConfig *config, const char *user, gint64 now_s);
