/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config.h: the configuration: a GLib key file over a table of known keys with their defaults. An
 * unknown section or key, or a value of the wrong type or range, is a fault. Role: main; constant
 * (so readable from any thread) once the server runs.
 */
#pragma once

#include <tutti/types.h>

/* Every key at its default. */
TuttiConfig *tutti_config_new (void);
void tutti_config_free (TuttiConfig *config);

/* Reads a file over what is there. FALSE only when the file can't be read or is no key file. */
gboolean tutti_config_load (TuttiConfig *config, const char *path, GError **error);
/* assignment: SECTION.KEY=VALUE, as --set has it. */
gboolean tutti_config_set (TuttiConfig *config, const char *assignment, GError **error);
/* Adds one line per fault ("FILE: [section] key: what is wrong"). FALSE if there was any. */
gboolean tutti_config_check (TuttiConfig *config, GPtrArray *faults);

/* Getters never fail: a key not set (or faulty) has its default; a key not in the table is our own
 * mistake and stops the program. Strings belong to the config. "" stands for unset. */
const char *tutti_config_string (TuttiConfig *config, const char *section, const char *key);
gint64 tutti_config_int (TuttiConfig *config, const char *section, const char *key);
gboolean tutti_config_bool (TuttiConfig *config, const char *section, const char *key);
/* TRUE if the key was written in a file or by --set, even at its default value. */
gboolean tutti_config_is_written (TuttiConfig *config, const char *section, const char *key);

/* The same, for a room: [room NAME] if written there, else [room]. */
const char *tutti_config_room_string (TuttiConfig *config, const char *room, const char *key);
gint64 tutti_config_room_int (TuttiConfig *config, const char *room, const char *key);
gboolean tutti_config_room_bool (TuttiConfig *config, const char *room, const char *key);

/* NULL when the value would be good for the key, else what is wrong with it, a sentence's end ("is
 * not a number"). Free it. */
char *tutti_config_find_fault (const char *section, const char *key, const char *value);

/* TRUE if a [room NAME] section was written for it. */
gboolean tutti_config_has_room (TuttiConfig *config, const char *room);

/* The table's row i in order, NULL past the end: for the tests that hold etc/tuttid.conf and the
 * man page against it. unit may be NULL. */
typedef struct {
    const char *section, *key, *default_value, *unit;
} TuttiConfigKey;

const TuttiConfigKey *tutti_config_key (guint i);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiConfig, tutti_config_free)
