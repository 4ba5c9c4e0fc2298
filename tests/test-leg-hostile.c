/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-leg-hostile.c: peers that lie and strangers that shout: nothing of it reaches a call.
 */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gio/gio.h>
#include <tutti/error.h>

#include "leg-call.h"

static void
test_wrong_fingerprint (void)
{
    g_autoptr (TuttiSession) offer = tutti_session_new ();
    g_autoptr (TuttiSession) answer = tutti_session_new ();
    Call call;

    call_set_up (&call, &call_usual, FALSE);
    tutti_peer_offer (call.peer, offer);
    offer->digest[5] ^= 1;
    call_exchange (&call, offer, answer);
    wait_until (tutti_leg_get_state (call.leg) == TUTTI_LEG_CLOSED);
    wait_until (tutti_peer_get_state (call.peer) == TUTTI_LEG_CLOSED);
    call_tear_down (&call);
}

/* One who sends candidates without end gets nowhere with it. */
static void
test_many_candidates (void)
{
    Call call;

    call_connect (&call);
    for (guint i = 1; i <= 500; i++) {
        g_autofree char *text = g_strdup_printf (
            "candidate:%u 1 udp 2113937151 127.0.0.%u %u typ host", i, i % 250 + 1, 20000 + i);

        g_assert_true (tutti_leg_add_candidate (call.leg, text, NULL));
    }
    call_check_media (&call);
    call_tear_down (&call);
}

/* An offer that can't be served changes nothing. */
static void
test_bad_offer (void)
{
    g_autoptr (TuttiSession) offer = tutti_session_new ();
    g_autoptr (TuttiSession) answer = tutti_session_new ();
    g_autoptr (GError) error = NULL;
    Call call;

    call_connect (&call);
    tutti_peer_offer (call.peer, offer);
    offer->digest[0] ^= 1;
    g_assert_false (tutti_leg_accept (call.leg, offer, answer, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED);
    g_clear_error (&error);
    offer->digest[0] ^= 1;
    offer->n_media = 0;
    g_assert_false (tutti_leg_accept (call.leg, offer, answer, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_SDP);
    call_check_media (&call);
    call_tear_down (&call);
}

static gsize
write_sound (guint8 *data, guint16 seq)
{
    const guint8 header[] = {
        0x80, TUTTI_PEER_OPUS, (guint8)(seq >> 8), (guint8)seq, 0, 0, 0, 1, 0, 0, 0, 99};

    memset (data, 5, 60);
    memcpy (data, header, sizeof header);
    return 60;
}

/* With AES-CM a packet protected twice is the same on the wire. */
static void
test_replay (void)
{
    TuttiPeerSetup setup = call_usual;
    guint8 data[64];
    TuttiLegStats stats = {0};
    Call call;

    setup.srtp_profiles = "SRTP_AES128_CM_SHA1_80";
    call_set_up (&call, &setup, FALSE);
    call_negotiate (&call);
    wait_until (call_is_connected (&call));
    for (guint16 seq = 1; seq <= 3; seq++)
        for (guint times = 0; times < 4; times++)
            tutti_peer_send (call.peer, data, write_sound (data, seq), FALSE);
    wait_until ((tutti_leg_get_stats (call.leg, &stats), stats.replays) == 9);
    g_assert_cmpstr (stats.srtp_profile, ==, "AES128_CM_SHA1_80");
    g_assert_cmpuint (tutti_queue_length (call.in[TUTTI_TRACK_AUDIO]), ==, 3);
    call_tear_down (&call);
}

static guint64
count_malformed (TuttiLeg *leg)
{
    TuttiLegStats stats;

    tutti_leg_get_stats (leg, &stats);
    return stats.malformed;
}

/* The kernel drops good packets too while the socket is full of others. */
static void
wait_for_ebb (TuttiLeg *leg)
{
    guint64 before, now = count_malformed (leg);

    do {
        before = now;
        g_usleep (200 * TUTTI_USEC_PER_MSEC);
        now = count_malformed (leg);
    } while (now != before);
}

/* Bytes of any kind from the peer's own address. */
static void
test_garbage (void)
{
    TuttiLegStats stats = {0};
    Call call;

    call_connect (&call);
    for (guint i = 0; i < 3000; i++) {
        guint8 data[1500];
        gsize length = (gsize)g_test_rand_int_range (0, i % 10 == 0 ? sizeof data : 60);

        for (gsize at = 0; at < length; at++)
            data[at] = (guint8)g_test_rand_int ();
        tutti_peer_send_raw (call.peer, data, length);
        if (i % 100 == 0)
            g_usleep (TUTTI_USEC_PER_MSEC);
    }
    wait_for_ebb (call.leg);
    call_check_media (&call);
    wait_until ((tutti_leg_get_stats (call.leg, &stats), stats.malformed) > 100);
    g_assert_cmpuint (stats.srtp_failures, >, 100);
    g_assert_cmpint (tutti_leg_get_state (call.leg), ==, TUTTI_LEG_CONNECTED);
    call_tear_down (&call);
}

typedef struct {
    struct sockaddr_storage to;
    socklen_t to_bytes;
    gint is_over; /* atomic */
    guint64 n_sent;
} Flood;

/* A check of somebody else's, an answer nobody asked for, a record, a packet. */
static const guint8 strange[][64] = {
    {0, 1,  0,  12, 0x21, 0x12, 0xa4, 0x42, 1,   2,   3,   4,   5,   6,   7,  8,
     9, 10, 11, 12, 0,    6,    0,    7,    'a', 'b', ':', 'c', 'd', 'e', 'f'},
    {1, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
    {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 51},
    {0x80, 111, 0, 1},
};
static const gsize strange_bytes[] = {32, 20, 64, 64};

static gpointer
send_flood (gpointer user_data)
{
    Flood *flood = user_data;
    int fd = socket (flood->to.ss_family, SOCK_DGRAM, 0);

    for (guint i = 0; !g_atomic_int_get (&flood->is_over); i = (i + 1) % G_N_ELEMENTS (strange)) {
        sendto (fd, strange[i], strange_bytes[i], 0, (struct sockaddr *)&flood->to,
                flood->to_bytes);
        flood->n_sent++;
    }
    close (fd);
    return NULL;
}

static void
aim_flood (Flood *flood, TuttiLeg *leg)
{
    TuttiLegStats stats;
    g_auto (GStrv) parts = NULL;
    g_autoptr (GSocketConnectable) host = NULL;
    g_autoptr (GSocketAddress) address = NULL;

    tutti_leg_get_stats (leg, &stats);
    parts = g_strsplit (stats.pair, " ", 3);
    host = g_network_address_parse (parts[1], 0, NULL);
    address = g_inet_socket_address_new_from_string (
        g_network_address_get_hostname (G_NETWORK_ADDRESS (host)),
        g_network_address_get_port (G_NETWORK_ADDRESS (host)));
    g_assert_true (g_socket_address_to_native (address, &flood->to, sizeof flood->to, NULL));
    flood->to_bytes = (socklen_t)g_socket_address_get_native_size (address);
}

/* Strangers send to one leg as fast as they can: others on the same thread go on as if nothing
 * were, and the leg itself is there afterwards. */
static void
test_flood (void)
{
    Flood flood = {0};
    GThread *thread;
    Call victim, other;

    call_connect (&victim);
    call_set_up_on (&other, &call_usual, victim.net, FALSE);
    call_negotiate (&other);
    wait_until (call_is_connected (&other));
    aim_flood (&flood, victim.leg);
    thread = g_thread_new ("flood", send_flood, &flood);
    for (guint i = 0; i < 50; i++) {
        call_check_media (&other);
        g_usleep (20 * TUTTI_USEC_PER_MSEC);
    }
    g_atomic_int_set (&flood.is_over, 1);
    g_thread_join (thread);
    g_test_message ("%" G_GUINT64_FORMAT " packets of strangers", flood.n_sent);
    wait_for_ebb (victim.leg);
    call_check_media (&victim);
    g_assert_cmpint (tutti_leg_get_state (victim.leg), ==, TUTTI_LEG_CONNECTED);
    g_assert_cmpuint (count_malformed (victim.leg), >, 100);
    call_tear_down (&other);
    call_tear_down (&victim);
}

static guint
count_descriptors (void)
{
    g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
    guint n = 0;

    while (dir && g_dir_read_name (dir))
        n++;
    return n;
}

/* Joins that never come to anything: all states of incompleteness, nothing stays behind, and no
 * event is told of what is gone. */
static void
test_half_open (void)
{
    TuttiPeerSetup setup = call_usual;
    guint descriptors;
    Call call;

    call_set_up (&call, &setup, FALSE);
    descriptors = count_descriptors ();
    for (guint i = 0; i < 300; i++) {
        g_autoptr (TuttiSession) offer = tutti_session_new ();
        g_autoptr (TuttiSession) answer = tutti_session_new ();
        TuttiLeg *leg = call_make_leg (&call);

        if (i % 3 > 0) {
            g_strlcpy (offer->ufrag, "abcd", sizeof offer->ufrag);
            g_strlcpy (offer->pwd, "0123456789abcdefghijkl", sizeof offer->pwd);
            g_strlcpy (offer->hash, "sha-256", sizeof offer->hash);
            offer->digest_bytes = 32;
            offer->n_media = 1;
            offer->media[0] = (TuttiMedia){.rtcp_mux = TRUE, .n_formats = 1};
            offer->media[0].formats[0].codec = TUTTI_CODEC_OPUS;
            g_assert_true (tutti_leg_accept (leg, offer, answer, NULL));
        }
        if (i % 3 > 1)
            tutti_leg_add_candidate (leg, "candidate:1 1 udp 99 127.0.0.1 9 typ host", NULL);
        tutti_leg_free (leg);
    }
    while (g_main_context_iteration (NULL, FALSE))
        ;
    g_assert_cmpuint (call.n_states, ==, 0);
    g_assert_cmpuint (count_descriptors (), <=, descriptors + 2);
    call_tear_down (&call);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/leg-hostile/wrong-fingerprint", test_wrong_fingerprint);
    g_test_add_func ("/leg-hostile/many-candidates", test_many_candidates);
    g_test_add_func ("/leg-hostile/bad-offer", test_bad_offer);
    g_test_add_func ("/leg-hostile/replay", test_replay);
    g_test_add_func ("/leg-hostile/garbage", test_garbage);
    g_test_add_func ("/leg-hostile/flood", test_flood);
    g_test_add_func ("/leg-hostile/half-open", test_half_open);
    return g_test_run ();
}
