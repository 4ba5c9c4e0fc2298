/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recordings-list.c: see recordings-list.h. Role: main.
 */
#include "recordings-list.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "json-add.h"

#define TRACKS ".tracks/"

static gboolean
is_finished (const TuttiTake *take)
{
    return take->state == TUTTI_TAKE_DONE || take->state == TUTTI_TAKE_RECOVERED;
}

static void
add_beside (JsonBuilder *builder, const char *member, const TuttiTake *take, const char *ending)
{
    g_autofree char *file = g_strconcat (take->name, ending, NULL);

    tutti_json_add_string (builder, member, file);
}

static void
add_start (JsonBuilder *builder, const TuttiTake *take)
{
    g_autoptr (GDateTime) start = g_date_time_new_from_unix_utc (take->started_us / G_USEC_PER_SEC);
    g_autofree char *text = start ? g_date_time_format_iso8601 (start) : NULL;

    if (text)
        tutti_json_add_string (builder, "started", text);
}

static void
add_take (JsonBuilder *builder, const TuttiTake *take)
{
    json_builder_begin_object (builder);
    tutti_json_add_string (builder, "name", take->name);
    tutti_json_add_string (builder, "room", take->room);
    tutti_json_add_string (builder, "state", tutti_take_state_name (take->state));
    add_start (builder, take);
    if (take->duration_us >= 0)
        tutti_json_add_int (builder, "duration_ms", take->duration_us / 1000);
    tutti_json_add_int (builder, "size_bytes", (gint64)take->bytes);
    tutti_json_add_int (builder, "tracks", take->n_tracks);
    if (is_finished (take))
        tutti_json_add_string (builder, "file", take->file);
    if (is_finished (take) && take->has_sidecar) {
        add_beside (builder, "notes", take, ".json");
        add_beside (builder, "chapters", take, ".vtt");
    }
    json_builder_end_object (builder);
}

static char *
end_text (JsonBuilder *builder)
{
    g_autoptr (JsonNode) root = NULL;

    json_builder_end_object (builder);
    root = json_builder_get_root (builder);
    return json_to_string (root, FALSE);
}

char *
tutti_recordings_list_write (GPtrArray *takes, const char *room)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();

    json_builder_begin_object (builder);
    if (room)
        tutti_json_add_string (builder, "room", room);
    json_builder_set_member_name (builder, "recordings");
    json_builder_begin_array (builder);
    for (guint i = 0; i < takes->len; i++) {
        const TuttiTake *take = takes->pdata[i];

        if (!room || g_str_equal (take->room, room))
            add_take (builder, take);
    }
    json_builder_end_array (builder);
    return end_text (builder);
}

static void
add_name (JsonBuilder *builder, const TuttiTake *take, const char *ending)
{
    g_autofree char *file = g_strconcat (take->name, ending, NULL);

    json_builder_add_string_value (builder, file);
}

char *
tutti_recordings_list_write_files (TuttiStore *store, const TuttiTake *take)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    g_auto (GStrv) tracks = take->n_tracks ? tutti_store_list_tracks (store, take->name) : NULL;

    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "files");
    json_builder_begin_array (builder);
    if (is_finished (take))
        json_builder_add_string_value (builder, take->file);
    if (take->has_sidecar) {
        add_name (builder, take, ".json");
        add_name (builder, take, ".vtt");
    }
    for (guint i = 0; tracks && tracks[i]; i++)
        if (g_utf8_validate (tracks[i], -1, NULL))
            json_builder_add_string_value (builder, tracks[i]);
    json_builder_end_array (builder);
    return end_text (builder);
}

char *
tutti_recordings_list_take_of (const char *file)
{
    const char *tracks = strstr (file, TRACKS), *dot = strrchr (file, '.');
    const char *end = tracks ? tracks : strchr (file, '/') ? NULL : dot;

    return end && end > file ? g_strndup (file, (gsize)(end - file)) : NULL;
}
