/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * clips.h: what the load's people send: seconds of talking head (VP8) and of voice (Opus), encoded
 * once, pictures in the sizes that are asked for, so that sending costs the load a copy. Constant
 * once made: any thread; making: main.
 */
#pragma once

#include <tutti/packet.h>

typedef struct _Clips Clips;
typedef struct _Clip Clip; /* one picture size and rate */

/* People speak with so many voices; each begins somewhere else in its own. */
#define CLIPS_VOICES 8
/* Of a voice, 20 ms each. */
#define CLIPS_ROUNDS 250

typedef struct {
    /* All cameras alike; width 0: every size that a server may ask for. */
    int width, height;
    guint frame_rate, bitrate_bps;
    gboolean cameras; /* FALSE: there are no pictures */
} ClipsSetup;

Clips *clips_new (const ClipsSetup *setup);
void clips_free (Clips *clips);

/* Makes what is best within what is asked for, else the smallest, if it isn't there. flash: the
 * whole picture changes between dark and bright, for the probe. Takes as long as encoding does. */
void clips_prepare (Clips *clips, int max_width, guint max_rate, gboolean flash);
/* The best one that is there; NULL: none is. Borrowed. */
const Clip *clips_find (const Clips *clips, int max_width, guint max_rate, gboolean flash);

guint clip_get_rate (const Clip *clip);
guint clip_get_pictures (const Clip *clip);
/* TRUE when this picture of a flashing clip is the first after a change; *bright: to what. */
gboolean clip_is_change (const Clip *clip, guint n, gboolean *bright);
/* Appends copies of the packets of picture n, stamped. The first picture is a key frame. */
void clip_copy (const Clip *clip, guint n, gint64 time_us, guint32 source, GPtrArray *packets);

/* Copies, the caller's. Their level (RFC 6464) is that of their sound. */
TuttiPacket *clips_copy_voice (const Clips *clips, guint voice, guint n, gint64 time_us);
/* Somebody who says nothing before an open microphone. */
TuttiPacket *clips_copy_hiss (const Clips *clips, guint n, gint64 time_us);
/* The packet that DTX sends each 400 ms. */
TuttiPacket *clips_copy_comfort (const Clips *clips, gint64 time_us);

/* A steady tone with bursts of another, each beginning with a packet; *burst: with this one. */
TuttiPacket *clips_copy_probe (const Clips *clips, guint n, gint64 time_us, gboolean *burst);
#define CLIPS_BURST_HZ 3000

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Clips, clips_free)
