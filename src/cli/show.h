/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * show.h: the admin API's answers as a person reads them. Each gives a new text.
 */
#pragma once

#include <json-glib/json-glib.h>

char *tutti_show_status (JsonObject *status);
char *tutti_show_room (JsonObject *room);
char *tutti_show_rooms (JsonObject *rooms);
char *tutti_show_participants (JsonObject *participants);
char *tutti_show_playback (JsonObject *playback);
char *tutti_show_recording (JsonObject *recording);
char *tutti_show_recordings (JsonObject *recordings);
char *tutti_show_outputs (JsonObject *outputs);
