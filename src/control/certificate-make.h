/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * certificate-make.h: X.509 by GnuTLS: a self-signed certificate as PEM text, and whether one still
 * will do. Any thread; a few milliseconds.
 */
#pragma once

#include <glib.h>

/* EC P-256, ten years from now_s (Unix time), for these DNS names and IP addresses. INTERNAL. */
gboolean tutti_certificate_make (const char *const *names, gint64 now_s, char **certificate,
                                 char **key, GError **error);

/* TRUE if both are readable, the certificate is for every name and good for a month from now_s. */
gboolean tutti_certificate_is_good (const char *certificate, const char *key,
                                    const char *const *names, gint64 now_s);
