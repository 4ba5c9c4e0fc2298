/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client.c: states are: new -> joined -> ended; beside another signalling it is joined from the
 * first. Each message type has a function that does it and
 * gives an error to be told, or TRUE. An event may end the client in the middle of its own call
 * (a moderator closes the room), so nothing is touched after a call into room but what is asked
 * for again.
 */
#include "client-inside.h"
#include "lobby.h"
#include "message-write.h"
#include "sdp-read.h"
#include "sdp-write.h"
#include "settings.h"
#include "stats-json.h"

#include <tutti/error.h>

/* interface: the 20th fault closes. */
#define FAULTS_MAX 20
/* A page sends a few messages a minute, and up to 64 candidates at once; whatever is sent may be
 * told to a thousand others. */
#define MESSAGES_PER_S 30
#define MESSAGES_BURST 200
/* The page shows them once a second. */
#define STATS_PER_S 2

typedef gboolean (*Act) (TuttiClient *client, const TuttiMessage *message, GError **error);

void
tutti_client_send (TuttiClient *client, char *text)
{
    g_autofree char *owned = text;

    if (!client->ended)
        client->output->send (owned, client->user_data);
}

void
tutti_client_end (TuttiClient *client, guint16 code)
{
    if (client->ended)
        return;
    client->ended = TRUE;
    client->output->end (code, client->user_data);
}

/* A message that makes no sense where it stands, as opposed to one that is refused. */
static gboolean
is_fault (const GError *error)
{
    return g_error_matches (error, TUTTI_ERROR, TUTTI_ERROR_BAD_JSON) ||
           g_error_matches (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE) ||
           g_error_matches (error, TUTTI_ERROR, TUTTI_ERROR_NOT_JOINED) ||
           g_error_matches (error, TUTTI_ERROR, TUTTI_ERROR_ALREADY_JOINED) ||
           g_error_matches (error, TUTTI_ERROR, TUTTI_ERROR_RATE_LIMITED);
}

static void
complain (TuttiClient *client, const GError *error, const char *reply_to)
{
    tutti_client_send (client, tutti_message_write_error (error, reply_to));
    if (is_fault (error) && ++client->n_faults >= FAULTS_MAX)
        tutti_client_end (client, TUTTI_CLOSE_POLICY);
}

/* --- In the room. --- */

static gboolean
start_call (TuttiClient *client, const TuttiMessage *message, GError **error)
{
    tutti_participant_start_call (client->participant);
    return TRUE;
}

static gboolean
take_offer (TuttiClient *client, const TuttiMessage *message, GError **error)
{
    g_autoptr (TuttiSession) offer = tutti_sdp_read (message->sdp, error);
    g_autoptr (TuttiSession) answer = NULL;
    g_autofree char *sdp = NULL;

    if (!offer)
        return FALSE;
    answer = tutti_session_new ();
    if (!tutti_participant_offer (client->participant, offer, answer, error))
        return FALSE;
    sdp = tutti_sdp_write (answer);
    tutti_client_send (client, tutti_message_write_answer (sdp));
    return TRUE;
}

static gboolean
take_candidate (TuttiClient *client, const TuttiMessage *message, GError **error)
{
    return tutti_participant_add_candidate (client->participant, message->ice.candidate, error);
}

static gboolean
set_state (TuttiClient *client, const TuttiMessage *message, GError **error)
{
    TuttiStateChange change = {.set_audio_muted = message->state.audio_muted.given,
                               .audio_muted = message->state.audio_muted.value,
                               .set_video_muted = message->state.video_muted.given,
                               .video_muted = message->state.video_muted.value,
                               .set_hand_raised = message->state.hand_raised.given,
                               .hand_raised = message->state.hand_raised.value,
                               .name = message->state.name};

    tutti_participant_set_state (client->participant, &change);
    return TRUE;
}

static gboolean
set_view (TuttiClient *client, const TuttiMessage *message, GError **error)
{
    const TuttiMaybe *self_view = &message->view.self_view;

    return tutti_participant_set_view (client->participant, message->view.layout,
                                       message->view.quality,
                                       self_view->given ? &self_view->value : NULL, error);
}

static gboolean
chat (TuttiClient *client, const TuttiMessage *message, GError **error)
{
    return tutti_participant_chat (client->participant, message->chat.text, message->chat.to,
                                   error);
}

static gboolean
change_settings (TuttiClient *client, const TuttiMessage *message, GError **error)
{
    const TuttiMaybe *waiting_room = &message->moderate.waiting_room;
    TuttiSettings settings = {0};

    if (waiting_room->given)
        tutti_settings_add (&settings, "waiting-room", waiting_room->value ? "true" : "false");
    if (message->moderate.share)
        tutti_settings_add (&settings, "share", message->moderate.share);
    if (message->moderate.pin)
        tutti_settings_add (&settings, "pin", message->moderate.pin);
    return tutti_participant_change_settings (client->participant, &settings, error);
}

static gboolean
moderate (TuttiClient *client, const TuttiMessage *message, GError **error)
{
    if (g_str_equal (message->moderate.action, "settings"))
        return change_settings (client, message, error);
    return tutti_participant_moderate (client->participant, message->moderate.action,
                                       message->moderate.participant, message->moderate.value,
                                       error);
}

static gboolean
get_stats (TuttiClient *client, const TuttiMessage *message, GError **error)
{
    gint64 now_us = g_get_monotonic_time ();
    TuttiParticipantStats stats;

    if (!tutti_bucket_take (&client->stats_bucket, STATS_PER_S, STATS_PER_S, now_us)) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_RATE_LIMITED,
                             "statistics are given twice a second");
        return FALSE;
    }
    tutti_participant_get_stats (client->participant, &stats);
    tutti_client_send (client, tutti_stats_json_message (&stats, now_us));
    return TRUE;
}

static gboolean
leave (TuttiClient *client, const TuttiMessage *message, GError **error)
{
    TuttiParticipant *participant = g_steal_pointer (&client->participant);

    if (message->leave.may_return.value)
        tutti_participant_step_out (participant);
    else
        tutti_participant_leave (participant);
    tutti_client_end (client, TUTTI_CLOSE_NORMAL);
    return TRUE;
}

static const Act acts[TUTTI_N_MESSAGES] = {
    [TUTTI_MESSAGE_JOIN_ROOM] = tutti_client_join,
    [TUTTI_MESSAGE_START_CALL] = start_call,
    [TUTTI_MESSAGE_WEBRTC_OFFER] = take_offer,
    [TUTTI_MESSAGE_WEBRTC_ICE_CANDIDATE] = take_candidate,
    [TUTTI_MESSAGE_SET_STATE] = set_state,
    [TUTTI_MESSAGE_SET_VIEW] = set_view,
    [TUTTI_MESSAGE_CHAT] = chat,
    [TUTTI_MESSAGE_MODERATE] = moderate,
    [TUTTI_MESSAGE_GET_STATS] = get_stats,
    [TUTTI_MESSAGE_LEAVE] = leave,
};

static gboolean
check_order (TuttiClient *client, TuttiMessageType type, GError **error)
{
    gboolean joins = type == TUTTI_MESSAGE_JOIN_ROOM;
    gboolean waits = client->participant && tutti_participant_is_waiting (client->participant);

    if (joins == (client->participant == NULL) && (!waits || type == TUTTI_MESSAGE_LEAVE))
        return TRUE;
    g_set_error_literal (error, TUTTI_ERROR,
                         joins ? TUTTI_ERROR_ALREADY_JOINED : TUTTI_ERROR_NOT_JOINED,
                         joins ? "already in a room" : "not in a room yet");
    return FALSE;
}

/* What belongs to the signalling by which the participant came, and would end it there unseen. */
static gboolean
check_place (TuttiClient *client, TuttiMessageType type, GError **error)
{
    if (!client->is_beside ||
        (type != TUTTI_MESSAGE_WEBRTC_OFFER && type != TUTTI_MESSAGE_WEBRTC_ICE_CANDIDATE &&
         type != TUTTI_MESSAGE_LEAVE))
        return TRUE;
    g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED, "not on the data channel");
    return FALSE;
}

static gboolean
check_rate (TuttiClient *client, gint64 now_us, GError **error)
{
    if (tutti_bucket_take (&client->bucket, MESSAGES_PER_S, MESSAGES_BURST, now_us))
        return TRUE;
    g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_RATE_LIMITED, "too many messages");
    return FALSE;
}

TuttiClient *
tutti_client_new (const TuttiClientSetup *setup, const char *address, const char *visitor,
                  const TuttiClientOutput *output, gpointer user_data)
{
    TuttiClient *client = g_new0 (TuttiClient, 1);

    client->setup = setup;
    client->address = g_strdup (address);
    client->visitor = g_strdup (visitor);
    client->output = output;
    client->user_data = user_data;
    return client;
}

void
tutti_client_free (TuttiClient *client)
{
    if (!client)
        return;
    tutti_client_hang_up (client, TRUE);
    g_free (client->address);
    g_free (client->visitor);
    g_free (client->id);
    g_free (client);
}

void
tutti_client_receive (TuttiClient *client, const char *text, gsize n_bytes, gint64 now_us)
{
    g_autofree char *reply_to = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (TuttiMessage) message = NULL;

    if (client->ended)
        return;
    if (!check_rate (client, now_us, &error) ||
        !(message = tutti_message_read (text, n_bytes, &reply_to, &error)) ||
        !check_order (client, message->type, &error) ||
        !check_place (client, message->type, &error) ||
        !acts[message->type](client, message, &error))
        complain (client, error, reply_to);
}

void
tutti_client_receive_nonsense (TuttiClient *client)
{
    g_autoptr (GError) error =
        g_error_new_literal (TUTTI_ERROR, TUTTI_ERROR_BAD_JSON, "not a text frame");

    if (!client->ended)
        complain (client, error, NULL);
}

void
tutti_client_hang_up (TuttiClient *client, gboolean broke_off)
{
    TuttiParticipant *participant = g_steal_pointer (&client->participant);

    client->ended = TRUE;
    if (!participant || client->is_beside)
        return;
    if (broke_off)
        tutti_participant_detach (participant);
    else
        tutti_participant_leave (participant);
}

gboolean
tutti_client_is_joined (TuttiClient *client)
{
    return client->participant != NULL;
}

gboolean
tutti_client_is_asked (TuttiClient *client)
{
    return client->asked;
}
