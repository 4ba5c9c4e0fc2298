/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * show.c: tables from the admin API's answers.
 */
#include "show.h"

#include "cells.h"

static gint64
get_int (JsonObject *object, const char *name)
{
    return json_object_get_int_member_with_default (object, name, 0);
}

static const char *
get_text (JsonObject *object, const char *name)
{
    return json_object_get_string_member_with_default (object, name, "");
}

static gboolean
get_bool (JsonObject *object, const char *name)
{
    return json_object_get_boolean_member_with_default (object, name, FALSE);
}

/* Nothing, unless there are some. */
static void
add_hooks (TuttiTable *table, JsonObject *status)
{
    JsonObject *hooks = json_object_has_member (status, "hooks")
                            ? json_object_get_object_member (status, "hooks")
                            : NULL;

    if (!hooks || get_int (hooks, "urls") == 0)
        return;
    tutti_table_add (table, "webhooks");
    tutti_table_add (table, "%d, %d failing, %d events to deliver", (int)get_int (hooks, "urls"),
                     (int)get_int (hooks, "failing"), (int)get_int (hooks, "queued"));
}

char *
tutti_show_status (JsonObject *status)
{
    g_autoptr (TuttiTable) table = tutti_table_new ("tuttid|");
    g_autofree char *age = tutti_format_age (get_int (status, "uptime_s"));
    JsonObject *cpu = json_object_has_member (status, "cpu_us")
                          ? json_object_get_object_member (status, "cpu_us")
                          : NULL;
    static const char *const parts[] = {"receive", "send", "srtp", "audio", "video", "control"};

    tutti_table_add (table, "version");
    tutti_table_add (table, "%s", get_text (status, "version"));
    tutti_table_add (table, "up");
    tutti_table_add (table, "%s%s", age, get_bool (status, "draining") ? ", draining" : "");
    tutti_table_add (table, "rooms");
    tutti_table_add (table, "%" G_GINT64_FORMAT, get_int (status, "rooms"));
    tutti_table_add (table, "participants");
    tutti_table_add (table, "%" G_GINT64_FORMAT, get_int (status, "participants"));
    tutti_table_add (table, "late audio rounds");
    tutti_table_add (table, "%" G_GINT64_FORMAT, get_int (status, "late_rounds"));
    tutti_table_add (table, "late pictures");
    tutti_table_add (table, "%" G_GINT64_FORMAT, get_int (status, "late_pictures"));
    add_hooks (table, status);
    for (gsize i = 0; cpu && i < G_N_ELEMENTS (parts); i++) {
        tutti_table_add (table, "processor, %s", parts[i]);
        tutti_table_add (table, "%.2f s", (double)get_int (cpu, parts[i]) / G_USEC_PER_SEC);
    }
    return tutti_table_format (table);
}

static void
add_room (JsonArray *array, guint i, JsonNode *node, gpointer data)
{
    TuttiTable *table = data;
    JsonObject *room = json_node_get_object (node);
    g_autofree char *age = tutti_format_age (get_int (room, "age_s"));

    tutti_table_add (table, "%s", get_text (room, "name"));
    tutti_table_add (table, "%" G_GINT64_FORMAT, get_int (room, "participants"));
    tutti_table_add (table, "%" G_GINT64_FORMAT, get_int (room, "listeners"));
    tutti_table_add (table, "%" G_GINT64_FORMAT, get_int (room, "limit"));
    tutti_table_add (table, "%s", get_text (room, "layout"));
    tutti_table_add (table, "%" G_GINT64_FORMAT "x%" G_GINT64_FORMAT "@%" G_GINT64_FORMAT,
                     get_int (room, "canvas_width"), get_int (room, "canvas_height"),
                     get_int (room, "frame_rate"));
    tutti_table_add (table, "%" G_GINT64_FORMAT, get_int (room, "renditions"));
    tutti_table_add (table, "%s", age);
    tutti_table_add (table, "%s", get_bool (room, "locked") ? "locked" : "open");
}

char *
tutti_show_room (JsonObject *room)
{
    g_autoptr (TuttiTable) table = tutti_table_new ("room|");
    g_autofree char *age = tutti_format_age (get_int (room, "age_s"));
    const char *spotlight = get_text (room, "spotlight");

    tutti_table_add (table, "name");
    tutti_table_add (table, "%s", get_text (room, "name"));
    tutti_table_add (table, "there for");
    tutti_table_add (table, "%s", age);
    tutti_table_add (table, "participants");
    tutti_table_add (table, "%d of %d, %d only listen", (int)get_int (room, "participants"),
                     (int)get_int (room, "limit"), (int)get_int (room, "listeners"));
    tutti_table_add (table, "door");
    tutti_table_add (table, "%s", get_bool (room, "locked") ? "locked" : "open");
    tutti_show_rules (table, room);
    tutti_table_add (table, "layout");
    tutti_table_add (table, "%s", get_text (room, "layout"));
    tutti_table_add (table, "spotlight");
    tutti_table_add (table, "%s", spotlight[0] ? spotlight : "-");
    tutti_table_add (table, "canvas");
    tutti_table_add (table, "%dx%d@%d", (int)get_int (room, "canvas_width"),
                     (int)get_int (room, "canvas_height"), (int)get_int (room, "frame_rate"));
    tutti_table_add (table, "encodes");
    tutti_table_add (table, "%d", (int)get_int (room, "renditions"));
    return tutti_table_format (table);
}

char *
tutti_show_rooms (JsonObject *rooms)
{
    g_autoptr (TuttiTable) table =
        tutti_table_new ("ROOM|>PEOPLE|>LISTENERS|>LIMIT|LAYOUT|CANVAS|>ENCODES|AGE|DOOR");

    json_array_foreach_element (json_object_get_array_member (rooms, "rooms"), add_room, table);
    return tutti_table_format (table);
}

static void
add_participant (JsonArray *array, guint i, JsonNode *node, gpointer data)
{
    TuttiTable *table = data;
    JsonObject *person = json_node_get_object (node);
    g_autofree char *age = tutti_format_age (get_int (person, "age_s"));

    tutti_table_add (table, "%s", get_text (person, "id"));
    tutti_table_add (table, "%s", get_text (person, "name"));
    tutti_table_add (table, "%s", get_text (person, "role"));
    tutti_cell_state (table, get_text (person, "state"));
    tutti_table_add (table, "%s", get_bool (person, "audio_muted") ? "muted" : "on");
    tutti_table_add (table, "%+g",
                     json_object_get_double_member_with_default (person, "gain_db", 0));
    tutti_table_add (table, "%s", get_bool (person, "video_muted") ? "off" : "on");
    if (get_int (person, "width") > 0)
        tutti_table_add (table, "%" G_GINT64_FORMAT "x%" G_GINT64_FORMAT, get_int (person, "width"),
                         get_int (person, "height"));
    else
        tutti_table_add (table, "-");
    tutti_table_add (table, "%.1f", (double)get_int (person, "round_trip_us") / 1000);
    tutti_table_add (table, "%" G_GINT64_FORMAT, get_int (person, "packets_lost"));
    tutti_table_add (table, "%s", age);
}

char *
tutti_show_participants (JsonObject *participants)
{
    g_autoptr (TuttiTable) table =
        tutti_table_new ("ID|NAME|ROLE|STATE|SOUND|>GAIN DB|CAMERA|PICTURE|>RTT MS|>LOST|AGE");

    json_array_foreach_element (json_object_get_array_member (participants, "participants"),
                                add_participant, table);
    return tutti_table_format (table);
}
