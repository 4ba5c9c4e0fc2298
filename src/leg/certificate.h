/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * certificate.h: the key and self-signed certificate of this run and the SSL context that all legs
 * share: making them costs 0.5 ms, which no join should pay. New for each run, as RFC 8827 section
 * 6.5 advises against keeping one. Constant once made: any thread.
 */
#pragma once

#include "handles.h"

typedef struct _TuttiCertificate TuttiCertificate;

/* SHA-256, RFC 8122 section 5. */
#define TUTTI_FINGERPRINT_HASH "sha-256"
#define TUTTI_FINGERPRINT_BYTES 32

/* Role: main. */
TuttiCertificate *tutti_certificate_new (GError **error);
void tutti_certificate_free (TuttiCertificate *certificate);

/* Borrowed. DTLS 1.2 for both roles, use_srtp with our profiles in order of preference; any peer
 * certificate is let through: whoever uses it compares the fingerprint. */
SSL_CTX *tutti_certificate_get_context (TuttiCertificate *certificate);

/* TUTTI_FINGERPRINT_BYTES. */
const guint8 *tutti_certificate_get_fingerprint (TuttiCertificate *certificate);

/* The hash functions of a=fingerprint (RFC 8122 section 5) that are not broken beyond use; NULL for
 * md2, md5 and unknown names. */
const EVP_MD *tutti_certificate_find_hash (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiCertificate, tutti_certificate_free)
