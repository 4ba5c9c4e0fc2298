/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-light.c: the load's light peer (load/light.h) and a leg, over loopback.
 */
#include <string.h>

#include "leg-call.h"
#include "load/light.h"

/* A leg's queue of sound holds no more. */
#define N_DOWN 16
/* A light peer reads each 50 ms: reports that went by that time would tell of half of it. */
#define ROUND_TRIP_MAX_US 5000

typedef struct {
    Call call; /* its leg; its peer is not used */
    LightNet *net;
    Light *light;
    gint packets[2]; /* atomic; by TuttiKind */
} Pair;

/* Role: net. */
static void
on_packet (const guint8 *data, gsize length_bytes, gint64 now_us, gpointer user_data)
{
    Pair *pair = user_data;
    guint8 type = data[1] & 0x7f;

    g_assert_cmpint (now_us, <=, g_get_monotonic_time () + G_USEC_PER_SEC);
    g_assert_cmpint (now_us, >, g_get_monotonic_time () - 10 * G_USEC_PER_SEC);
    if (type == TUTTI_PEER_OPUS || type == TUTTI_PEER_VP8)
        g_atomic_int_inc (&pair->packets[type == TUTTI_PEER_VP8]);
}

static void
set_up (Pair *pair)
{
    TuttiPeerSetup setup = call_usual;
    g_autoptr (TuttiSession) offer = tutti_session_new ();
    g_autoptr (TuttiSession) answer = tutti_session_new ();
    g_autoptr (GError) error = NULL;

    *pair = (Pair){0};
    call_set_up (&pair->call, &call_usual, FALSE);
    pair->net = light_net_new ("127.0.0.1", &error);
    g_assert_no_error (error);
    setup.transport_cc = TRUE;
    setup.packet = on_packet;
    setup.user_data = pair;
    pair->light = light_new (pair->net, &setup);
    light_offer (pair->light, offer);
    tutti_leg_accept (pair->call.leg, offer, answer, &error);
    g_assert_no_error (error);
    g_assert_true (light_take_answer (pair->light, answer));
    wait_until (light_get_state (pair->light) == TUTTI_LEG_CONNECTED &&
                tutti_leg_get_state (pair->call.leg) == TUTTI_LEG_CONNECTED);
}

static void
tear_down (Pair *pair)
{
    light_free (pair->light);
    light_net_free (pair->net);
    call_tear_down (&pair->call);
}

/* The server may send padding besides. */
static gboolean
has_come (Pair *pair, gint n)
{
    return g_atomic_int_get (&pair->packets[TUTTI_KIND_AUDIO]) >= n &&
           g_atomic_int_get (&pair->packets[TUTTI_KIND_VIDEO]) >= n;
}

static void
test_media (void)
{
    Pair pair;
    TuttiQueue *down[2];

    set_up (&pair);
    call_push (light_get_output (pair.light, TUTTI_KIND_AUDIO), call_make_sound (1));
    call_expect (pair.call.in[TUTTI_TRACK_AUDIO], 1, 40);
    call_push (light_get_output (pair.light, TUTTI_KIND_VIDEO), call_make_picture (2, 1100));
    call_expect (pair.call.in[TUTTI_TRACK_CAMERA], 2, 1100);
    for (guint kind = 0; kind < G_N_ELEMENTS (down); kind++)
        down[kind] = tutti_leg_get_output (pair.call.leg, kind);
    for (guint8 i = 0; i < N_DOWN; i++) {
        call_push (down[TUTTI_KIND_AUDIO], call_make_sound (i));
        call_push (down[TUTTI_KIND_VIDEO], call_make_picture (i, 1000));
    }
    wait_until (has_come (&pair, N_DOWN));
    tear_down (&pair);
}

static gboolean
is_told_of (Pair *pair)
{
    TuttiLegStats stats;

    tutti_leg_get_stats (pair->call.leg, &stats);
    return stats.round_trip_us > 0 && stats.round_trip_us < ROUND_TRIP_MAX_US &&
           stats.out[TUTTI_KIND_VIDEO].packets > 0;
}

/* Receiver reports name the leg's own, and when they came: what it sent in RTCP was decrypted, with
 * the time at which the kernel had it. */
static void
test_reports (void)
{
    Pair pair;

    set_up (&pair);
    call_push (tutti_leg_get_output (pair.call.leg, TUTTI_KIND_VIDEO), call_make_picture (1, 1000));
    wait_until (is_told_of (&pair));
    tear_down (&pair);
}

/* The leg learns at once that it is gone. */
static void
test_farewell (void)
{
    Pair pair;

    set_up (&pair);
    g_clear_pointer (&pair.light, light_free);
    wait_until (tutti_leg_get_state (pair.call.leg) == TUTTI_LEG_CLOSED);
    tear_down (&pair);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/light/media", test_media);
    g_test_add_func ("/light/reports", test_reports);
    g_test_add_func ("/light/farewell", test_farewell);
    return g_test_run ();
}
