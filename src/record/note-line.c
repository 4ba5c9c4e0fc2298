/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * note-line.c: see note-line.h. Pure.
 */
#include "note-line.h"

/* A list of tiles in a note is two deep. */
#define DEPTH_MAX 8

static const char *const kinds[TUTTI_N_NOTES] = {
    [TUTTI_NOTE_STARTED] = "started",     [TUTTI_NOTE_JOINED] = "joined",
    [TUTTI_NOTE_RENAMED] = "renamed",     [TUTTI_NOTE_LEFT] = "left",
    [TUTTI_NOTE_SPEAKERS] = "speakers",   [TUTTI_NOTE_CHAT] = "chat",
    [TUTTI_NOTE_LAYOUT] = "layout",       [TUTTI_NOTE_PAUSED] = "paused",
    [TUTTI_NOTE_RESUMED] = "resumed",     [TUTTI_NOTE_GAP] = "gap",
    [TUTTI_NOTE_TRACK] = "track",         [TUTTI_NOTE_STOPPED] = "stopped",
    [TUTTI_NOTE_TRUNCATED] = "truncated",
};

static void
add_string (JsonBuilder *builder, const char *member, const char *value)
{
    g_autofree char *valid = NULL;

    if (!value)
        return;
    valid = g_utf8_make_valid (value, -1);
    json_builder_set_member_name (builder, member);
    json_builder_add_string_value (builder, valid);
}

static gboolean
find_kind (const char *name, TuttiNoteKind *kind)
{
    for (guint i = 0; name && i < TUTTI_N_NOTES; i++) {
        if (g_str_equal (name, kinds[i])) {
            *kind = (TuttiNoteKind)i;
            return TRUE;
        }
    }
    return FALSE;
}

/* NULL: none, or no string. */
static const char *
get_string (JsonObject *object, const char *member)
{
    JsonNode *node = json_object_get_member (object, member);

    return node && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node)
                                                                    : NULL;
}

static gint64
get_int (JsonObject *object, const char *member)
{
    JsonNode *node = json_object_get_member (object, member);

    return node && json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : 0;
}

char *
tutti_note_line_make (const TuttiNote *note, gint64 file_us)
{
    g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
    g_autoptr (JsonNode) root = NULL;
    g_autofree char *text = NULL;

    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "time_us");
    json_builder_add_int_value (builder, file_us);
    add_string (builder, "note", kinds[note->kind]);
    add_string (builder, "participant", note->participant);
    add_string (builder, "name", note->name);
    add_string (builder, "value", note->value);
    add_string (builder, "text", note->text);
    json_builder_end_object (builder);
    root = json_builder_get_root (builder);
    text = json_to_string (root, FALSE);
    return g_strconcat (text, "\n", NULL);
}

/* The parser calls itself for each level: its depth is bounded here, strings' brackets included. */
gboolean
tutti_note_json_is_shallow (const char *text, gsize length_bytes)
{
    gboolean is_string = FALSE;
    int depth = 0;

    for (gsize i = 0; i < length_bytes; i++) {
        char c = text[i];

        if (c == '\\' && is_string)
            i++;
        else if (c == '"')
            is_string = !is_string;
        else if (c == '\0' || (!is_string && (c == '/' || c == '#' || c == '\'')))
            return FALSE; /* the scanner's comments and strings are not JSON's */
        else if (!is_string)
            depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        if (depth > DEPTH_MAX)
            return FALSE;
    }
    return TRUE;
}

gboolean
tutti_note_line_read (JsonParser *parser, const char *line, gsize length_bytes, TuttiNote *note)
{
    JsonObject *object;
    TuttiNote read = {0};

    if (length_bytes > TUTTI_NOTE_LINE_MAX_BYTES ||
        !g_utf8_validate_len (line, length_bytes, NULL) ||
        !tutti_note_json_is_shallow (line, length_bytes) ||
        !json_parser_load_from_data (parser, line, (gssize)length_bytes, NULL) ||
        !json_parser_get_root (parser) || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
        return FALSE;
    object = json_node_get_object (json_parser_get_root (parser));
    if (!find_kind (get_string (object, "note"), &read.kind))
        return FALSE;
    read.time_us = get_int (object, "time_us");
    read.participant = get_string (object, "participant");
    read.name = get_string (object, "name");
    read.value = get_string (object, "value");
    read.text = get_string (object, "text");
    *note = read;
    return TRUE;
}

char *
tutti_notes_file_name (const char *take)
{
    return g_strconcat (".", take, ".notes", NULL);
}
