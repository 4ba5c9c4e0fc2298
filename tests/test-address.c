/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-address.c: what may be listened on, and what counts as beyond loopback.
 */
#include "control/address.h"

#include <tutti/error.h>

static void
assert_parsed (const char *text, guint n, gboolean loopback)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) addresses = tutti_address_parse (text, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (addresses->len, ==, n);
    g_assert_cmpint (tutti_address_are_loopback (addresses), ==, loopback);
}

static void
test_good (void)
{
    assert_parsed ("127.0.0.1:8443", 1, TRUE);
    assert_parsed ("127.1.2.3:0", 1, TRUE);
    assert_parsed ("[::1]:8443", 1, TRUE);
    assert_parsed ("localhost:8443", 2, TRUE);
    assert_parsed ("192.0.2.1:443", 1, FALSE);
    assert_parsed ("0.0.0.0:443", 1, FALSE);
    assert_parsed ("[::]:443", 1, FALSE);
    assert_parsed ("[2001:db8::1]:443", 1, FALSE);
    assert_parsed ("*:443", 2, FALSE);
}

static void
test_bad (void)
{
    static const char *const texts[] = {
        "",          "8443",     ":8443",    "127.0.0.1",   "127.0.0.1:",      "127.0.0.1:65536",
        "host:8443", "::1:8443", "[::1]",    "[]:8443",     "127.0.0.1:84 43", "127.0.0.1:-1",
        "*",         "[::1:843", "[host]:1", "256.0.0.1:1", "[127.0.0.1:1"};

    for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autoptr (GError) error = NULL;

        g_assert_null (tutti_address_parse (texts[i], &error));
        g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG);
    }
}

static void
assert_key (const char *host, const char *key)
{
    g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (host, 1);
    g_autofree char *got = tutti_address_key (address);

    g_assert_cmpstr (got, ==, key);
}

static void
test_key (void)
{
    assert_key ("192.0.2.7", "192.0.2.7");
    assert_key ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::");
    assert_key ("2001:db8:1:2:ffff::", "2001:db8:1:2::");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/address/good", test_good);
    g_test_add_func ("/address/bad", test_bad);
    g_test_add_func ("/address/key", test_key);
    return g_test_run ();
}
