/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tls-context.c: see tls-context.h.
 */
#include "tls-context.h"

#include <openssl/err.h>

/* Of TLS 1.2, what all browsers of the last ten years have: RFC 9325 section 4.2. */
#define CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20"
/* Without those that cost us milliseconds at a stranger's wish: P-521, X448, finite fields. */
#define GROUPS "X25519:P-256:P-384"
/* Resumption by tickets alone: nothing is kept of who has left. HTTP has lengths and WebSocket a
 * close frame of its own, so that a connection's end without TLS's is no fault. */
#define OPTIONS (SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF)
/* libsoup's buffer may have moved when it writes the same again. */
#define MODES                                                                                      \
    (SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER)

/* RFC 7301 section 3.1: a length before each name; the first that the client has too. */
static const guint8 protocols[] = "\x08http/1.1\x08http/1.0";

static int
on_protocols (SSL *ssl, const unsigned char **chosen, unsigned char *chosen_bytes,
              const unsigned char *offered, unsigned int offered_bytes, void *unused)
{
    unsigned char *found = NULL;

    if (SSL_select_next_proto (&found, chosen_bytes, protocols, sizeof protocols - 1, offered,
                               offered_bytes) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

/* Nobody is at the terminal that OpenSSL would ask. */
static int
on_password (char *buffer, int size, int is_writing, void *unused)
{
    return -1;
}

static gboolean
set_up (SSL_CTX *context)
{
    SSL_CTX_set_options (context, OPTIONS);
    SSL_CTX_set_mode (context, MODES);
    /* A client that sends nothing but key updates would keep a read from coming back. */
    SSL_CTX_clear_mode (context, SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_session_cache_mode (context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb (context, on_protocols, NULL);
    SSL_CTX_set_default_passwd_cb (context, on_password);
    return SSL_CTX_set_min_proto_version (context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list (context, CIPHERS) == 1 &&
           SSL_CTX_set1_groups_list (context, GROUPS) == 1;
}

static SSL_CTX *
refuse (GError **error, const char *path)
{
    g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "'%s': %s", path,
                 tutti_tls_fault ());
    return NULL;
}

SSL_CTX *
tutti_tls_context_new (const char *certificate_path, const char *key_path, GError **error)
{
    g_autoptr (SSL_CTX) context = SSL_CTX_new (TLS_server_method ());

    ERR_clear_error ();
    if (!context || !set_up (context))
        return refuse (error, "TLS");
    if (SSL_CTX_use_certificate_chain_file (context, certificate_path) != 1)
        return refuse (error, certificate_path);
    if (SSL_CTX_use_PrivateKey_file (context, key_path, SSL_FILETYPE_PEM) != 1)
        return refuse (error, key_path);
    return g_steal_pointer (&context);
}

const char *
tutti_tls_fault (void)
{
    unsigned long code = ERR_peek_error ();
    const char *reason = ERR_reason_error_string (code);

    if (!reason && ERR_SYSTEM_ERROR (code))
        reason = g_strerror (ERR_GET_REASON (code));
    return reason ? reason : "TLS failed";
}
