/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * show-stats.h: /v1/stats as a person reads it. Each gives a new text.
 */
#pragma once

#include "reading.h"

/* A line for each room. */
char *tutti_show_stats_of_rooms (TuttiReading stats);
/* A line for each participant of the first room. */
char *tutti_show_stats_of_room (TuttiReading stats);
/* All that is known of the first participant of the first room, by direction. */
char *tutti_show_stats_of_person (TuttiReading stats);
