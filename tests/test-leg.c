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
        gint64 end_us = g_get_monotonic_time () + PATIENCE_US;                                     \
        guint pulse = g_timeout_add (5, on_pulse, NULL);                                           \
        while (!(condition) && g_get_monotonic_time () < end_us)                                   \
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
    return g_test_run ();
}
