/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * show-stats.h: /v1/stats as a person reads it. Each gives a new text.
 */
#pragma once

#include "reading.h"

/* Of one room. NAN: not known. */
typedef struct {
    const char *name; /* borrowed from the reading */
    gint64 n_people, n_listeners, n_views, n_encodes;
    double in_bps, out_bps, lost_in_percent, lost_out_percent;
    double cpu_percent; /* of one core, for its pictures */
} TuttiRoomFigures;

TuttiRoomFigures tutti_stats_read_room (TuttiReading room);

/* A line for each room. */
char *tutti_show_stats_of_rooms (TuttiReading stats);
/* A line for each participant of the first room. */
char *tutti_show_stats_of_room (TuttiReading stats);
/* All that is known of the first participant of the first room, by direction. */
char *tutti_show_stats_of_person (TuttiReading stats);
