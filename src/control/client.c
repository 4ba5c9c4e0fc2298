/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client.c: states are: new -> joined -> ended. Each message type has a function that does it and
 * gives an error to be told, or TRUE. An event may end the client in the middle of its own call
 * (a moderator closes the room), so nothing is touched after a call into room but what is asked
 * for again.
 */
#include "client.h"
#include "lobby.h"
#include "message-read.h"
#include "message-write.h"
#include "participant.h"
#include "rate.h"
#include "sdp-read.h"
#include "sdp-write.h"
#include "settings.h"
#include "stats-json.h"
#include "welcome.h"

#include <tutti/error.h>

/* interface: the 20th fault closes. */
#define FAULTS_MAX 20
/* A page sends a few messages a minute, and up to 64 candidates at once; whatever is sent may be
 * told to a thousand others. */
#define MESSAGES_PER_S 30
#define MESSAGES_BURST 200
/* The page shows them once a second. */
#define STATS_PER_S 2

/* RFC 6455 section 7.4.1. */
#define CLOSE_NORMAL 1000
#define CLOSE_POLICY 1008
/* Section 7.4.2, ours: another connection has resumed the participant. */
#define CLOSE_REPLACED 4001

struct _TuttiClient {
    const TuttiClientSetup *setup;
    char *address, *visitor;
    const TuttiClientOutput *output;
    gpointer user_data;
    TuttiParticipant *participant; /* NULL unless joined */
    char *id;                      /* of the participant, kept for farewells */
    TuttiBucket bucket, stats_bucket;
    guint n_faults;
    gboolean asked; /* for the PIN */
    gboolean ended;
};

typedef gboolean (*Act) (TuttiClient *client, const TuttiMessage *message, GError **error);

static void
send_text (TuttiClient *client, char *text)
{
    g_autofree char *owned = text;

    if (!client->ended)
        client->output->send (owned, client->user_data);
}

static void
end (TuttiClient *client, guint16 code)
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
    send_text (client, tutti_message_write_error (error, reply_to));
    if (is_fault (error) && ++client->n_faults >= FAULTS_MAX)
        end (client, CLOSE_POLICY);
}

/* --- Joining. --- */

static void
welcome (TuttiClient *client, TuttiEntrance entrance)
{
    g_free (client->id);
    client->id = g_strdup (tutti_participant_id (client->participant));
    send_text (client, tutti_welcome_write (client->setup->config, client->participant, entrance));
}

static void
on_event (const TuttiEvent *event, gpointer user_data)
{
    TuttiClient *client = user_data;

    if (event->type == TUTTI_EVENT_REPLACED) {
        client->participant = NULL;
        end (client, CLOSE_REPLACED);
        return;
    }
    if (event->type == TUTTI_EVENT_ADMITTED) {
        welcome (client, TUTTI_ENTRANCE_JOINED);
        return;
    }
    send_text (client, tutti_message_write_event (event, client->id));
    if (event->type != TUTTI_EVENT_KICKED && event->type != TUTTI_EVENT_ROOM_CLOSED &&
        event->type != TUTTI_EVENT_LOST)
        return;
    client->participant = NULL; /* the room has let go of it */
    end (client, CLOSE_NORMAL);
}

static void
tell_waiting (TuttiClient *client, const char *room)
{
    TuttiPerson person;

    tutti_participant_get_person (client->participant, &person);
    client->id = g_strdup (person.id);
    send_text (client, tutti_message_write_waiting (room, &person));
}

static gboolean
enter_room (TuttiClient *client, TuttiJoin *join, GError **error)
{
    gboolean created = FALSE;

    join->can_wait = TRUE;
    join->address = client->address;
    join->visitor = client->visitor;
    client->participant =
        tutti_rooms_join (client->setup->rooms, join, on_event, client, &created, error);
    if (!client->participant)
        return FALSE;
    if (tutti_participant_is_waiting (client->participant))
        tell_waiting (client, join->room);
    else
        welcome (client, created ? TUTTI_ENTRANCE_CREATED : TUTTI_ENTRANCE_JOINED);
    return TRUE;
}

/* Whoever has the key was let in before. */
static gboolean
resume (TuttiClient *client, const char *room, const char *key)
{
    if (!key)
        return FALSE;
    client->participant = tutti_rooms_resume (client->setup->rooms, room, key, on_event, client);
    if (!client->participant)
        return FALSE;
    welcome (client, TUTTI_ENTRANCE_RESUMED);
    return TRUE;
}

/* A full room is told by a message of its own. */
static gboolean
tell_full (TuttiClient *client, const char *name, GError *error)
{
    TuttiRoom *room = tutti_rooms_find (client->setup->rooms, name);
    TuttiRoomInfo info;

    if (!room || !g_error_matches (error, TUTTI_ERROR, TUTTI_ERROR_FULL_ROOM))
        return FALSE;
    tutti_room_get_info (room, &info);
    send_text (client, tutti_message_write_full_room (name, info.limit));
    return TRUE;
}

/* Clears it. */
static gboolean
take_pass (TuttiClient *client, const TuttiMessage *message, TuttiPass *pass, GError **error)
{
    TuttiJoin join = {.room = message->join.room, .pin = message->join.pin};
    g_autoptr (GError) fault = NULL;
    gboolean entered;

    tutti_pass_fill_join (pass, &join);
    entered = enter_room (client, &join, &fault);
    tutti_pass_clear (pass);
    if (entered || tell_full (client, message->join.room, fault))
        return TRUE;
    client->asked |= g_error_matches (fault, TUTTI_ERROR, TUTTI_ERROR_PIN_REQUIRED);
    g_propagate_error (error, g_steal_pointer (&fault));
    return FALSE;
}

static gboolean
join (TuttiClient *client, const TuttiMessage *message, GError **error)
{
    TuttiRequest request = {.room = message->join.room,
                            .name = message->join.name,
                            .token = message->join.token,
                            .role_given = message->join.role_given,
                            .role = message->join.role,
                            .address = client->address,
                            .rooms = client->setup->rooms};
    TuttiPass pass = {0};

    if (!tutti_room_name_is_valid (request.room)) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_BAD_ROOM,
                             "a room's name has 1 to 64 of A-Z a-z 0-9 . _ -");
        return FALSE;
    }
    if (resume (client, request.room, message->join.resume))
        return TRUE;
    if (!tutti_admission_check (client->setup->admission, &request, g_get_monotonic_time (),
                                g_get_real_time () / G_USEC_PER_SEC, &pass, error))
        return FALSE;
    return take_pass (client, message, &pass, error);
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
    send_text (client, tutti_message_write_answer (sdp));
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
    send_text (client, tutti_stats_json_message (&stats, now_us));
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
    end (client, CLOSE_NORMAL);
    return TRUE;
}

static const Act acts[TUTTI_N_MESSAGES] = {
    [TUTTI_MESSAGE_JOIN_ROOM] = join,
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
    if (!participant)
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
