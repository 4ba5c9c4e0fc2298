/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json-text.h: JSON written member by member into a text: a long recording's sidecar has too many
 * intervals for a tree of nodes. Pure. Role: file.
 */
#pragma once

#include <glib.h>

typedef struct {
    GString *text;
    guint depth, flat; /* containers open; of them those on one line */
    gboolean has_more; /* something stands before in the container */
} TuttiJsonText;

/* key: NULL within an array. */
void tutti_json_text_open (TuttiJsonText *json, const char *key, char bracket);
/* All that is in it on one line. */
void tutti_json_text_open_flat (TuttiJsonText *json, const char *key, char bracket);
void tutti_json_text_close (TuttiJsonText *json, char bracket);
/* NULL: left out. Valid UTF-8. */
void tutti_json_text_add_string (TuttiJsonText *json, const char *key, const char *value);
void tutti_json_text_add_count (TuttiJsonText *json, const char *key, guint64 value);
void tutti_json_text_add_boolean (TuttiJsonText *json, const char *key, gboolean value);
/* As seconds, to the millisecond. */
void tutti_json_text_add_seconds (TuttiJsonText *json, const char *key, gint64 time_us);
/* JSON as it stands. */
void tutti_json_text_add_raw (TuttiJsonText *json, const char *key, const char *value);
