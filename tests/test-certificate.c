/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-certificate.c: made once, found again, made anew when it must be; kept from others' eyes.
 */
#include "control/certificate.h"
#include "control/certificate-make.h"

#include <glib/gstdio.h>
#include <tutti/error.h>

#define YEAR_S ((gint64)365 * 24 * 60 * 60)

static const char *const names[] = {"localhost", "127.0.0.1", "::1", NULL};

typedef struct {
    char *directory, *certificate, *key;
} Place;

static void
set_up (Place *place, gconstpointer data)
{
    g_autofree char *parent = g_dir_make_tmp ("tutti-XXXXXX", NULL);

    place->directory = g_build_filename (parent, "state", NULL);
    place->certificate = g_build_filename (place->directory, "tls-certificate.pem", NULL);
    place->key = g_build_filename (place->directory, "tls-key.pem", NULL);
}

static void
tear_down (Place *place, gconstpointer data)
{
    g_autofree char *parent = g_path_get_dirname (place->directory);

    g_remove (place->certificate);
    g_remove (place->key);
    g_rmdir (place->directory);
    g_rmdir (parent);
    g_free (place->directory);
    g_free (place->certificate);
    g_free (place->key);
}

static SSL_CTX *
get (Place *place, const char *const *wanted)
{
    g_autoptr (GError) error = NULL;
    SSL_CTX *context = tutti_certificate_own (place->directory, wanted, &error);

    g_assert_no_error (error);
    return context;
}

static gboolean
is_same (SSL_CTX *context, SSL_CTX *other)
{
    return X509_cmp (SSL_CTX_get0_certificate (context), SSL_CTX_get0_certificate (other)) == 0;
}

static void
assert_private (const char *path)
{
    GStatBuf status;

    g_assert_cmpint (g_stat (path, &status), ==, 0);
    g_assert_cmpint (status.st_mode & 0777, ==, 0600);
}

static void
test_once (Place *place, gconstpointer data)
{
    g_autoptr (SSL_CTX) first = get (place, names), second = get (place, names);
    g_autoptr (GTlsCertificate) read = g_tls_certificate_new_from_file (place->certificate, NULL);
    g_autoptr (GSocketConnectable) loopback = g_network_address_parse ("localhost", 1, NULL);

    g_assert_true (is_same (first, second));
    g_assert_cmpint (g_tls_certificate_verify (read, loopback, read), ==, 0);
    assert_private (place->certificate);
    assert_private (place->key);
}

static void
test_anew (Place *place, gconstpointer data)
{
    static const char *const more[] = {"localhost", "192.0.2.1", NULL};
    g_autoptr (SSL_CTX) first = get (place, names), second = NULL, third = NULL;

    second = get (place, more);
    g_assert_false (is_same (first, second));
    g_assert_true (g_file_set_contents (place->key, "nonsense", -1, NULL));
    third = get (place, more);
    g_assert_false (is_same (second, third));
}

/* As a disk that is full or an upgrade that was cut off leaves them. */
static void
test_strange_pair (Place *place, gconstpointer data)
{
    g_autofree char *certificate = NULL, *key = NULL;
    g_autoptr (SSL_CTX) first = get (place, names), second = NULL;

    g_assert_true (tutti_certificate_make (names, YEAR_S, &certificate, &key, NULL));
    g_assert_true (g_file_set_contents (place->key, key, -1, NULL));
    second = get (place, names);
    g_assert_false (is_same (first, second));
}

static void
test_age (void)
{
    g_autofree char *certificate = NULL, *key = NULL;
    static const char *const stranger[] = {"tutti.example", NULL};

    g_assert_true (tutti_certificate_make (names, 40 * YEAR_S, &certificate, &key, NULL));
    g_assert_true (tutti_certificate_is_good (certificate, key, names, 40 * YEAR_S));
    g_assert_true (tutti_certificate_is_good (certificate, key, names, 49 * YEAR_S));
    g_assert_false (tutti_certificate_is_good (certificate, key, names, 50 * YEAR_S));
    g_assert_false (tutti_certificate_is_good (certificate, key, names, 39 * YEAR_S));
    g_assert_false (tutti_certificate_is_good (certificate, key, stranger, 40 * YEAR_S));
    g_assert_false (tutti_certificate_is_good ("", key, names, 40 * YEAR_S));
}

static void
test_load (Place *place, gconstpointer data)
{
    g_autoptr (SSL_CTX) own = get (place, names), loaded = NULL;
    g_autoptr (GError) error = NULL;

    loaded = tutti_certificate_load (place->certificate, place->key, &error);
    g_assert_no_error (error);
    g_assert_true (is_same (own, loaded));
    g_assert_null (tutti_certificate_load ("/nowhere.pem", place->key, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG);
    g_assert_nonnull (strstr (error->message, "'/nowhere.pem': No such file"));
}

static void
assert_refused (Place *place, const char *key, const char *says)
{
    g_autoptr (GError) error = NULL;

    g_assert_true (g_file_set_contents (place->key, key, -1, NULL));
    g_assert_null (tutti_certificate_load (place->certificate, place->key, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG);
    g_assert_nonnull (strstr (error->message, says));
}

/* Another certificate's key, and one that would need a password. */
static void
test_strange_key (Place *place, gconstpointer data)
{
    static const char locked[] =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
        "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAj5jpptp7IdkgICCAAw\n"
        "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEAQIEEG7DlCdeMIcIgJwg72a0P3gEgZCY\n"
        "E1CC+Z/J6Wy6+psyqmzJ0GmlJn5G6boiNJ2tuI/OvAH3HL+3tRA+gEB0BJX6/Jet\n"
        "M6vlGPFioyb4hOaKOsXawj0qqOx9QFmAAhcVDngQHZXlg5RbzeLeAKBES6HZ1N+7\n"
        "yU7t7oNzb+D8caUp74KQgNA1zXeTcyGrkaNL163hUi2+5jy6d/HBaHdplhu2Gwo=\n"
        "-----END ENCRYPTED PRIVATE KEY-----\n";
    g_autofree char *certificate = NULL, *key = NULL;
    g_autoptr (SSL_CTX) own = get (place, names);

    g_assert_true (tutti_certificate_make (names, YEAR_S, &certificate, &key, NULL));
    assert_refused (place, key, "mismatch");
    assert_refused (place, locked, place->key);
    assert_refused (place, "nonsense", place->key);
}

static void
test_no_place (void)
{
    g_autoptr (GError) error = NULL;

    g_assert_null (tutti_certificate_own ("/proc/tutti", names, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_INTERNAL);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add ("/certificate/once", Place, NULL, set_up, test_once, tear_down);
    g_test_add ("/certificate/anew", Place, NULL, set_up, test_anew, tear_down);
    g_test_add ("/certificate/strange-pair", Place, NULL, set_up, test_strange_pair, tear_down);
    g_test_add ("/certificate/load", Place, NULL, set_up, test_load, tear_down);
    g_test_add ("/certificate/strange-key", Place, NULL, set_up, test_strange_key, tear_down);
    g_test_add_func ("/certificate/age", test_age);
    g_test_add_func ("/certificate/no-place", test_no_place);
    return g_test_run ();
}
