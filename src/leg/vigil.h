/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vigil.h: keeps watch over the path to a peer once there is one: when the peer was heard last,
 * whether it consents to be sent to (consent.h), questions when it is silent, and where it went
 * when its messages come from elsewhere (follow.h).
 *
 *   CONNECTED --nothing for half of TUTTI_SILENCE_LOST_US--> asks, each 0.8 s
 *   STUN from the path's peer ------------------------------> consent, else libnice
 *   STUN from another address, path silent -----------------> asks there --answer--> moves
 *
 * Role: net.
 */
#pragma once

#include "ice.h"

/* The contract of TUTTI_LEG_LOST. */
#define TUTTI_SILENCE_LOST_US (5 * G_USEC_PER_SEC)

typedef struct _TuttiVigil TuttiVigil;

TuttiVigil *tutti_vigil_new (TuttiWire *wire, gboolean controlling);
void tutti_vigil_free (TuttiVigil *vigil);

/* Our ICE credentials, as described; then the peer's: what was under way is forgotten. */
void tutti_vigil_set_local (TuttiVigil *vigil, const char *ufrag, const char *pwd);
void tutti_vigil_set_remote (TuttiVigil *vigil, const char *ufrag, const char *pwd);
/* ICE is restarted, before the credentials are: libnice settles where the peer is, for a while. */
void tutti_vigil_restart (TuttiVigil *vigil, gint64 now_us);

/* A packet came by libnice, or there is reason to expect one; a pair was selected. */
void tutti_vigil_note_heard (TuttiVigil *vigil, gint64 now_us);
void tutti_vigil_note_path (TuttiVigil *vigil, gint64 now_us);
gboolean tutti_vigil_is_silent (TuttiVigil *vigil, gint64 now_us);

/* While DTLS is open. may_ask: ICE has not given up. */
void tutti_vigil_tick (TuttiVigil *vigil, gboolean may_ask, gint64 now_us);
gint64 tutti_vigil_get_due (TuttiVigil *vigil);
/* The next question is due half of the time to LOST from now. */
void tutti_vigil_start (TuttiVigil *vigil, gint64 now_us);

/* As long as there is a path; may_ask as above. */
void tutti_vigil_keep_consent (TuttiVigil *vigil, gboolean may_ask, gint64 now_us);
gint64 tutti_vigil_get_consent_due (TuttiVigil *vigil);
/* FALSE: nothing may be sent. */
gboolean tutti_vigil_has_consent (TuttiVigil *vigil);

/* As TuttiWireCheckFunc. may_answer: as tutti_consent_take() has it. */
gboolean tutti_vigil_take_check (TuttiVigil *vigil, const guint8 *data, gsize length_bytes,
                                 gboolean may_answer, gint64 now_us);
/* As TuttiWireStrangerFunc, while DTLS is open; moves `ice` when the peer is there now. */
void tutti_vigil_take_stranger (TuttiVigil *vigil, TuttiIce *ice, int fd,
                                const struct sockaddr_storage *from, const guint8 *data,
                                gsize length_bytes, gint64 now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiVigil, tutti_vigil_free)
