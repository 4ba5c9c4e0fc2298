/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tracks.h: participants' own streams as they were received, one file each, not transcoded, on the
 * mix's timeline. Taps on the queues between leg and decoders feed it; it keeps packets back for a
 * moment, so that late and repaired ones find their place. Role: file, except where said.
 */
#pragma once

#include <tutti/port.h>
#include <tutti/sync.h>

#include "file.h"
#include "notes.h"
#include "timeline.h"

typedef struct _TuttiTrackFile TuttiTrackFile;

typedef struct {
    TuttiStore *store;
    const char *take; /* the recording's name */
    const char *participant, *name;
    TuttiTrack track;
    TuttiSync *sync; /* maps what the peer says of its clock to ours; a reference is kept */
    guint channels;
} TuttiTrackSetup;

/* Nothing is made on the disk before the first packet. Any thread. */
TuttiTrackFile *tutti_track_file_new (const TuttiTrackSetup *setup);
void tutti_track_file_free (TuttiTrackFile *file);

/* The queue to tap into; borrowed. Any thread. */
TuttiQueue *tutti_track_file_get_input (TuttiTrackFile *file);
/* Writes all that is due. notes: told TRACK when the file is made; FALSE: the disk failed. */
gboolean tutti_track_file_work (TuttiTrackFile *file, const TuttiTimeline *timeline,
                                TuttiNotes *notes, gint64 now_us);
/* All that is still kept back, then the trailer and the name. */
gboolean tutti_track_file_finish (TuttiTrackFile *file, const TuttiTimeline *timeline,
                                  gint64 now_us);
guint64 tutti_track_file_get_bytes (const TuttiTrackFile *file);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiTrackFile, tutti_track_file_free)
