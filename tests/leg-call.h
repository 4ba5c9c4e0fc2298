/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * leg-call.h: a leg and its peer for tests, in one process over loopback. Role: main.
 */
#pragma once

#include "patience.h"
#include "peer.h"

/* Far more than anything here takes; a machine under load is slow, not broken. */
#define CALL_PATIENCE_US (TEST_PATIENCE * 20 * G_USEC_PER_SEC)

typedef struct {
    TuttiNet *net, *peer_net;
    gboolean shares_net;
    TuttiLeg *leg;
    TuttiPeer *peer;
    TuttiQueue *in[TUTTI_N_TRACKS], *peer_in[TUTTI_N_TRACKS];
    TuttiWish *key_frame_wanted;
    guint n_states;
    TuttiLegState states[16]; /* as told */
    GPtrArray *candidates;    /* as told */
    gint n_inside;            /* calls into the leg under way */
} Call;

/* Audio and camera both ways. */
extern const TuttiPeerSetup call_usual;

/* Nets of one thread each, on loopback; the leg has no offer yet. */
void call_set_up (Call *call, const TuttiPeerSetup *peer_setup, gboolean tcp);
/* The leg on another call's net, which must be torn down later. */
void call_set_up_on (Call *call, const TuttiPeerSetup *peer_setup, TuttiNet *net, gboolean tcp);
void call_tear_down (Call *call);
/* One leg more; the caller frees it. */
TuttiLeg *call_make_leg (Call *call);

/* Offer and answer that must succeed. */
void call_exchange (Call *call, TuttiSession *offer, TuttiSession *answer);
void call_negotiate (Call *call);
gboolean call_is_connected (Call *call);
/* Usual, set up, negotiated, connected. */
void call_connect (Call *call);

/* 40 bytes of sound, a picture of one packet. */
TuttiPacket *call_make_sound (guint8 mark);
TuttiPacket *call_make_picture (guint8 mark, gsize length_bytes);
/* Takes the packet. */
void call_push (TuttiQueue *queue, TuttiPacket *packet);
/* Waits for it to come out. */
void call_expect (TuttiQueue *queue, guint8 mark, gsize length_bytes);
/* One packet each way of each kind. */
void call_check_media (Call *call);
guint64 call_count_in (Call *call, TuttiTrack track);
guint64 call_count_out (Call *call, TuttiKind kind);

/* Wakes main now and then. */
gboolean call_pulse (gpointer unused);

/* Runs main until the condition holds; fails the test when it doesn't in time. */
#define wait_until(condition)                                                                      \
    G_STMT_START                                                                                   \
    {                                                                                              \
        gint64 patience_us = g_get_monotonic_time () + CALL_PATIENCE_US;                           \
        guint pulse = g_timeout_add (5, G_SOURCE_FUNC (call_pulse), NULL);                         \
        while (!(condition) && g_get_monotonic_time () < patience_us)                              \
            g_main_context_iteration (NULL, TRUE);                                                 \
        g_source_remove (pulse);                                                                   \
        g_assert_true (condition);                                                                 \
    }                                                                                              \
    G_STMT_END
