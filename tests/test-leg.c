/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-leg.c: legs against test peers over loopback, in one process.
 */
#include <string.h>

#include <tutti/error.h>

#include "leg/srtp.h"
#include "peer.h"

/* Far more than anything here takes; a machine under load is slow, not broken. */
#define PATIENCE_US (20 * G_USEC_PER_SEC)

static const TuttiCodec codecs[] = {TUTTI_CODEC_VP8, TUTTI_CODEC_H264, TUTTI_CODEC_NONE};

typedef struct {
    TuttiNet *net, *peer_net;
    TuttiLeg *leg;
    TuttiPeer *peer;
    TuttiQueue *in[TUTTI_N_TRACKS], *peer_in[TUTTI_N_TRACKS];
    TuttiWish *key_frame_wanted;
    guint n_states;
    TuttiLegState states[16]; /* as told */
    GPtrArray *candidates;    /* as told */
    gint n_inside;            /* calls into the leg under way */
} Call;

static void
on_state (TuttiLeg *leg, TuttiLegState state, gpointer user_data)
{
    Call *call = user_data;

    g_assert_cmpint (call->n_inside, ==, 0);
    g_assert_cmpint (tutti_leg_get_state (leg), ==, state);
    if (call->n_states < G_N_ELEMENTS (call->states))
        call->states[call->n_states++] = state;
}

static void
on_candidate (TuttiLeg *leg, const char *candidate, gpointer user_data)
{
    Call *call = user_data;

    g_ptr_array_add (call->candidates, g_strdup (candidate));
}

static TuttiNet *
make_net (gboolean tcp)
{
    TuttiNetConfig config = {.n_threads = 1, .interfaces = "lo", .tcp = tcp};
    g_autoptr (GError) error = NULL;
    TuttiNet *net = tutti_net_new (&config, &error);

    g_assert_no_error (error);
    return net;
}

static TuttiLeg *
make_leg (Call *call)
{
    const TuttiLegEvents events = {on_state, on_candidate};
    TuttiLegSetup setup = {
        .key_frame_wanted = call->key_frame_wanted,
        .video_codecs = codecs,
        .fec = TRUE,
        .name = "room test, leg 1",
    };

    memcpy (setup.in, call->in, sizeof setup.in);
    return tutti_leg_new (call->net, &setup, &events, call);
}

static void
set_up (Call *call, const TuttiPeerSetup *peer_setup, gboolean tcp)
{
    TuttiPeerSetup setup = *peer_setup;

    *call = (Call){0};
    call->candidates = g_ptr_array_new_with_free_func (g_free);
    call->net = make_net (tcp);
    call->peer_net = make_net (tcp);
    for (guint i = 0; i < TUTTI_N_TRACKS; i++) {
        call->in[i] = tutti_queue_new (64, NULL, NULL);
        call->peer_in[i] = tutti_queue_new (64, NULL, NULL);
        setup.in[i] = call->peer_in[i];
    }
    call->key_frame_wanted = tutti_wish_new (NULL, NULL);
    call->leg = make_leg (call);
    call->peer = tutti_peer_new (call->peer_net, &setup);
}

static void
tear_down (Call *call)
{
    tutti_leg_free (call->leg);
    tutti_peer_free (call->peer);
    for (guint i = 0; i < TUTTI_N_TRACKS; i++) {
        tutti_queue_unref (call->in[i]);
        tutti_queue_unref (call->peer_in[i]);
    }
    tutti_wish_unref (call->key_frame_wanted);
    tutti_net_free (call->net);
    tutti_net_free (call->peer_net);
    g_ptr_array_unref (call->candidates);
    g_assert_cmpuint (tutti_packet_count_live (), ==, 0);
}

static gboolean
on_pulse (gpointer user_data)
{
    return G_SOURCE_CONTINUE;
}

/* Runs main until the condition holds; fails the test when it doesn't in time. */
#define wait_until(condition)                                                                      \
    G_STMT_START                                                                                   \
    {                                                                                              \
        gint64 patience_us = g_get_monotonic_time () + PATIENCE_US;                                \
        guint pulse = g_timeout_add (5, on_pulse, NULL);                                           \
        while (!(condition) && g_get_monotonic_time () < patience_us)                              \
            g_main_context_iteration (NULL, TRUE);                                                 \
        g_source_remove (pulse);                                                                   \
        g_assert_true (condition);                                                                 \
    }                                                                                              \
    G_STMT_END

static void
exchange (Call *call, TuttiSession *offer, TuttiSession *answer)
{
    g_autoptr (GError) error = NULL;

    call->n_inside++;
    tutti_leg_accept (call->leg, offer, answer, &error);
    call->n_inside--;
    g_assert_no_error (error);
    g_assert_true (tutti_peer_take_answer (call->peer, answer));
}

static void
negotiate (Call *call)
{
    g_autoptr (TuttiSession) offer = tutti_session_new ();
    g_autoptr (TuttiSession) answer = tutti_session_new ();

    tutti_peer_offer (call->peer, offer);
    exchange (call, offer, answer);
}

static gboolean
is_connected (Call *call)
{
    return tutti_leg_get_state (call->leg) == TUTTI_LEG_CONNECTED &&
           tutti_peer_get_state (call->peer) == TUTTI_LEG_CONNECTED;
}

static TuttiPacket *
make_sound (guint8 mark)
{
    TuttiPacket *packet = tutti_packet_new ();

    packet->codec = TUTTI_CODEC_OPUS;
    packet->time_us = g_get_monotonic_time ();
    packet->length_bytes = 40;
    memset (packet->data, mark, packet->length_bytes);
    return packet;
}

static TuttiPacket *
make_picture (guint8 mark, gsize length_bytes)
{
    TuttiPacket *packet = tutti_packet_new ();

    packet->codec = TUTTI_CODEC_VP8;
    packet->time_us = g_get_monotonic_time ();
    packet->flags = TUTTI_PACKET_FRAME_START | TUTTI_PACKET_KEY_FRAME | TUTTI_PACKET_MARKER;
    packet->length_bytes = (guint16)length_bytes;
    memset (packet->data, mark, length_bytes);
    return packet;
}

static void
push (TuttiQueue *queue, TuttiPacket *packet)
{
    tutti_queue_push (queue, packet);
    tutti_packet_unref (packet);
}

static void
expect_packet (TuttiQueue *queue, guint8 mark, gsize length_bytes)
{
    g_autoptr (TuttiPacket) packet = NULL;

    wait_until (tutti_queue_length (queue) > 0);
    packet = tutti_queue_pop (queue);
    g_assert_cmpuint (packet->length_bytes, ==, length_bytes);
    g_assert_cmpuint (packet->data[length_bytes - 1], ==, mark);
}

static void
check_media (Call *call)
{
    push (tutti_peer_get_output (call->peer, TUTTI_KIND_AUDIO), make_sound (1));
    expect_packet (call->in[TUTTI_TRACK_AUDIO], 1, 40);
    push (tutti_peer_get_output (call->peer, TUTTI_KIND_VIDEO), make_picture (2, 1100));
    expect_packet (call->in[TUTTI_TRACK_CAMERA], 2, 1100);
    push (tutti_leg_get_output (call->leg, TUTTI_KIND_AUDIO), make_sound (3));
    expect_packet (call->peer_in[TUTTI_TRACK_AUDIO], 3, 40);
    push (tutti_leg_get_output (call->leg, TUTTI_KIND_VIDEO), make_picture (4, 1000));
    expect_packet (call->peer_in[TUTTI_TRACK_CAMERA], 4, 1000);
}

static guint64
count_in (Call *call, TuttiTrack track)
{
    TuttiLegStats stats;

    tutti_leg_get_stats (call->leg, &stats);
    return stats.in[track].packets;
}

static guint64
count_out (Call *call, TuttiKind kind)
{
    TuttiLegStats stats;

    tutti_leg_get_stats (call->leg, &stats);
    return stats.out[kind].packets;
}

static const TuttiPeerSetup usual = {
    .audio = TUTTI_DIRECTION_BOTH,
    .camera = TUTTI_DIRECTION_BOTH,
    .setup = TUTTI_SETUP_ACTPASS,
};

static void
test_connect (gconstpointer data)
{
    TuttiPeerSetup setup = usual;
    Call call;
    TuttiLegStats stats;

    setup.setup = (TuttiSetup)GPOINTER_TO_INT (data);
    set_up (&call, &setup, FALSE);
    g_assert_cmpint (tutti_leg_get_state (call.leg), ==, TUTTI_LEG_NEW);
    negotiate (&call);
    g_assert_cmpint (tutti_leg_get_state (call.leg), ==, TUTTI_LEG_CONNECTING);
    wait_until (is_connected (&call));
    g_assert_true (tutti_wish_take (call.key_frame_wanted));
    check_media (&call);
    g_assert_cmpint (call.states[call.n_states - 1], ==, TUTTI_LEG_CONNECTED);
    tutti_leg_get_stats (call.leg, &stats);
    g_assert_cmpstr (stats.srtp_profile, ==, "AEAD_AES_128_GCM");
    g_assert_true (g_str_has_prefix (stats.pair, "udp "));
    wait_until (count_in (&call, TUTTI_TRACK_AUDIO) == 1);
    wait_until (count_out (&call, TUTTI_KIND_VIDEO) == 1);
    tear_down (&call);
}

static void
connect_usual (Call *call)
{
    set_up (call, &usual, FALSE);
    negotiate (call);
    wait_until (is_connected (call));
}

static void
test_wrong_fingerprint (void)
{
    g_autoptr (TuttiSession) offer = tutti_session_new ();
    g_autoptr (TuttiSession) answer = tutti_session_new ();
    Call call;

    set_up (&call, &usual, FALSE);
    tutti_peer_offer (call.peer, offer);
    offer->digest[5] ^= 1;
    exchange (&call, offer, answer);
    wait_until (tutti_leg_get_state (call.leg) == TUTTI_LEG_CLOSED);
    wait_until (tutti_peer_get_state (call.peer) == TUTTI_LEG_CLOSED);
    tear_down (&call);
}

/* The offer brings none: the leg learns the peer's address from its checks (RFC 8445 section
 * 7.3.1.3). */
static void
test_no_candidates (void)
{
    g_autoptr (TuttiSession) offer = tutti_session_new ();
    g_autoptr (TuttiSession) answer = tutti_session_new ();
    Call call;

    set_up (&call, &usual, FALSE);
    tutti_peer_offer (call.peer, offer);
    g_ptr_array_set_size (offer->candidates, 0);
    exchange (&call, offer, answer);
    g_assert_cmpuint (answer->candidates->len, >, 0);
    wait_until (is_connected (&call));
    check_media (&call);
    tear_down (&call);
}

/* Half of the candidates come before the offer, half after the answer, nonsense in between. */
static void
test_trickle (void)
{
    g_autoptr (TuttiSession) offer = tutti_session_new ();
    g_autoptr (TuttiSession) answer = tutti_session_new ();
    g_autoptr (GPtrArray) candidates = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GError) error = NULL;
    Call call;

    set_up (&call, &usual, FALSE);
    tutti_peer_offer (call.peer, offer);
    g_ptr_array_extend_and_steal (candidates, g_steal_pointer (&offer->candidates));
    offer->candidates = g_ptr_array_new_with_free_func (g_free);
    g_assert_cmpuint (candidates->len, >, 1);
    g_assert_true (tutti_leg_add_candidate (call.leg, candidates->pdata[0], NULL));
    exchange (&call, offer, answer);
    g_assert_true (tutti_leg_add_candidate (
        call.leg, "candidate:1 1 udp 2113937151 0a1b2c3d.local 56143 typ host", NULL));
    g_assert_false (tutti_leg_add_candidate (call.leg, "candidate:nonsense", &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CANDIDATE);
    for (guint i = 1; i < candidates->len; i++)
        g_assert_true (tutti_leg_add_candidate (call.leg, candidates->pdata[i], NULL));
    g_assert_true (tutti_leg_add_candidate (call.leg, "", NULL));
    wait_until (is_connected (&call));
    wait_until (call.candidates->len > 0 || answer->end_of_candidates);
    tear_down (&call);
}

/* One who sends candidates without end gets nowhere with it. */
static void
test_many_candidates (void)
{
    Call call;

    connect_usual (&call);
    for (guint i = 1; i <= 500; i++) {
        g_autofree char *text = g_strdup_printf (
            "candidate:%u 1 udp 2113937151 127.0.0.%u %u typ host", i, i % 250 + 1, 20000 + i);

        g_assert_true (tutti_leg_add_candidate (call.leg, text, NULL));
    }
    check_media (&call);
    tear_down (&call);
}

static void
test_tcp (void)
{
    g_autoptr (TuttiSession) offer = tutti_session_new ();
    g_autoptr (TuttiSession) answer = tutti_session_new ();
    TuttiLegStats stats;
    Call call;

    set_up (&call, &usual, TRUE);
    tutti_peer_offer (call.peer, offer);
    g_ptr_array_set_size (offer->candidates, 0);
    tutti_leg_accept (call.leg, offer, answer, NULL);
    for (guint i = answer->candidates->len; i-- > 0;)
        if (!strstr (answer->candidates->pdata[i], " tcp "))
            g_ptr_array_remove_index (answer->candidates, i);
    g_assert_cmpuint (answer->candidates->len, >, 0);
    g_assert_true (tutti_peer_take_answer (call.peer, answer));
    wait_until (is_connected (&call));
    check_media (&call);
    tutti_leg_get_stats (call.leg, &stats);
    g_assert_true (g_str_has_prefix (stats.pair, "tcp "));
    tear_down (&call);
}

/* New ICE credentials: a new pair, the same DTLS, and nobody hears a gap. */
static void
test_restart (void)
{
    g_autoptr (TuttiSession) offer = tutti_session_new ();
    g_autoptr (TuttiSession) answer = tutti_session_new ();
    g_autofree char *ufrag = NULL;
    Call call;

    connect_usual (&call);
    tutti_peer_offer (call.peer, offer);
    exchange (&call, offer, answer);
    ufrag = g_strdup (answer->ufrag);
    check_media (&call);
    for (guint i = 0; i < 3; i++) {
        g_autoptr (TuttiSession) again = tutti_session_new ();
        g_autoptr (TuttiSession) reply = tutti_session_new ();

        tutti_peer_restart_ice (call.peer);
        tutti_peer_offer (call.peer, again);
        exchange (&call, again, reply);
        g_assert_cmpstr (reply->ufrag, !=, ufrag);
        check_media (&call);
        g_usleep (200 * TUTTI_USEC_PER_MSEC);
        check_media (&call);
    }
    g_assert_cmpint (call.states[call.n_states - 1], ==, TUTTI_LEG_CONNECTED);
    g_assert_cmpuint (call.n_states, <=, 2);
    tear_down (&call);
}

static void
test_add_screen (void)
{
    g_autoptr (TuttiSession) offer = tutti_session_new ();
    g_autoptr (TuttiSession) answer = tutti_session_new ();
    Call call;

    connect_usual (&call);
    g_assert_true (tutti_leg_is_sending (call.leg, TUTTI_TRACK_CAMERA));
    g_assert_false (tutti_leg_is_sending (call.leg, TUTTI_TRACK_SCREEN));
    g_assert_cmpint (tutti_leg_get_video_codec (call.leg), ==, TUTTI_CODEC_VP8);
    tutti_peer_add_screen (call.peer);
    tutti_peer_offer (call.peer, offer);
    exchange (&call, offer, answer);
    g_assert_true (tutti_leg_is_sending (call.leg, TUTTI_TRACK_SCREEN));
    check_media (&call);
    tear_down (&call);
}

/* An offer that can't be served changes nothing. */
static void
test_bad_offer (void)
{
    g_autoptr (TuttiSession) offer = tutti_session_new ();
    g_autoptr (TuttiSession) answer = tutti_session_new ();
    g_autoptr (GError) error = NULL;
    Call call;

    connect_usual (&call);
    tutti_peer_offer (call.peer, offer);
    offer->digest[0] ^= 1;
    g_assert_false (tutti_leg_accept (call.leg, offer, answer, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED);
    g_clear_error (&error);
    offer->digest[0] ^= 1;
    offer->n_media = 0;
    g_assert_false (tutti_leg_accept (call.leg, offer, answer, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_SDP);
    check_media (&call);
    tear_down (&call);
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
    TuttiPeerSetup setup = usual;
    guint8 data[64];
    TuttiLegStats stats = {0};
    Call call;

    setup.srtp_profiles = "SRTP_AES128_CM_SHA1_80";
    set_up (&call, &setup, FALSE);
    negotiate (&call);
    wait_until (is_connected (&call));
    for (guint16 seq = 1; seq <= 3; seq++)
        for (guint times = 0; times < 4; times++)
            tutti_peer_send (call.peer, data, write_sound (data, seq), FALSE);
    wait_until ((tutti_leg_get_stats (call.leg, &stats), stats.replays) == 9);
    g_assert_cmpstr (stats.srtp_profile, ==, "AES128_CM_SHA1_80");
    g_assert_cmpuint (tutti_queue_length (call.in[TUTTI_TRACK_AUDIO]), ==, 3);
    tear_down (&call);
}

/* Bytes of any kind from the peer's own address. */
static void
test_garbage (void)
{
    TuttiLegStats stats = {0};
    Call call;

    connect_usual (&call);
    for (guint i = 0; i < 3000; i++) {
        guint8 data[1500];
        gsize length = (gsize)g_test_rand_int_range (0, i % 10 == 0 ? sizeof data : 60);

        for (gsize at = 0; at < length; at++)
            data[at] = (guint8)g_test_rand_int ();
        tutti_peer_send_raw (call.peer, data, length);
        if (i % 100 == 0)
            g_usleep (TUTTI_USEC_PER_MSEC);
    }
    check_media (&call);
    wait_until ((tutti_leg_get_stats (call.leg, &stats), stats.malformed) > 100);
    g_assert_cmpuint (stats.srtp_failures, >, 100);
    g_assert_cmpint (tutti_leg_get_state (call.leg), ==, TUTTI_LEG_CONNECTED);
    tear_down (&call);
}

/* The peer says nothing for 5 s, then it is back. */
static void
test_lost (void)
{
    gint64 start_us;
    Call call;

    connect_usual (&call);
    check_media (&call);
    start_us = g_get_monotonic_time ();
    tutti_peer_set_awake (call.peer, FALSE);
    wait_until (tutti_leg_get_state (call.leg) == TUTTI_LEG_LOST);
    g_assert_cmpint (g_get_monotonic_time () - start_us, >=, 4 * G_USEC_PER_SEC);
    tutti_peer_set_awake (call.peer, TRUE);
    wait_until (is_connected (&call));
    check_media (&call);
    tear_down (&call);
}

/* Consent has expired (RFC 7675: 10 s after the last answer, asked for every 5 s) when the peer
 * comes back. */
static void
test_consent (void)
{
    Call call;

    if (!g_test_slow ()) {
        g_test_skip ("takes 30 s");
        return;
    }
    connect_usual (&call);
    tutti_peer_set_awake (call.peer, FALSE);
    wait_until (tutti_leg_get_state (call.leg) == TUTTI_LEG_LOST);
    g_usleep (20 * G_USEC_PER_SEC);
    tutti_peer_set_awake (call.peer, TRUE);
    wait_until (is_connected (&call));
    check_media (&call);
    tear_down (&call);
}

/* A listener hears and says nothing; it is not lost for that. */
static void
test_listener (void)
{
    TuttiPeerSetup setup = usual;
    gint64 end_us;
    Call call;

    setup.audio = TUTTI_DIRECTION_RECEIVE;
    setup.camera = TUTTI_DIRECTION_RECEIVE;
    set_up (&call, &setup, FALSE);
    negotiate (&call);
    wait_until (is_connected (&call));
    end_us = g_get_monotonic_time () + 7 * G_USEC_PER_SEC;
    wait_until (g_get_monotonic_time () > end_us);
    g_assert_cmpint (tutti_leg_get_state (call.leg), ==, TUTTI_LEG_CONNECTED);
    g_assert_cmpuint (call.n_states, ==, 2);
    push (tutti_leg_get_output (call.leg, TUTTI_KIND_AUDIO), make_sound (3));
    expect_packet (call.peer_in[TUTTI_TRACK_AUDIO], 3, 40);
    tear_down (&call);
}

static void
test_peer_leaves (void)
{
    TuttiPeerSetup setup = usual;
    Call call;

    connect_usual (&call);
    tutti_peer_free (call.peer);
    wait_until (tutti_leg_get_state (call.leg) == TUTTI_LEG_CLOSED);
    push (tutti_leg_get_output (call.leg, TUTTI_KIND_AUDIO), make_sound (3));
    call.peer = tutti_peer_new (call.peer_net, &setup);
    tear_down (&call);
}

static void
test_key_frames (void)
{
    gboolean is_wished = FALSE;
    Call call;

    connect_usual (&call);
    tutti_wish_take (call.key_frame_wanted);
    push (tutti_leg_get_output (call.leg, TUTTI_KIND_VIDEO), make_picture (4, 1000));
    expect_packet (call.peer_in[TUTTI_TRACK_CAMERA], 4, 1000);
    tutti_peer_want_key_frame (call.peer);
    wait_until (is_wished || (is_wished = tutti_wish_take (call.key_frame_wanted)));
    tear_down (&call);
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
    TuttiPeerSetup setup = usual;
    guint descriptors;
    Call call;

    set_up (&call, &setup, FALSE);
    descriptors = count_descriptors ();
    for (guint i = 0; i < 300; i++) {
        g_autoptr (TuttiSession) offer = tutti_session_new ();
        g_autoptr (TuttiSession) answer = tutti_session_new ();
        TuttiLeg *leg = make_leg (&call);

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
    tear_down (&call);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_data_func ("/leg/connect/passive", GINT_TO_POINTER (TUTTI_SETUP_ACTPASS),
                          test_connect);
    g_test_add_data_func ("/leg/connect/offered-active", GINT_TO_POINTER (TUTTI_SETUP_ACTIVE),
                          test_connect);
    g_test_add_data_func ("/leg/connect/active", GINT_TO_POINTER (TUTTI_SETUP_PASSIVE),
                          test_connect);
    g_test_add_func ("/leg/wrong-fingerprint", test_wrong_fingerprint);
    g_test_add_func ("/leg/no-candidates", test_no_candidates);
    g_test_add_func ("/leg/trickle", test_trickle);
    g_test_add_func ("/leg/many-candidates", test_many_candidates);
    g_test_add_func ("/leg/tcp", test_tcp);
    g_test_add_func ("/leg/restart", test_restart);
    g_test_add_func ("/leg/add-screen", test_add_screen);
    g_test_add_func ("/leg/bad-offer", test_bad_offer);
    g_test_add_func ("/leg/replay", test_replay);
    g_test_add_func ("/leg/garbage", test_garbage);
    g_test_add_func ("/leg/lost", test_lost);
    g_test_add_func ("/leg/consent", test_consent);
    g_test_add_func ("/leg/listener", test_listener);
    g_test_add_func ("/leg/peer-leaves", test_peer_leaves);
    g_test_add_func ("/leg/key-frames", test_key_frames);
    g_test_add_func ("/leg/half-open", test_half_open);
    return g_test_run ();
}
