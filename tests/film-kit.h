/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * film-kit.h: for tests of recordings: packets as a rendition and the shared mix give them, bytes
 * that stay in memory, and what ffprobe and ffmpeg say of them.
 */
#pragma once

#include <gio/gio.h>

#include "src/record/muxer.h"

#define KIT_WIDTH 160
#define KIT_HEIGHT 96
#define KIT_RATE 25
#define KIT_FRAME_US (G_USEC_PER_SEC / KIT_RATE)

/* --- Packets --- */

/* What our own encoders make, in the order of time; owned TuttiPackets. Each `key_each` frames
 * there is a key frame. */
GPtrArray *kit_make_pictures (TuttiCodec codec, guint n, guint key_each, gint64 from_us);
/* A tone, a packet for each 20 ms. */
GPtrArray *kit_make_sounds (guint n, guint channels, gint64 from_us);

/* --- Bytes --- */

TuttiMuxerSink kit_sink (GByteArray *bytes);

/* FFmpeg's reader of MP4 takes a fragment's head that is cut for a broken file (a percent of all
 * bytes are of such heads): as recovery does, such a tail is taken off. Where the box begins that n
 * falls into, if it is one; else n. */
gsize kit_trim_head (const GByteArray *bytes, gsize n);

/* --- Witnesses --- */

/* FALSE: ffmpeg is not installed; the test is skipped. */
gboolean kit_has_witness (void);
/* What ffprobe prints for these arguments (split at blanks), "\n" between lines; its warnings fail
 * the test. */
char *kit_probe (const GByteArray *bytes, const char *arguments);
/* The same as a number. */
double kit_probe_number (const GByteArray *bytes, const char *arguments);
/* What ffmpeg says at level "warning" while it decodes everything. */
char *kit_decode (const GByteArray *bytes);

typedef struct {
    guint frames[2];  /* decoded: pictures, sounds */
    double ends_s[2]; /* when the last of them ends */
    guint errors;     /* packets that a decoder refused */
} KitPlayed;

/* Decodes all of it in this process, saying nothing. FALSE: it can't be opened. */
gboolean kit_play (const guint8 *bytes, gsize length_bytes, KitPlayed *played);
