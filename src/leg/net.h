/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * net.h: what all legs share: the net threads with their epoll sets, the run's DTLS certificate and
 * SSL context, and the ICE settings. Role: main, except where said.
 */
#pragma once

#include <tutti/types.h>

typedef struct _TuttiNet TuttiNet;

typedef struct {
    guint n_threads;         /* 0: one per core, at most 4 */
    const char *stun_server; /* HOST[:PORT]; "" none */
    const char
        *turn_server; /* turn:HOST[:PORT][?transport=tcp]; "" none: relay candidates of our own */
    const char *turn_user, *turn_password;
    guint16 udp_port_min, udp_port_max; /* 0: any */
    gboolean tcp;                       /* ICE-TCP passive candidates */
    const char *interfaces;             /* names, separated by spaces; "" all */
    const char *public_address; /* 1:1 NAT: replaces host addresses in candidates; "" none */
    gboolean force_relay;
} TuttiNetConfig;

/* Makes a P-256 key and a self-signed certificate for this run (RFC 8827 section 6.5). */
TuttiNet *tutti_net_new (const TuttiNetConfig *config, GError **error);
/* Every leg must be freed before. */
void tutti_net_free (TuttiNet *net);

typedef struct {
    gint64 cpu_receive_us, cpu_send_us, cpu_srtp_us; /* CPU time of the net threads, split */
    guint64 packets_received, packets_sent;
    guint64 send_calls; /* to the kernel, for the packets sent by UDP */
    guint64 late_turns; /* of a net thread, in which what was to be sent waited for over a round */
    guint legs;
} TuttiNetStats;

/* Any thread. */
void tutti_net_get_stats (TuttiNet *net, TuttiNetStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiNet, tutti_net_free)
