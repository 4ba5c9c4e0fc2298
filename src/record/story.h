/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * story.h: a take's notes read back: who was there and spoke when, what was said, shown and left
 * out. Whatever the notes say, times are within the recording and in order. Pure. Role: file.
 */
#pragma once

#include "note-line.h"

/* More people in one take are noted, but not told of. */
#define TUTTI_STORY_PEOPLE_MAX 10000

typedef struct {
    gint64 from_us, to_us;
    const char *why; /* of its end; may be NULL */
} TuttiSpan;

typedef struct {
    gint64 time_us, length_us; /* -1: not known */
    const char *participant, *name, *value, *text;
} TuttiMoment;

typedef struct {
    const char *id, *role;            /* role may be NULL */
    GArray *names;                    /* TuttiMoment: from when on which; at least one */
    GArray *present, *speaking;       /* TuttiSpan, in order, apart */
    gboolean is_present, is_speaking; /* the last span has no end yet */
} TuttiStoryPerson;

typedef struct {
    GStringChunk *strings;
    GHashTable *by_id;
    GPtrArray *people, *speakers; /* TuttiStoryPerson; speakers: those who speak now */
    GArray *chat, *layouts, *pauses, *gaps, *tracks; /* TuttiMoment */
    const char *room, *canvas, *why;                 /* NULL: not said */
    gint64 wall_us;                                  /* at its start, since 1970; 0: not known */
    gint64 duration_us;
    gboolean is_truncated;
} TuttiStory;

/* Lines that are no notes, as the last one after a crash, are passed over. */
TuttiStory *tutti_story_read (const char *data, gsize length_bytes, gint64 duration_us);
void tutti_story_free (TuttiStory *story);

/* As the person was called then. */
const char *tutti_story_name_at (const TuttiStoryPerson *person, gint64 time_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiStory, tutti_story_free)
