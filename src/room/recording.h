/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recording.h: a room's recording, and the server's recordings: what control sees of src/record.
 * At most one recording a room at a time. Role: main.
 */
#pragma once

#include "record/recorder.h"
#include "record/store.h"

#include "rooms.h"

typedef struct {
    gboolean has_container;
    TuttiContainer container; /* else as configured */
    gboolean has_tracks;
    gboolean tracks; /* else as configured */
    const char *by;  /* participant's id, "" for the administrator or the configuration */
} TuttiRecordingOptions;

/* options may be NULL. Errors: CONFLICT (it records already), STORAGE, UNSUPPORTED (no directory
 * configured, no codec). */
gboolean tutti_room_start_recording (TuttiRoom *room, const TuttiRecordingOptions *options,
                                     GError **error);
/* Errors: CONFLICT (nothing is recorded). */
gboolean tutti_room_pause_recording (TuttiRoom *room, GError **error);
gboolean tutti_room_resume_recording (TuttiRoom *room, GError **error);
gboolean tutti_room_stop_recording (TuttiRoom *room, const char *why, GError **error);

typedef struct {
    const char *take, *file; /* borrowed; NULL: the room is not recorded */
    gint64 started_us;       /* wall clock */
    TuttiRecorderStats stats;
} TuttiRecordingInfo;

/* FALSE: the room is not recorded. */
gboolean tutti_room_get_recording (TuttiRoom *room, TuttiRecordingInfo *info);

/* NULL: no [record] directory is configured. Borrowed. */
TuttiStore *tutti_rooms_get_store (TuttiRooms *rooms);

/* Since the start. */
typedef struct {
    guint running;
    guint64 finished, failed, recovered, bytes, gaps;
} TuttiRecordingCounts;

void tutti_rooms_get_recording_counts (TuttiRooms *rooms, TuttiRecordingCounts *counts);
