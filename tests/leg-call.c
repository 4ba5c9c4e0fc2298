/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * leg-call.c: a leg, its peer, and the queues between which they stand.
 */
#include "leg-call.h"

#include <string.h>

static const TuttiCodec codecs[] = {TUTTI_CODEC_VP8, TUTTI_CODEC_H264, TUTTI_CODEC_NONE};

const TuttiPeerSetup call_usual = {
    .audio = TUTTI_DIRECTION_BOTH,
    .camera = TUTTI_DIRECTION_BOTH,
    .setup = TUTTI_SETUP_ACTPASS,
};

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

TuttiLeg *
call_make_leg (Call *call)
{
    const TuttiLegEvents events = {.state = on_state, .candidate = on_candidate};
    TuttiLegSetup setup = {
        .key_frame_wanted = call->key_frame_wanted,
        .video_codecs = codecs,
        .fec = TRUE,
        .name = "room test, leg 1",
    };

    memcpy (setup.in, call->in, sizeof setup.in);
    return tutti_leg_new (call->net, &setup, &events, call);
}

/* net: another call's, or NULL for its own. */
void
call_set_up_on (Call *call, const TuttiPeerSetup *peer_setup, TuttiNet *net, gboolean tcp)
{
    TuttiPeerSetup setup = *peer_setup;

    *call = (Call){0};
    call->candidates = g_ptr_array_new_with_free_func (g_free);
    call->shares_net = net != NULL;
    call->net = net ? net : make_net (tcp);
    call->peer_net = make_net (tcp);
    for (guint i = 0; i < TUTTI_N_TRACKS; i++) {
        call->in[i] = tutti_queue_new (64, NULL, NULL);
        call->peer_in[i] = tutti_queue_new (64, NULL, NULL);
        setup.in[i] = call->peer_in[i];
    }
    call->key_frame_wanted = tutti_wish_new (NULL, NULL);
    call->leg = call_make_leg (call);
    call->peer = tutti_peer_new (call->peer_net, &setup);
}

void
call_set_up (Call *call, const TuttiPeerSetup *peer_setup, gboolean tcp)
{
    call_set_up_on (call, peer_setup, NULL, tcp);
}

void
call_tear_down (Call *call)
{
    tutti_leg_free (call->leg);
    tutti_peer_free (call->peer);
    for (guint i = 0; i < TUTTI_N_TRACKS; i++) {
        tutti_queue_unref (call->in[i]);
        tutti_queue_unref (call->peer_in[i]);
    }
    tutti_wish_unref (call->key_frame_wanted);
    if (!call->shares_net)
        tutti_net_free (call->net);
    tutti_net_free (call->peer_net);
    g_ptr_array_unref (call->candidates);
    if (!call->shares_net)
        g_assert_cmpuint (tutti_packet_count_live (), ==, 0);
}

gboolean
call_pulse (gpointer unused)
{
    return G_SOURCE_CONTINUE;
}

void
call_exchange (Call *call, TuttiSession *offer, TuttiSession *answer)
{
    g_autoptr (GError) error = NULL;

    call->n_inside++;
    tutti_leg_accept (call->leg, offer, answer, &error);
    call->n_inside--;
    g_assert_no_error (error);
    g_assert_true (tutti_peer_take_answer (call->peer, answer));
}

void
call_negotiate (Call *call)
{
    g_autoptr (TuttiSession) offer = tutti_session_new ();
    g_autoptr (TuttiSession) answer = tutti_session_new ();

    tutti_peer_offer (call->peer, offer);
    call_exchange (call, offer, answer);
}

gboolean
call_is_connected (Call *call)
{
    return tutti_leg_get_state (call->leg) == TUTTI_LEG_CONNECTED &&
           tutti_peer_get_state (call->peer) == TUTTI_LEG_CONNECTED;
}

TuttiPacket *
call_make_sound (guint8 mark)
{
    TuttiPacket *packet = tutti_packet_new ();

    packet->codec = TUTTI_CODEC_OPUS;
    packet->time_us = g_get_monotonic_time ();
    packet->length_bytes = 40;
    memset (packet->data, mark, packet->length_bytes);
    return packet;
}

TuttiPacket *
call_make_picture (guint8 mark, gsize length_bytes)
{
    TuttiPacket *packet = tutti_packet_new ();

    packet->codec = TUTTI_CODEC_VP8;
    packet->time_us = g_get_monotonic_time ();
    packet->flags = TUTTI_PACKET_FRAME_START | TUTTI_PACKET_KEY_FRAME | TUTTI_PACKET_MARKER;
    packet->length_bytes = (guint16)length_bytes;
    memset (packet->data, mark, length_bytes);
    return packet;
}

void
call_push (TuttiQueue *queue, TuttiPacket *packet)
{
    tutti_queue_push (queue, packet);
    tutti_packet_unref (packet);
}

void
call_expect (TuttiQueue *queue, guint8 mark, gsize length_bytes)
{
    g_autoptr (TuttiPacket) packet = NULL;

    wait_until (tutti_queue_length (queue) > 0);
    packet = tutti_queue_pop (queue);
    g_assert_cmpuint (packet->length_bytes, ==, length_bytes);
    g_assert_cmpuint (packet->data[length_bytes - 1], ==, mark);
}

void
call_check_media (Call *call)
{
    call_push (tutti_peer_get_output (call->peer, TUTTI_KIND_AUDIO), call_make_sound (1));
    call_expect (call->in[TUTTI_TRACK_AUDIO], 1, 40);
    call_push (tutti_peer_get_output (call->peer, TUTTI_KIND_VIDEO), call_make_picture (2, 1100));
    call_expect (call->in[TUTTI_TRACK_CAMERA], 2, 1100);
    call_push (tutti_leg_get_output (call->leg, TUTTI_KIND_AUDIO), call_make_sound (3));
    call_expect (call->peer_in[TUTTI_TRACK_AUDIO], 3, 40);
    call_push (tutti_leg_get_output (call->leg, TUTTI_KIND_VIDEO), call_make_picture (4, 1000));
    call_expect (call->peer_in[TUTTI_TRACK_CAMERA], 4, 1000);
}

guint64
call_count_in (Call *call, TuttiTrack track)
{
    TuttiLegStats stats;

    tutti_leg_get_stats (call->leg, &stats);
    return stats.in[track].packets;
}

guint64
call_count_out (Call *call, TuttiKind kind)
{
    TuttiLegStats stats;

    tutti_leg_get_stats (call->leg, &stats);
    return stats.out[kind].packets;
}

void
call_connect (Call *call)
{
    call_set_up (call, &call_usual, FALSE);
    call_negotiate (call);
    wait_until (call_is_connected (call));
}
