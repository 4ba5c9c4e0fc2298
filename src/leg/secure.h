/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * secure.h: DTLS-SRTP (RFC 5764) of one leg: the handshake, and with its keys SRTP. No socket.
 *
 *   datagram -> DTLS until there are keys
 *            -> SRTP -> rtp() | rtcp(), clear
 *
 * Role: net; one thread at a time.
 */
#pragma once

#include "dtls.h"

typedef struct _TuttiSecure TuttiSecure;

typedef void (*TuttiSecurePacketFunc) (guint8 *data, gsize length_bytes, gint64 now_us,
                                       gpointer user_data);

/* Called from within the functions below. */
typedef struct {
    /* Clear packets of the peer; data may be changed. */
    TuttiSecurePacketFunc rtp, rtcp;
    /* A datagram of DTLS for the peer. */
    TuttiDtlsOutput output;
    /* Application data of the peer (RFC 8261); NULL: forgotten. */
    TuttiDtlsOutput data;
} TuttiSecureEvents;

typedef struct {
    guint64 srtp_failures, replays, malformed;
} TuttiSecureStats;

/* srtp_profiles NULL: TUTTI_SRTP_PROFILES. */
TuttiSecure *tutti_secure_new (TuttiCertificate *certificate, const char *srtp_profiles,
                               const TuttiSecureEvents *events, gpointer user_data);
void tutti_secure_free (TuttiSecure *secure);

/* Who the peer must be and our role; the first call counts. What came before is kept. */
void tutti_secure_set_peer (TuttiSecure *secure, const TuttiDtlsPeer *peer, gboolean client);
/* Packets can be sent from now on: the handshake begins. */
void tutti_secure_start (TuttiSecure *secure, gint64 now_us);

/* DTLS, RTP or RTCP as it came; data is changed. */
void tutti_secure_receive (TuttiSecure *secure, guint8 *data, gsize length_bytes, gint64 now_us);
/* Repeats what is due, and when that is (TUTTI_DEADLINE_NEVER: nothing). */
void tutti_secure_tick (TuttiSecure *secure, gint64 now_us);
gint64 tutti_secure_get_due (TuttiSecure *secure, gint64 now_us);

/* In place, with TUTTI_SRTP_TRAILER_BYTES of room behind. FALSE: no keys yet, or not a packet. */
gboolean tutti_secure_protect (TuttiSecure *secure, guint8 *data, gsize *length_bytes,
                               gboolean rtcp);

/* Application data; forgotten before OPEN. */
void tutti_secure_send_data (TuttiSecure *secure, const guint8 *data, gsize length_bytes);

/* Sends close_notify. */
void tutti_secure_close (TuttiSecure *secure);

/* OPEN: there are keys. */
TuttiDtlsState tutti_secure_get_state (TuttiSecure *secure);
/* Why it is CLOSED. */
const char *tutti_secure_get_reason (TuttiSecure *secure);
/* "AEAD_AES_128_GCM" …; "" before OPEN. A literal. */
const char *tutti_secure_get_profile (TuttiSecure *secure);
/* A copy. */
void tutti_secure_get_stats (TuttiSecure *secure, TuttiSecureStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiSecure, tutti_secure_free)
