/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * show.h: the admin API's answers as a person reads them. Each gives a new text.
 */
#pragma once

#include "table.h"

#include <json-glib/json-glib.h>

char *tutti_show_status (JsonObject *status);
char *tutti_show_room (JsonObject *room);
char *tutti_show_rooms (JsonObject *rooms);
/* show-policy.c; rules: rows for a table of two columns, of the server's answer for a room */
void tutti_show_rules (TuttiTable *table, JsonObject *room);
char *tutti_show_lobby (JsonObject *lobby);
char *tutti_show_bans (JsonObject *bans);
char *tutti_show_participants (JsonObject *participants);
char *tutti_show_playback (JsonObject *playback);
char *tutti_show_recording (JsonObject *recording);
char *tutti_show_recordings (JsonObject *recordings);
char *tutti_show_outputs (JsonObject *outputs);
