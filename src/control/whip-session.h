/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * whip-session.h: one participant that came by WHIP (RFC 9725) or WHEP: a room's participant whose
 * signalling is an offer, its answer with all our candidates in it, and little more. Role: main.
 */
#pragma once

#include "rooms.h"

typedef struct _TuttiWhipSession TuttiWhipSession;

/* Both are called on main, not from within new(). */
typedef struct {
    /* sdp: the answer; borrowed. Once. */
    void (*answered) (TuttiWhipSession *session, const char *sdp, gpointer user_data);
    /* The room has let go of it: free it, perhaps from within. */
    void (*ended) (TuttiWhipSession *session, gpointer user_data);
} TuttiWhipEvents;

/* Joins and offers. Errors: BAD_SDP, UNSUPPORTED, and those of tutti_rooms_join(). events must
 * outlive it. */
TuttiWhipSession *tutti_whip_session_new (TuttiRooms *rooms, const TuttiJoin *join,
                                          const char *offer, const TuttiWhipEvents *events,
                                          gpointer user_data, GError **error);
/* Its participant leaves, if it is still there. */
void tutti_whip_session_free (TuttiWhipSession *session);

/* Unguessable: who knows it, may end the session. */
const char *tutti_whip_session_get_id (const TuttiWhipSession *session);
/* Of the ICE session, quotes included. */
const char *tutti_whip_session_get_etag (const TuttiWhipSession *session);

/* A fragment of type application/trickle-ice-sdpfrag: candidates, or new credentials, which
 * restart ICE: then *restarted is our fragment, to be freed, and the ETag a new one. Errors:
 * BAD_SDP, BAD_CANDIDATE, NOT_JOINED; what was stays in force. */
gboolean tutti_whip_session_patch (TuttiWhipSession *session, const char *fragment,
                                   char **restarted, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiWhipSession, tutti_whip_session_free)
