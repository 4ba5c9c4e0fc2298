/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recording-inside.h: recordings, for the files that make them. One lives from its start until its
 * file is finished, which may be after its room is gone.
 *
 *   room -> recording: spectator -> recorder's queues; taps on chains -> track files; notes
 *   recordings (the server's): the store, all recordings, those ending, counts
 *
 * Role: main.
 */
#pragma once

#include "announcer.h"
#include "bell.h"
#include "member.h"
#include "news.h"
#include "recording.h"
#include "spectator.h"

typedef struct _TuttiRecording TuttiRecording;
typedef struct _TuttiRecordings TuttiRecordings;

struct _TuttiRecording {
    TuttiRecordings *recordings;
    TuttiRoom *room; /* NULL: it is ending */
    char *room_name;
    TuttiRecorder *recorder;
    TuttiBell *key_frame_bell; /* the recorder's wish comes from its thread */
    TuttiWish *key_frame;
    TuttiSpectator *spectator; /* NULL: ending */
    gint64 started_us;         /* wall clock */
    guint64 n_gaps_told;
    gboolean is_over; /* told DONE or FAILED: counted, to be freed */

    gboolean tracks, tracks_video;
    GArray *taps;           /* of what is tapped (recording-tracks.c) */
    GHashTable *names;      /* as last noted: id -> name (recording-notes.c) */
    guint64 layout_version; /* as last noted */
};

struct _TuttiRecordings {
    TuttiRooms *rooms;
    TuttiStore *store; /* NULL: not opened yet */
    gboolean has_complained;
    guint news_id;
    GPtrArray *all; /* of TuttiRecording */
    TuttiBell *sweep;
    TuttiRecordingCounts counts; /* of what is over */
};

TuttiRecordings *tutti_recordings_new (TuttiRooms *rooms);
/* No room is recorded any more. Waits for files that are being finished, for
 * TUTTI_RECORDINGS_PATIENCE_US and one recorder's patience at most. */
#define TUTTI_RECORDINGS_PATIENCE_US (5 * G_USEC_PER_SEC)
void tutti_recordings_free (TuttiRecordings *recordings);
/* The store. Errors: BAD_CONFIG. */
TuttiStore *tutti_recordings_open (TuttiRecordings *recordings, GError **error);

/* --- For the room: room.c, update.c, timeouts.c, member.c. --- */

/* After each update: what is to be noted, or begun by itself. */
void tutti_recording_follow (TuttiRoom *room, gint64 now_us);
/* TRUE: one that failed is to be begun anew later. */
gboolean tutti_recording_is_waiting (TuttiRoom *room);
/* Not by hand: the room closes. Nothing happens if it is not recorded. */
void tutti_recording_end (TuttiRoom *room, const char *why);
/* The last one has left: what was ended by hand may begin by itself again. */
void tutti_recording_leave_empty (TuttiRoom *room);

/* --- Between recording.c, recording-plan.c and recordings.c --- */

/* All of it but the queues. options: not NULL. */
TuttiContainer tutti_recording_plan (TuttiRoom *room, const TuttiRecordingOptions *options,
                                     TuttiSpectatorSetup *setup);

/* TuttiRecorderSetup.told; user_data: the recording. */
void tutti_recording_on_told (TuttiRecorder *recorder, gpointer user_data);
/* Its room is recorded no longer, and all are told. */
void tutti_recording_detach (TuttiRecording *recording);
/* It failed: if it is wanted by the configuration it begins anew, but not at once. */
void tutti_recording_hold_off (TuttiRoom *room);
/* It is detached. Waits for its file if that is not finished. */
void tutti_recording_free (TuttiRecording *recording);

/* --- Announcements (recording-announce.c) --- */

/* As [record] announce says. The store is open. */
void tutti_recording_announce (TuttiRoom *room, TuttiPips pips, gboolean is_beginning);
/* Before the room goes. */
void tutti_recording_announce_no_more (TuttiRoom *room);

/* --- Tracks (recording-tracks.c) --- */

/* Taps all that the member's chain sends and that is not tapped yet. */
void tutti_recording_tap (TuttiRoom *room, TuttiParticipant *member);
/* It was muted, or no more: what is muted is not kept. */
void tutti_recording_follow_mute (TuttiRoom *room, const TuttiParticipant *member);
/* Before the chain goes. */
void tutti_recording_untap (TuttiRoom *room, const TuttiChain *chain);
/* An empty list of taps. */
GArray *tutti_recording_new_taps (void);
/* The recorder finishes the files by itself. */
void tutti_recording_untap_all (TuttiRecording *recording);
/* TRUE: cameras and screens are wanted from those too whom nobody sees. */
gboolean tutti_recording_wants_pictures (TuttiRoom *room);

/* --- Notes (recording-notes.c) --- */

/* Who and what is there at the start. */
void tutti_recording_note_start (TuttiRecording *recording);
void tutti_recording_note_layout (TuttiRecording *recording);
/* TuttiNewsFunc; user_data: the recordings. */
void tutti_recordings_on_news (const TuttiNews *news, gpointer recordings);
