/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * show-media.c: what is played into rooms and recorded of them, as a person reads it.
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

char *
tutti_show_recording (JsonObject *recording)
{
    g_autoptr (TuttiTable) table = tutti_table_new ("recording|");
    TuttiReading reading = tutti_reading_of (recording, NULL);

    tutti_table_add (table, "state");
    tutti_cell_state (table, tutti_reading_text (reading, "state"));
    if (tutti_reading_text (reading, "reason")[0])
        add_row (table, "reason", tutti_reading_text (reading, "reason"));
    add_row (table, "file", tutti_reading_text (reading, "file"));
    add_row (table, "started", tutti_reading_text (reading, "started"));
    tutti_table_add (table, "length");
    tutti_cell_clock (table, tutti_reading_int (reading, "length_us"));
    tutti_table_add (table, "size");
    tutti_cell_bytes (table, tutti_reading_int (reading, "bytes"));
    tutti_table_add (table, "gaps");
    tutti_cell_int (table, reading, "gaps");
    return tutti_table_format (table);
}

static void
add_take (TuttiTable *table, TuttiReading take)
{
    gint64 ms =
        tutti_reading_has (take, "duration_ms") ? tutti_reading_int (take, "duration_ms") : -1;

    tutti_table_add (table, "%s", tutti_reading_text (take, "name"));
    tutti_table_add (table, "%s", tutti_reading_text (take, "room"));
    tutti_cell_state (table, tutti_reading_text (take, "state"));
    tutti_table_add (table, "%s", tutti_reading_text (take, "started"));
    tutti_cell_clock (table, ms < 0 ? -1 : ms * 1000);
    tutti_cell_bytes (table, tutti_reading_int (take, "size_bytes"));
    tutti_cell_int (table, take, "tracks");
}

char *
tutti_show_recordings (JsonObject *recordings)
{
    g_autoptr (TuttiTable) table =
        tutti_table_new ("NAME|ROOM|STATE|STARTED|>LENGTH|>SIZE|>TRACKS");
    TuttiReading reading = tutti_reading_of (recordings, NULL);

    for (guint i = 0; i < tutti_reading_count (reading, "recordings"); i++)
        add_take (table, tutti_reading_nth (reading, "recordings", i, "name"));
    return tutti_table_format (table);
}

static void
add_output (TuttiTable *table, TuttiReading output)
{
    const char *reason = tutti_reading_text (output, "reason");

    tutti_table_add (table, "%s", tutti_reading_text (output, "id"));
    tutti_table_add (table, "%s", tutti_reading_text (output, "url"));
    tutti_cell_state (table, tutti_reading_text (output, "state"));
    tutti_cell_clock (table, tutti_reading_int (output, "live_us"));
    tutti_cell_kbps (table, output, "bitrate_bps");
    tutti_cell_int (table, output, "dropped");
    tutti_cell_int (table, output, "reconnects");
    tutti_table_add (table, "%s", reason[0] ? reason : "-");
}

char *
tutti_show_outputs (JsonObject *outputs)
{
    g_autoptr (TuttiTable) table =
        tutti_table_new ("ID|URL|STATE|>LIVE|>KBIT/S|>DROPPED|>RECONNECTS|LAST FAILURE");
    TuttiReading reading = tutti_reading_of (outputs, NULL);

    for (guint i = 0; i < tutti_reading_count (reading, "outputs"); i++)
        add_output (table, tutti_reading_nth (reading, "outputs", i, "id"));
    return tutti_table_format (table);
}
