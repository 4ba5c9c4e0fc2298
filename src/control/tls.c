/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tls.c: OpenSSL over a BIO of our own, since GSocket knows how long a client may be silent.
 *
 *   socket -> BIO -> SSL_do_handshake | SSL_read -> data
 *   socket <- BIO <- SSL_do_handshake | SSL_write <- data
 */
#include "tls.h"

#include <openssl/err.h>

struct _TuttiTls {
    SSL *ssl;
    GSocket *socket;
    GIOCondition awaited[2]; /* by way: what the last attempt lacked */
    GError *fault;           /* of the socket, during the current call */
    gboolean has_ended;      /* the client's side of the socket */
    gboolean is_broken;      /* OpenSSL must be asked nothing more */
};

/* --- The socket, as OpenSSL sees it. --- */

/* Keeps a fault that is more than having to wait. */
static gboolean
must_wait (TuttiTls *tls, GError *fault)
{
    gboolean wait = g_error_matches (fault, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);

    g_clear_error (&tls->fault);
    if (wait)
        g_error_free (fault);
    else
        tls->fault = fault;
    return wait;
}

static int
on_bio_read (BIO *bio, char *data, int size)
{
    TuttiTls *tls = BIO_get_data (bio);
    GError *fault = NULL;
    gssize n = g_socket_receive_with_blocking (tls->socket, data, (gsize)size, FALSE, NULL, &fault);

    BIO_clear_retry_flags (bio);
    if (n < 0 && must_wait (tls, fault))
        BIO_set_retry_read (bio);
    tls->has_ended = n == 0;
    return (int)n;
}

static int
on_bio_write (BIO *bio, const char *data, int length)
{
    TuttiTls *tls = BIO_get_data (bio);
    GError *fault = NULL;
    gssize n = g_socket_send_with_blocking (tls->socket, data, (gsize)length, FALSE, NULL, &fault);

    BIO_clear_retry_flags (bio);
    if (n < 0 && must_wait (tls, fault))
        BIO_set_retry_write (bio);
    return (int)n;
}

static long
on_bio_ctrl (BIO *bio, int command, long number, void *pointer)
{
    TuttiTls *tls = BIO_get_data (bio);

    switch (command) {
    case BIO_CTRL_FLUSH:
        return 1;
    case BIO_CTRL_EOF:
        return tls->has_ended;
    default:
        return 0;
    }
}

static gpointer
make_bio_method (gpointer unused)
{
    BIO_METHOD *method = BIO_meth_new (BIO_get_new_index () | BIO_TYPE_SOURCE_SINK, "tutti-tls");

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

/* --- What OpenSSL makes of it. --- */

/* FALSE: it failed for good before. */
static gboolean
begin (TuttiTls *tls, GError **error)
{
    if (tls->is_broken) {
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "the TLS connection is over");
        return FALSE;
    }
    g_clear_error (&tls->fault);
    ERR_clear_error ();
    return TRUE;
}

static gssize
wait_for (TuttiTls *tls, TuttiTlsWay way, GIOCondition condition, GError **error)
{
    tls->awaited[way] = condition;
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "TLS must wait");
    return -1;
}

static void
fail (TuttiTls *tls, GError **error)
{
    tls->is_broken = TRUE;
    if (tls->fault)
        g_propagate_error (error, g_steal_pointer (&tls->fault));
    else
        g_set_error_literal (error, G_TLS_ERROR, G_TLS_ERROR_MISC, tutti_tls_fault ());
}

/* What to say of a call that gave nothing: 0 for the end, or -1. OpenSSL speaks of the client's end
 * when writing fails too, if it came before. */
static gssize
judge (TuttiTls *tls, TuttiTlsWay way, int result, GError **error)
{
    int status = SSL_get_error (tls->ssl, result);

    if (status == SSL_ERROR_WANT_READ)
        return wait_for (tls, way, G_IO_IN, error);
    if (status == SSL_ERROR_WANT_WRITE)
        return wait_for (tls, way, G_IO_OUT, error);
    if (status == SSL_ERROR_ZERO_RETURN && way == TUTTI_TLS_READ)
        return 0;
    fail (tls, error);
    return -1;
}

gboolean
tutti_tls_shake (TuttiTls *tls, GError **error)
{
    int result;

    if (!begin (tls, error))
        return FALSE;
    result = SSL_do_handshake (tls->ssl);
    if (result == 1)
        return TRUE;
    if (judge (tls, TUTTI_TLS_READ, result, error) == 0) {
        tls->is_broken = TRUE;
        g_set_error_literal (error, G_TLS_ERROR, G_TLS_ERROR_EOF, "the client has left");
    }
    return FALSE;
}

gssize
tutti_tls_read (TuttiTls *tls, void *data, gsize size_bytes, GError **error)
{
    gsize n = 0;
    int result;

    if (!begin (tls, error))
        return -1;
    tls->awaited[TUTTI_TLS_READ] = G_IO_IN;
    result = SSL_read_ex (tls->ssl, data, size_bytes, &n);
    return result == 1 ? (gssize)n : judge (tls, TUTTI_TLS_READ, result, error);
}

gssize
tutti_tls_write (TuttiTls *tls, const void *data, gsize n_bytes, GError **error)
{
    gsize n = 0;
    int result;

    if (!begin (tls, error))
        return -1;
    tls->awaited[TUTTI_TLS_WRITE] = G_IO_OUT;
    result = SSL_write_ex (tls->ssl, data, n_bytes, &n);
    return result == 1 ? (gssize)n : judge (tls, TUTTI_TLS_WRITE, result, error);
}

/* --- Waiting. --- */

/* Of a record that came whole and was read in part: no socket will tell of it. */
static gboolean
has_bytes (TuttiTls *tls, TuttiTlsWay way)
{
    return way == TUTTI_TLS_READ && !tls->is_broken && SSL_pending (tls->ssl) > 0;
}

gboolean
tutti_tls_is_ready (TuttiTls *tls, TuttiTlsWay way)
{
    return has_bytes (tls, way) || g_socket_condition_check (tls->socket, tls->awaited[way]);
}

GSource *
tutti_tls_create_source (TuttiTls *tls, TuttiTlsWay way)
{
    if (has_bytes (tls, way))
        return g_timeout_source_new (0);
    return g_socket_create_source (tls->socket, tls->awaited[way], NULL);
}

/* --- Life cycle. --- */

void
tutti_tls_close (TuttiTls *tls)
{
    if (!tls->is_broken && SSL_is_init_finished (tls->ssl)) {
        ERR_clear_error ();
        SSL_shutdown (tls->ssl);
    }
    tls->is_broken = TRUE;
    g_socket_close (tls->socket, NULL);
}

TuttiTls *
tutti_tls_new (GSocket *socket, SSL_CTX *context)
{
    TuttiTls *tls = g_rc_box_new0 (TuttiTls);
    BIO *bio = BIO_new (get_bio_method ());

    g_socket_set_blocking (socket, FALSE);
    tls->socket = g_object_ref (socket);
    tls->ssl = SSL_new (context);
    tls->awaited[TUTTI_TLS_READ] = G_IO_IN;
    tls->awaited[TUTTI_TLS_WRITE] = G_IO_OUT;
    BIO_set_data (bio, tls);
    BIO_set_init (bio, 1);
    SSL_set_bio (tls->ssl, bio, bio);
    SSL_set_accept_state (tls->ssl);
    return tls;
}

TuttiTls *
tutti_tls_ref (TuttiTls *tls)
{
    return g_rc_box_acquire (tls);
}

static void
clear (gpointer data)
{
    TuttiTls *tls = data;

    SSL_free (tls->ssl);
    g_object_unref (tls->socket);
    g_clear_error (&tls->fault);
}

void
tutti_tls_unref (TuttiTls *tls)
{
    if (tls)
        g_rc_box_release_full (tls, clear);
}
