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

char *
tutti_format_age (gint64 s)
{
    if (s < 60)
        return g_strdup_printf ("%d s", (int)s);
    if (s < 3600)
        return g_strdup_printf ("%d min", (int)(s / 60));
    if (s < 86400)
        return g_strdup_printf ("%d h %02d min", (int)(s / 3600), (int)(s % 3600 / 60));
    return g_strdup_printf ("%d d %d h", (int)(s / 86400), (int)(s % 86400 / 3600));
}

void
tutti_cell_clock (TuttiTable *table, gint64 us)
{
    gint64 s = us / G_USEC_PER_SEC;

    if (us < 0)
        tutti_table_add (table, "-");
    else
        tutti_table_add (table, "%d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
}

void
tutti_cell_bytes (TuttiTable *table, gint64 bytes)
{
    g_autofree char *text = g_format_size ((guint64)bytes);

    tutti_table_add (table, "%s", text);
}

void
tutti_cell_state (TuttiTable *table, const char *state)
{
    static const struct {
        const char *state;
        TuttiColour colour;
    } colours[] = {
        {"on", TUTTI_GREEN},          {"live", TUTTI_GREEN},     {"playing", TUTTI_GREEN},
        {"connected", TUTTI_GREEN},   {"running", TUTTI_GREEN},  {"paused", TUTTI_YELLOW},
        {"connecting", TUTTI_YELLOW}, {"waiting", TUTTI_YELLOW}, {"opening", TUTTI_YELLOW},
        {"recovered", TUTTI_YELLOW},  {"cut", TUTTI_RED},        {"broken", TUTTI_RED},
        {"failed", TUTTI_RED},        {"lost", TUTTI_RED},
    };

    tutti_table_add (table, "%s", state);
    for (gsize i = 0; i < G_N_ELEMENTS (colours); i++) {
        if (g_str_equal (colours[i].state, state))
            tutti_table_paint (table, colours[i].colour);
    }
}
