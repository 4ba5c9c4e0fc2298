/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-secret-file.c: several secrets in a file, and files that are not taken: what is wrong is
 * said, what is in them is not.
 */
#include "control/secret-file.h"

#include <glib/gstdio.h>
#include <string.h>
#include <tutti/error.h>

#define ONE "0123456789abcdef"
#define TWO "fedcba9876543210"

/* The file is the caller's to remove. */
static char *
write_file (const char *text, int mode)
{
    g_autoptr (GError) error = NULL;
    char *path = NULL;
    int fd = g_file_open_tmp ("tutti-secret-XXXXXX", &path, &error);

    g_assert_no_error (error);
    g_close (fd, NULL);
    g_assert_true (g_file_set_contents (path, text, -1, NULL));
    g_assert_cmpint (g_chmod (path, (mode_t)mode), ==, 0);
    return path;
}

static void
test_good (void)
{
    static const int modes[] = {0400, 0600, 0640, 0660};

    for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
        g_autofree char *path = write_file ("# of the backup\n" ONE "\r\n\n  " TWO " ", modes[i]);
        g_autoptr (GError) error = NULL;
        g_auto (GStrv) secrets = tutti_secret_file_read (path, strlen (ONE), &error);

        g_assert_no_error (error);
        g_assert_cmpuint (g_strv_length (secrets), ==, 2);
        g_assert_cmpstr (secrets[0], ==, ONE);
        g_assert_cmpstr (secrets[1], ==, TWO);
        g_unlink (path);
    }
}

static void
test_bad (void)
{
    static const struct {
        const char *text;
        int mode;
        const char *says;
    } cases[] = {
        {ONE, 0644, "others may read or change it"},
        {ONE, 0602, "others may read or change it"},
        {"", 0600, "nothing in it"},
        {"\n# none\n", 0600, "nothing in it"},
        {"secret", 0600, "16 characters"},
        {ONE " " TWO, 0600, "one word"},
        {ONE "\xc3\xa9", 0600, "printable"},
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *path = write_file (cases[i].text, cases[i].mode);
        g_autoptr (GError) error = NULL;

        g_assert_null (tutti_secret_file_read (path, strlen (ONE), &error));
        g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG);
        g_assert_nonnull (strstr (error->message, path));
        g_assert_nonnull (strstr (error->message, cases[i].says));
        g_assert_null (strstr (error->message, "secret\n"));
        g_assert_null (strstr (error->message, ONE));
        g_unlink (path);
    }
}

static void
test_many (void)
{
    g_autoptr (GString) text = g_string_new (NULL);
    g_autofree char *path = NULL;
    g_autoptr (GError) error = NULL;

    for (guint i = 0; i <= TUTTI_SECRETS_MAX; i++)
        g_string_append (text, ONE "\n");
    path = write_file (text->str, 0600);
    g_assert_null (tutti_secret_file_read (path, 1, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG);
    g_unlink (path);
}

static void
test_none (void)
{
    g_autoptr (GError) error = NULL;

    g_assert_null (tutti_secret_file_read ("/nonexistent/tokens", 1, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG);
    g_assert_nonnull (strstr (error->message, "/nonexistent/tokens"));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/secret-file/good", test_good);
    g_test_add_func ("/secret-file/bad", test_bad);
    g_test_add_func ("/secret-file/many", test_many);
    g_test_add_func ("/secret-file/none", test_none);
    return g_test_run ();
}
