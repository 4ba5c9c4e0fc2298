/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hook-secrets.c: see hook-secrets.h. Role: main.
 */
#include "hook-secrets.h"
#include "secret-file.h"

#include <string.h>
#include <tutti/error.h>

/* What the specification has before a secret in base64. */
#define ENCODED "whsec_"
/* And how long it wants a secret to be at least. */
#define SECRET_LEAST_BYTES 24
#define DIGEST_BYTES 32

static GBytes *
decode (const char *secret)
{
    gsize length = 0;
    guchar *bytes;

    if (!g_str_has_prefix (secret, ENCODED))
        return g_bytes_new (secret, strlen (secret));
    bytes = g_base64_decode (secret + strlen (ENCODED), &length);
    return g_bytes_new_take (bytes, length);
}

/* NULL: there is no secret, or its file is not good. */
static char **
read_words (TuttiConfig *config, GError **error)
{
    const char *path = tutti_config_string (config, "hooks", "secret-file");
    const char *secret = tutti_config_string (config, "hooks", "secret");
    const char *const words[] = {secret, NULL};

    if (path[0] != '\0')
        return tutti_secret_file_read (path, SECRET_LEAST_BYTES, error);
    if (secret[0] != '\0')
        return g_strdupv ((char **)words);
    g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG,
                         "url needs secret or secret-file");
    return NULL;
}

GPtrArray *
tutti_hook_secrets_read (TuttiConfig *config, GError **error)
{
    g_autoptr (GPtrArray) secrets = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
    g_auto (GStrv) words = read_words (config, error);

    for (guint i = 0; words && words[i]; i++) {
        g_ptr_array_add (secrets, decode (words[i]));
        if (g_bytes_get_size (secrets->pdata[i]) >= SECRET_LEAST_BYTES)
            continue;
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG,
                     "a secret has %d bytes at least (after " ENCODED ": that many in base64)",
                     SECRET_LEAST_BYTES);
        return NULL;
    }
    return words ? g_steal_pointer (&secrets) : NULL;
}

/* "v1,BASE64". */
static char *
sign (GBytes *secret, const char *head, GBytes *body)
{
    gsize key_bytes, body_bytes, digest_bytes = DIGEST_BYTES;
    const guchar *key = g_bytes_get_data (secret, &key_bytes);
    const guchar *text = g_bytes_get_data (body, &body_bytes);
    GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, key, key_bytes);
    guint8 digest[DIGEST_BYTES];
    g_autofree char *encoded = NULL;

    g_hmac_update (hmac, (const guchar *)head, (gssize)strlen (head));
    g_hmac_update (hmac, text, (gssize)body_bytes);
    g_hmac_get_digest (hmac, digest, &digest_bytes);
    g_hmac_unref (hmac);
    encoded = g_base64_encode (digest, digest_bytes);
    return g_strconcat ("v1,", encoded, NULL);
}

char *
tutti_hook_secrets_sign (GPtrArray *secrets, const char *id, gint64 timestamp_s, GBytes *body)
{
    g_autofree char *head = g_strdup_printf ("%s.%" G_GINT64_FORMAT ".", id, timestamp_s);
    g_autoptr (GString) all = g_string_new (NULL);

    for (guint i = 0; i < secrets->len; i++) {
        g_autofree char *one = sign (secrets->pdata[i], head, body);

        g_string_append_printf (all, "%s%s", i > 0 ? " " : "", one);
    }
    return g_string_free (g_steal_pointer (&all), FALSE);
}
