/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tls-stream.h: a TLS connection as a stream for GIO and libsoup, to be read and written without
 * blocking or asynchronously only. Unlike GIO's own it needs no thread, not even to be closed.
 * Role: main.
 */
#pragma once

#include "tls.h"

#define TUTTI_TYPE_TLS_STREAM (tutti_tls_stream_get_type ())
G_DECLARE_FINAL_TYPE (TuttiTlsStream, tutti_tls_stream, TUTTI, TLS_STREAM, GIOStream)

/* tls: whose handshake is over. Kept, and closed with the stream. */
GIOStream *tutti_tls_stream_new (TuttiTls *tls);
