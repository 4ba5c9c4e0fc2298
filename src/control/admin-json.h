/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-json.h: what the admin API says about the server, its rooms and participants, as JSON. Each
 * adds members to an object that is open. Role: main.
 */
#pragma once

#include "participant.h"
#include "hooks.h"
#include "rooms.h"
#include "json-write.h"

void tutti_admin_json_status (TuttiJson *json, TuttiRooms *rooms);
/* What is set in a room, and nothing that changes by itself: its ETag is made of these
 * (admin-etag.h). Part of the room. */
void tutti_admin_json_settings (TuttiJson *json, TuttiRoom *room);
void tutti_admin_json_room (TuttiJson *json, TuttiRoom *room);
void tutti_admin_json_rooms (TuttiJson *json, TuttiRooms *rooms);
void tutti_admin_json_participant (TuttiJson *json, TuttiParticipant *participant);
/* How many webhooks there are, and how they do. */
void tutti_admin_json_hooks (TuttiJson *json, TuttiHooks *hooks);
void tutti_admin_json_participants (TuttiJson *json, TuttiRoom *room);
