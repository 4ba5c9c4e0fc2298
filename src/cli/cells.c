/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cells.c: see cells.h.
 */
#include "cells.h"

#include <math.h>

void
tutti_cell_number (TuttiTable *table, double number, int decimals)
{
    if (isnan (number))
        tutti_table_add (table, "-");
    else
        tutti_table_add (table, "%.*f", decimals, number);
}

void
tutti_cell_int (TuttiTable *table, TuttiReading reading, const char *name)
{
    if (tutti_reading_has (reading, name))
        tutti_table_add (table, "%" G_GINT64_FORMAT, tutti_reading_int (reading, name));
    else
        tutti_table_add (table, "-");
}

void
tutti_cell_milliseconds (TuttiTable *table, TuttiReading reading, const char *name)
{
    gint64 us = tutti_reading_int (reading, name);

    tutti_cell_number (table, us == 0 ? NAN : (double)us / 1000, 1);
}

void
tutti_cell_kbps (TuttiTable *table, TuttiReading reading, const char *name)
{
    gint64 bps = tutti_reading_int (reading, name);

    tutti_cell_number (table, bps == 0 ? NAN : (double)bps / 1000, 0);
}

/* Each temporal layer has half of the pictures of all up to it. */
static const char *
name_rate (TuttiReading video)
{
    gint64 left_out = tutti_reading_int (video, "layers_left_out");

    return left_out == 0 ? "" : left_out == 1 ? ", half rate" : ", quarter rate";
}

void
tutti_cell_rendition (TuttiTable *table, TuttiReading video)
{
    if (tutti_reading_bool (video, "audio_only"))
        tutti_table_add (table, "sound only");
    else if (tutti_reading_int (video, "width") == 0)
        tutti_table_add (table, "-");
    else
        tutti_table_add (table, "%dx%d@%d %dk%s", (int)tutti_reading_int (video, "width"),
                         (int)tutti_reading_int (video, "height"),
                         (int)tutti_reading_int (video, "frame_rate"),
                         (int)(tutti_reading_int (video, "bitrate_bps") / 1000), name_rate (video));
}
