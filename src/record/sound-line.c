/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sound-line.c: see sound-line.h.
 */
#include "sound-line.h"

#define HALF_US (TUTTI_ROUND_US / 2)

guint
tutti_sound_line_count_missing (TuttiSoundLine *line, gint64 time_us)
{
    if (!line->has_begun)
        line->next_us = time_us % TUTTI_ROUND_US;
    line->has_begun = TRUE;
    return (guint)(MAX (time_us - line->next_us + HALF_US, 0) / TUTTI_ROUND_US);
}

gboolean
tutti_sound_line_is_late (const TuttiSoundLine *line, gint64 time_us)
{
    return line->has_begun && time_us < line->next_us - HALF_US;
}

gint64
tutti_sound_line_take (TuttiSoundLine *line)
{
    gint64 place_us = line->next_us;

    line->has_begun = TRUE;
    line->next_us += TUTTI_ROUND_US;
    return place_us;
}
