/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hook-secrets.h: how a webhook shows that it is ours: signatures as Standard Webhooks 1.0 has
 * them, so that its libraries verify them. Role: main.
 */
#pragma once

#include <tutti/config.h>

/* Of GBytes, one for each secret of [hooks]. BAD_CONFIG: there is none, it can't be read, or has
 * less than 24 bytes. */
GPtrArray *tutti_hook_secrets_read (TuttiConfig *config, GError **error);

/* The header webhook-signature: one signature for each secret. Free it. timestamp_s: Unix time. */
char *tutti_hook_secrets_sign (GPtrArray *secrets, const char *id, gint64 timestamp_s,
                               GBytes *body);
