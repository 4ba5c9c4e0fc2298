/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * certificate.c: a P-256 key, a certificate that is its own authority, and the SSL context. Made on
 * main, read by the net threads.
 */
#include "certificate.h"

#include <openssl/err.h>
#include <openssl/rand.h>

#include <tutti/error.h>

#include "srtp.h"

/* A run of the server lasts shorter; browsers look at the fingerprint only. */
#define VALID_DAYS 365
/* Clocks of peers may be behind ours. */
#define VALID_BEFORE_DAYS 1

/* RFC 8827 section 6.5: ECDHE with AES-GCM, P-256 and X25519; RSA for peers with such keys. */
#define CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20"
#define GROUPS "X25519:P-256:P-384"

struct _TuttiCertificate {
    SSL_CTX *context;
    guint8 fingerprint[TUTTI_FINGERPRINT_BYTES];
};

static int
on_verify (int ok, X509_STORE_CTX *store)
{
    return 1;
}

static gboolean
sign_certificate (X509 *x509, EVP_PKEY *key)
{
    X509_NAME *name = X509_get_subject_name (x509);
    guint64 serial;

    /* RFC 5280 section 4.1.2.2: positive, at most 20 bytes. */
    if (RAND_bytes ((guint8 *)&serial, sizeof serial) != 1)
        return FALSE;
    return X509_set_version (x509, X509_VERSION_3) &&
           ASN1_INTEGER_set_uint64 (X509_get_serialNumber (x509), serial >> 1) &&
           X509_gmtime_adj (X509_getm_notBefore (x509), -VALID_BEFORE_DAYS * 86400L) &&
           X509_gmtime_adj (X509_getm_notAfter (x509), VALID_DAYS * 86400L) &&
           X509_set_pubkey (x509, key) &&
           X509_NAME_add_entry_by_txt (name, "CN", MBSTRING_ASC, (const guint8 *)"tutti", -1, -1,
                                       0) &&
           X509_set_issuer_name (x509, name) && X509_sign (x509, key, EVP_sha256 ()) > 0;
}

static SSL_CTX *
make_context (X509 *x509, EVP_PKEY *key)
{
    g_autoptr (SSL_CTX) context = SSL_CTX_new (DTLS_method ());

    if (!context)
        return NULL;
    SSL_CTX_set_options (context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                                      SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_session_cache_mode (context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify (context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, on_verify);
    if (!SSL_CTX_set_min_proto_version (context, DTLS1_2_VERSION) ||
        !SSL_CTX_set_cipher_list (context, CIPHERS) ||
        !SSL_CTX_set1_groups_list (context, GROUPS) || !SSL_CTX_use_certificate (context, x509) ||
        !SSL_CTX_use_PrivateKey (context, key)
        /* The one call of OpenSSL that gives 0 for success. */
        || SSL_CTX_set_tlsext_use_srtp (context, TUTTI_SRTP_PROFILES) != 0)
        return NULL;
    return g_steal_pointer (&context);
}

TuttiCertificate *
tutti_certificate_new (GError **error)
{
    g_autoptr (TuttiCertificate) certificate = g_new0 (TuttiCertificate, 1);
    g_autoptr (EVP_PKEY) key = EVP_EC_gen ("P-256");
    g_autoptr (X509) x509 = X509_new ();

    if (key && x509 && sign_certificate (x509, key) &&
        X509_digest (x509, EVP_sha256 (), certificate->fingerprint, NULL))
        certificate->context = make_context (x509, key);
    if (!certificate->context) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_INTERNAL, "no DTLS certificate: %s",
                     ERR_reason_error_string (ERR_get_error ()));
        return NULL;
    }
    return g_steal_pointer (&certificate);
}

void
tutti_certificate_free (TuttiCertificate *certificate)
{
    if (!certificate)
        return;
    SSL_CTX_free (certificate->context);
    g_free (certificate);
}

SSL_CTX *
tutti_certificate_get_context (TuttiCertificate *certificate)
{
    return certificate->context;
}

const guint8 *
tutti_certificate_get_fingerprint (TuttiCertificate *certificate)
{
    return certificate->fingerprint;
}

const EVP_MD *
tutti_certificate_find_hash (const char *name)
{
    static const struct {
        const char *name;
        const EVP_MD *(*get) (void);
    } hashes[] = {
        {"sha-1", EVP_sha1},     {"sha-224", EVP_sha224}, {"sha-256", EVP_sha256},
        {"sha-384", EVP_sha384}, {"sha-512", EVP_sha512},
    };

    for (guint i = 0; i < G_N_ELEMENTS (hashes); i++)
        if (g_ascii_strcasecmp (hashes[i].name, name) == 0)
            return hashes[i].get ();
    return NULL;
}
