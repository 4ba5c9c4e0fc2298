/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * show-media.c: what is played into a room, as a person reads it.
 */
#include "cells.h"
#include "show.h"

static void
add_row (TuttiTable *table, const char *name, const char *value)
{
    tutti_table_add (table, "%s", name);
    tutti_table_add (table, "%s", value);
}

char *
tutti_show_playback (JsonObject *playback)
{
    g_autoptr (TuttiTable) table = tutti_table_new ("playback|");
    TuttiReading reading = tutti_reading_of (playback, NULL);
    const char *title = tutti_reading_text (reading, "title");

    add_row (table, "title", title[0] ? title : "- (heard only)");
    tutti_table_add (table, "state");
    tutti_cell_state (table, tutti_reading_text (reading, "state"));
    if (tutti_reading_text (reading, "reason")[0])
        add_row (table, "reason", tutti_reading_text (reading, "reason"));
    tutti_table_add (table, "position");
    tutti_cell_clock (table, tutti_reading_int (reading, "position_us"));
    tutti_table_add (table, "duration");
    tutti_cell_clock (table, tutti_reading_int (reading, "duration_us") > 0
                                 ? tutti_reading_int (reading, "duration_us")
                                 : -1);
    tutti_table_add (table, "gain, dB");
    tutti_cell_number (table, tutti_reading_number (reading, "gain_db"), 1);
    add_row (table, "sound", tutti_reading_bool (reading, "has_sound") ? "yes" : "no");
    add_row (table, "pictures", tutti_reading_bool (reading, "has_pictures") ? "yes" : "no");
    add_row (table, "loop", tutti_reading_bool (reading, "loop") ? "yes" : "no");
    return tutti_table_format (table);
}
