/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * peer-level.h: the level that clients send beside their sound (RFC 6464), which a server never
 * does, so that the leg's own sender has no use for it.
 */
#pragma once

#include <glib.h>

#define TUTTI_PEER_LEVEL_ID 2

/* Writes it into a clear RTP packet without CSRCs, as a one-byte extension (RFC 8285 section 4.2)
 * behind those that are there. Room for 8 bytes more. Gives the new length. */
gsize peer_add_level (guint8 *data, gsize length_bytes, guint8 level);
