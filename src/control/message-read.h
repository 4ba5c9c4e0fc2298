/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * message-read.h: a client's JSON text in, a typed and checked message out. Any thread.
 */
#pragma once

#include "event.h"

typedef enum {
    TUTTI_MESSAGE_JOIN_ROOM,
    TUTTI_MESSAGE_START_CALL,
    TUTTI_MESSAGE_WEBRTC_OFFER,
    TUTTI_MESSAGE_WEBRTC_ICE_CANDIDATE,
    TUTTI_MESSAGE_SET_STATE,
    TUTTI_MESSAGE_SET_VIEW,
    TUTTI_MESSAGE_CHAT,
    TUTTI_MESSAGE_MODERATE,
    TUTTI_MESSAGE_GET_STATS,
    TUTTI_MESSAGE_LEAVE,
    TUTTI_N_MESSAGES,
} TuttiMessageType;

/* A field that may be left out, or be null. */
typedef struct {
    gboolean given, value;
} TuttiMaybe;

/* Strings belong to the message; NULL: not given. All are valid UTF-8. */
typedef struct {
    TuttiMessageType type;
    union {
        struct {
            const char *room, *name, *token, *resume, *pin;
            gboolean role_given;
            TuttiPersonRole role;
        } join;
        const char *sdp; /* WEBRTC_OFFER */
        struct {
            TuttiMaybe may_return;
        } leave;
        struct {
            const char *candidate, *sdp_mid;
            guint sdp_mline_index;
        } ice;
        struct {
            TuttiMaybe audio_muted, video_muted, hand_raised;
            const char *name;
        } state;
        struct {
            const char *layout, *quality;
            TuttiMaybe self_view;
        } view;
        struct {
            const char *text, *to;
        } chat;
        struct {
            const char *action, *participant, *value; /* value: true and false become words */
            TuttiMaybe waiting_room; /* these are members of a value that is an object */
            const char *share, *pin;
        } moderate;
    };
} TuttiMessage;

/* BAD_JSON: not one JSON object. BAD_MESSAGE: unknown type, or a field missing or of the wrong
 * kind; the message names it. *reply_to: the type of the message as far as one could be read, also
 * on failure; else NULL. */
TuttiMessage *tutti_message_read (const char *text, gsize n_bytes, char **reply_to, GError **error);
void tutti_message_free (TuttiMessage *message);

const char *tutti_message_name (TuttiMessageType type);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiMessage, tutti_message_free)
