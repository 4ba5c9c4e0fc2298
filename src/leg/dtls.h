/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dtls.h: DTLS 1.2 of one leg (RFC 6347, RFC 5764) with OpenSSL, datagrams in and out, no socket.
 * Role: net; one thread at a time.
 */
#pragma once

#include "certificate.h"
#include "srtp.h"

typedef struct _TuttiDtls TuttiDtls;

typedef enum {
    TUTTI_DTLS_SHAKING, /* the handshake is under way */
    TUTTI_DTLS_OPEN,    /* done, and the peer's fingerprint is right */
    TUTTI_DTLS_CLOSED,  /* failed, or closed by the peer; final */
} TuttiDtlsState;

typedef void (*TuttiDtlsOutput) (const guint8 *data, gsize length_bytes, gpointer user_data);

/* The peer's a=fingerprint. */
typedef struct {
    const char *hash; /* "sha-256" */
    const guint8 *digest;
    guint digest_bytes;
} TuttiDtlsPeer;

typedef struct {
    TuttiCertificate *certificate;
    gboolean client;
    TuttiDtlsPeer peer;        /* copied */
    const char *srtp_profiles; /* NULL: TUTTI_SRTP_PROFILES */
    TuttiDtlsOutput output;    /* called from within the functions below */
    TuttiDtlsOutput data;      /* likewise: application data of the peer; NULL: forgotten */
    gpointer user_data;
} TuttiDtlsSetup;

/* The peer's hash must be one of tutti_certificate_find_hash(), the digest of its length. */
TuttiDtls *tutti_dtls_new (const TuttiDtlsSetup *setup);
void tutti_dtls_free (TuttiDtls *dtls);

/* The client's first flight; nothing for a server. */
TuttiDtlsState tutti_dtls_start (TuttiDtls *dtls);
/* One datagram as it came. What is no DTLS 1.x record is counted and dropped. */
TuttiDtlsState tutti_dtls_receive (TuttiDtls *dtls, const guint8 *data, gsize length_bytes);
/* Repeats a flight that is due. */
TuttiDtlsState tutti_dtls_tick (TuttiDtls *dtls);
/* When to tick; TUTTI_DEADLINE_NEVER once the handshake is over. */
gint64 tutti_dtls_get_due (TuttiDtls *dtls, gint64 now_us);

TuttiDtlsState tutti_dtls_get_state (TuttiDtls *dtls);

/* In state OPEN. FALSE when no SRTP profile was agreed on. */
gboolean tutti_dtls_export (TuttiDtls *dtls, TuttiSrtpKeys *keys);

/* Application data, in a record of its own; forgotten unless in state OPEN. */
void tutti_dtls_send (TuttiDtls *dtls, const guint8 *data, gsize length_bytes);

/* Sends close_notify. */
void tutti_dtls_close (TuttiDtls *dtls);

/* Why it is CLOSED, for a log; a literal or good until free. */
const char *tutti_dtls_get_reason (TuttiDtls *dtls);
/* Datagrams dropped. */
guint64 tutti_dtls_get_malformed (TuttiDtls *dtls);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiDtls, tutti_dtls_free)
