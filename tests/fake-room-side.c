/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fake-room-side.c: nobody here has a data channel.
 */
#include "room/side-channel.h"

void
tutti_rooms_serve_sides (TuttiRooms *rooms, const TuttiSideClass *klass, gpointer user_data)
{
}

void
tutti_participant_say (TuttiParticipant *participant, const char *text)
{
}

void
tutti_participant_end_side (TuttiParticipant *participant)
{
}
