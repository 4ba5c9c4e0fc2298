/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-sdp-fragment.c: what trickling clients send (RFC 8840 section 9.2, RFC 9725 section 4.3),
 * and what they are told after a restart.
 */
#include "control/sdp-fragment.h"

#include <string.h>
#include <tutti/error.h>

/* RFC 9725 figure 4. */
static const char TRICKLE[] =
    "a=group:BUNDLE 0 1\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
    "a=mid:0\r\n"
    "a=ice-ufrag:EsAw\r\n"
    "a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n"
    "a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw "
    "network-id 1\r\n"
    "a=candidate:3471623853 1 udp 2122194687 198.51.100.2 61765 typ host generation 0 ufrag EsAw "
    "network-id 2\r\n"
    "a=end-of-candidates\r\n";

static void
test_trickle (void)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (TuttiSdpFragment) fragment = tutti_sdp_fragment_read (TRICKLE, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (fragment->ufrag, ==, "EsAw");
    g_assert_cmpstr (fragment->pwd, ==, "P2uYro0UCOQ4zxjKXaWCBui1");
    g_assert_cmpuint (fragment->candidates->len, ==, 2);
    g_assert_true (g_str_has_prefix (fragment->candidates->pdata[0], "candidate:1387637174 1 udp"));
    g_assert_true (fragment->end_of_candidates);
}

/* Lines may end by LF alone; without credentials it is about the ICE session there is. */
static void
test_bare (void)
{
    g_autoptr (TuttiSdpFragment) fragment =
        tutti_sdp_fragment_read ("a=candidate:1 1 udp 1 192.0.2.1 9 typ host\n", NULL);

    g_assert_cmpstr (fragment->ufrag, ==, "");
    g_assert_cmpuint (fragment->candidates->len, ==, 1);
    g_assert_false (fragment->end_of_candidates);
}

static void
check_refused (const char *text)
{
    g_autoptr (GError) error = NULL;

    g_assert_null (tutti_sdp_fragment_read (text, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_SDP);
}

static void
test_refusals (void)
{
    g_autoptr (GString) many = g_string_new (NULL);
    g_autofree char *long_name = g_strnfill (300, 'u');
    g_autofree char *long_line = g_strdup_printf ("a=ice-ufrag:%s\r\n", long_name);
    g_autofree char *huge = g_strnfill (TUTTI_SDP_FRAGMENT_MAX_BYTES + 1, '\n');

    for (guint i = 0; i <= TUTTI_CANDIDATES_MAX; i++)
        g_string_append_printf (many, "a=candidate:%u 1 udp 1 192.0.2.1 9 typ host\r\n", i);
    check_refused ("");
    check_refused ("v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n");
    check_refused ("a=ice-ufrag:\r\n");
    check_refused ("a=ice-ufrag:one\r\na=ice-ufrag:two\r\n");
    check_refused (long_line);
    check_refused (many->str);
    check_refused (huge);
}

static void
test_restart_answer (void)
{
    g_autoptr (TuttiSession) answer = tutti_session_new ();
    g_autofree char *text = NULL;
    g_autoptr (TuttiSdpFragment) back = NULL;

    g_strlcpy (answer->ufrag, "abcd", sizeof answer->ufrag);
    g_strlcpy (answer->pwd, "0123456789012345678901", sizeof answer->pwd);
    answer->n_media = 2;
    answer->media[0].rejected = TRUE;
    answer->media[1].kind = TUTTI_KIND_VIDEO;
    g_strlcpy (answer->media[1].mid, "1", sizeof answer->media[1].mid);
    g_ptr_array_add (answer->candidates, g_strdup ("candidate:1 1 udp 1 192.0.2.1 9 typ host"));
    answer->end_of_candidates = TRUE;
    text = tutti_sdp_fragment_write (answer);
    g_assert_cmpstr (text, ==,
                     "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n"
                     "m=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:1\r\n"
                     "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\na=end-of-candidates\r\n");
    back = tutti_sdp_fragment_read (text, NULL);
    g_assert_cmpstr (back->pwd, ==, answer->pwd);
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/sdp-fragment/trickle", test_trickle);
    g_test_add_func ("/sdp-fragment/bare", test_bare);
    g_test_add_func ("/sdp-fragment/refusals", test_refusals);
    g_test_add_func ("/sdp-fragment/restart-answer", test_restart_answer);
    return g_test_run ();
}
