/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * track-writer.h: one track's file: its name, the container, the disk. Role: file.
 */
#pragma once

#include "muxer.h"
#include "notes.h"

typedef struct _TuttiTrackWriter TuttiTrackWriter;

typedef struct {
    TuttiStore *store;
    const char *take, *participant, *name; /* name: as people call themselves: any text */
    TuttiTrack track;
    guint channels;
} TuttiTrackWriterSetup;

/* Makes the file; first: what it begins with; borrowed. Errors: STORAGE;
 * UNSUPPORTED (no container holds it), CONFLICT (too many of that name). */
TuttiTrackWriter *tutti_track_writer_new (const TuttiTrackWriterSetup *setup,
                                          const TuttiUnit *first, GError **error);
/* Without finish(): as cut. */
void tutti_track_writer_free (TuttiTrackWriter *writer);

/* "TAKE.tracks/Ann-p1-audio.webm" */
const char *tutti_track_writer_get_file (const TuttiTrackWriter *writer);
TuttiCodec tutti_track_writer_get_codec (const TuttiTrackWriter *writer);

/* FALSE: the disk failed. */
gboolean tutti_track_writer_write (TuttiTrackWriter *writer, const TuttiUnit *unit, gint64 file_us);
/* All so far plays. */
gboolean tutti_track_writer_flush (TuttiTrackWriter *writer);
/* To its name, also where the disk is full. FALSE: not all of it. */
gboolean tutti_track_writer_finish (TuttiTrackWriter *writer);
guint64 tutti_track_writer_get_bytes (const TuttiTrackWriter *writer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiTrackWriter, tutti_track_writer_free)
