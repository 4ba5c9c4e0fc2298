/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config.c: what was written (a map from "section\nkey" to text and the file it came from) over the
 * table's defaults.
 */
#include "config-keys.h"

#include <tutti/error.h>

#include <string.h>

#define ROOM_SECTION "room "

typedef struct {
    char *section, *key, *value;
    char *file; /* "--set" for the command line's */
} Entry;

struct _TuttiConfig {
    GHashTable *entries; /* "section\nkey" -> Entry */
    GPtrArray *order;    /* the same entries, as written, borrowed */
};

static void
free_entry (gpointer data)
{
    Entry *entry = data;

    g_free (entry->section);
    g_free (entry->key);
    g_free (entry->value);
    g_free (entry->file);
    g_free (entry);
}

static char *
join_key (const char *section, const char *key)
{
    return g_strconcat (section, "\n", key, NULL);
}

static Entry *
find_entry (TuttiConfig *config, const char *section, const char *key)
{
    g_autofree char *id = join_key (section, key);

    return g_hash_table_lookup (config->entries, id);
}

/* Takes value. */
static void
write_entry (TuttiConfig *config, const char *section, const char *key, char *value,
             const char *file)
{
    Entry *old = find_entry (config, section, key);
    Entry *entry = g_new0 (Entry, 1);

    if (old)
        g_ptr_array_remove (config->order, old);
    *entry = (Entry){g_strdup (section), g_strdup (key), value, g_strdup (file)};
    g_hash_table_replace (config->entries, join_key (section, key), entry);
    g_ptr_array_add (config->order, entry);
}

/* The table's row for a section as written: [room NAME] is a [room]. */
static const TuttiConfigRow *
row_of (const char *section, const char *key)
{
    if (g_str_has_prefix (section, ROOM_SECTION) && section[strlen (ROOM_SECTION)] != '\0')
        section = "room";
    return tutti_config_find_row (section, key);
}

static gboolean
is_section (const char *section)
{
    guint n;
    const TuttiConfigRow *rows = tutti_config_rows (&n);

    if (g_str_has_prefix (section, ROOM_SECTION))
        return section[strlen (ROOM_SECTION)] != '\0';
    for (guint i = 0; i < n; i++) {
        if (g_str_equal (rows[i].key.section, section))
            return TRUE;
    }
    return FALSE;
}

static char *
judge_entry (const Entry *entry)
{
    const TuttiConfigRow *row = row_of (entry->section, entry->key);

    if (row)
        return tutti_config_judge (row, entry->value);
    return g_strdup (is_section (entry->section) ? "no such key" : "no such section");
}

/* --- Life cycle. --- */

TuttiConfig *
tutti_config_new (void)
{
    TuttiConfig *config = g_new0 (TuttiConfig, 1);

    config->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_entry);
    config->order = g_ptr_array_new ();
    return config;
}

void
tutti_config_free (TuttiConfig *config)
{
    if (!config)
        return;
    g_ptr_array_unref (config->order);
    g_hash_table_unref (config->entries);
    g_free (config);
}

/* --- Writing. --- */

gboolean
tutti_config_load (TuttiConfig *config, const char *path, GError **error)
{
    g_autoptr (GKeyFile) file = g_key_file_new ();
    g_autofree char *text = NULL;
    gsize length = 0;
    g_auto (GStrv) groups = NULL;

    if (!g_file_get_contents (path, &text, &length, error))
        return FALSE;
    if (!g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, error)) {
        g_prefix_error (error, "%s: ", path);
        return FALSE;
    }
    groups = g_key_file_get_groups (file, NULL);
    for (guint i = 0; groups[i]; i++) {
        g_auto (GStrv) keys = g_key_file_get_keys (file, groups[i], NULL, NULL);

        for (guint k = 0; keys && keys[k]; k++) {
            char *value = g_key_file_get_string (file, groups[i], keys[k], NULL);

            write_entry (config, groups[i], keys[k], value ? value : g_strdup (""), path);
        }
    }
    return TRUE;
}

gboolean
tutti_config_set (TuttiConfig *config, const char *assignment, GError **error)
{
    const char *equals = strchr (assignment, '=');
    g_autofree char *left = equals ? g_strndup (assignment, equals - assignment) : NULL;
    char *dot = left ? strrchr (left, '.') : NULL; /* room names may hold dots, keys don't */

    if (!dot || dot == left || dot[1] == '\0') {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG, "'%s' is not SECTION.KEY=VALUE",
                     assignment);
        return FALSE;
    }
    *dot = '\0';
    write_entry (config, left, dot + 1, g_strdup (equals + 1), "--set");
    return TRUE;
}

gboolean
tutti_config_check (TuttiConfig *config, GPtrArray *faults)
{
    guint before = faults->len;

    for (guint i = 0; i < config->order->len; i++) {
        const Entry *entry = g_ptr_array_index (config->order, i);
        g_autofree char *fault = judge_entry (entry);

        if (fault)
            g_ptr_array_add (faults, g_strdup_printf ("%s: [%s] %s: %s", entry->file,
                                                      entry->section, entry->key, fault));
    }
    return faults->len == before;
}

/* --- Reading. --- */

/* The text that counts: written and good, or NULL. */
static const char *
written (TuttiConfig *config, const char *section, const char *key)
{
    Entry *entry = find_entry (config, section, key);
    g_autofree char *fault = entry ? judge_entry (entry) : NULL;

    return entry && !fault ? entry->value : NULL;
}

static gint64
to_int (const char *text)
{
    return g_ascii_strtoll (text, NULL, 10);
}

const char *
tutti_config_string (TuttiConfig *config, const char *section, const char *key)
{
    const TuttiConfigRow *row = row_of (section, key);
    const char *text = written (config, section, key);

    g_assert (row);
    return text ? text : row->key.default_value;
}

gint64
tutti_config_int (TuttiConfig *config, const char *section, const char *key)
{
    return to_int (tutti_config_string (config, section, key));
}

gboolean
tutti_config_bool (TuttiConfig *config, const char *section, const char *key)
{
    return g_str_equal (tutti_config_string (config, section, key), "true");
}

gboolean
tutti_config_is_written (TuttiConfig *config, const char *section, const char *key)
{
    return find_entry (config, section, key) != NULL;
}

const char *
tutti_config_room_string (TuttiConfig *config, const char *room, const char *key)
{
    g_autofree char *section = g_strconcat (ROOM_SECTION, room, NULL);
    const char *text = written (config, section, key);

    return text ? text : tutti_config_string (config, "room", key);
}

gint64
tutti_config_room_int (TuttiConfig *config, const char *room, const char *key)
{
    return to_int (tutti_config_room_string (config, room, key));
}

gboolean
tutti_config_room_bool (TuttiConfig *config, const char *room, const char *key)
{
    return g_str_equal (tutti_config_room_string (config, room, key), "true");
}

gboolean
tutti_config_has_room (TuttiConfig *config, const char *room)
{
    g_autofree char *section = g_strconcat (ROOM_SECTION, room, NULL);

    for (guint i = 0; i < config->order->len; i++) {
        if (g_str_equal (((Entry *)g_ptr_array_index (config->order, i))->section, section))
            return TRUE;
    }
    return FALSE;
}

const TuttiConfigKey *
tutti_config_key (guint i)
{
    guint n;
    const TuttiConfigRow *rows = tutti_config_rows (&n);

    return i < n ? &rows[i].key : NULL;
}
