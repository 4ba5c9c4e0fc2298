/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * side-channel.h: a participant's data channel, beside whatever signalling it came by: all that the
 * participant is told, is told there, too, and what comes on it is control's to understand. Role:
 * main.
 */
#pragma once

#include "rooms.h"

/* Who serves them. */
typedef struct _TuttiSideClass {
    /* The participant's channel is open, for texts of up to max_bytes: gives who hears it. It is
     * told how things are right after. */
    gpointer (*open) (TuttiParticipant *participant, guint max_bytes, gpointer user_data);
    /* As TuttiEventFunc; of KICKED, ROOM_CLOSED and LOST at once, while the way is still there. */
    void (*event) (const TuttiEvent *event, gpointer side);
    /* A text of the client's; NULL: a message that is none. */
    void (*receive) (const char *text, gpointer side);
    /* The channel or its participant is gone, perhaps from within receive(): frees. */
    void (*close) (gpointer side);
} TuttiSideClass;

/* klass NULL: nobody, from now on. */
void tutti_rooms_serve_sides (TuttiRooms *rooms, const TuttiSideClass *klass, gpointer user_data);

/* To the participant's client, by its data channel. */
void tutti_participant_say (TuttiParticipant *participant, const char *text);
/* Closes the channel after what was said. */
void tutti_participant_end_side (TuttiParticipant *participant);
