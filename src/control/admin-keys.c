/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-keys.c: see admin-keys.h. Hashes are kept and compared: they are of one length, and where
 * they begin to differ says nothing of the token. Role: main.
 */
#include "admin-keys.h"
#include "secret-file.h"

#include <string.h>

/* 96 bits in base64: out of reach of guesses over a network. */
#define TOKEN_LEAST_BYTES 16
#define DIGEST_BYTES 32

struct _TuttiAdminKeys {
    guint n;
    guint8 digests[TUTTI_SECRETS_MAX][DIGEST_BYTES];
};

static void
hash (const char *token, guint8 *digest)
{
    g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
    gsize length = DIGEST_BYTES;

    g_checksum_update (sum, (const guchar *)token, (gssize)strlen (token));
    g_checksum_get_digest (sum, digest, &length);
}

TuttiAdminKeys *
tutti_admin_keys_new (const char *path, GError **error)
{
    g_auto (GStrv) tokens = tutti_secret_file_read (path, TOKEN_LEAST_BYTES, error);
    TuttiAdminKeys *keys;

    if (!tokens)
        return NULL;
    keys = g_new0 (TuttiAdminKeys, 1);
    for (; tokens[keys->n]; keys->n++)
        hash (tokens[keys->n], keys->digests[keys->n]);
    return keys;
}

void
tutti_admin_keys_free (TuttiAdminKeys *keys)
{
    g_free (keys);
}

gboolean
tutti_admin_keys_has (TuttiAdminKeys *keys, const char *token)
{
    guint8 digest[DIGEST_BYTES] = {0};
    guint n_same = 0;

    hash (token, digest);
    for (guint i = 0; i < keys->n; i++) {
        guint8 difference = 0;

        for (guint k = 0; k < DIGEST_BYTES; k++)
            difference |= digest[k] ^ keys->digests[i][k];
        n_same += difference == 0;
    }
    return n_same > 0;
}
