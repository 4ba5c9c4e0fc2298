/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stats-json.h: a participant's and a room's figures as JSON, the same for the admin API and for
 * the participant itself. Units end names; counts have none. Role: main.
 */
#pragma once

#include "figures.h"
#include "rooms.h"
#include "json-write.h"

/* Members `uplink`, `downlink` and some of both, into an object that is open. */
void tutti_stats_json_add (TuttiJson *json, const TuttiParticipantStats *stats);
void tutti_stats_json_add_room (TuttiJson *json, const TuttiRoomStats *stats);
/* The protocol's `stats` message. */
char *tutti_stats_json_message (const TuttiParticipantStats *stats, gint64 now_us);
