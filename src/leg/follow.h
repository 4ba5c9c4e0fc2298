/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * follow.h: a peer that goes on from another address without an ICE restart: its NAT gave it
 * another port, or its browser chose a pair that libnice holds to be worse. When the path is
 * silent and a check with our credentials comes from elsewhere, that place is asked; when it
 * answers with the peer's credentials, the peer is there (RFC 8445 section 7.2: nothing is sent to
 * an address that did not answer).
 *
 *   check from elsewhere -> PROBE -> answer from there -> MOVE
 *
 * Knows no sockets; role: net.
 */
#pragma once

#include <sys/socket.h>

#include <tutti/session.h>

#include "probe.h"

typedef struct _TuttiFollow TuttiFollow;

typedef enum {
    TUTTI_FOLLOW_STAY,
    TUTTI_FOLLOW_PROBE, /* send what tutti_follow_get_probe() has to where the message is from */
    TUTTI_FOLLOW_MOVE,  /* the peer is where the message is from */
} TuttiFollowAdvice;

TuttiFollow *tutti_follow_new (void);
void tutti_follow_free (TuttiFollow *follow);

/* Credentials of both sides; forgets what was under way. */
void tutti_follow_set_keys (TuttiFollow *follow, const TuttiProbeKeys *keys, const char *local_pwd);

/* A datagram that begins like STUN from a place that is not the path's: socket fd, address `from`.
 * silence_us: how long nothing has come by the path. */
TuttiFollowAdvice tutti_follow_take (TuttiFollow *follow, int fd,
                                     const struct sockaddr_storage *from, const guint8 *data,
                                     gsize length_bytes, gint64 silence_us, gint64 now_us);
const guint8 *tutti_follow_get_probe (TuttiFollow *follow, gsize *length_bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiFollow, tutti_follow_free)
