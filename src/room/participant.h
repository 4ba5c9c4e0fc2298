/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * participant.h: what a joined client may do, and what is known of it. Role: main.
 */
#pragma once

#include <tutti/session.h>

#include "figures.h"
#include "rooms.h"

const char *tutti_participant_id (TuttiParticipant *participant);
TuttiRoom *tutti_participant_room (TuttiParticipant *participant);
/* Borrowed; good until the next change. */
void tutti_participant_get_person (TuttiParticipant *participant, TuttiPerson *person);

/* Tells all others START_CALL. */
void tutti_participant_start_call (TuttiParticipant *participant);

/* The first offer or a later one; fills the answer. Errors: BAD_SDP, UNSUPPORTED; the running
 * session is untouched then. Afterwards ICE_CANDIDATE, LAYOUT and UPLINK events follow. */
gboolean tutti_participant_offer (TuttiParticipant *participant, const TuttiSession *offer,
                                  TuttiSession *answer, GError **error);
/* Also before the offer. BAD_CANDIDATE. */
gboolean tutti_participant_add_candidate (TuttiParticipant *participant, const char *candidate,
                                          GError **error);

/* Only what is set changes. name: cut and cleaned as at the join. */
typedef struct {
    gboolean set_audio_muted, audio_muted;
    gboolean set_video_muted, video_muted;
    gboolean set_hand_raised, hand_raised;
    const char *name; /* NULL: as it is */
} TuttiStateChange;

void tutti_participant_set_state (TuttiParticipant *participant, const TuttiStateChange *change);

/* layout NULL, quality NULL: as it is. quality: auto, high, medium, low, audio. Answered by LAYOUT
 * (called from within). BAD_MESSAGE for unknown values. */
gboolean tutti_participant_set_view (TuttiParticipant *participant, const char *layout,
                                     const char *quality, const gboolean *self_view,
                                     GError **error);

/* to NULL: everyone, the sender included. Longer than 4096 bytes or no such `to`: BAD_MESSAGE. More
 * than 10 in 5 s: RATE_LIMITED. */
gboolean tutti_participant_chat (TuttiParticipant *participant, const char *text, const char *to,
                                 GError **error);

/* action, target and value as in the protocol's `moderate`. FORBIDDEN unless moderator; UNSUPPORTED
 * for what this server does not do. May remove the caller itself. */
gboolean tutti_participant_moderate (TuttiParticipant *participant, const char *action,
                                     const char *target, const char *value, GError **error);

/* Gone after this call; no event is told to itself. leave: others are told `left`; drop: `lost`. */
void tutti_participant_leave (TuttiParticipant *participant);
void tutti_participant_drop (TuttiParticipant *participant);

/* What a client must show to tutti_rooms_resume(); to be told to nobody else, nor logged. */
const char *tutti_participant_key (TuttiParticipant *participant);
/* The caller's hold on the participant ends with either; it is told nothing until it is resumed.
 * detach: its signalling broke off: it stays as long as its media flows, and 30 s without; before
 * it has had any, it is dropped. step_out: its page goes, perhaps to be loaded anew: its media ends
 * now; others are told `left` when it has not come back in 10 s. */
void tutti_participant_detach (TuttiParticipant *participant);
void tutti_participant_step_out (TuttiParticipant *participant);

/* The admin's hand. kick: it may not come again while the room lasts (bans.h). mute: by force, the
 * owner can unmute again. */
void tutti_participant_kick (TuttiParticipant *participant, const char *reason);
void tutti_participant_mute (TuttiParticipant *participant, gboolean muted);

/* How much louder or softer than it comes its voice is in the mix, 0 at first, from the next round
 * on; a film's is the playback's. BAD_MESSAGE: out of range. NOT_JOINED. */
#define TUTTI_VOICE_GAIN_MIN_DB (-60.0) /* below everything else; to silence it there is mute */
#define TUTTI_VOICE_GAIN_MAX_DB 20.0    /* a voice at -40 dBFS comes to where others are */
gboolean tutti_participant_set_gain (TuttiParticipant *participant, double gain_db, GError **error);
double tutti_participant_get_gain_db (TuttiParticipant *participant);

void tutti_participant_get_stats (TuttiParticipant *participant, TuttiParticipantStats *stats);
