/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tls.h: a server's end of a TLS connection on a socket, which is made non-blocking: nothing here
 * waits. What can't go on now fails by G_IO_ERROR_WOULD_BLOCK, and a source tells when to try it
 * again. Counted. Role: main.
 */
#pragma once

#include "tls-context.h"

typedef struct _TuttiTls TuttiTls;

typedef enum {
    TUTTI_TLS_READ,
    TUTTI_TLS_WRITE,
} TuttiTlsWay;

/* Keeps both. */
TuttiTls *tutti_tls_new (GSocket *socket, SSL_CTX *context);
TuttiTls *tutti_tls_ref (TuttiTls *tls);
/* Takes NULL. */
void tutti_tls_unref (TuttiTls *tls);

/* Goes on with the handshake; TRUE: it is over. Must be so before the next two. */
gboolean tutti_tls_shake (TuttiTls *tls, GError **error);
/* How many bytes; 0: the client has said all; -1. */
gssize tutti_tls_read (TuttiTls *tls, void *data, gsize size_bytes, GError **error);
/* How many bytes, or -1: then the same ones must come again, and first. */
gssize tutti_tls_write (TuttiTls *tls, const void *data, gsize n_bytes, GError **error);

/* Whether trying again may help, or who tells so, by GSocketSourceFunc or, if bytes are here
 * already, GSourceFunc: of what failed last, the handshake or this way. */
gboolean tutti_tls_is_ready (TuttiTls *tls, TuttiTlsWay way);
GSource *tutti_tls_create_source (TuttiTls *tls, TuttiTlsWay way);

/* Says goodbye if there is room for it, and closes the socket. */
void tutti_tls_close (TuttiTls *tls);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiTls, tutti_tls_unref)
