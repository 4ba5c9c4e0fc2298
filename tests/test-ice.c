/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-ice.c: what ICE needs around libnice, without a network: candidates as text, settings, who
 * is a stranger, deadlines.
 */
#include <tutti/error.h>

#include "leg/candidate.h"
#include "leg/deadlines.h"
#include "leg/ice-config.h"
#include "leg/probe.h"
#include "leg/sieve.h"

/* --- Candidates --- */

static void
test_candidate_kinds (void)
{
    const struct {
        const char *text;
        gboolean is_candidate, is_used;
    } rows[] = {
        /* Chromium, Firefox, GStreamer, FFmpeg; TCP; IPv6; unknown extensions. */
        {"candidate:2999745851 1 udp 2122260223 192.168.1.7 56143 typ host generation 0 ufrag a1",
         TRUE, TRUE},
        {"candidate:0 1 UDP 2122252543 10.0.0.4 50123 typ host", TRUE, TRUE},
        {"a=candidate:1 1 UDP 2015363327 10.0.2.15 40000 typ host", TRUE, TRUE},
        {"candidate:1 1 tcp 1518280447 10.0.0.4 9 typ host tcptype active", TRUE, TRUE},
        {"candidate:7 1 udp 1 2001:db8::1 4000 typ srflx raddr :: rport 0", TRUE, TRUE},
        {"candidate:7 1 udp 41885439 198.51.100.2 4000 typ relay raddr 0.0.0.0 rport 0", TRUE,
         TRUE},
        /* Understood, not for us. */
        {"candidate:1 1 udp 2113937151 0a1b2c3d-4e5f.local 56143 typ host", TRUE, FALSE},
        {"candidate:1 1 udp 2113937151 turn.example.org 56143 typ host", TRUE, FALSE},
        {"candidate:0 2 UDP 2122252542 10.0.0.4 50124 typ host", TRUE, FALSE},
        {"candidate:1 1 ssltcp 1 10.0.0.4 443 typ host", TRUE, FALSE},
        {"candidate:1 1 tcp 1518280447 10.0.0.4 9 typ host", TRUE, FALSE},
        {"candidate:1 1 tcp 1518280447 10.0.0.4 9 typ host tcptype so", TRUE, FALSE},
        {"candidate:1 1 udp 1 10.0.0.4 0 typ host", TRUE, FALSE},
        {"candidate:1 1 udp 1 10.0.0.4 1 typ newkind", TRUE, FALSE},
        /* No candidates. */
        {"candidate", FALSE, FALSE},
        {"candidate:", FALSE, FALSE},
        {"candidate:1 1 udp 1 10.0.0.4 5000", FALSE, FALSE},
        {"candidate:1 1 udp 1 10.0.0.4 5000 tip host", FALSE, FALSE},
        {"candidate:1 1 udp x 10.0.0.4 5000 typ host", FALSE, FALSE},
        {"candidate:1 1 udp 0 10.0.0.4 5000 typ host", FALSE, FALSE},
        {"candidate:1 0 udp 1 10.0.0.4 5000 typ host", FALSE, FALSE},
        {"candidate:1 1 udp 1 10.0.0.4 65536 typ host", FALSE, FALSE},
        {"candidate:1 1 udp 99999999999 10.0.0.4 5000 typ host", FALSE, FALSE},
        {"v=0", FALSE, FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autoptr (NiceCandidate) candidate = NULL;
        g_autoptr (GError) error = NULL;
        gboolean good = tutti_candidate_parse (rows[i].text, &candidate, &error);

        g_test_message ("%s", rows[i].text);
        g_assert_cmpint (good, ==, rows[i].is_candidate);
        g_assert_cmpint (candidate != NULL, ==, rows[i].is_used);
        if (!good)
            g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CANDIDATE);
    }
}

static void
test_candidate_long (void)
{
    g_autofree char *tail = g_strnfill (1000, ' ');
    g_autofree char *text = g_strconcat ("candidate:1 1 udp 1 10.0.0.4 5000 typ host", tail, NULL);
    g_autoptr (NiceCandidate) candidate = NULL;

    g_assert_false (tutti_candidate_parse (text, &candidate, NULL));
}

static void
test_candidate_end (void)
{
    g_assert_true (tutti_candidate_is_end (""));
    g_assert_true (tutti_candidate_is_end ("end-of-candidates"));
    g_assert_false (tutti_candidate_is_end ("candidate:"));
}

static void
test_candidate_format (void)
{
    const struct {
        const char *in, *public_address, *out;
    } rows[] = {
        {"candidate:5 1 udp 77 10.0.0.4 5000 typ host", NULL,
         "candidate:5 1 udp 77 10.0.0.4 5000 typ host"},
        {"candidate:5 1 udp 77 10.0.0.4 5000 typ host", "198.51.100.9",
         "candidate:5 1 udp 77 198.51.100.9 5000 typ host"},
        {"candidate:5 1 udp 77 fd00::1 5000 typ host", "198.51.100.9",
         "candidate:5 1 udp 77 fd00::1 5000 typ host"},
        {"candidate:5 1 udp 77 127.0.0.1 5000 typ host", "198.51.100.9",
         "candidate:5 1 udp 77 127.0.0.1 5000 typ host"},
        {"candidate:5 1 tcp 77 10.0.0.4 5000 typ host tcptype passive", "",
         "candidate:5 1 tcp 77 10.0.0.4 5000 typ host tcptype passive"},
        {"candidate:5 1 tcp 77 10.0.0.4 9 typ host tcptype active", "", NULL},
        {"candidate:5 1 udp 77 192.0.2.1 5000 typ srflx", "198.51.100.9",
         "candidate:5 1 udp 77 192.0.2.1 5000 typ srflx raddr 192.0.2.1 rport 5000"},
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autoptr (NiceCandidate) candidate = NULL;
        g_autofree char *text = NULL;

        g_assert_true (tutti_candidate_parse (rows[i].in, &candidate, NULL));
        text = tutti_candidate_format (candidate, rows[i].public_address);
        g_assert_cmpstr (text, ==, rows[i].out);
    }
}

/* --- Settings --- */

static void
test_config (void)
{
    const TuttiNetConfig good = {
        .stun_server = "stun.example.org",
        .turn_server = "turn:[2001:db8::1]:5349?transport=tcp",
        .interfaces = "eth0 wlan0",
        .public_address = "198.51.100.9",
    };
    const TuttiNetConfig bad[] = {
        {.turn_server = "turn:example.org?transport=sctp"},
        {.turn_server = "turns:example.org"},
        {.stun_server = "example.org:port"},
        {.public_address = "example.org"},
        {.udp_port_min = 5000, .udp_port_max = 4000},
    };
    g_autoptr (GError) error = NULL;
    g_autoptr (TuttiIceConfig) config = tutti_ice_config_new (&good, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (config->stun_host, ==, "stun.example.org");
    g_assert_cmpuint (config->stun_port, ==, 3478);
    g_assert_cmpstr (config->turn_host, ==, "2001:db8::1");
    g_assert_cmpuint (config->turn_port, ==, 5349);
    g_assert_cmpint (config->turn_type, ==, NICE_RELAY_TYPE_TURN_TCP);
    for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
        g_autoptr (GError) fault = NULL;

        g_assert_null (tutti_ice_config_new (&bad[i], &fault));
        g_assert_error (fault, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG);
    }
}

/* --- Deadlines --- */

static void
test_deadlines (void)
{
    g_autoptr (TuttiDeadlines) deadlines = tutti_deadlines_new ();
    TuttiDeadline entries[200] = {0};
    gint64 last = -1;
    guint left = 0;

    for (guint round = 0; round < 5000; round++) {
        TuttiDeadline *entry = &entries[g_test_rand_int_range (0, G_N_ELEMENTS (entries))];
        gboolean never = g_test_rand_int_range (0, 4) == 0;

        tutti_deadlines_set (deadlines, entry,
                             never ? TUTTI_DEADLINE_NEVER : g_test_rand_int_range (0, 1000));
    }
    for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
        left += entries[i].place > 0;
    while (tutti_deadlines_peek (deadlines)) {
        TuttiDeadline *first = tutti_deadlines_peek (deadlines);

        g_assert_cmpint (first->due_us, >=, last);
        last = first->due_us;
        tutti_deadlines_set (deadlines, first, TUTTI_DEADLINE_NEVER);
        left--;
    }
    g_assert_cmpuint (left, ==, 0);
}

/* --- Strangers --- */

/* RFC 5769 section 2.1: the sample request; its user name is "evtj:h6vY". */
static const guint8 sample_check[] = {
    0x00, 0x01, 0x00, 0x58, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86,
    0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x10, 0x53, 0x54, 0x55, 0x4e, 0x20, 0x74, 0x65, 0x73,
    0x74, 0x20, 0x63, 0x6c, 0x69, 0x65, 0x6e, 0x74, 0x00, 0x24, 0x00, 0x04, 0x6e, 0x00, 0x01, 0xff,
    0x80, 0x29, 0x00, 0x08, 0x93, 0x2f, 0xf9, 0xb1, 0x51, 0x26, 0x3b, 0x36, 0x00, 0x06, 0x00, 0x09,
    0x65, 0x76, 0x74, 0x6a, 0x3a, 0x68, 0x36, 0x76, 0x59, 0x20, 0x20, 0x20, 0x00, 0x08, 0x00, 0x14,
    0x9a, 0xea, 0xa7, 0x0c, 0xbf, 0xd8, 0xcb, 0x56, 0x78, 0x1e, 0xf2, 0xb5, 0xb2, 0xd3, 0xf2, 0x49,
    0xc1, 0xb5, 0x71, 0xa2, 0x80, 0x28, 0x00, 0x04, 0xe5, 0x7a, 0x3b, 0xcf,
};

static void
test_sieve (void)
{
    const guint8 answer[20] = {1, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42};
    const guint8 media[12] = {0x80, 111};
    const guint8 channel[8] = {0x40};
    const guint8 nothing[8] = {0x50};
    const struct {
        const char *ufrag;
        const guint8 *data;
        gsize length;
        gboolean from_peer, has_relay;
        TuttiVerdict verdict;
    } rows[] = {
        {"evtj", sample_check, sizeof sample_check, FALSE, FALSE, TUTTI_SIEVE_NICE},
        {"evtj", sample_check, sizeof sample_check, TRUE, FALSE, TUTTI_SIEVE_NICE},
        {"evt", sample_check, sizeof sample_check, FALSE, FALSE, TUTTI_SIEVE_GUARDED},
        {"evtj:h6vY", sample_check, sizeof sample_check, FALSE, FALSE, TUTTI_SIEVE_GUARDED},
        {"", sample_check, sizeof sample_check, FALSE, FALSE, TUTTI_SIEVE_GUARDED},
        {"evtj", sample_check, 60, FALSE, FALSE, TUTTI_SIEVE_GUARDED},
        {"evtj", sample_check, 19, FALSE, FALSE, TUTTI_SIEVE_DROP},
        {"evtj", sample_check, 19, TRUE, FALSE, TUTTI_SIEVE_DROP},
        {"evtj", answer, sizeof answer, FALSE, FALSE, TUTTI_SIEVE_GUARDED},
        {"evtj", media, sizeof media, TRUE, FALSE, TUTTI_SIEVE_MEDIA},
        {"evtj", media, sizeof media, FALSE, FALSE, TUTTI_SIEVE_GUARDED},
        {"evtj", channel, sizeof channel, FALSE, FALSE, TUTTI_SIEVE_DROP},
        {"evtj", channel, sizeof channel, FALSE, TRUE, TUTTI_SIEVE_NICE},
        {"evtj", nothing, sizeof nothing, TRUE, FALSE, TUTTI_SIEVE_DROP},
        {"evtj", nothing, 0, TRUE, FALSE, TUTTI_SIEVE_DROP},
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        TuttiSieve sieve = {.has_relay = rows[i].has_relay};

        g_strlcpy (sieve.ufrag, rows[i].ufrag, sizeof sieve.ufrag);
        g_assert_cmpint (
            tutti_sieve_judge (&sieve, rows[i].data, rows[i].length, rows[i].from_peer, 1), ==,
            rows[i].verdict);
    }
}

/* Too many strangers: their media and answers are dropped, checks for us and the peer's are let
 * through under guard; a moment later it is quiet again. */
static void
test_sieve_flood (void)
{
    const guint8 media[12] = {0x80, 111};
    TuttiSieve sieve = {.ufrag = "evtj", .has_path = TRUE};

    for (guint i = 0; i < 50; i++)
        tutti_sieve_judge (&sieve, media, sizeof media, FALSE, 1000);
    g_assert_cmpint (tutti_sieve_judge (&sieve, media, sizeof media, FALSE, 2000), ==,
                     TUTTI_SIEVE_DROP);
    g_assert_cmpint (tutti_sieve_judge (&sieve, sample_check, sizeof sample_check, FALSE, 2000), ==,
                     TUTTI_SIEVE_GUARDED);
    g_assert_cmpint (tutti_sieve_judge (&sieve, sample_check, sizeof sample_check, TRUE, 2000), ==,
                     TUTTI_SIEVE_GUARDED);
    g_assert_cmpint (tutti_sieve_judge (&sieve, media, sizeof media, TRUE, 2000), ==,
                     TUTTI_SIEVE_MEDIA);
    g_assert_cmpint (tutti_sieve_judge (&sieve, sample_check, sizeof sample_check, FALSE, 200000),
                     ==, TUTTI_SIEVE_NICE);
}

/* Our own check is one that the other side's sieve knows. */
static void
test_probe (void)
{
    TuttiProbeKeys keys = {"ours", "theirs", "a-password-of-22-bytes", FALSE};
    TuttiSieve sieve = {.ufrag = "theirs"};
    guint8 buffer[TUTTI_PROBE_MAX_BYTES];
    gsize length = tutti_probe_write (&keys, buffer);

    g_assert_cmpuint (length, >, 20);
    g_assert_cmpint (tutti_sieve_judge (&sieve, buffer, length, FALSE, 1), ==, TUTTI_SIEVE_NICE);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/ice/candidate/kinds", test_candidate_kinds);
    g_test_add_func ("/ice/candidate/long", test_candidate_long);
    g_test_add_func ("/ice/candidate/end", test_candidate_end);
    g_test_add_func ("/ice/candidate/format", test_candidate_format);
    g_test_add_func ("/ice/config", test_config);
    g_test_add_func ("/ice/deadlines", test_deadlines);
    g_test_add_func ("/ice/sieve", test_sieve);
    g_test_add_func ("/ice/sieve-flood", test_sieve_flood);
    g_test_add_func ("/ice/probe", test_probe);
    return g_test_run ();
}
