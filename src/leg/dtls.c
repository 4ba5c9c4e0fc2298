/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dtls.c: OpenSSL over a BIO of our own that holds one datagram in and hands each datagram out, so
 * that boundaries stay. Role: net.
 *
 *   datagram -> (records look sane?) -> BIO -> SSL_do_handshake | SSL_read -> data
 *                                       BIO -> output
 *
 * A ClientHello in several datagrams is put together by OpenSSL itself (no DTLSv1_listen: ICE has
 * shown already that the peer is where it says, so no cookie is needed).
 */
#include "dtls.h"

#include <string.h>
#include <sys/time.h>

#include <openssl/err.h>

#include "deadlines.h"

/* IPv6's minimum MTU is 1280; 40 + 8 of headers, and some for a TURN channel or a tunnel. */
#define MTU_BYTES 1200

/* RFC 6347 section 4.2.4.1 advises 1 s and doubling. On the first flight a browser's picture waits
 * for it, ICE has just measured the path to be alive, and browsers themselves begin with 50 ms. */
#define TIMER_FIRST_US 250000
#define TIMER_MAX_US 8000000

/* RFC 6347 section 4.1: type, version, epoch, number, length. */
#define RECORD_HEADER_BYTES 13
#define RECORD_TYPE_MIN 20 /* change_cipher_spec */
#define RECORD_TYPE_MAX 23 /* application_data */
#define VERSION_MAJOR 0xfe

/* RFC 5764 section 4.2 */
#define EXTRACTOR "EXTRACTOR-dtls_srtp"

struct _TuttiDtls {
    SSL *ssl;
    TuttiDtlsState state;
    gboolean client;
    const EVP_MD *hash;
    guint8 digest[EVP_MAX_MD_SIZE];
    guint digest_bytes;
    TuttiDtlsOutput output, data;
    gpointer user_data;

    const guint8 *in; /* the datagram not yet read; NULL: none */
    gsize in_bytes;
    guint64 malformed;
    const char *reason;
};

static int
on_bio_read (BIO *bio, char *data, int size)
{
    TuttiDtls *dtls = BIO_get_data (bio);
    int length;

    BIO_clear_retry_flags (bio);
    if (!dtls->in) {
        BIO_set_retry_read (bio);
        return -1;
    }
    length = MIN (size, (int)dtls->in_bytes);
    memcpy (data, dtls->in, (gsize)length);
    dtls->in = NULL;
    return length;
}

static int
on_bio_write (BIO *bio, const char *data, int length)
{
    TuttiDtls *dtls = BIO_get_data (bio);

    dtls->output ((const guint8 *)data, (gsize)length, dtls->user_data);
    return length;
}

static long
on_bio_ctrl (BIO *bio, int command, long number, void *pointer)
{
    switch (command) {
    case BIO_CTRL_FLUSH:
        return 1;
    case BIO_CTRL_DGRAM_QUERY_MTU:
    case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
        return MTU_BYTES;
    default:
        return 0;
    }
}

static gpointer
make_bio_method (gpointer unused)
{
    BIO_METHOD *method = BIO_meth_new (BIO_get_new_index () | BIO_TYPE_SOURCE_SINK, "tutti-dtls");

    BIO_meth_set_read (method, on_bio_read);
    BIO_meth_set_write (method, on_bio_write);
    BIO_meth_set_ctrl (method, on_bio_ctrl);
    return method;
}

/* One for the process, never freed. */
static BIO_METHOD *
get_bio_method (void)
{
    static GOnce once = G_ONCE_INIT;

    return g_once (&once, make_bio_method, NULL);
}

static unsigned int
on_timer (SSL *ssl, unsigned int timer_us)
{
    return timer_us == 0 ? TIMER_FIRST_US : MIN (timer_us * 2, TIMER_MAX_US);
}

/* Each record must be of a known type and version and lie within the datagram. */
static gboolean
is_sane (const guint8 *data, gsize length_bytes)
{
    if (length_bytes == 0)
        return FALSE;
    while (length_bytes > 0) {
        gsize record_bytes;

        if (length_bytes < RECORD_HEADER_BYTES || data[0] < RECORD_TYPE_MIN ||
            data[0] > RECORD_TYPE_MAX || data[1] != VERSION_MAJOR)
            return FALSE;
        record_bytes = RECORD_HEADER_BYTES + ((gsize)data[11] << 8 | data[12]);
        if (record_bytes > length_bytes)
            return FALSE;
        data += record_bytes;
        length_bytes -= record_bytes;
    }
    return TRUE;
}

static gboolean
check_fingerprint (TuttiDtls *dtls)
{
    g_autoptr (X509) peer = SSL_get1_peer_certificate (dtls->ssl);
    guint8 digest[EVP_MAX_MD_SIZE];
    guint digest_bytes = 0;

    return peer && X509_digest (peer, dtls->hash, digest, &digest_bytes) &&
           digest_bytes == dtls->digest_bytes && memcmp (digest, dtls->digest, digest_bytes) == 0;
}

static void
fail (TuttiDtls *dtls, const char *reason)
{
    dtls->state = TUTTI_DTLS_CLOSED;
    dtls->reason = reason ? reason : "unknown";
}

static void
finish (TuttiDtls *dtls)
{
    if (check_fingerprint (dtls)) {
        dtls->state = TUTTI_DTLS_OPEN;
        return;
    }
    fail (dtls, "the certificate is not the one of the offer's fingerprint");
    SSL_shutdown (dtls->ssl);
}

/* Application data is the data channel's (SCTP, RFC 8261). */
static void
read_records (TuttiDtls *dtls)
{
    guint8 scratch[SSL3_RT_MAX_PLAIN_LENGTH];
    int result;

    while ((result = SSL_read (dtls->ssl, scratch, sizeof scratch)) > 0)
        if (dtls->data)
            dtls->data (scratch, (gsize)result, dtls->user_data);
    switch (SSL_get_error (dtls->ssl, result)) {
    case SSL_ERROR_ZERO_RETURN:
        fail (dtls, "closed by the peer");
        break;
    case SSL_ERROR_SSL:
    case SSL_ERROR_SYSCALL:
        fail (dtls, ERR_reason_error_string (ERR_peek_error ()));
        break;
    default:
        break;
    }
}

static void
shake (TuttiDtls *dtls)
{
    int result = SSL_do_handshake (dtls->ssl);
    int status = SSL_get_error (dtls->ssl, result);

    if (result == 1)
        finish (dtls);
    else if (status != SSL_ERROR_WANT_READ && status != SSL_ERROR_WANT_WRITE)
        fail (dtls, ERR_reason_error_string (ERR_peek_error ()));
}

static TuttiDtlsState
advance (TuttiDtls *dtls)
{
    ERR_clear_error ();
    if (dtls->state == TUTTI_DTLS_SHAKING)
        shake (dtls);
    if (dtls->state == TUTTI_DTLS_OPEN)
        read_records (dtls);
    return dtls->state;
}

TuttiDtls *
tutti_dtls_new (const TuttiDtlsSetup *setup)
{
    TuttiDtls *dtls = g_new0 (TuttiDtls, 1);
    BIO *bio;

    dtls->hash = tutti_certificate_find_hash (setup->peer.hash);
    g_assert (dtls->hash && setup->peer.digest_bytes == (guint)EVP_MD_get_size (dtls->hash));
    memcpy (dtls->digest, setup->peer.digest, setup->peer.digest_bytes);
    dtls->digest_bytes = setup->peer.digest_bytes;
    dtls->client = setup->client;
    dtls->output = setup->output;
    dtls->data = setup->data;
    dtls->user_data = setup->user_data;
    dtls->reason = "";
    dtls->ssl = SSL_new (tutti_certificate_get_context (setup->certificate));
    bio = BIO_new (get_bio_method ());
    g_assert (dtls->ssl && bio);
    BIO_set_data (bio, dtls);
    BIO_set_init (bio, 1);
    SSL_set_bio (dtls->ssl, bio, bio);
    SSL_set_mtu (dtls->ssl, MTU_BYTES);
    DTLS_set_timer_cb (dtls->ssl, on_timer);
    if (setup->srtp_profiles)
        SSL_set_tlsext_use_srtp (dtls->ssl, setup->srtp_profiles);
    if (setup->client)
        SSL_set_connect_state (dtls->ssl);
    else
        SSL_set_accept_state (dtls->ssl);
    return dtls;
}

void
tutti_dtls_free (TuttiDtls *dtls)
{
    if (!dtls)
        return;
    SSL_free (dtls->ssl);
    g_free (dtls);
}

TuttiDtlsState
tutti_dtls_start (TuttiDtls *dtls)
{
    return dtls->client && dtls->state == TUTTI_DTLS_SHAKING ? advance (dtls) : dtls->state;
}

TuttiDtlsState
tutti_dtls_receive (TuttiDtls *dtls, const guint8 *data, gsize length_bytes)
{
    if (dtls->state == TUTTI_DTLS_CLOSED)
        return dtls->state;
    if (!is_sane (data, length_bytes)) {
        dtls->malformed++;
        return dtls->state;
    }
    dtls->in = data;
    dtls->in_bytes = length_bytes;
    advance (dtls);
    dtls->in = NULL;
    return dtls->state;
}

TuttiDtlsState
tutti_dtls_tick (TuttiDtls *dtls)
{
    if (dtls->state != TUTTI_DTLS_SHAKING)
        return dtls->state;
    ERR_clear_error ();
    if (DTLSv1_handle_timeout (dtls->ssl) < 0)
        fail (dtls, "no answer to the handshake");
    return dtls->state;
}

gint64
tutti_dtls_get_due (TuttiDtls *dtls, gint64 now_us)
{
    struct timeval left;

    if (dtls->state != TUTTI_DTLS_SHAKING || !DTLSv1_get_timeout (dtls->ssl, &left))
        return TUTTI_DEADLINE_NEVER;
    return now_us + left.tv_sec * G_USEC_PER_SEC + left.tv_usec;
}

TuttiDtlsState
tutti_dtls_get_state (TuttiDtls *dtls)
{
    return dtls->state;
}

gboolean
tutti_dtls_export (TuttiDtls *dtls, TuttiSrtpKeys *keys)
{
    const SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile (dtls->ssl);
    gsize bytes;

    g_assert (dtls->state == TUTTI_DTLS_OPEN);
    bytes = profile ? tutti_srtp_material_bytes ((guint)profile->id) : 0;
    if (bytes == 0)
        return FALSE;
    keys->profile = (guint)profile->id;
    keys->client = dtls->client;
    return SSL_export_keying_material (dtls->ssl, keys->material, bytes, EXTRACTOR,
                                       strlen (EXTRACTOR), NULL, 0, 0) == 1;
}

void
tutti_dtls_send (TuttiDtls *dtls, const guint8 *data, gsize length_bytes)
{
    if (dtls->state != TUTTI_DTLS_OPEN)
        return;
    SSL_write (dtls->ssl, data, (int)length_bytes);
    /* What went wrong must not be taken for a fault of what is read next. */
    ERR_clear_error ();
}

void
tutti_dtls_close (TuttiDtls *dtls)
{
    if (dtls->state != TUTTI_DTLS_OPEN)
        return;
    ERR_clear_error ();
    SSL_shutdown (dtls->ssl);
    fail (dtls, "closed");
}

const char *
tutti_dtls_get_reason (TuttiDtls *dtls)
{
    return dtls->reason;
}

guint64
tutti_dtls_get_malformed (TuttiDtls *dtls)
{
    return dtls->malformed;
}
