/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-json.h: what the admin API says about the server, its rooms and participants, as JSON. Each
 * adds members to an object that is open. Role: main.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "participant.h"
#include "hooks.h"
#include "rooms.h"

void tutti_admin_json_status (JsonBuilder *builder, TuttiRooms *rooms);
/* What is set in a room, and nothing that changes by itself: its ETag is made of these
 * (admin-etag.h). Part of the room. */
void tutti_admin_json_settings (JsonBuilder *builder, TuttiRoom *room);
void tutti_admin_json_room (JsonBuilder *builder, TuttiRoom *room);
void tutti_admin_json_rooms (JsonBuilder *builder, TuttiRooms *rooms);
void tutti_admin_json_participant (JsonBuilder *builder, TuttiParticipant *participant);
/* How many webhooks there are, and how they do. */
void tutti_admin_json_hooks (JsonBuilder *builder, TuttiHooks *hooks);
void tutti_admin_json_participants (JsonBuilder *builder, TuttiRoom *room);
