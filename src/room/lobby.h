/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lobby.h: those who wait to be let into a room: participants that are in nobody's roster, mix or
 * picture and may do nothing but leave. They are told ADMITTED, from when on they are participants
 * as all others, with the same id; KICKED; or ROOM_CLOSED. Role: main.
 */
#pragma once

#include "rooms.h"

/* A room holds 100 by default; nobody overlooks a longer list. */
#define TUTTI_LOBBY_MAX 50

gboolean tutti_participant_is_waiting (const TuttiParticipant *participant);

/* Borrowed, in order of arrival; free the array. */
GPtrArray *tutti_room_list_waiting (TuttiRoom *room);
TuttiParticipant *tutti_room_find_waiting (TuttiRoom *room, const char *id);
/* Monotonic. */
gint64 tutti_participant_waits_since_us (const TuttiParticipant *participant);

/* FULL_ROOM. */
gboolean tutti_room_admit (TuttiRoom *room, TuttiParticipant *waiting, GError **error);
/* In order of arrival, as long as there is room: FULL_ROOM for those who wait on. */
gboolean tutti_room_admit_all (TuttiRoom *room, GError **error);
/* Told KICKED, "rejected". The room may be gone afterwards. */
void tutti_room_reject (TuttiRoom *room, TuttiParticipant *waiting);
