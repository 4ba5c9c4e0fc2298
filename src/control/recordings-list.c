/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recordings-list.c: see recordings-list.h. Role: main.
 */
#include "recordings-list.h"

#include <dirent.h>
#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json-add.h"

#define TRACKS ".tracks/"

static const char *const state_names[] = {
    [TUTTI_TAKE_RUNNING] = "running",
    [TUTTI_TAKE_DONE] = "done",
    [TUTTI_TAKE_RECOVERED] = "recovered",
    [TUTTI_TAKE_BROKEN] = "broken",
};

/* --- Files beside the mix. --- */

static int
compare_names (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* Names of the finished files in a take's folder, in order. */
static GPtrArray *
list_folder (TuttiStore *store, const char *folder)
{
    GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
    int descriptor = openat (tutti_store_get_directory (store), folder,
                             O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *directory = descriptor < 0 ? NULL : fdopendir (descriptor);
    struct dirent *entry;

    while (directory && (entry = readdir (directory)))
        if (entry->d_name[0] != '.' && !g_str_has_suffix (entry->d_name, ".part"))
            g_ptr_array_add (names, g_strdup (entry->d_name));
    if (directory)
        closedir (directory);
    else if (descriptor >= 0)
        close (descriptor);
    g_ptr_array_sort (names, compare_names);
    return names;
}

static gboolean
measure (TuttiStore *store, const char *file, guint64 *size_bytes)
{
    struct stat about;

    if (fstatat (tutti_store_get_directory (store), file, &about, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG (about.st_mode))
        return FALSE;
    *size_bytes = (guint64)about.st_size;
    return TRUE;
}

/* --- JSON. --- */

static void
add_track (JsonBuilder *builder, TuttiStore *store, const char *file)
{
    guint64 size_bytes;

    if (!measure (store, file, &size_bytes))
        return;
    json_builder_begin_object (builder);
    tutti_json_add_string (builder, "file", file);
    tutti_json_add_int (builder, "size_bytes", (gint64)size_bytes);
    json_builder_end_object (builder);
}

static void
add_tracks (JsonBuilder *builder, TuttiStore *store, const TuttiTake *take)
{
    g_autofree char *folder = g_strconcat (take->name, ".tracks", NULL);
    g_autoptr (GPtrArray) names = NULL;

    json_builder_set_member_name (builder, "tracks");
    json_builder_begin_array (builder);
    if (take->n_tracks > 0) {
        names = list_folder (store, folder);
        for (guint i = 0; i < names->len; i++) {
            g_autofree char *file = g_strconcat (take->name, TRACKS, (char *)names->pdata[i], NULL);

            add_track (builder, store, file);
        }
    }
    json_builder_end_array (builder);
}

static void
add_if_there (JsonBuilder *builder, TuttiStore *store, const char *member, const TuttiTake *take,
              const char *ending)
{
    g_autofree char *file = g_strconcat (take->name, ending, NULL);
    guint64 size_bytes;

    if (measure (store, file, &size_bytes))
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
add_take (JsonBuilder *builder, TuttiStore *store, const TuttiTake *take)
{
    gboolean is_finished = take->state == TUTTI_TAKE_DONE || take->state == TUTTI_TAKE_RECOVERED;

    json_builder_begin_object (builder);
    tutti_json_add_string (builder, "name", take->name);
    tutti_json_add_string (builder, "room", take->room);
    tutti_json_add_string (builder, "state", state_names[take->state]);
    add_start (builder, take);
    if (take->duration_us >= 0)
        tutti_json_add_int (builder, "duration_ms", take->duration_us / 1000);
    tutti_json_add_int (builder, "size_bytes", (gint64)take->bytes);
    if (is_finished)
        tutti_json_add_string (builder, "file", take->file);
    add_tracks (builder, store, take);
    add_if_there (builder, store, "notes", take, ".json");
    add_if_there (builder, store, "chapters", take, ".vtt");
    json_builder_end_object (builder);
}

char *
tutti_recordings_list_write (TuttiStore *store, const char *room)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    g_autoptr (JsonGenerator) generator = json_generator_new ();
    g_autoptr (GPtrArray) takes = tutti_store_list (store);
    g_autoptr (JsonNode) root = NULL;

    json_builder_begin_object (builder);
    if (room)
        tutti_json_add_string (builder, "room", room);
    json_builder_set_member_name (builder, "recordings");
    json_builder_begin_array (builder);
    for (guint i = 0; i < takes->len; i++) {
        const TuttiTake *take = takes->pdata[i];

        if (!room || g_str_equal (take->room, room))
            add_take (builder, store, take);
    }
    json_builder_end_array (builder);
    json_builder_end_object (builder);
    root = json_builder_get_root (builder);
    json_generator_set_root (generator, root);
    return json_generator_to_data (generator, NULL);
}

char *
tutti_recordings_list_take_of (const char *file)
{
    const char *tracks = strstr (file, TRACKS), *dot = strrchr (file, '.');
    const char *end = tracks ? tracks : strchr (file, '/') ? NULL : dot;

    return end && end > file ? g_strndup (file, (gsize)(end - file)) : NULL;
}
