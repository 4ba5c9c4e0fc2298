/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-ice-servers.c: what clients are told to use; the credential's known answer is from Python's
 * hmac.
 */
#include "control/ice-servers.h"

static GArray *
make (const char *const *assignments)
{
    g_autoptr (TuttiConfig) config = tutti_config_new ();
    g_autoptr (GError) error = NULL;

    for (guint i = 0; assignments[i]; i++)
        tutti_config_set (config, assignments[i], &error);
    g_assert_no_error (error);
    return tutti_ice_servers_new (config, "p1", 1000);
}

static void
test_none (void)
{
    const char *const nothing[] = {NULL};
    const char *const no_secret[] = {"ice.turn-server=turn:192.0.2.1", NULL};
    g_autoptr (GArray) first = make (nothing), second = make (no_secret);

    g_assert_cmpuint (first->len, ==, 0);
    g_assert_cmpuint (second->len, ==, 0);
}

static void
test_both (void)
{
    const char *const both[] = {"ice.stun-server=192.0.2.1:3478",
                                "ice.turn-server=turn:192.0.2.1?transport=tcp",
                                "ice.turn-secret=north", NULL};
    g_autoptr (GArray) servers = make (both);
    TuttiIceServer *stun = &g_array_index (servers, TuttiIceServer, 0);
    TuttiIceServer *turn = &g_array_index (servers, TuttiIceServer, 1);

    g_assert_cmpuint (servers->len, ==, 2);
    g_assert_cmpstr (stun->url, ==, "stun:192.0.2.1:3478");
    g_assert_null (stun->username);
    g_assert_cmpstr (turn->url, ==, "turn:192.0.2.1?transport=tcp");
    g_assert_cmpstr (turn->username, ==, "87400:p1");
    g_assert_cmpstr (turn->credential, ==, "DZBuTcqb7pmyVUiiXqfh/OeZWVw=");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/ice-servers/none", test_none);
    g_test_add_func ("/ice-servers/both", test_both);
    return g_test_run ();
}
