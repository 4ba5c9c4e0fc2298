/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * srtp.h: SRTP and SRTCP of one leg, both directions: AES-GCM by ourselves (gcm.h), AES-CM with
 * libsrtp2. Role: net; one thread at a time.
 */
#pragma once

#include <glib.h>

/* In order of preference, as OpenSSL names them: GCM costs a tenth of AES-CM with HMAC-SHA1 in the
 * libsrtp2 of Debian; 128 bits are enough; the last one is what RFC 8827 section 6.5 makes
 * everybody have. */
#define TUTTI_SRTP_PROFILES "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80"

/* Two keys of 32 bytes and two salts of 14 at most (RFC 5764 section 4.1.2, RFC 7714 section 12).
 */
#define TUTTI_SRTP_MATERIAL_MAX_BYTES 92

/* Streams of a peer that are remembered for replay protection; the one unheard for longest goes
 * first. An audio, a camera and a screen with their RTX are five; changes of screen shares make
 * more. */
#define TUTTI_SRTP_STREAMS_MAX 64

typedef struct _TuttiSrtp TuttiSrtp;

typedef struct {
    guint profile; /* of the IANA registry DTLS-SRTP protection profiles: 1, 7, 8 */
    gboolean client;
    /* What the extractor gave: client key, server key, client salt, server salt. */
    guint8 material[TUTTI_SRTP_MATERIAL_MAX_BYTES];
} TuttiSrtpKeys;

typedef enum {
    TUTTI_SRTP_OK,
    TUTTI_SRTP_FAILED,   /* not a packet, or not authentic */
    TUTTI_SRTP_REPLAYED, /* seen before, or too old to tell */
} TuttiSrtpResult;

/* Length of the key material of a profile; 0: not one of ours. */
gsize tutti_srtp_material_bytes (guint profile);
/* "AEAD_AES_128_GCM" …; "" for others. A literal. */
const char *tutti_srtp_profile_name (guint profile);

/* NULL when libsrtp can't. The keys may be wiped afterwards. */
TuttiSrtp *tutti_srtp_new (const TuttiSrtpKeys *keys);
void tutti_srtp_free (TuttiSrtp *srtp);

/* In place; data has TUTTI_SRTP_TRAILER_BYTES of room behind it. A number sent before may be sent
 * again only with the same bytes. */
TuttiSrtpResult tutti_srtp_protect (TuttiSrtp *srtp, guint8 *data, gsize *length_bytes,
                                    gboolean rtcp);
/* In place. */
TuttiSrtpResult tutti_srtp_unprotect (TuttiSrtp *srtp, guint8 *data, gsize *length_bytes,
                                      gboolean rtcp);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiSrtp, tutti_srtp_free)
