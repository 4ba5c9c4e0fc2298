/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * show-policy.c: a room's rules, who waits at its door and who may not come again, as a person
 * reads it.
 */
#include "cells.h"
#include "show.h"

static void
add_row (TuttiTable *table, const char *name, const char *value)
{
    tutti_table_add (table, "%s", name);
    tutti_table_add (table, "%s", value[0] ? value : "-");
}

static void
add_moderators (TuttiTable *table, JsonObject *room)
{
    g_autoptr (GString) names = g_string_new (NULL);
    JsonArray *array = json_object_has_member (room, "moderators")
                           ? json_object_get_array_member (room, "moderators")
                           : NULL;

    for (guint i = 0; array && i < json_array_get_length (array); i++)
        g_string_append_printf (names, "%s%s", i > 0 ? ", " : "",
                                json_array_get_string_element (array, i));
    add_row (table, "moderators", names->str);
}

void
tutti_show_rules (TuttiTable *table, JsonObject *room)
{
    TuttiReading reading = tutti_reading_of (room, NULL);
    const char *ends_at = tutti_reading_text (reading, "ends_at");

    add_row (table, "pin", tutti_reading_bool (reading, "pin") ? "yes" : "none");
    add_row (table, "waiting room", tutti_reading_bool (reading, "waiting_room") ? "on" : "off");
    add_row (table, "who may share", tutti_reading_text (reading, "share"));
    add_moderators (table, room);
    add_row (table, "records itself", tutti_reading_bool (reading, "record") ? "yes" : "no");
    add_row (table, "closes", ends_at[0] ? ends_at : "never by itself");
}

static void
add_guest (JsonArray *array, guint i, JsonNode *node, gpointer data)
{
    TuttiTable *table = data;
    TuttiReading guest = tutti_reading_of (json_node_get_object (node), NULL);
    g_autofree char *age = tutti_format_age (tutti_reading_int (guest, "age_s"));

    tutti_table_add (table, "%s", tutti_reading_text (guest, "id"));
    tutti_table_add (table, "%s", tutti_reading_text (guest, "name"));
    tutti_table_add (table, "%s", tutti_reading_text (guest, "role"));
    tutti_table_add (table, "%s", age);
}

char *
tutti_show_lobby (JsonObject *lobby)
{
    g_autoptr (TuttiTable) table = tutti_table_new ("ID|NAME|ROLE|WAITING");

    json_array_foreach_element (json_object_get_array_member (lobby, "waiting"), add_guest, table);
    return tutti_table_format (table);
}

static void
add_cell (TuttiTable *table, const char *text)
{
    tutti_table_add (table, "%s", text[0] ? text : "-");
}

static void
add_ban (JsonArray *array, guint i, JsonNode *node, gpointer data)
{
    TuttiReading ban = tutti_reading_of (json_node_get_object (node), NULL);

    add_cell (data, tutti_reading_text (ban, "id"));
    add_cell (data, tutti_reading_text (ban, "name"));
    add_cell (data, tutti_reading_text (ban, "subject"));
    add_cell (data, tutti_reading_text (ban, "address"));
    add_cell (data, tutti_reading_text (ban, "time"));
}

char *
tutti_show_bans (JsonObject *bans)
{
    g_autoptr (TuttiTable) table = tutti_table_new ("ID|NAME|SUBJECT|ADDRESS|SINCE");

    json_array_foreach_element (json_object_get_array_member (bans, "bans"), add_ban, table);
    return tutti_table_format (table);
}
