/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * note-line.h: a note as a line of JSON in a take's notes file, and back:
 *
 *   {"time_us":1500000,"note":"joined","participant":"p1","name":"Ann","value":"guest"}
 *
 * Pure. Role: file.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "notes.h"

/* Tiles of a crowd's layout are the longest: 100 bytes each. */
#define TUTTI_NOTE_LINE_MAX_BYTES (64 * 1024)
/* A day with a change of speakers each half second is 14 MB; the sidecar is made of it in memory.
 */
#define TUTTI_NOTES_MAX_BYTES (16 * 1024 * 1024)

/* Not one that tutti_notes_add() takes: there was no room for more. */
#define TUTTI_NOTE_TRUNCATED ((TuttiNoteKind)(TUTTI_NOTE_STOPPED + 1))
#define TUTTI_N_NOTES (TUTTI_NOTE_STOPPED + 2)

/* With its end of line; free it. Strings that are no UTF-8 are made so. */
char *tutti_note_line_make (const TuttiNote *note, gint64 file_us);
/* What came from the disk. The note's strings are good until the parser reads anew. FALSE: no note.
 */
gboolean tutti_note_line_read (JsonParser *parser, const char *line, gsize length_bytes,
                               TuttiNote *note);
/* JSON that may be given to the parser, whose depth is that of its text. */
gboolean tutti_note_json_is_shallow (const char *text, gsize length_bytes);
/* ".TAKE.notes"; free it. */
char *tutti_notes_file_name (const char *take);
