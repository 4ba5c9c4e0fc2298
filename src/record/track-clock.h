/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * track-clock.h: at which instant of our clock a received packet's sound was played, or its picture
 * shown, in the mix: what "in sync" means for a track.
 *
 *   - a voice: where the jitter buffer played it, as the audio source tells TuttiSync each round;
 *   - a picture: where the sound of its instant was played, by the peer's sender reports;
 *   - what can't be known so (nothing is played, no reports): as its timestamps go, behind the
 *     fastest packet of the last seconds by as much as when it was last known, or not at all.
 *
 * So a sender's clock that runs fast or slow doesn't matter. Pure, a plain value. Role: file.
 */
#pragma once

#include <tutti/packet.h>
#include <tutti/sync.h>

typedef struct {
    TuttiTrack track;
    gboolean has_stream;
    guint32 ssrc;
    gint64 media, arrival_us;            /* of the newest packet; media: unwrapped timestamp */
    gint64 window_us;                    /* when the newer of both began */
    gint64 fastest_us, older_fastest_us; /* arrival less media time, at least */
    gint64 behind_us;                    /* where it is played, less the fastest one's arrival */
} TuttiTrackClock;

/* In the stream's order. sync may be NULL. */
gint64 tutti_track_clock_place (TuttiTrackClock *clock, TuttiSync *sync, const TuttiPacket *packet,
                                gint64 now_us);
