/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mix-file.h: the mix in its container: pictures and sounds out of their queues, in the order of
 * their time, on the recording's timeline. What came before the first picture is kept, silence is
 * filled in, so that sound has no gaps. Role: file; each call is given the time.
 */
#pragma once

#include <tutti/port.h>

#include "muxer.h"
#include "timeline.h"

typedef struct _TuttiMixFile TuttiMixFile;

typedef struct {
    TuttiContainer container;
    TuttiCodec video_codec; /* NONE: sound only */
    int width, height;
    guint frame_rate, channels;
    const char *title;
    gint64 started_us;             /* wall clock */
    TuttiQueue *pictures, *sounds; /* references are kept */
    TuttiWish *key_frame;          /* may be NULL; a reference is kept */
    guint key_frame_interval_s;    /* 0: only when it needs one */
    TuttiMuxerSink sink;
} TuttiMixFileSetup;

typedef struct {
    guint64 pictures, sounds; /* sounds: without the silence that was filled in */
    guint64 lost_pictures;
    guint64 gaps; /* times in which a queue overflowed */
    gint64 gap_us;
    gint64 last_gap_at_us, last_gap_us; /* where the last one began in the file; how long */
} TuttiMixFileStats;

TuttiMixFile *tutti_mix_file_new (const TuttiMixFileSetup *setup);
/* Without finish(): as cut. */
void tutti_mix_file_free (TuttiMixFile *file);

/* Writes what is before until_us (our clock); what comes later of that is late. FALSE: the sink
 * failed, or the container can't hold it. */
gboolean tutti_mix_file_work (TuttiMixFile *file, const TuttiTimeline *timeline, gint64 until_us);
/* After a pause: pictures go on with a key frame. Who ended the pause has wished it. */
void tutti_mix_file_restart (TuttiMixFile *file);
/* Its trailer; work() up to the end comes first. FALSE as above. */
gboolean tutti_mix_file_finish (TuttiMixFile *file, const TuttiTimeline *timeline, gint64 end_us);
void tutti_mix_file_get_stats (const TuttiMixFile *file, TuttiMixFileStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiMixFile, tutti_mix_file_free)
