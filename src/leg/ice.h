/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ice.h: one leg's libnice agent: full ICE (RFC 8445) with trickle (RFC 8838), one stream of one
 * component (BUNDLE and rtcp-mux). It lives in the wire's context and tells the wire the selected
 * pair. Role: net.
 */
#pragma once

#include <tutti/session.h>

#include "ice-config.h"
#include "wire.h"

typedef struct _TuttiIce TuttiIce;

/* Called from within functions of ice and wire. */
typedef struct {
    /* A candidate found after tutti_ice_describe(); "" when there will be no more. */
    void (*candidate) (const char *candidate, gpointer user_data);
    /* A packet that libnice received for us (TCP, relay, before the pair was selected), from a
     * peer that passed a connectivity check. Room behind it as TuttiWirePacketFunc has it. */
    TuttiWirePacketFunc packet;
    /* TRUE: a pair is selected (the first, another, or again after FALSE): packets can be sent.
     * FALSE: checks failed. */
    void (*path) (gboolean usable, gpointer user_data);
} TuttiIceEvents;

/* Starts gathering. config must outlive it. controlling: FALSE for an answerer. NULL when no socket
 * could be opened. For consent on a plain UDP pair the caller asks (consent.h): libnice would cost
 * several timers and 20 us a message. On others libnice asks, and gives up after 50 s. */
TuttiIce *tutti_ice_new (const TuttiIceConfig *config, TuttiWire *wire, gboolean controlling,
                         const TuttiIceEvents *events, gpointer user_data, GError **error);
void tutti_ice_free (TuttiIce *ice);
/* Frees all but the agent, and gives that and its stream's id; NULL, and nothing done, when there
 * is no relay to give back. */
NiceAgent *tutti_ice_release_agent (TuttiIce *ice, guint *stream);

/* Writes ufrag, pwd, the candidates found so far and whether these are all into the description of
 * our side. */
void tutti_ice_describe (TuttiIce *ice, TuttiSession *description);

/* The peer's credentials; checks begin when candidates come in, or checks of the peer. */
void tutti_ice_set_remote (TuttiIce *ice, const char *ufrag, const char *pwd);
/* Copies the candidate. What is beyond libnice's limit is dropped. */
void tutti_ice_add_remote (TuttiIce *ice, const NiceCandidate *candidate);
void tutti_ice_end_remote (TuttiIce *ice);

/* New credentials and checks; the old pair is used until a new one is found (RFC 8445 section 9).
 */
void tutti_ice_restart (TuttiIce *ice);

/* The peer answered from there to our socket fd: the pair of the two is used from now on,
 * which path() tells. FALSE: libnice knows no such pair (yet). */
gboolean tutti_ice_move (TuttiIce *ice, int fd, const struct sockaddr_storage *peer);

/* One datagram to the peer. Never waits; what can't be sent now is lost. */
void tutti_ice_send (TuttiIce *ice, const guint8 *data, gsize length_bytes);

/* "udp 127.0.0.1:5000 127.0.0.1:40000", "tcp [::1]:5000 [::1]:40000", "relay …": our address, the
 * peer's; "" before there is a pair. Good until the next call into ice or wire. */
const char *tutti_ice_get_pair (TuttiIce *ice);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiIce, tutti_ice_free)
