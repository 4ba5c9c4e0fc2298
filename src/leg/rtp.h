/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rtp.h: the RTP header (RFC 3550 section 5.1) and its extensions (RFC 8285), read and written.
 * Pure: no state but the caller's. Role: net.
 */
#pragma once

#include <glib.h>

#define TUTTI_RTP_HEADER_BYTES 12
/* What the writer may put before a payload: the fixed header, and an extension block of 4 bytes, a
 * mid of 32, send time, transport sequence, two bytes before each, padded to words. */
#define TUTTI_RTP_OVERHEAD_MAX_BYTES 64

/* One-byte extensions (RFC 8285 section 4.2) have ids 1 to 14 and 1 to 16 bytes. */
#define TUTTI_RTP_ONE_BYTE_ID_MAX 14
#define TUTTI_RTP_ONE_BYTE_LENGTH_MAX 16

typedef struct {
    gboolean marker;
    guint8 payload_type;
    guint16 seq;
    guint32 timestamp, ssrc;
    /* Below: read only. Pointers are into the bytes read. */
    guint16 profile; /* of the extension block; 0: there is none */
    const guint8 *extensions;
    gsize extensions_bytes;
    const guint8 *payload; /* without padding */
    gsize payload_bytes;
    guint padding_bytes;
} TuttiRtp;

/* FALSE when the bytes are no RTP packet: wrong version, or a length that lies. `rtp` is untouched
 * then. */
gboolean tutti_rtp_read (const guint8 *data, gsize length_bytes, TuttiRtp *rtp);

/* The value of one extension, NULL when it is not there. */
const guint8 *tutti_rtp_find_extension (const TuttiRtp *rtp, guint id, gsize *length_bytes);

/* Writes header, extensions, payload in this order into a buffer of the caller. */
typedef struct {
    guint8 *data;
    gsize capacity_bytes, length_bytes;
    gsize block_at; /* where the extension block begins; 0: none yet */
    gboolean two_byte;
} TuttiRtpWriter;

/* two_byte: the form of extensions (RFC 8285 section 4.3) for ids above 14 or values above 16
 * bytes. The buffer holds TUTTI_RTP_HEADER_BYTES at least. */
void tutti_rtp_writer_start (TuttiRtpWriter *writer, guint8 *data, gsize capacity_bytes,
                             const TuttiRtp *rtp, gboolean two_byte);
/* FALSE, and nothing written, when the form can't hold it or the room is too small. Only before the
 * payload. */
gboolean tutti_rtp_writer_add_extension (TuttiRtpWriter *writer, guint id, const guint8 *value,
                                         gsize length_bytes);
/* May be called repeatedly. FALSE, and nothing written, when the room is too small. */
gboolean tutti_rtp_writer_add_payload (TuttiRtpWriter *writer, const guint8 *payload,
                                       gsize length_bytes);
/* Last of all; bytes: 1 to 255, the count itself included. FALSE as above. */
gboolean tutti_rtp_writer_add_padding (TuttiRtpWriter *writer, guint8 bytes);
