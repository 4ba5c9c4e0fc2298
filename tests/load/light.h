/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * light.h: a peer for crowds, which costs the load a fraction of a whole one (peer.h). To the
 * server it is one like any other: ICE checks and consent, DTLS, receiver reports, transport-wide
 * feedback nine times a second, NACKs, all encrypted. But it has one socket and no libnice, takes
 * what has come each 50 ms, and of RTP looks at headers only, which SRTP leaves clear: nothing but
 * RTCP and what was sent again is decrypted. Role: main, except where said.
 */
#pragma once

#include "../peer.h"
#include "light-net.h"

typedef struct _Light Light;

/* Of the setup counts what goes up, transport_cc, levels, key_frame_wanted and packet(), which gets
 * RTP with its payload still encrypted. */
Light *light_new (LightNet *net, const TuttiPeerSetup *setup);
/* Sends BYE and close_notify. */
void light_free (Light *light);

/* As the tutti_peer_*() of these names. */
void light_offer (Light *light, TuttiSession *offer);
gboolean light_take_answer (Light *light, const TuttiSession *answer);
void light_add_candidate (Light *light, const char *candidate);
TuttiQueue *light_get_output (Light *light, TuttiKind kind);
/* Any thread. */
TuttiLegState light_get_state (Light *light);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Light, light_free)
