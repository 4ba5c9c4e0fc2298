/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * identity.h: as whom we speak TLS, as the configuration asks for. Role: main.
 */
#pragma once

#include "tls-context.h"

#include <tutti/config.h>

/* [http] tls auto: our own, made for the addresses listened on; files: the operator's; off: NULL,
 * which is no error. BAD_CONFIG, INTERNAL. */
gboolean tutti_identity_get (TuttiConfig *config, SSL_CTX **context, GError **error);
