/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-origin.c: whose pages may open the WebSocket.
 */
#include "control/origin.h"

typedef struct {
    const char *name, *origin, *host, *allowed, *public_url;
    gboolean may;
} Case;

static const Case cases[] = {
    {"no-browser", NULL, "a:1", "", "", TRUE},
    {"own", "https://a:1", "a:1", "", "", TRUE},
    {"own-behind-proxy", "https://a", "a", "", "", TRUE},
    {"own-in-capitals", "https://Tutti.Example", "tutti.example", "", "", TRUE},
    {"other-host", "https://b:1", "a:1", "", "", FALSE},
    {"other-port", "https://a:2", "a:1", "", "", FALSE},
    {"longer", "https://a:12", "a:1", "", "", FALSE},
    {"suffix", "https://evil-a:1", "a:1", "", "", FALSE},
    {"no-host", "https://a:1", NULL, "", "", FALSE},
    {"null", "null", "a:1", "", "", FALSE},
    {"empty", "", "a:1", "", "", FALSE},
    {"public-url", "https://meet.example", "10.0.0.1:8443", "", "https://meet.example/x/", TRUE},
    {"other-scheme", "http://meet.example", "10.0.0.1", "", "https://meet.example/", FALSE},
    {"allowed", "https://b", "a", "https://c, https://b", "", TRUE},
    {"not-allowed", "https://bb", "a", "https://c, https://b", "", FALSE},
    {"all", "https://b", "a", "*", "", TRUE},
};

static void
test_case (gconstpointer data)
{
    const Case *c = data;

    g_assert_cmpint (tutti_origin_is_allowed (c->origin, c->host, c->allowed, c->public_url), ==,
                     c->may);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *path = g_strconcat ("/origin/", cases[i].name, NULL);

        g_test_add_data_func (path, &cases[i], test_case);
    }
    return g_test_run ();
}
