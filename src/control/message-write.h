/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * message-write.h: what the server says, as JSON text: one object, valid UTF-8 whatever goes in.
 * Texts are the caller's to free. Any thread.
 */
#pragma once

#include "event.h"

/* An RTCIceServer of the protocol. */
typedef struct {
    char *url, *username, *credential; /* the latter two NULL for STUN */
} TuttiIceServer;

typedef enum {
    TUTTI_ENTRANCE_JOINED,
    TUTTI_ENTRANCE_CREATED, /* room_created, else room_joined */
    TUTTI_ENTRANCE_RESUMED,
    TUTTI_ENTRANCE_BESIDE, /* it is connected: without ICE servers */
} TuttiEntrance;

typedef struct {
    TuttiEntrance entrance;
    const char *room, *participant, *topology;
    const char *resume; /* the participant's key */
    TuttiPersonRole role;
    guint n_ice_servers;
    const TuttiIceServer *ice_servers;
    guint n_people;
    const TuttiPerson *people; /* everyone, the receiver included */
    int canvas_width, canvas_height;
    guint frame_rate;
    TuttiRoomState state;
} TuttiWelcome;

char *tutti_message_write_welcome (const TuttiWelcome *welcome);
char *tutti_message_write_full_room (const char *room, guint limit);
/* In place of the welcome, which comes when it is let in. */
char *tutti_message_write_waiting (const char *room, const TuttiPerson *person);
char *tutti_message_write_answer (const char *sdp);

/* code and message: those of the error; reply_to: NULL if the message had no type. */
char *tutti_message_write_error (const GError *error, const char *reply_to);

/* self: the receiver's id. LOST is participant_left of itself, SHARE_REFUSED an error. ADMITTED and
 * REPLACED are none. */
char *tutti_message_write_event (const TuttiEvent *event, const char *self);
