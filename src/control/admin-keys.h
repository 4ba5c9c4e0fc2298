/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-keys.h: the bearer tokens that make an admin of whoever comes over the network: the lines
 * of [admin] token-file. Role: main.
 */
#pragma once

#include <glib.h>

typedef struct _TuttiAdminKeys TuttiAdminKeys;

/* BAD_CONFIG: as tutti_secret_file_read(); a token has 16 characters at least. */
TuttiAdminKeys *tutti_admin_keys_new (const char *path, GError **error);
void tutti_admin_keys_free (TuttiAdminKeys *keys);

/* Takes the same time whatever is wrong with the token. */
gboolean tutti_admin_keys_has (TuttiAdminKeys *keys, const char *token);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiAdminKeys, tutti_admin_keys_free)
