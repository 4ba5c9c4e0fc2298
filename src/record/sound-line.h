/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sound-line.h: sounds of 20 ms one behind the other, without gaps: where the next one goes, and
 * how much silence before it. Pure, a plain value, zero it first.
 *
 * Times drift by half a sound at most: who mixes and who records have the same clock.
 */
#pragma once

#include <tutti/types.h>

typedef struct {
    gint64 next_us; /* where the next sound goes */
    gboolean has_begun;
} TuttiSoundLine;

/* How many sounds are missing before one that belongs to time_us; the first one's place within its
 * 20 ms is everybody's. */
guint tutti_sound_line_count_missing (TuttiSoundLine *line, gint64 time_us);
/* TRUE: where it belongs there is something already. */
gboolean tutti_sound_line_is_late (const TuttiSoundLine *line, gint64 time_us);
/* The place of the next one, which is now taken. */
gint64 tutti_sound_line_take (TuttiSoundLine *line);
