/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * track-clock.c: see track-clock.h. Pure. Role: file.
 */
#include "track-clock.h"

/* The fastest packet of two windows: long enough for one that didn't wait anywhere, short enough
 * that clocks which differ by 300 ppm are apart by 2 ms only. */
#define WINDOW_US (2500 * TUTTI_USEC_PER_MSEC)
/* A packet of which timestamp and arrival disagree more than this with the one before begins
 * another time line (the sender changed its source). */
#define JUMP_US G_USEC_PER_SEC
/* Nothing is played so long after it came, nor before: a lie in a report. */
#define BEHIND_MAX_US (2 * G_USEC_PER_SEC)
#define BEFORE_MAX_US (200 * TUTTI_USEC_PER_MSEC)

static gint64
to_us (const TuttiTrackClock *clock, gint64 media)
{
    gint64 rate_hz = clock->track == TUTTI_TRACK_AUDIO ? TUTTI_RATE_HZ : TUTTI_VIDEO_CLOCK_HZ;

    return media / rate_hz * G_USEC_PER_SEC + media % rate_hz * G_USEC_PER_SEC / rate_hz;
}

static void
begin_stream (TuttiTrackClock *clock, const TuttiPacket *packet)
{
    clock->has_stream = TRUE;
    clock->ssrc = packet->ssrc;
    clock->media = packet->timestamp;
    clock->arrival_us = clock->window_us = packet->time_us;
    clock->fastest_us = clock->older_fastest_us = packet->time_us - to_us (clock, clock->media);
}

static void
note_arrival (TuttiTrackClock *clock, gint64 arrival_us)
{
    gint64 way_us = arrival_us - to_us (clock, clock->media);

    if (arrival_us - clock->window_us < WINDOW_US) {
        clock->fastest_us = MIN (clock->fastest_us, way_us);
        return;
    }
    clock->older_fastest_us =
        arrival_us - clock->window_us < 2 * WINDOW_US ? clock->fastest_us : way_us;
    clock->fastest_us = way_us;
    clock->window_us = arrival_us;
}

/* A repair came late by nature: it says nothing of the time. */
static void
follow (TuttiTrackClock *clock, const TuttiPacket *packet)
{
    gboolean is_repair = (packet->flags & TUTTI_PACKET_RECOVERED) != 0;
    gint64 ahead = (gint32)(packet->timestamp - (guint32)clock->media);
    gint64 off_us = to_us (clock, ahead) - (packet->time_us - clock->arrival_us);

    if (!clock->has_stream || packet->ssrc != clock->ssrc ||
        (!is_repair && ABS (off_us) > JUMP_US)) {
        begin_stream (clock, packet);
        return;
    }
    clock->media += ahead;
    if (is_repair)
        return;
    clock->arrival_us = packet->time_us;
    note_arrival (clock, packet->time_us);
}

gint64
tutti_track_clock_place (TuttiTrackClock *clock, TuttiSync *sync, const TuttiPacket *packet,
                         gint64 now_us)
{
    TuttiSyncPicture media = {clock->track, packet->ssrc, packet->timestamp, 0};
    gint64 base_us, place_us;

    follow (clock, packet);
    base_us = to_us (clock, clock->media) + MIN (clock->fastest_us, clock->older_fastest_us);
    if (!sync || !tutti_sync_find_place (sync, &media, now_us, &place_us) ||
        place_us > base_us + BEHIND_MAX_US || place_us < base_us - BEFORE_MAX_US)
        return base_us + clock->behind_us;
    clock->behind_us = place_us - base_us;
    return place_us;
}
