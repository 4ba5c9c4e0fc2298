/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gcm.h: AES-GCM on SRTP and SRTCP packets (RFC 7714), with OpenSSL: one direction's keys. Which
 * number a packet has, and whether it came before, is the caller's matter (srtp.c).
 *
 * libsrtp2 does the same, but Debian's is built on NSS, which takes five blocks and a lock from the
 * heap for each packet: that is most of what a packet costs. Nothing here allocates after new().
 *
 * Role: net; one thread at a time.
 */
#pragma once

#include <glib.h>

/* RFC 7714 section 12 */
#define TUTTI_GCM_SALT_BYTES 12
#define TUTTI_GCM_KEY_MAX_BYTES 32
/* RFC 7714 section 13.2 */
#define TUTTI_GCM_TAG_BYTES 16

/* What packets are encrypted with: session keys in RFC 3711's words. */
typedef struct {
    gsize key_bytes; /* 16 or 32 */
    guint8 rtp_key[TUTTI_GCM_KEY_MAX_BYTES], rtcp_key[TUTTI_GCM_KEY_MAX_BYTES];
    guint8 rtp_salt[TUTTI_GCM_SALT_BYTES], rtcp_salt[TUTTI_GCM_SALT_BYTES];
} TuttiGcmKeys;

typedef struct _TuttiGcm TuttiGcm;

/* Derives them from the master key and salt that DTLS gave (RFC 3711 section 4.3, RFC 7714 section
 * 11). FALSE: OpenSSL can't. */
gboolean tutti_gcm_derive (const guint8 *master_key, gsize key_bytes,
                           const guint8 master_salt[TUTTI_GCM_SALT_BYTES], TuttiGcmKeys *keys);

/* sealing: for packets that go out; FALSE: for those that come in. NULL when OpenSSL can't. */
TuttiGcm *tutti_gcm_new (const TuttiGcmKeys *keys, gboolean sealing);
void tutti_gcm_free (TuttiGcm *gcm);

/* index: rollover counter and sequence number, 48 bits. In place, with TUTTI_GCM_TAG_BYTES of room
 * behind for sealing. FALSE: not a packet, or not authentic; data is ruined then. */
gboolean tutti_gcm_seal_rtp (TuttiGcm *gcm, guint8 *data, gsize *length_bytes, guint64 index);
gboolean tutti_gcm_open_rtp (TuttiGcm *gcm, guint8 *data, gsize *length_bytes, guint64 index);

/* index: 31 bits; sealing writes it behind the tag: four bytes more of room. */
gboolean tutti_gcm_seal_rtcp (TuttiGcm *gcm, guint8 *data, gsize *length_bytes, guint32 index);
gboolean tutti_gcm_open_rtcp (TuttiGcm *gcm, guint8 *data, gsize *length_bytes);
/* Of a packet that came in, before it is opened. FALSE: too short, or not encrypted. */
gboolean tutti_gcm_read_rtcp_index (const guint8 *data, gsize length_bytes, guint32 *index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiGcm, tutti_gcm_free)
