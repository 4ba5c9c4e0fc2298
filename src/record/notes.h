/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * notes.h: what happened while a recording ran, in its own time: each note is a line in a file that
 * grows (and survives a crash); at the end, or at recovery, NAME.json and NAME.vtt are made of it.
 * Role: file.
 */
#pragma once

#include "store.h"

typedef enum {
    TUTTI_NOTE_STARTED,  /* text: room; number: canvas "WxH@R" in value */
    TUTTI_NOTE_JOINED,   /* participant, name, value: role */
    TUTTI_NOTE_RENAMED,  /* participant, name */
    TUTTI_NOTE_LEFT,     /* participant, value: reason */
    TUTTI_NOTE_SPEAKERS, /* value: ids, loudest first, separated by spaces; "" nobody */
    TUTTI_NOTE_CHAT,     /* participant, name, text */
    TUTTI_NOTE_LAYOUT,   /* value: name; text: tiles as JSON text */
    TUTTI_NOTE_PAUSED,
    TUTTI_NOTE_RESUMED, /* value: how long, us */
    TUTTI_NOTE_GAP,     /* value: how long, us: what had to be left out */
    TUTTI_NOTE_TRACK,   /* participant, value: file, text: kind */
    TUTTI_NOTE_STOPPED, /* value: why */
} TuttiNoteKind;

/* Strings are borrowed; those that don't apply are NULL. */
typedef struct {
    TuttiNoteKind kind;
    gint64 time_us; /* our clock; in the file it is the recording's time */
    const char *participant, *name, *value, *text;
} TuttiNote;

typedef struct _TuttiNotes TuttiNotes;

typedef struct {
    gint64 duration_us;
    guint64 bytes, pictures, sounds, lost_pictures, gaps;
    gint64 gap_us;
    gboolean recovered;
} TuttiNotesSummary;

/* take: the name from tutti_store_begin(). Errors: STORAGE. */
TuttiNotes *tutti_notes_new (TuttiStore *store, const char *take, GError **error);
void tutti_notes_free (TuttiNotes *notes);
/* file_us: the note's place in the recording. Once there are too many for the file, the rest is
 * left out, and the sidecar says so; a disk that fails is nothing to the recording. */
void tutti_notes_add (TuttiNotes *notes, const TuttiNote *note, gint64 file_us);
/* To the disk: each second. */
void tutti_notes_flush (TuttiNotes *notes);
/* Makes NAME.json (sidecar.h has its schema) and NAME.vtt of a take's notes file and removes it;
 * the mix should have its name by then. What had begun and not ended, as after a crash, ends with
 * the recording. Errors: STORAGE (there are no notes, too). */
gboolean tutti_notes_finish (TuttiStore *store, const char *take, const TuttiNotesSummary *summary,
                             GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiNotes, tutti_notes_free)
