/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * show-stats.c: rooms and people of /v1/stats, a line each.
 */
#include "show-stats.h"

#include <math.h>

#include "cells.h"

/* Streams of one direction, in between. NAN: not known. */
typedef struct {
    double bytes, packets, lost; /* a second */
} Sum;

static void
add_flow (Sum *sum, TuttiReading flow)
{
    sum->bytes += tutti_reading_rate (flow, "bytes");
    sum->packets += tutti_reading_rate (flow, "packets");
    sum->lost += tutti_reading_rate (flow, "packets_lost");
}

/* What the peer missed is among what was sent down to it; what we missed isn't among what came. */
static double
loss_percent (const Sum *sum, gboolean is_down)
{
    double all = is_down ? sum->packets : sum->packets + sum->lost;

    if (isnan (all))
        return NAN;
    return all > 0 ? MIN (100 * sum->lost / all, 100) : 0;
}

static double
add_rates (TuttiReading reading, const char *const *names, guint n)
{
    double sum = 0;

    for (guint i = 0; i < n; i++)
        sum += tutti_reading_rate (reading, names[i]);
    return sum;
}

/* --- Rooms --- */

TuttiRoomFigures
tutti_stats_read_room (TuttiReading room)
{
    static const char *const WORK[] = {"decode", "scale", "compose", "encode"};
    Sum up = {0}, down = {0};
    double cpu_us = add_rates (tutti_reading_get (room, "cpu_us"), WORK, G_N_ELEMENTS (WORK));

    add_flow (&up, tutti_reading_get (room, "uplink"));
    add_flow (&down, tutti_reading_get (room, "downlink"));
    return (TuttiRoomFigures){
        .name = tutti_reading_text (room, "name"),
        .n_people = tutti_reading_int (room, "participants"),
        .n_listeners = tutti_reading_int (room, "listeners"),
        .n_views = tutti_reading_int (room, "views"),
        .n_encodes = tutti_reading_int (room, "renditions"),
        .in_bps = up.bytes * 8,
        .out_bps = down.bytes * 8,
        .lost_in_percent = loss_percent (&up, FALSE),
        .lost_out_percent = loss_percent (&down, TRUE),
        .cpu_percent = cpu_us * 100 / G_USEC_PER_SEC,
    };
}

static void
add_room (TuttiTable *table, TuttiReading reading)
{
    TuttiRoomFigures room = tutti_stats_read_room (reading);

    tutti_table_add (table, "%s", room.name);
    tutti_table_add (table, "%" G_GINT64_FORMAT, room.n_people);
    tutti_table_add (table, "%" G_GINT64_FORMAT, room.n_views);
    tutti_table_add (table, "%" G_GINT64_FORMAT, room.n_encodes);
    tutti_cell_number (table, room.in_bps / 1000, 0);
    tutti_cell_number (table, room.out_bps / 1000, 0);
    tutti_cell_number (table, room.lost_in_percent, 1);
    tutti_cell_number (table, room.lost_out_percent, 1);
    tutti_cell_number (table, room.cpu_percent, 1);
}

char *
tutti_show_stats_of_rooms (TuttiReading stats)
{
    g_autoptr (TuttiTable) table = tutti_table_new (
        "ROOM|>PEOPLE|>VIEWS|>ENCODES|>KBIT/S IN|>KBIT/S OUT|>LOST IN %|>LOST OUT %|>CPU %");

    for (guint i = 0; i < tutti_reading_count (stats, "rooms"); i++)
        add_room (table, tutti_reading_nth (stats, "rooms", i, "name"));
    return tutti_table_format (table);
}

/* --- People --- */

static const char *const UP[] = {"audio", "camera", "screen"};
static const char *const DOWN[] = {"audio", "video"};

static Sum
add_up (TuttiReading way, const char *const *streams, guint n)
{
    Sum sum = {0};

    for (guint i = 0; i < n; i++)
        add_flow (&sum, tutti_reading_get (way, streams[i]));
    return sum;
}

static double
concealed_percent (TuttiReading voice)
{
    return tutti_reading_rate (voice, "concealed_samples") * 100 / 48000;
}

static void
add_person (TuttiTable *table, TuttiReading person)
{
    TuttiReading up = tutti_reading_get (person, "uplink");
    TuttiReading down = tutti_reading_get (person, "downlink");
    TuttiReading voice = tutti_reading_get (up, "audio");
    Sum in = add_up (up, UP, G_N_ELEMENTS (UP)), out = add_up (down, DOWN, G_N_ELEMENTS (DOWN));

    tutti_table_add (table, "%s", tutti_reading_text (person, "id"));
    tutti_table_add (table, "%s", tutti_reading_text (person, "name"));
    tutti_table_add (table, "%s", tutti_reading_text (person, "state"));
    tutti_cell_number (table, in.bytes * 8 / 1000, 0);
    tutti_cell_number (table, out.bytes * 8 / 1000, 0);
    tutti_cell_number (table, loss_percent (&in, FALSE), 1);
    tutti_cell_number (table, loss_percent (&out, TRUE), 1);
    tutti_cell_milliseconds (table, person, "round_trip_us");
    tutti_cell_milliseconds (table, voice, "jitter_us");
    tutti_cell_milliseconds (table, voice, "delay_us");
    tutti_cell_number (table, concealed_percent (voice), 1);
    tutti_cell_kbps (table, down, "estimate_bps");
    tutti_cell_rendition (table, tutti_reading_get (down, "video"));
}

char *
tutti_show_stats_of_room (TuttiReading stats)
{
    g_autoptr (TuttiTable) table =
        tutti_table_new ("ID|NAME|STATE|>KBIT/S IN|>OUT|>LOST IN %|>OUT %|>RTT MS|>JITTER MS|"
                         ">BUFFER MS|>CONCEALED %|>ESTIMATE|PICTURE OUT");
    TuttiReading room;

    if (tutti_reading_count (stats, "rooms") == 0)
        return tutti_table_format (table);
    room = tutti_reading_nth (stats, "rooms", 0, "name");
    for (guint i = 0; i < tutti_reading_count (room, "people"); i++)
        add_person (table, tutti_reading_nth (room, "people", i, "id"));
    return tutti_table_format (table);
}
