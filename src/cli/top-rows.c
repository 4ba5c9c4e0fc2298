/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * top-rows.c: see top-rows.h.
 */
#include "top-rows.h"

#include <math.h>
#include <string.h>

#include "cells.h"

/* --- Orders --- */

static const struct {
    char key;
    const char *name;
} orders[] = {
    [TUTTI_TOP_CPU] = {'c', "processor time"},
    [TUTTI_TOP_PEOPLE] = {'p', "people"},
    [TUTTI_TOP_LOSS] = {'l', "loss"},
    [TUTTI_TOP_NAME] = {'n', "name"},
};

gboolean
tutti_top_order_of_key (int key, TuttiTopOrder *order)
{
    for (guint i = 0; i < G_N_ELEMENTS (orders); i++) {
        if (orders[i].key != key)
            continue;
        *order = (TuttiTopOrder)i;
        return TRUE;
    }
    return FALSE;
}

const char *
tutti_top_order_name (TuttiTopOrder order)
{
    return orders[order].name;
}

/* What it is ordered by, the largest first; less than all others when it isn't known. */
static double
weigh (const TuttiRoomFigures *room, TuttiTopOrder order)
{
    double weight = 0;

    if (order == TUTTI_TOP_CPU)
        weight = room->cpu_percent;
    else if (order == TUTTI_TOP_PEOPLE)
        weight = (double)room->n_people;
    else if (order == TUTTI_TOP_LOSS)
        weight = MAX (room->lost_in_percent, room->lost_out_percent);
    return isnan (weight) ? -1 : weight;
}

static int
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
    const TuttiRoomFigures *x = a, *y = b;
    TuttiTopOrder order = *(const TuttiTopOrder *)user_data;
    double difference = weigh (y, order) - weigh (x, order);

    if (difference < 0 || difference > 0)
        return difference < 0 ? -1 : 1;
    return g_strcmp0 (x->name, y->name);
}

/* --- Rooms --- */

GArray *
tutti_top_list_rooms (TuttiReading stats, TuttiTopOrder order)
{
    GArray *rooms = g_array_new (FALSE, FALSE, sizeof (TuttiRoomFigures));

    for (guint i = 0; i < tutti_reading_count (stats, "rooms"); i++) {
        TuttiRoomFigures room =
            tutti_stats_read_room (tutti_reading_nth (stats, "rooms", i, "name"));
        g_array_append_val (rooms, room);
    }
    g_array_sort_with_data (rooms, compare, &order);
    return rooms;
}

/* What stands beside the name, with rates of seven digits; and what is left of a name at least. */
#define FIGURES_WIDTH 66
#define NAME_WIDTH_MIN 8

/* Like top(1) with a + where something was cut off; names of rooms are ASCII. */
static void
add_name (TuttiTable *table, const char *name, guint width)
{
    guint most = MAX (width, FIGURES_WIDTH + NAME_WIDTH_MIN) - FIGURES_WIDTH;

    if (strlen (name) <= most)
        tutti_table_add (table, "%s", name);
    else
        tutti_table_add (table, "%.*s+", (int)most - 1, name);
}

char *
tutti_top_format_rooms (const GArray *rooms, guint width)
{
    g_autoptr (TuttiTable) table =
        tutti_table_new ("ROOM|>PEOPLE|>LISTEN|>ENC|>KBIT/S IN|>OUT|>LOST IN %|>OUT %|>CPU %");

    for (guint i = 0; i < rooms->len; i++) {
        const TuttiRoomFigures *room = &g_array_index (rooms, TuttiRoomFigures, i);
        add_name (table, room->name, width);
        tutti_table_add (table, "%" G_GINT64_FORMAT, room->n_people);
        tutti_table_add (table, "%" G_GINT64_FORMAT, room->n_listeners);
        tutti_table_add (table, "%" G_GINT64_FORMAT, room->n_encodes);
        tutti_cell_number (table, room->in_bps / 1000, 0);
        tutti_cell_number (table, room->out_bps / 1000, 0);
        tutti_cell_number (table, room->lost_in_percent, 1);
        tutti_cell_number (table, room->lost_out_percent, 1);
        tutti_cell_number (table, room->cpu_percent, 1);
    }
    return tutti_table_format (table);
}

guint
tutti_top_find (const GArray *rooms, const char *name)
{
    for (guint i = 0; i < rooms->len; i++) {
        if (g_strcmp0 (g_array_index (rooms, TuttiRoomFigures, i).name, name) == 0)
            return i;
    }
    return 0;
}

/* --- The terminal --- */

guint
tutti_top_scroll (guint first, guint selected, guint n, guint height)
{
    if (height == 0 || n <= height)
        return 0;
    if (selected < first)
        first = selected;
    else if (selected >= first + height)
        first = selected - height + 1;
    return MIN (first, n - height);
}

char *
tutti_top_cut (const char *text, guint n_columns)
{
    const char *p = text;

    for (guint width = 0; *p; p = g_utf8_next_char (p)) {
        width += tutti_table_width_of (g_utf8_get_char (p));
        if (width > n_columns)
            break;
    }
    return g_strndup (text, (gsize)(p - text));
}
