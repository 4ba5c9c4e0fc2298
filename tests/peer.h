/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * peer.h: the other end of a leg, for tests and load: it offers, connects, sends and receives. Made
 * of the leg's own parts in the controlling role; its TuttiNet should be another than the leg's
 * (another certificate, other threads). Role: main, except where said.
 */
#pragma once

#include <tutti/packet.h>
#include <tutti/port.h>
#include <tutti/session.h>

#include "leg/leg.h"
#include "leg/loop.h"

typedef struct _TuttiPeer TuttiPeer;

/* Payload types of its offers; RTX is each plus one. */
#define TUTTI_PEER_OPUS 111
#define TUTTI_PEER_VP8 96
#define TUTTI_PEER_H264 102

typedef struct {
    /* INACTIVE: no such m-line. */
    TuttiDirection audio, camera;
    TuttiSetup setup;
    const char *srtp_profiles;      /* NULL: all, as TUTTI_SRTP_PROFILES */
    TuttiQueue *in[TUTTI_N_TRACKS]; /* AUDIO and CAMERA: where the downlink goes; may be NULL */
    TuttiWish *key_frame_wanted;    /* by the leg, of our camera; may be NULL */
    TuttiSync *sync;                /* is told the leg's reports; may be NULL */
    gboolean transport_cc;          /* both ways, sound and pictures, as browsers have it */
    gboolean levels;                /* sound goes with its packets' level (RFC 6464) */
    /* Every clear RTP packet that comes; NULL: none. Role: net. */
    void (*packet) (const guint8 *data, gsize length_bytes, gint64 now_us, gpointer user_data);
    gpointer user_data;
    gboolean channel; /* offers a data channel's m-line */
    /* DTLS application data. Role: net. */
    void (*data) (const guint8 *data, gsize length_bytes, gpointer user_data);
} TuttiPeerSetup;

TuttiPeer *tutti_peer_new (TuttiNet *net, const TuttiPeerSetup *setup);
/* Sends BYE and close_notify. */
void tutti_peer_free (TuttiPeer *peer);

/* The first offer, or the next one, with the host candidates. */
void tutti_peer_offer (TuttiPeer *peer, TuttiSession *offer);
/* The leg's answer: begins to check its candidates. FALSE when it takes nothing. */
gboolean tutti_peer_take_answer (TuttiPeer *peer, const TuttiSession *answer);
void tutti_peer_add_candidate (TuttiPeer *peer, const char *candidate);

/* For the next offer: whether it has a data channel's m-line. */
void tutti_peer_set_channel (TuttiPeer *peer, gboolean channel);
/* For the next offer: a screen m-line more (sendonly); new ICE credentials. */
void tutti_peer_add_screen (TuttiPeer *peer);
void tutti_peer_restart_ice (TuttiPeer *peer);

/* What goes up: audio, and the camera; as tutti_leg_get_output(). */
TuttiQueue *tutti_peer_get_output (TuttiPeer *peer, TuttiKind kind);
/* A whole clear RTP or RTCP packet of the caller's own making, protected and sent. */
void tutti_peer_send (TuttiPeer *peer, const guint8 *data, gsize length_bytes, gboolean rtcp);
/* Runs func on the net thread, where send_data() may be called; waits for its end. */
void tutti_peer_run (TuttiPeer *peer, void (*func) (gpointer user_data, gint64 now_us),
                     gpointer user_data);
/* DTLS application data. Role: net. */
void tutti_peer_send_data (TuttiPeer *peer, const guint8 *data, gsize length_bytes);
TuttiSeat *tutti_peer_get_seat (TuttiPeer *peer);
/* Any bytes, from the peer's socket to the leg's, once connected by UDP. */
void tutti_peer_send_raw (TuttiPeer *peer, const guint8 *data, gsize length_bytes);
void tutti_peer_want_key_frame (TuttiPeer *peer);

/* Any thread. */
TuttiLegState tutti_peer_get_state (TuttiPeer *peer);
void tutti_peer_get_stats (TuttiPeer *peer, TuttiLegStats *stats);

/* FALSE: the peer's net thread stands still, with all that is on it, as if a cable were pulled. */
void tutti_peer_set_awake (TuttiPeer *peer, gboolean awake);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiPeer, tutti_peer_free)
