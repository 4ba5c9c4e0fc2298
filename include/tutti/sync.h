/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sync.h: what the stations of one participant know of each other's time: when a picture's sound is
 * played, and what is worth repairing. Reference-counted, any thread; where a lock is taken it is
 * held for some arithmetic, and the audio role only tries it.
 *
 *   leg (net)            -- sender reports, patience -->
 *   audio source (audio) -- what is played when      -->  sync  -> when to show a picture (video)
 *   leg (net)            <-- what is still needed --         <--  video source (video)
 *                                                            -> where it lies in a file (file)
 */
#pragma once

#include <tutti/types.h>

typedef struct _TuttiSync TuttiSync;

/* A conversation bears no more for the sake of a picture. */
#define TUTTI_SYNC_DELAY_MAX_US (100 * TUTTI_USEC_PER_MSEC)
/* No picture waits longer for its sound: it had better be early than late for those who answer. */
#define TUTTI_SYNC_HOLD_MAX_US (400 * TUTTI_USEC_PER_MSEC)

TuttiSync *tutti_sync_new (void);
TuttiSync *tutti_sync_ref (TuttiSync *sync);
void tutti_sync_unref (TuttiSync *sync);

/* --- Lip sync --- */

/* Of a sender report (RFC 3550 section 6.4.1), not to be trusted. */
typedef struct {
    guint32 ssrc, rtp_time;
    guint64 ntp; /* of the sender's clock, seconds in the high half */
} TuttiSyncReport;

/* Of any stream of the peer: those of simulcast layers that are not taken are kept too, so that one
 * may be changed for another. */
void tutti_sync_take_report (TuttiSync *sync, const TuttiSyncReport *report, gint64 now_us);

/* The sound with this timestamp is played at now_us. Once a round while sound flows. Never waits.
 */
void tutti_sync_play (TuttiSync *sync, guint32 ssrc, guint32 rtp_time, gint64 now_us);

/* A picture that is there now. */
typedef struct {
    TuttiTrack track;
    guint32 ssrc, rtp_time;
    gint64 paced_us; /* when it would be shown but for its sound; now or before: at once */
} TuttiSyncPicture;

/* When to show it: from now_us to now_us + TUTTI_SYNC_HOLD_MAX_US. With its sound, or somewhat
 * later if it is paced so; as it is paced where nothing is known or no sound flows. */
gint64 tutti_sync_find_due (TuttiSync *sync, const TuttiSyncPicture *picture, gint64 now_us);

/* For a file, which comes to it later: where something lies in what is played and shown: a sound
 * when it was played (if it is yet to be: as it looks), a picture when its sound was. paced_us is
 * not looked at. FALSE: not known; *place_us stays. Waits for some arithmetic only. */
gboolean tutti_sync_find_place (TuttiSync *sync, const TuttiSyncPicture *media, gint64 now_us,
                                gint64 *place_us);

/* By how much sound should be delayed beyond its own need, since the camera's pictures persistently
 * come later: up to TUTTI_SYNC_DELAY_MAX_US, and 0 soon after nobody sees them. Never waits. */
gint64 tutti_sync_get_delay_us (TuttiSync *sync, gint64 now_us);

/* --- Repair --- */

/* Until the leg knows better: a retransmission over a round trip of 100 ms, and the time in which
 * it is asked for. */
#define TUTTI_SYNC_PATIENCE_US (150 * TUTTI_USEC_PER_MSEC)

/* How long after a gap in the track's numbers showed a repair may yet come. Never wait. */
void tutti_sync_set_patience (TuttiSync *sync, TuttiTrack track, gint64 patience_us);
gint64 tutti_sync_get_patience_us (TuttiSync *sync, TuttiTrack track);

/* The first packet of the stream that is still of use: those missing before it needn't be repaired.
 * Never wait. */
void tutti_sync_set_needed (TuttiSync *sync, TuttiTrack track, guint32 ssrc, guint16 seq);
/* FALSE: not said of this stream. */
gboolean tutti_sync_get_needed (TuttiSync *sync, TuttiTrack track, guint32 ssrc, guint16 *seq);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiSync, tutti_sync_unref)
