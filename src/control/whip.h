/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * whip.h: the standard doors: WHIP (RFC 9725) for those who send, WHEP
 * (draft-ietf-wish-whep) for those who watch a room's mix.
 *
 *   POST   /whip/{room}, /whep/{room}             an offer: 201, the answer, Location of the
 * session PATCH  /whip/{room}/{session}, /whep/...      candidates: 204; restart of ICE: 200 DELETE
 * /whip/{room}/{session}, /whep/...      200
 *
 * Role: main.
 */
#pragma once

#include <libsoup/soup.h>

#include "admission.h"
#include "rooms.h"

typedef struct _TuttiWhip TuttiWhip;

/* All must outlive it. */
TuttiWhip *tutti_whip_new (TuttiConfig *config, TuttiRooms *rooms, TuttiAdmission *admission);
/* Everyone who came this way leaves. */
void tutti_whip_free (TuttiWhip *whip);

gboolean tutti_whip_is_path (const char *path);
/* Answers, perhaps later. */
void tutti_whip_serve (TuttiWhip *whip, SoupServerMessage *message, const char *path,
                       GHashTable *query);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiWhip, tutti_whip_free)
