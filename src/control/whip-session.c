/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * whip-session.c: offer -> room's participant -> answer, which waits for our candidates: there is
 * no way to send them later.
 */
#include "whip-session.h"
#include "participant.h"
#include "sdp-fragment.h"
#include "sdp-read.h"
#include "sdp-write.h"

#include <string.h>
#include <tutti/error.h>

/* Interfaces' addresses are there at once, STUN and TURN servers' answers after a round trip; those
 * that don't answer would take several seconds. */
#define GATHERING_MS 1000

struct _TuttiWhipSession {
    const TuttiWhipEvents *events;
    gpointer user_data;
    TuttiParticipant *participant; /* NULL: the room has let go of it */
    char id[33], etag[19];
    char *offer;
    char ufrag[TUTTI_UFRAG_MAX + 1]; /* the peer's, now */
    TuttiSession *answer;            /* until it is given out */
    guint due_id;
};

static void
make_etag (TuttiWhipSession *session)
{
    g_snprintf (session->etag, sizeof session->etag, "\"%08x%08x\"", g_random_int (),
                g_random_int ());
}

/* 128 bits. */
static void
make_id (TuttiWhipSession *session)
{
    g_autofree char *uuid = g_uuid_string_random ();
    guint n = 0;

    for (const char *at = uuid; *at && n < sizeof session->id - 1; at++)
        if (*at != '-')
            session->id[n++] = *at;
}

/* --- The answer --- */

static gboolean
on_due (gpointer user_data)
{
    TuttiWhipSession *session = user_data;
    g_autoptr (TuttiSession) answer = g_steal_pointer (&session->answer);
    g_autofree char *sdp = NULL;

    session->due_id = 0;
    answer->end_of_candidates = TRUE; /* none can follow */
    sdp = tutti_sdp_write (answer);
    session->events->answered (session, sdp, session->user_data);
    return G_SOURCE_REMOVE;
}

static void
answer_in (TuttiWhipSession *session, guint ms)
{
    g_clear_handle_id (&session->due_id, g_source_remove);
    session->due_id = g_timeout_add (ms, on_due, session);
}

static void
take_own_candidate (TuttiWhipSession *session, const char *candidate)
{
    if (!session->answer)
        return;
    if (candidate[0] == '\0')
        answer_in (session, 0);
    else if (!g_ptr_array_find_with_equal_func (session->answer->candidates, candidate, g_str_equal,
                                                NULL))
        g_ptr_array_add (session->answer->candidates, g_strdup (candidate));
}

static void
on_event (const TuttiEvent *event, gpointer user_data)
{
    TuttiWhipSession *session = user_data;

    switch (event->type) {
    case TUTTI_EVENT_ICE_CANDIDATE:
        take_own_candidate (session, event->ice.candidate);
        break;
    case TUTTI_EVENT_KICKED:
    case TUTTI_EVENT_ROOM_CLOSED:
    case TUTTI_EVENT_LOST:
    case TUTTI_EVENT_REPLACED:
        session->participant = NULL;
        session->events->ended (session, session->user_data);
        break;
    default:
        break; /* it has no ears for anything else */
    }
}

/* --- Offers --- */

static gboolean
make_offer (TuttiWhipSession *session, const TuttiSession *offer, TuttiSession *answer,
            GError **error)
{
    if (!tutti_participant_offer (session->participant, offer, answer, error))
        return FALSE;
    g_strlcpy (session->ufrag, offer->ufrag, sizeof session->ufrag);
    make_etag (session);
    return TRUE;
}

TuttiWhipSession *
tutti_whip_session_new (TuttiRooms *rooms, const TuttiJoin *join, const char *text,
                        const TuttiWhipEvents *events, gpointer user_data, GError **error)
{
    g_autoptr (TuttiSession) offer = tutti_sdp_read (text, error);
    g_autoptr (TuttiWhipSession) session = NULL;
    gboolean created;

    if (!offer)
        return NULL;
    session = g_new0 (TuttiWhipSession, 1);
    session->events = events;
    session->user_data = user_data;
    make_id (session);
    session->participant = tutti_rooms_join (rooms, join, on_event, session, &created, error);
    if (!session->participant)
        return NULL;
    session->answer = tutti_session_new ();
    if (!make_offer (session, offer, session->answer, error))
        return NULL;
    session->offer = g_strdup (text);
    answer_in (session, session->answer->end_of_candidates ? 0 : GATHERING_MS);
    return g_steal_pointer (&session);
}

void
tutti_whip_session_free (TuttiWhipSession *session)
{
    if (!session)
        return;
    g_clear_handle_id (&session->due_id, g_source_remove);
    if (session->participant)
        tutti_participant_leave (g_steal_pointer (&session->participant));
    tutti_session_free (session->answer);
    g_free (session->offer);
    g_free (session);
}

const char *
tutti_whip_session_get_id (const TuttiWhipSession *session)
{
    return session->id;
}

const char *
tutti_whip_session_get_etag (const TuttiWhipSession *session)
{
    return session->etag;
}

/* --- Fragments --- */

/* The offer with new credentials and candidates: nothing else of it can change. */
static gboolean
restart (TuttiWhipSession *session, const TuttiSdpFragment *fragment, char **restarted,
         GError **error)
{
    g_autoptr (TuttiSession) offer = NULL;
    g_autoptr (TuttiSession) answer = tutti_session_new ();

    if (!fragment->pwd[0]) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_BAD_SDP,
                             "new credentials without ice-pwd");
        return FALSE;
    }
    offer = tutti_sdp_read (session->offer, error);
    if (!offer)
        return FALSE;
    g_strlcpy (offer->ufrag, fragment->ufrag, sizeof offer->ufrag);
    g_strlcpy (offer->pwd, fragment->pwd, sizeof offer->pwd);
    g_ptr_array_set_size (offer->candidates, 0);
    for (guint i = 0; i < fragment->candidates->len; i++)
        g_ptr_array_add (offer->candidates, g_strdup (fragment->candidates->pdata[i]));
    offer->end_of_candidates = fragment->end_of_candidates;
    if (!make_offer (session, offer, answer, error))
        return FALSE;
    *restarted = tutti_sdp_fragment_write (answer);
    return TRUE;
}

static gboolean
add_candidates (TuttiWhipSession *session, const TuttiSdpFragment *fragment, GError **error)
{
    for (guint i = 0; i < fragment->candidates->len; i++)
        if (!tutti_participant_add_candidate (session->participant, fragment->candidates->pdata[i],
                                              error))
            return FALSE;
    return !fragment->end_of_candidates ||
           tutti_participant_add_candidate (session->participant, "", error);
}

static gboolean
is_restart (const TuttiWhipSession *session, const TuttiSdpFragment *fragment)
{
    return fragment->ufrag[0] && !g_str_equal (fragment->ufrag, session->ufrag);
}

gboolean
tutti_whip_session_patch (TuttiWhipSession *session, const char *text, char **restarted,
                          GError **error)
{
    g_autoptr (TuttiSdpFragment) fragment = tutti_sdp_fragment_read (text, error);

    if (!fragment)
        return FALSE;
    if (!session->participant) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_NOT_JOINED, "no longer in the room");
        return FALSE;
    }
    if (is_restart (session, fragment))
        return restart (session, fragment, restarted, error);
    return add_candidates (session, fragment, error);
}
