/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * track-seam.h: a voice's packets laid end to end in a file, in which every instant has its sound:
 * where there is none silence is filled in, and where there is too much a packet is left out. A
 * packet's own place is a little different each time: what was begun goes on without a seam until
 * it is off by what anybody could notice. Pure, a plain value. Role: file.
 */
#pragma once

#include <glib.h>

/* Of a packet's true place: talk is torn only beyond SPEECH; in quiet nobody hears the seam. */
#define TUTTI_SEAM_SPEECH_US 15000
#define TUTTI_SEAM_QUIET_US 5000
/* The shortest Opus frame: silence comes in multiples of it. */
#define TUTTI_SEAM_STEP_US 2500

typedef struct {
    gint64 end_us; /* of what was written */
} TuttiSeam;

/* FALSE: no place is left for the packet. silence_us: to be written before it. The seam is moved by
 * both. */
gboolean tutti_seam_join (TuttiSeam *seam, gint64 place_us, gint64 duration_us, gboolean is_quiet,
                          gint64 *silence_us);
/* How much silence reaches up to there; moves the seam by it. */
gint64 tutti_seam_fill (TuttiSeam *seam, gint64 until_us);

/* The next piece of so much silence: as many Opus packets as it takes, with a tenth of a second in
 * the longest. data: a constant. */
gint64 tutti_seam_next_silence (gint64 left_us, const guint8 **data, gsize *length_bytes);
