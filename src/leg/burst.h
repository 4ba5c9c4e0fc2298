/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * burst.h: datagrams that leave together: what one leg sends in one turn of its net thread goes to
 * the kernel in as few calls as can be (UDP generic segmentation offload: one buffer, cut by the
 * kernel into datagrams of one size, of which the last may be shorter). Each net thread has one.
 *
 *   add add add -> scratch -> send: one sendmsg() for datagrams of like size to one peer
 *
 * Role: net.
 */
#pragma once

#include <glib.h>
#include <sys/socket.h>

/* The kernel takes 64 in a call since it can do this at all (UDP_MAX_SEGMENTS), and 65507 bytes. */
#define TUTTI_BURST_DATAGRAMS_MAX 64
/* A large canvas' key frame takes two calls; it fits a core's second-level cache. */
#define TUTTI_BURST_BYTES (48 * 1024)

typedef struct _TuttiBurst TuttiBurst;

/* Where datagrams go; its owner's, at one address while anything waits for it. */
typedef struct {
    int fd; /* a UDP socket, or -1: nowhere */
    struct sockaddr_storage peer;
    socklen_t peer_bytes;
    gboolean is_single; /* the kernel, or the way, knows no bursts: one datagram a call */
    guint64 failures;   /* datagrams that the kernel didn't take: no room, no route */
} TuttiPath;

typedef struct {
    guint64 datagrams, calls; /* that the kernel took */
} TuttiBurstStats;

TuttiBurst *tutti_burst_new (void);
void tutti_burst_free (TuttiBurst *burst);

/* Copies a datagram of at most TUTTI_BURST_BYTES. What waits and can't leave in one call with it is
 * sent before. */
void tutti_burst_add (TuttiBurst *burst, TuttiPath *path, const guint8 *data, gsize length_bytes);
/* Sends what waits, never waiting itself; order is kept. */
void tutti_burst_send (TuttiBurst *burst);
/* What waits for the path is dropped: it is about to change. */
void tutti_burst_forget (TuttiBurst *burst, const TuttiPath *path);

/* A copy. */
void tutti_burst_get_stats (const TuttiBurst *burst, TuttiBurstStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiBurst, tutti_burst_free)
