/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * live-kit.h: for tests of live outputs: packets of a red canvas and a soft tone, as a room sends
 * them, with a white flash and a loud click at the same instant every two seconds; ffmpeg as the
 * receiver; and a look at what it received.
 */
#pragma once

#include <gio/gio.h>
#include <tutti/port.h>

#include "src/record/output.h"

#define LIVE_WIDTH 320
#define LIVE_HEIGHT 180
#define LIVE_FRAME_RATE 25
#define LIVE_CHANNELS 2
#define LIVE_TONE_HZ 440
#define LIVE_FLASH_EVERY_S 2

/* --- Where it comes from: a thread that sends in real time --- */

typedef struct _LiveSource LiveSource;

LiveSource *live_source_new (void);
/* Feeds must have been taken out. */
void live_source_free (LiveSource *source);
void live_source_add (LiveSource *source, TuttiOutput *output);
void live_source_remove (LiveSource *source, TuttiOutput *output);
/* Makes pictures larger by so many packets that decoders ignore. */
void live_source_set_ballast (LiveSource *source, guint packets);

/* --- Where it goes --- */

/* A port that nobody has at the moment; of UDP, if the next is free as well (RTCP). */
guint live_find_port (GSocketType type);
/* ffmpeg with these arguments, whose output goes to `file`, for seconds of media. */
GSubprocess *live_receive (const char *file, const char *seconds, const char *url,
                           ...) G_GNUC_NULL_TERMINATED;
/* Waits at most so long for its end; then it is killed, and the test has failed. */
void live_finish (GSubprocess *ffmpeg, guint seconds);

/* --- What came --- */

typedef struct {
    guint n_pictures, n_flashes, n_clicks;
    double frame_rate;    /* between the first and the last picture */
    double sound_s;       /* decoded */
    double red;           /* share of pictures that are red */
    double tone;          /* amplitude of LIVE_TONE_HZ */
    double worst_ms;      /* largest distance between a flash and its click */
    double longest_gap_s; /* between pictures */
} LiveLook;

void live_look (const char *file, LiveLook *look);
/* What any receiver must have got in at least so many seconds. */
void live_assert_good (const LiveLook *look, double seconds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LiveSource, live_source_free)
