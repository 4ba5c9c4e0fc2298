/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * certificate.h: the TLS certificate of the HTTP server: made by itself and kept in the state
 * directory, or the operator's files. Role: main; files are read and written at start and reload.
 */
#pragma once

#include "tls-context.h"

/* For the certificate kept in the directory as tls-certificate.pem and tls-key.pem (mode 0600),
 * made anew if it is not there, can't be read, has expired, or is not for all of these names (DNS
 * names and IP addresses). INTERNAL. */
SSL_CTX *tutti_certificate_own (const char *directory, const char *const *names, GError **error);

/* PEM files, the certificate's with its chain. BAD_CONFIG. */
SSL_CTX *tutti_certificate_load (const char *certificate_path, const char *key_path,
                                 GError **error);
