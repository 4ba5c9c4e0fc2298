/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wire.h: one leg's sockets. libnice owns them and has a small GMainContext for itself; the wire
 * joins that context to the net thread's epoll set and iterates it only when one of its own
 * descriptors or timers is due. On the selected pair's UDP socket the wire reads and writes media
 * itself, past libnice; a sieve says by the first bytes what is whose:
 *
 *   UDP socket -> peek, sieve -> the peer's DTLS or RTP      -> TuttiWirePacketFunc
 *                             -> the path's peer's STUN      -> TuttiWireCheckFunc, or:
 *                             -> STUN, TURN, maybe a peer's  -> libnice -> (ice.c)
 *                             -> strangers'                  -> nowhere
 *
 * Role: net.
 */
#pragma once

#include <sys/socket.h>

#include "loop.h"

/* Larger than any datagram we speak of (path MTU 1500), smaller ones cost nothing; what is longer
 * is cut by the kernel and then fails authentication. */
#define TUTTI_DATAGRAM_MAX_BYTES 2048

typedef struct _TuttiWire TuttiWire;

/* data may be changed; it has TUTTI_SRTP_TRAILER_BYTES of room behind it. */
typedef void (*TuttiWirePacketFunc) (guint8 *data, gsize length_bytes, gint64 now_us,
                                     gpointer user_data);

/* STUN from elsewhere than the path's peer, as far as it was looked at (TUTTI_SIEVE_BYTES), before
 * libnice gets it; only while there is a path. */
typedef void (*TuttiWireStrangerFunc) (int fd, const struct sockaddr_storage *from,
                                       const guint8 *data, gsize length_bytes, gint64 now_us,
                                       gpointer user_data);

/* STUN from the path's peer, likewise. TRUE: libnice needn't get it. */
typedef gboolean (*TuttiWireCheckFunc) (const guint8 *data, gsize length_bytes, gint64 now_us,
                                        gpointer user_data);

typedef struct {
    guint64 send_failures; /* socket buffer full, no route */
    guint64 malformed;     /* of nobody we know, or nothing we know */
} TuttiWireStats;

TuttiWire *tutti_wire_new (TuttiLoop *loop, TuttiSeat *seat, TuttiWirePacketFunc packet,
                           gpointer user_data);
/* user_data: as of new(). */
void tutti_wire_set_stun (TuttiWire *wire, TuttiWireCheckFunc check,
                          TuttiWireStrangerFunc stranger);
/* The context's users must be gone. */
void tutti_wire_free (TuttiWire *wire);

/* For libnice; borrowed. Its functions may be called on the net thread at any time;
 * tutti_wire_run() must follow. */
GMainContext *tutti_wire_get_context (TuttiWire *wire);

/* Lets libnice do what is due, then watches what it wants watched. */
void tutti_wire_run (TuttiWire *wire, gint64 now_us);
/* Whose checks are for us; has_relay: a TURN server may send us anything. */
void tutti_wire_set_ufrag (TuttiWire *wire, const char *ufrag, gboolean has_relay);

/* TRUE: libnice may wait for threads of others (name resolution). */
void tutti_wire_set_gathering (TuttiWire *wire, gboolean gathering);
/* When to run again: libnice's next timer. */
gint64 tutti_wire_get_due (TuttiWire *wire);

gboolean tutti_wire_has_path (TuttiWire *wire);
/* The path's; borrowed. NULL: no path. */
const struct sockaddr_storage *tutti_wire_get_peer (TuttiWire *wire);

/* fd, one of the wire's, has something: one bounded batch. */
void tutti_wire_receive (TuttiWire *wire, int fd, gint64 now_us);

/* The UDP socket and peer of the selected pair; fd -1: there is none (TCP, relay, no pair). */
void tutti_wire_set_path (TuttiWire *wire, int fd, const struct sockaddr *peer,
                          socklen_t peer_bytes);
/* One datagram to the path's peer, copied; it leaves when the seat's turn ends, with others of the
 * turn. FALSE: there is no path; what the kernel refuses is counted as loss. */
gboolean tutti_wire_send (TuttiWire *wire, const guint8 *data, gsize length_bytes);

/* All that waits leaves now: the sockets are about to go. */
void tutti_wire_flush (TuttiWire *wire);

/* One datagram from that socket of ours to elsewhere, never waiting. */
void tutti_wire_send_to (TuttiWire *wire, int fd, const struct sockaddr_storage *to,
                         const guint8 *data, gsize length_bytes);

/* When the peer was last heard: anything from the path's address, or anything at all without a
 * path. 0: never. */
gint64 tutti_wire_get_heard (TuttiWire *wire);

/* A copy. */
void tutti_wire_get_stats (TuttiWire *wire, TuttiWireStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiWire, tutti_wire_free)
