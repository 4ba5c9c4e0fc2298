/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-leg.c: legs and test peers over loopback: how they come together, change, and part.
 */
#include <string.h>

#include <tutti/error.h>

#include "leg-call.h"

static void
test_connect (gconstpointer data)
{
    TuttiPeerSetup setup = call_usual;
    Call call;
    TuttiLegStats stats;

    setup.setup = (TuttiSetup)GPOINTER_TO_INT (data);
    call_set_up (&call, &setup, FALSE);
    g_assert_cmpint (tutti_leg_get_state (call.leg), ==, TUTTI_LEG_NEW);
    call_negotiate (&call);
    g_assert_cmpint (tutti_leg_get_state (call.leg), ==, TUTTI_LEG_CONNECTING);
    wait_until (call_is_connected (&call));
    g_assert_true (tutti_wish_take (call.key_frame_wanted));
    call_check_media (&call);
    g_assert_cmpint (call.states[call.n_states - 1], ==, TUTTI_LEG_CONNECTED);
    tutti_leg_get_stats (call.leg, &stats);
    g_assert_cmpstr (stats.srtp_profile, ==, "AEAD_AES_128_GCM");
    g_assert_true (g_str_has_prefix (stats.pair, "udp "));
    wait_until (call_count_in (&call, TUTTI_TRACK_AUDIO) == 1);
    wait_until (call_count_out (&call, TUTTI_KIND_VIDEO) == 1);
    call_tear_down (&call);
}

/* The offer brings none: the leg learns the peer's address from its checks (RFC 8445 section
 * 7.3.1.3). */
static void
test_no_candidates (void)
{
    g_autoptr (TuttiSession) offer = tutti_session_new ();
    g_autoptr (TuttiSession) answer = tutti_session_new ();
    Call call;

    call_set_up (&call, &call_usual, FALSE);
    tutti_peer_offer (call.peer, offer);
    g_ptr_array_set_size (offer->candidates, 0);
    call_exchange (&call, offer, answer);
    g_assert_cmpuint (answer->candidates->len, >, 0);
    wait_until (call_is_connected (&call));
    call_check_media (&call);
    call_tear_down (&call);
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

    call_set_up (&call, &call_usual, FALSE);
    tutti_peer_offer (call.peer, offer);
    g_ptr_array_extend_and_steal (candidates, g_steal_pointer (&offer->candidates));
    offer->candidates = g_ptr_array_new_with_free_func (g_free);
    g_assert_cmpuint (candidates->len, >, 1);
    g_assert_true (tutti_leg_add_candidate (call.leg, candidates->pdata[0], NULL));
    call_exchange (&call, offer, answer);
    g_assert_true (tutti_leg_add_candidate (
        call.leg, "candidate:1 1 udp 2113937151 0a1b2c3d.local 56143 typ host", NULL));
    g_assert_false (tutti_leg_add_candidate (call.leg, "candidate:nonsense", &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CANDIDATE);
    for (guint i = 1; i < candidates->len; i++)
        g_assert_true (tutti_leg_add_candidate (call.leg, candidates->pdata[i], NULL));
    g_assert_true (tutti_leg_add_candidate (call.leg, "", NULL));
    wait_until (call_is_connected (&call));
    wait_until (call.candidates->len > 0 || answer->end_of_candidates);
    call_tear_down (&call);
}

static void
test_tcp (void)
{
    g_autoptr (TuttiSession) offer = tutti_session_new ();
    g_autoptr (TuttiSession) answer = tutti_session_new ();
    TuttiLegStats stats;
    Call call;

    call_set_up (&call, &call_usual, TRUE);
    tutti_peer_offer (call.peer, offer);
    g_ptr_array_set_size (offer->candidates, 0);
    tutti_leg_accept (call.leg, offer, answer, NULL);
    for (guint i = answer->candidates->len; i-- > 0;)
        if (!strstr (answer->candidates->pdata[i], " tcp "))
            g_ptr_array_remove_index (answer->candidates, i);
    g_assert_cmpuint (answer->candidates->len, >, 0);
    g_assert_true (tutti_peer_take_answer (call.peer, answer));
    wait_until (call_is_connected (&call));
    call_check_media (&call);
    tutti_leg_get_stats (call.leg, &stats);
    g_assert_true (g_str_has_prefix (stats.pair, "tcp "));
    call_tear_down (&call);
}

/* New ICE credentials: a new pair, the same DTLS, and nobody hears a gap. */
static void
test_restart (void)
{
    g_autoptr (TuttiSession) offer = tutti_session_new ();
    g_autoptr (TuttiSession) answer = tutti_session_new ();
    g_autofree char *ufrag = NULL;
    Call call;

    call_connect (&call);
    tutti_peer_offer (call.peer, offer);
    g_assert_true (tutti_leg_is_of_peer (call.leg, offer));
    offer->digest[0] ^= 1; /* a page that was loaded anew */
    g_assert_false (tutti_leg_is_of_peer (call.leg, offer));
    g_assert_false (tutti_leg_accept (call.leg, offer, answer, NULL));
    offer->digest[0] ^= 1;
    call_exchange (&call, offer, answer);
    ufrag = g_strdup (answer->ufrag);
    call_check_media (&call);
    for (guint i = 0; i < 3; i++) {
        g_autoptr (TuttiSession) again = tutti_session_new ();
        g_autoptr (TuttiSession) reply = tutti_session_new ();

        tutti_peer_restart_ice (call.peer);
        tutti_peer_offer (call.peer, again);
        call_exchange (&call, again, reply);
        g_assert_cmpstr (reply->ufrag, !=, ufrag);
        call_check_media (&call);
        g_usleep (200 * TUTTI_USEC_PER_MSEC);
        call_check_media (&call);
    }
    g_assert_cmpint (call.states[call.n_states - 1], ==, TUTTI_LEG_CONNECTED);
    g_assert_cmpuint (call.n_states, <=, 2);
    call_tear_down (&call);
}

static void
test_add_screen (void)
{
    g_autoptr (TuttiSession) offer = tutti_session_new ();
    g_autoptr (TuttiSession) answer = tutti_session_new ();
    Call call;

    call_connect (&call);
    g_assert_true (tutti_leg_is_sending (call.leg, TUTTI_TRACK_CAMERA));
    g_assert_false (tutti_leg_is_sending (call.leg, TUTTI_TRACK_SCREEN));
    g_assert_cmpint (tutti_leg_get_video_codec (call.leg), ==, TUTTI_CODEC_VP8);
    tutti_peer_add_screen (call.peer);
    tutti_peer_offer (call.peer, offer);
    call_exchange (&call, offer, answer);
    g_assert_true (tutti_leg_is_sending (call.leg, TUTTI_TRACK_SCREEN));
    call_check_media (&call);
    call_tear_down (&call);
}

/* The peer says nothing for 5 s, then it is back. */
static void
test_lost (void)
{
    gint64 start_us;
    Call call;

    call_connect (&call);
    call_check_media (&call);
    start_us = g_get_monotonic_time ();
    tutti_peer_set_awake (call.peer, FALSE);
    wait_until (tutti_leg_get_state (call.leg) == TUTTI_LEG_LOST);
    g_assert_cmpint (g_get_monotonic_time () - start_us, >=, 4 * G_USEC_PER_SEC);
    tutti_peer_set_awake (call.peer, TRUE);
    wait_until (call_is_connected (&call));
    call_check_media (&call);
    call_tear_down (&call);
}

/* Consent has expired (RFC 7675: 30 s after the last answer, asked for every 5 s) when the peer
 * comes back. */
static void
test_consent (void)
{
    Call call;

    if (!g_test_slow ()) {
        g_test_skip ("takes 40 s");
        return;
    }
    call_connect (&call);
    tutti_peer_set_awake (call.peer, FALSE);
    wait_until (tutti_leg_get_state (call.leg) == TUTTI_LEG_LOST);
    g_usleep (28 * G_USEC_PER_SEC);
    tutti_peer_set_awake (call.peer, TRUE);
    wait_until (call_is_connected (&call));
    call_check_media (&call);
    call_tear_down (&call);
}

/* A listener hears and says nothing; it is not lost for that. */
static void
test_listener (void)
{
    TuttiPeerSetup setup = call_usual;
    gint64 end_us;
    Call call;

    setup.audio = TUTTI_DIRECTION_RECEIVE;
    setup.camera = TUTTI_DIRECTION_RECEIVE;
    call_set_up (&call, &setup, FALSE);
    call_negotiate (&call);
    wait_until (call_is_connected (&call));
    end_us = g_get_monotonic_time () + 7 * G_USEC_PER_SEC;
    wait_until (g_get_monotonic_time () > end_us);
    g_assert_cmpint (tutti_leg_get_state (call.leg), ==, TUTTI_LEG_CONNECTED);
    g_assert_cmpuint (call.n_states, ==, 2);
    call_push (tutti_leg_get_output (call.leg, TUTTI_KIND_AUDIO), call_make_sound (3));
    call_expect (call.peer_in[TUTTI_TRACK_AUDIO], 3, 40);
    call_tear_down (&call);
}

static void
test_peer_leaves (void)
{
    TuttiPeerSetup setup = call_usual;
    Call call;

    call_connect (&call);
    tutti_peer_free (call.peer);
    wait_until (tutti_leg_get_state (call.leg) == TUTTI_LEG_CLOSED);
    call_push (tutti_leg_get_output (call.leg, TUTTI_KIND_AUDIO), call_make_sound (3));
    call.peer = tutti_peer_new (call.peer_net, &setup);
    call_tear_down (&call);
}

static void
test_key_frames (void)
{
    gboolean is_wished = FALSE;
    Call call;

    call_connect (&call);
    tutti_wish_take (call.key_frame_wanted);
    call_push (tutti_leg_get_output (call.leg, TUTTI_KIND_VIDEO), call_make_picture (4, 1000));
    call_expect (call.peer_in[TUTTI_TRACK_CAMERA], 4, 1000);
    tutti_peer_want_key_frame (call.peer);
    wait_until (is_wished || (is_wished = tutti_wish_take (call.key_frame_wanted)));
    call_tear_down (&call);
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
    g_test_add_func ("/leg/no-candidates", test_no_candidates);
    g_test_add_func ("/leg/trickle", test_trickle);
    g_test_add_func ("/leg/tcp", test_tcp);
    g_test_add_func ("/leg/restart", test_restart);
    g_test_add_func ("/leg/add-screen", test_add_screen);
    g_test_add_func ("/leg/lost", test_lost);
    g_test_add_func ("/leg/consent", test_consent);
    g_test_add_func ("/leg/listener", test_listener);
    g_test_add_func ("/leg/peer-leaves", test_peer_leaves);
    g_test_add_func ("/leg/key-frames", test_key_frames);
    return g_test_run ();
}
