/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recordings-list.c: see recordings-list.h. Role: main.
 */
#include "recordings-list.h"

#include <string.h>

#include "json-write.h"

#define TRACKS ".tracks/"

static gboolean
is_finished (const TuttiTake *take)
{
    return take->state == TUTTI_TAKE_DONE || take->state == TUTTI_TAKE_RECOVERED;
}

static void
add_beside (TuttiJson *json, const char *member, const TuttiTake *take, const char *ending)
{
    g_autofree char *file = g_strconcat (take->name, ending, NULL);

    tutti_json_add_string (json, member, file);
}

static void
add_start (TuttiJson *json, const TuttiTake *take)
{
    g_autoptr (GDateTime) start = g_date_time_new_from_unix_utc (take->started_us / G_USEC_PER_SEC);
    g_autofree char *text = start ? g_date_time_format_iso8601 (start) : NULL;

    if (text)
        tutti_json_add_string (json, "started", text);
}

static void
add_take (TuttiJson *json, const TuttiTake *take)
{
    tutti_json_begin_object (json, NULL);
    tutti_json_add_string (json, "name", take->name);
    tutti_json_add_string (json, "room", take->room);
    tutti_json_add_string (json, "state", tutti_take_state_name (take->state));
    add_start (json, take);
    if (take->duration_us >= 0)
        tutti_json_add_int (json, "duration_ms", take->duration_us / 1000);
    tutti_json_add_int (json, "size_bytes", (gint64)take->bytes);
    tutti_json_add_int (json, "tracks", take->n_tracks);
    if (is_finished (take))
        tutti_json_add_string (json, "file", take->file);
    if (is_finished (take) && take->has_sidecar) {
        add_beside (json, "notes", take, ".json");
        add_beside (json, "chapters", take, ".vtt");
    }
    tutti_json_end_object (json);
}

char *
tutti_recordings_list_write (GPtrArray *takes, const char *room)
{
    g_autoptr (TuttiJson) json = tutti_json_new ();

    if (room)
        tutti_json_add_string (json, "room", room);
    tutti_json_begin_array (json, "recordings");
    for (guint i = 0; i < takes->len; i++) {
        const TuttiTake *take = takes->pdata[i];

        if (!room || g_str_equal (take->room, room))
            add_take (json, take);
    }
    tutti_json_end_array (json);
    return tutti_json_end (json);
}

static void
add_name (TuttiJson *json, const TuttiTake *take, const char *ending)
{
    g_autofree char *file = g_strconcat (take->name, ending, NULL);

    tutti_json_add_string (json, NULL, file);
}

char *
tutti_recordings_list_write_files (TuttiStore *store, const TuttiTake *take)
{
    g_autoptr (TuttiJson) json = tutti_json_new ();
    g_auto (GStrv) tracks = take->n_tracks ? tutti_store_list_tracks (store, take->name) : NULL;

    tutti_json_begin_array (json, "files");
    if (is_finished (take))
        tutti_json_add_string (json, NULL, take->file);
    if (take->has_sidecar) {
        add_name (json, take, ".json");
        add_name (json, take, ".vtt");
    }
    for (guint i = 0; tracks && tracks[i]; i++)
        if (g_utf8_validate (tracks[i], -1, NULL))
            tutti_json_add_string (json, NULL, tracks[i]);
    tutti_json_end_array (json);
    return tutti_json_end (json);
}

char *
tutti_recordings_list_take_of (const char *file)
{
    const char *tracks = strstr (file, TRACKS), *dot = strrchr (file, '.');
    const char *end = tracks ? tracks : strchr (file, '/') ? NULL : dot;

    return end && end > file ? g_strndup (file, (gsize)(end - file)) : NULL;
}
