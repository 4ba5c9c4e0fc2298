/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * video-source.h: one participant's camera or screen on its way to the mixer: a job that assembles
 * frames from the leg's packets, decodes them and puts the newest picture into a slot. Role: main,
 * except where said; the work runs as a job (role video).
 *
 *   in queue (net) -> [job: assemble -> depay -> vp8 | h264 decode -> hold] -> slot (newest wins)
 *                          \-> key_frame wish when a loss was not repaired in time
 */
#pragma once

#include <tutti/jobs.h>
#include <tutti/port.h>
#include <tutti/sync.h>

typedef struct _TuttiVideoSource TuttiVideoSource;

typedef struct {
    guint64 packets, frames, key_frames, decoded, dropped, errors, key_frame_wishes;
    guint held_us;     /* how long pictures wait for their sound now */
    int width, height; /* of the last picture */
    guint64 decoded_px;
    gint64 cpu_us;
} TuttiVideoSourceStats;

/* Makes its own in queue, whose notify pushes the job. key_frame: wished when decoding can't go on
 * without one; a reference is kept. */
TuttiVideoSource *tutti_video_source_new (TuttiJobs *jobs, TuttiSlot *slot, TuttiWish *key_frame);
/* Pictures of this track wait for their sound; keeps a reference. Before anything is pushed. */
void tutti_video_source_set_sync (TuttiVideoSource *source, TuttiSync *sync, TuttiTrack track);
/* The leg must have been freed before (nobody pushes any more). */
void tutti_video_source_free (TuttiVideoSource *source);

/* The queue for the leg; borrowed. */
TuttiQueue *tutti_video_source_get_queue (TuttiVideoSource *source);

/* The track has ended: pictures that wait are dropped. */
void tutti_video_source_flush (TuttiVideoSource *source);

/* FALSE: nobody sees this source: packets are passed over undecoded (a key frame is wished when it
 * is wanted again). Default TRUE. Any thread. */
void tutti_video_source_set_wanted (TuttiVideoSource *source, gboolean wanted);

/* Any thread; a copy. */
void tutti_video_source_get_stats (TuttiVideoSource *source, TuttiVideoSourceStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiVideoSource, tutti_video_source_free)
