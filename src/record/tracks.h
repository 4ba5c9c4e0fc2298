/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tracks.h: participants' own streams as they were received, one file each, not transcoded, on the
 * mix's timeline: laid over the mix, a voice is within 20 ms of where it is heard there
 * (track-clock.h says how). Taps on the queues between leg and decoders feed it; it keeps packets
 * back for a moment, so that late and repaired ones find their place. Role: file, except where
 * said.
 *
 *   tap -> reorder -> track-clock -> timeline -> a voice: seam -----\
 *                                                pictures: whole ones -> writer: muxer, file
 *
 * A voice's file (WebM) begins where the mix begins and has silence where its owner had nothing to
 * say: any editor lays it right. Pictures (VP8: WebM, H.264: Matroska) have the mix's time, but
 * their first one may come late; the sidecar tells when, since some editors pull it to the front.
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
    TuttiSync *sync;      /* maps what the peer says of its clock to ours; a reference is kept */
    TuttiWish *key_frame; /* pictures: made while none can be kept without; a reference is kept; may
                             be NULL */
    guint channels;       /* of a voice */
} TuttiTrackSetup;

/* Nothing is made on the disk before the first sound or picture. Any thread. */
TuttiTrackFile *tutti_track_file_new (const TuttiTrackSetup *setup);
void tutti_track_file_free (TuttiTrackFile *file);

/* The queue to tap into; borrowed. Any thread. */
TuttiQueue *tutti_track_file_get_input (TuttiTrackFile *file);
/* Some times a second, and soon after the timeline paused: writes all that is due. notes: told
 * TRACK when the file is made. FALSE: the disk failed; finish() all the same. */
gboolean tutti_track_file_work (TuttiTrackFile *file, const TuttiTimeline *timeline,
                                TuttiNotes *notes, gint64 now_us);
/* All that is still kept back and was heard before now_us, then the trailer and the name. TRUE also
 * if there was nothing. */
gboolean tutti_track_file_finish (TuttiTrackFile *file, const TuttiTimeline *timeline,
                                  gint64 now_us);
guint64 tutti_track_file_get_bytes (const TuttiTrackFile *file);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiTrackFile, tutti_track_file_free)
