/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * secret-file.c: see secret-file.h. Role: main.
 */
#include "secret-file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <tutti/error.h>

static gboolean
refuse (GError **error, const char *path, const char *what)
{
    g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG, "%s: %s", path, what);
    return FALSE;
}

/* Who can read a secret has it, and who can write the file makes one. */
static gboolean
check_mode (const char *path, GError **error)
{
    GStatBuf status;

    if (g_stat (path, &status) != 0)
        return refuse (error, path, g_strerror (errno));
    if (status.st_mode & (S_IROTH | S_IWOTH))
        return refuse (error, path, "others may read or change it: chmod o= it");
    return TRUE;
}

static gboolean
is_printable (const char *text)
{
    for (; *text; text++)
        if (!g_ascii_isgraph (*text))
            return FALSE;
    return TRUE;
}

static gboolean
check_secret (const char *path, const char *secret, gsize least_bytes, GError **error)
{
    g_autofree char *short_one = NULL;

    if (!is_printable (secret))
        return refuse (error, path, "a secret is one word of printable ASCII");
    if (strlen (secret) >= least_bytes)
        return TRUE;
    short_one =
        g_strdup_printf ("a secret has %" G_GSIZE_FORMAT " characters at least", least_bytes);
    return refuse (error, path, short_one);
}

char **
tutti_secret_file_read (const char *path, gsize least_bytes, GError **error)
{
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
    g_autoptr (GError) fault = NULL;
    g_autofree char *text = NULL;
    g_auto (GStrv) lines = NULL;
    guint n = 0;

    if (!check_mode (path, error))
        return NULL;
    if (!g_file_get_contents (path, &text, NULL, &fault)) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG, fault->message);
        return NULL;
    }
    lines = g_strsplit (text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        const char *secret = g_strstrip (lines[i]);

        if (secret[0] == '\0' || secret[0] == '#')
            continue;
        if (!check_secret (path, secret, least_bytes, error))
            return NULL;
        g_strv_builder_add (builder, secret);
        n++;
    }
    if (n > 0 && n <= TUTTI_SECRETS_MAX)
        return g_strv_builder_end (builder);
    refuse (error, path, n == 0 ? "there is nothing in it" : "it holds more than 16 secrets");
    return NULL;
}
