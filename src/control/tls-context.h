/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tls-context.h: how we speak TLS as a server, and as whom; shared by connections. Role: main.
 */
#pragma once

#include <gio/gio.h>
#include <openssl/ssl.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SSL_CTX, SSL_CTX_free)

/* TLS 1.2 and 1.3 for HTTP/1.1, without client certificates. From PEM files: the certificate's with
 * its chain, the key without a password. Reads them. G_TLS_ERROR: they will not do. */
SSL_CTX *tutti_tls_context_new (const char *certificate_path, const char *key_path, GError **error);

/* Why OpenSSL's last call on this thread failed. Borrowed. */
const char *tutti_tls_fault (void);
