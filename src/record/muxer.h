/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * muxer.h: a container by libavformat: units in, bytes out in fragments of less than a second, each
 * of which plays without what follows. Role: file.
 */
#pragma once

#include "store.h"
#include "unit.h"

typedef struct _TuttiMuxer TuttiMuxer;

#define TUTTI_MUXER_STREAMS_MAX 2
/* With what waits for its turn in queues, all is on its way to the disk within a second. */
#define TUTTI_FRAGMENT_US (700 * TUTTI_USEC_PER_MSEC)

typedef struct {
    TuttiCodec codec;
    guint channels;    /* sound */
    int width, height; /* pictures */
    guint frame_rate;
    const TuttiUnit *key_frame;   /* H.264: the first one, whose parameters the header holds */
    const char *title, *language; /* may be NULL */
} TuttiMuxerStream;

/* The container's bytes, in order but for a few rewritten at the end (offset < what was written).
 * FALSE: no more can be written. */
typedef struct {
    gboolean (*write) (gpointer user_data, gint64 offset, const guint8 *data, gsize length_bytes);
    void (*flush) (gpointer user_data); /* a fragment is complete */
    gpointer user_data;
} TuttiMuxerSink;

typedef struct {
    TuttiContainer container;
    guint n_streams;
    TuttiMuxerStream streams[TUTTI_MUXER_STREAMS_MAX];
    gint64 started_us; /* wall clock, for the file's date */
    const char *title;
} TuttiMuxerSetup;

/* Errors: STORAGE (the sink), UNSUPPORTED (a codec this container can't hold). */
TuttiMuxer *tutti_muxer_new (const TuttiMuxerSetup *setup, const TuttiMuxerSink *sink,
                             GError **error);
/* Without finish(): as cut. */
void tutti_muxer_free (TuttiMuxer *muxer);

/* time_us: in the file's timeline, from 0, never falling within a stream. Callers hand the streams'
 * units over in the order of their time, as far as they can: Matroska can't go back, there a unit
 * that comes too late is put to where the file has come. FALSE: the sink failed. */
gboolean tutti_muxer_write (TuttiMuxer *muxer, guint stream, const TuttiUnit *unit, gint64 time_us);
/* Ends the open fragment now. write() does it each TUTTI_FRAGMENT_US of the file's time, so this is
 * for streams that fell silent. FALSE: the sink failed. */
gboolean tutti_muxer_flush (TuttiMuxer *muxer);
/* Index, duration, trailer; nothing may be written afterwards. */
gboolean tutti_muxer_finish (TuttiMuxer *muxer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiMuxer, tutti_muxer_free)
