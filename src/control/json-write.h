/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json-write.h: a JSON object, written member by member into a text at once: a tree of nodes first
 * costs more than ten times as much, on the main thread, for each event and each person's figures.
 * Any thread, one at a time.
 */
#pragma once

#include <glib.h>

typedef struct _TuttiJson TuttiJson;

/* The outermost object, open. */
TuttiJson *tutti_json_new (void);
void tutti_json_free (TuttiJson *json);
/* Closes the outermost object, all within it having been closed, and takes its text out: one line.
 */
char *tutti_json_end (TuttiJson *json);
/* The same, as bytes. */
GBytes *tutti_json_end_bytes (TuttiJson *json);

/* name: NULL within an array; of our own, so that nothing in it is escaped. */
void tutti_json_begin_object (TuttiJson *json, const char *name);
void tutti_json_end_object (TuttiJson *json);
void tutti_json_begin_array (TuttiJson *json, const char *name);
void tutti_json_end_array (TuttiJson *json);

/* value NULL: "". What is no UTF-8 in it is replaced. */
void tutti_json_add_string (TuttiJson *json, const char *name, const char *value);
/* value NULL: null. */
void tutti_json_add_text (TuttiJson *json, const char *name, const char *value);
void tutti_json_add_int (TuttiJson *json, const char *name, gint64 value);
void tutti_json_add_bool (TuttiJson *json, const char *name, gboolean value);
/* Finite; a whole one has a fraction too. */
void tutti_json_add_number (TuttiJson *json, const char *name, double value);
/* Not negative; rounded to a tenth: what a person would read. */
void tutti_json_add_tenths (TuttiJson *json, const char *name, double value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiJson, tutti_json_free)
