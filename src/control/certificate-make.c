/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * certificate-make.c: the few GnuTLS calls that GIO does not have.
 */
#include "certificate-make.h"

#include <gio/gio.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>
#include <tutti/error.h>

#define DAY_S (24 * 60 * 60)
#define LIFE_S ((gint64)3650 * DAY_S)
/* Made anew this long before the end, so that it does not end in a running server. */
#define REST_S ((gint64)30 * DAY_S)
/* RFC 5280 section 4.1.2.2: at most 20 bytes, positive. */
#define SERIAL_BYTES 16

typedef struct gnutls_x509_crt_int Certificate;
typedef struct gnutls_x509_privkey_int Key;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Certificate, gnutls_x509_crt_deinit)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Key, gnutls_x509_privkey_deinit)

static gboolean
refuse (GError **error, int code)
{
    g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_INTERNAL, "certificate: %s",
                 gnutls_strerror (code));
    return FALSE;
}

static int
add_name (Certificate *certificate, const char *name)
{
    g_autoptr (GInetAddress) address = g_inet_address_new_from_string (name);

    if (!address)
        return gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, name,
                                                     (unsigned)strlen (name), GNUTLS_FSAN_APPEND);
    return gnutls_x509_crt_set_subject_alt_name (
        certificate, GNUTLS_SAN_IPADDRESS, g_inet_address_to_bytes (address),
        (unsigned)g_inet_address_get_native_size (address), GNUTLS_FSAN_APPEND);
}

static int
fill_certificate (Certificate *certificate, Key *key, const char *const *names, gint64 now_s)
{
    guint8 serial[SERIAL_BYTES];
    int code = gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial);

    serial[0] &= 0x7f;
    for (guint i = 0; code >= 0 && names[i]; i++)
        code = add_name (certificate, names[i]);
    if (code < 0 || (code = gnutls_x509_crt_set_version (certificate, 3)) < 0 ||
        (code = gnutls_x509_crt_set_serial (certificate, serial, sizeof serial)) < 0 ||
        (code = gnutls_x509_crt_set_dn (certificate, "CN=tutti", NULL)) < 0 ||
        (code = gnutls_x509_crt_set_key (certificate, key)) < 0 ||
        (code = gnutls_x509_crt_set_activation_time (certificate, now_s - DAY_S)) < 0 ||
        (code = gnutls_x509_crt_set_expiration_time (certificate, now_s + LIFE_S)) < 0 ||
        (code = gnutls_x509_crt_set_basic_constraints (certificate, 0, -1)) < 0 ||
        (code = gnutls_x509_crt_set_key_usage (certificate, GNUTLS_KEY_DIGITAL_SIGNATURE)) < 0 ||
        (code = gnutls_x509_crt_set_key_purpose_oid (certificate, GNUTLS_KP_TLS_WWW_SERVER, 0)) < 0)
        return code;
    return gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0);
}

static char *
take_text (gnutls_datum_t *datum)
{
    char *text = g_strndup ((char *)datum->data, datum->size);

    gnutls_memset (datum->data, 0, datum->size);
    gnutls_free (datum->data);
    return text;
}

gboolean
tutti_certificate_make (const char *const *names, gint64 now_s, char **certificate, char **key,
                        GError **error)
{
    g_autoptr (Certificate) made = NULL;
    g_autoptr (Key) private = NULL;
    gnutls_datum_t certificate_pem = {NULL, 0}, key_pem = {NULL, 0};
    int code;

    if ((code = gnutls_x509_privkey_init (&private)) < 0 ||
        (code = gnutls_x509_privkey_generate (
             private, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0)) < 0 ||
        (code = gnutls_x509_crt_init (&made)) < 0 ||
        (code = fill_certificate (made, private, names, now_s)) < 0 ||
        (code = gnutls_x509_privkey_export2_pkcs8 (private, GNUTLS_X509_FMT_PEM, NULL,
                                                   GNUTLS_PKCS_PLAIN, &key_pem)) < 0)
        return refuse (error, code);
    *key = take_text (&key_pem);
    if ((code = gnutls_x509_crt_export2 (made, GNUTLS_X509_FMT_PEM, &certificate_pem)) < 0) {
        g_clear_pointer (key, g_free);
        return refuse (error, code);
    }
    *certificate = take_text (&certificate_pem);
    return TRUE;
}

static Certificate *
read_certificate (const char *text)
{
    const gnutls_datum_t pem = {(unsigned char *)text, (unsigned)strlen (text)};
    g_autoptr (Certificate) certificate = NULL;

    if (gnutls_x509_crt_init (&certificate) < 0 ||
        gnutls_x509_crt_import (certificate, &pem, GNUTLS_X509_FMT_PEM) < 0)
        return NULL;
    return g_steal_pointer (&certificate);
}

/* FALSE also for the key of another certificate, as an interrupted change leaves it. */
static gboolean
is_key_of (const char *text, Certificate *certificate)
{
    const gnutls_datum_t pem = {(unsigned char *)text, (unsigned)strlen (text)};
    g_autoptr (Key) key = NULL;
    guint8 own[64], other[64];
    gsize n_own = sizeof own, n_other = sizeof other;

    return gnutls_x509_privkey_init (&key) >= 0 &&
           gnutls_x509_privkey_import2 (key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0) >= 0 &&
           gnutls_x509_privkey_get_key_id (key, GNUTLS_KEYID_USE_SHA256, own, &n_own) >= 0 &&
           gnutls_x509_crt_get_key_id (certificate, GNUTLS_KEYID_USE_SHA256, other, &n_other) >=
               0 &&
           n_own == n_other && memcmp (own, other, n_own) == 0;
}

gboolean
tutti_certificate_is_good (const char *certificate, const char *key, const char *const *names,
                           gint64 now_s)
{
    g_autoptr (Certificate) read = read_certificate (certificate);

    if (!read || !is_key_of (key, read) || gnutls_x509_crt_get_activation_time (read) > now_s ||
        gnutls_x509_crt_get_expiration_time (read) < now_s + REST_S)
        return FALSE;
    for (guint i = 0; names[i]; i++)
        if (!gnutls_x509_crt_check_hostname2 (read, names[i], 0))
            return FALSE;
    return TRUE;
}
