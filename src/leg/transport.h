/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * transport.h: the bundled transport to one peer: ICE, DTLS and SRTP around clear RTP and RTCP. A
 * leg is its answering user; the test peer its offering one.
 *
 *   wire, ice -> first byte -> dtls  -> keys -> srtp
 *                           -> srtp  -> rtp() | rtcp()
 *   tutti_transport_send()  -> srtp  -> ice, wire
 *
 * Role: net, all of it, except where said.
 */
#pragma once

#include <nice/agent.h>
#include <tutti/session.h>

#include "certificate.h"
#include "ice-config.h"
#include "leg.h"
#include "loop.h"

typedef struct _TuttiTransport TuttiTransport;

typedef struct {
    /* May not free the transport. */
    void (*state) (TuttiLegState state, gpointer user_data);
    void (*candidate) (const char *candidate, gpointer user_data);
    /* A clear packet; data may be changed. */
    void (*rtp) (guint8 *data, gsize length_bytes, gint64 now_us, gpointer user_data);
    void (*rtcp) (guint8 *data, gsize length_bytes, gint64 now_us, gpointer user_data);
    /* tutti_seat_wake() was called: something is to be sent. */
    void (*woken) (gint64 now_us, gpointer user_data);
    /* After each batch of packets and each wake-up, and when due; gives the time of the next call.
     */
    gint64 (*tick) (gint64 now_us, gpointer user_data);
    /* The peer is reached by another pair than before. May be NULL. */
    void (*moved) (gint64 now_us, gpointer user_data);
    /* DTLS application data: the data channel's SCTP. May be NULL. */
    void (*data) (const guint8 *data, gsize length_bytes, gpointer user_data);
} TuttiTransportEvents;

typedef struct {
    TuttiLoop *loop;
    const TuttiIceConfig *ice; /* must outlive the transport */
    TuttiCertificate *certificate;
    gboolean controlling;
    const char *srtp_profiles; /* NULL: TUTTI_SRTP_PROFILES */
    const char *name;          /* for logs; copied */
    const TuttiTransportEvents *events;
    gpointer user_data;
} TuttiTransportSetup;

TuttiTransport *tutti_transport_new (const TuttiTransportSetup *setup);
/* Sends close_notify. */
void tutti_transport_free (TuttiTransport *transport);

/* Opens sockets and begins to gather candidates: the first of the functions below. FALSE when no
 * socket can be had. */
gboolean tutti_transport_start (TuttiTransport *transport, GError **error);

/* ICE credentials and candidates of our side, fingerprint; setup is the caller's. Candidates that
 * are found later go to candidate(). */
void tutti_transport_describe (TuttiTransport *transport, TuttiSession *description);

/* The peer's credentials, and its fingerprint the first time. client: our DTLS role. */
void tutti_transport_connect (TuttiTransport *transport, const TuttiSession *peer, gboolean client);
/* Before connect() with the peer's new credentials. */
void tutti_transport_restart (TuttiTransport *transport);
/* NULL: there are no more. */
void tutti_transport_add_remote (TuttiTransport *transport, const NiceCandidate *candidate);

/* Protects in place and sends; TUTTI_SRTP_TRAILER_BYTES of room behind the packet. Dropped while
 * there are no keys, or no consent. */
void tutti_transport_send (TuttiTransport *transport, guint8 *data, gsize length_bytes,
                           gboolean rtcp);

/* DTLS application data; dropped before DTLS is open, and when there is no consent. */
void tutti_transport_send_data (TuttiTransport *transport, const guint8 *data, gsize length_bytes);

/* Must follow calls of the functions above that were made outside the events: watches new sockets,
 * calls tick(), finds the next deadline. */
void tutti_transport_settle (TuttiTransport *transport, gint64 now_us);

/* For tutti_seat_wake() by any thread; lives on after free. */
TuttiSeat *tutti_transport_get_seat (TuttiTransport *transport);

TuttiLegState tutti_transport_get_state (TuttiTransport *transport);

/* Adds to srtp_failures, replays, malformed; fills srtp_profile and pair. Any thread. */
void tutti_transport_get_stats (TuttiTransport *transport, TuttiLegStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiTransport, tutti_transport_free)
