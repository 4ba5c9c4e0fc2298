/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recorder.h: one recording: a thread that muxes the packets of a rendition and of the shared mix,
 * which exist already, into a file; beside it the notes, and tracks if asked for. It takes what its
 * queues hold and never lets anybody wait: when the disk is slow, what no longer fits into the
 * queues is left out, and the gap is noted.
 *
 *   rendition --video queue-- *                             units -> timeline -> muxer -> file
 * (thread, role file) shared mix --audio queue-/            notes ------------> notes taps ------
 * track queues -------------------------------> tracks
 *
 * Role: main, except where said.
 */
#pragma once

#include <tutti/port.h>
#include <tutti/sync.h>

#include "notes.h"
#include "store.h"

typedef struct _TuttiRecorder TuttiRecorder;
typedef struct _TuttiTrackFile TuttiTrackFile;

typedef enum {
    TUTTI_RECORDER_ON,
    TUTTI_RECORDER_PAUSED,
    TUTTI_RECORDER_ENDING, /* stop() was called: the file is being finished */
    TUTTI_RECORDER_DONE,   /* it has its name */
    TUTTI_RECORDER_FAILED, /* it ended by itself: disk full, directory gone; what was written plays
                            */
} TuttiRecorderState;

/* "on", "paused", "ending", "done", "failed". */
const char *tutti_recorder_state_name (TuttiRecorderState state);

typedef struct {
    TuttiRecorderState state;
    gint64 length_us; /* without pauses */
    guint64 bytes;    /* of the mix and the tracks */
    guint64 pictures, sounds, lost_pictures;
    guint64 gaps; /* times in which something was left out since the disk was slow */
    gint64 gap_us;
    gint64 cpu_us; /* of its thread */
    char why[64];  /* FAILED: for people; else "" */
} TuttiRecorderStats;

typedef struct {
    TuttiStore *store; /* a reference is kept */
    const char *room;
    TuttiContainer container;
    TuttiCodec video_codec; /* NONE: sound only */
    int width, height;
    guint frame_rate, channels;
    /* State changes that the recorder made itself (DONE, FAILED) and gaps; on main. Never from
     * within a call into it. */
    void (*told) (TuttiRecorder *recorder, gpointer user_data);
    TuttiWish *key_frame;       /* made when it needs one: at the start, after a gap, each
                                   key_frame_interval; a reference is kept */
    guint key_frame_interval_s; /* players jump from one to the next */
    gpointer user_data;
} TuttiRecorderSetup;

/* Errors: STORAGE, UNSUPPORTED. */
TuttiRecorder *tutti_recorder_new (const TuttiRecorderSetup *setup, GError **error);
/* Ends it if it runs; waits until its thread has ended, TUTTI_RECORDER_PATIENCE_US at most: a
 * thread that hangs in the disk longer is left to itself, with all it needs. */
#define TUTTI_RECORDER_PATIENCE_US (2 * G_USEC_PER_SEC)
void tutti_recorder_free (TuttiRecorder *recorder);

/* Where packets go; borrowed. */
TuttiQueue *tutti_recorder_get_input (TuttiRecorder *recorder, TuttiKind kind);
const char *tutti_recorder_get_take (TuttiRecorder *recorder);
/* "NAME.webm" */
const char *tutti_recorder_get_file (TuttiRecorder *recorder);

void tutti_recorder_pause (TuttiRecorder *recorder, gint64 now_us);
void tutti_recorder_resume (TuttiRecorder *recorder, gint64 now_us);
/* why: for the sidecar. told() says DONE when the file has its name. */
void tutti_recorder_stop (TuttiRecorder *recorder, gint64 now_us, const char *why);

void tutti_recorder_note (TuttiRecorder *recorder, const TuttiNote *note);

/* Takes a track in; from now on the recorder owns it. It ends with the recording or drop_track().
 */
void tutti_recorder_add_track (TuttiRecorder *recorder, TuttiTrackFile *track);
/* Its owner has left: finishes its file; take the tap away first. */
void tutti_recorder_drop_track (TuttiRecorder *recorder, TuttiTrackFile *track);

void tutti_recorder_get_stats (TuttiRecorder *recorder, TuttiRecorderStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiRecorder, tutti_recorder_free)
