/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * certificate.c: makes, keeps and reads certificates. A browser warns once of one that is
 * self-made; because it is kept, it does not warn again after a restart.
 */
#include "certificate.h"
#include "certificate-make.h"

#include <tutti/error.h>

#define CERTIFICATE_FILE "tls-certificate.pem"
#define KEY_FILE "tls-key.pem"

static gboolean
write_file (const char *path, const char *text, GError **error)
{
    return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

/* FALSE: there is none that will do. */
static gboolean
is_usable (const char *certificate_path, const char *key_path, const char *const *names)
{
    g_autofree char *certificate = NULL, *key = NULL;

    return g_file_get_contents (certificate_path, &certificate, NULL, NULL) &&
           g_file_get_contents (key_path, &key, NULL, NULL) &&
           tutti_certificate_is_good (certificate, key, names, g_get_real_time () / G_USEC_PER_SEC);
}

static gboolean
make_files (const char *certificate_path, const char *key_path, const char *const *names,
            GError **error)
{
    g_autofree char *certificate = NULL, *key = NULL;

    return tutti_certificate_make (names, g_get_real_time () / G_USEC_PER_SEC, &certificate, &key,
                                   error) &&
           write_file (key_path, key, error) && write_file (certificate_path, certificate, error);
}

SSL_CTX *
tutti_certificate_own (const char *directory, const char *const *names, GError **error)
{
    g_autofree char *certificate_path = g_build_filename (directory, CERTIFICATE_FILE, NULL);
    g_autofree char *key_path = g_build_filename (directory, KEY_FILE, NULL);
    g_autoptr (GError) fault = NULL;
    SSL_CTX *context = NULL;

    if (g_mkdir_with_parents (directory, 0700) == 0 &&
        (is_usable (certificate_path, key_path, names) ||
         make_files (certificate_path, key_path, names, &fault)))
        context = tutti_tls_context_new (certificate_path, key_path, &fault);
    if (!context)
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_INTERNAL,
                     "no certificate can be kept in '%s': %s", directory,
                     fault ? fault->message : "the directory can't be made");
    return context;
}

SSL_CTX *
tutti_certificate_load (const char *certificate_path, const char *key_path, GError **error)
{
    g_autoptr (GError) fault = NULL;
    SSL_CTX *context = tutti_tls_context_new (certificate_path, key_path, &fault);

    if (!context)
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG,
                     "[http] certificate or private-key: %s", fault->message);
    return context;
}
