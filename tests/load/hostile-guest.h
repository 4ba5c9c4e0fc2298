/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hostile-guest.h: one connection that means no good: connects, shakes hands, says its words in its
 * way, and goes. Never blocks. One thread.
 */
#pragma once

#include <netinet/in.h>
#include <openssl/ssl.h>

#include "hostile-kinds.h"

typedef struct _HostileGuest HostileGuest;

typedef struct {
    const HostileKind *kind;
    guint n; /* which words it says */
    struct sockaddr_in from, to;
    SSL_CTX *context;
    int epoll; /* gets the socket, with the guest as its data */
} HostileSetup;

HostileGuest *hostile_guest_new (const HostileSetup *setup, gint64 now_us);
void hostile_guest_free (HostileGuest *guest);

/* Goes on: for an event of its socket, and each HOSTILE_DRIP_US or sooner. FALSE: it is done. */
gboolean hostile_guest_go_on (HostileGuest *guest, gint64 now_us);

const HostileKind *hostile_guest_get_kind (const HostileGuest *guest);
/* What became of it: what it was answered, or "held", "cut", "slow", "refused". */
const char *hostile_guest_get_outcome (const HostileGuest *guest);
/* From its begin to the answer; 0: none came. */
gint64 hostile_guest_get_answer_us (const HostileGuest *guest);
