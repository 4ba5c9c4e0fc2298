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

/* It is on when this returns; that it failed later is told by news. options may be NULL. Errors:
 * CONFLICT (it records already), STORAGE, BAD_CONFIG (the directory), UNSUPPORTED. */
gboolean tutti_room_start_recording (TuttiRoom *room, const TuttiRecordingOptions *options,
                                     GError **error);
/* Errors: CONFLICT (nothing is recorded; it is paused already, or is not). */
gboolean tutti_room_pause_recording (TuttiRoom *room, GError **error);
gboolean tutti_room_resume_recording (TuttiRoom *room, GError **error);
/* By hand: what the configuration began does not begin again before the room was empty. The file
 * has its name when the news say off. */
gboolean tutti_room_stop_recording (TuttiRoom *room, const char *why, GError **error);

typedef struct {
    const char *take, *file; /* borrowed; NULL: the room is not recorded */
    gint64 started_us;       /* wall clock */
    TuttiRecorderStats stats;
} TuttiRecordingInfo;

/* FALSE: the room is not recorded. */
gboolean tutti_room_get_recording (TuttiRoom *room, TuttiRecordingInfo *info);

/* Opened, and its directory made, when first asked for; asked again after it failed. NULL: it can't
 * be had, which was logged once. Borrowed. */
TuttiStore *tutti_rooms_get_store (TuttiRooms *rooms);
/* Finishes what a crash left behind: once, at the start. News tell of each. */
void tutti_rooms_recover_recordings (TuttiRooms *rooms);
/* TRUE: files of recordings that were stopped are still being finished, on threads of their own. */
gboolean tutti_rooms_is_finishing_recordings (TuttiRooms *rooms);

/* Since the start. */
typedef struct {
    guint running;
    guint64 finished, failed, recovered, bytes, gaps;
} TuttiRecordingCounts;

void tutti_rooms_get_recording_counts (TuttiRooms *rooms, TuttiRecordingCounts *counts);
