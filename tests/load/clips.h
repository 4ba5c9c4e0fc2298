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

/* What a server wants of a camera. */
typedef struct {
    int max_width, max_height; /* 0: nobody sees it */
    guint max_rate, max_bitrate_bps;
} LoadUplink;

/* What a camera begins with, before the server has said anything. */
extern const LoadUplink load_first_uplink;

typedef struct {
    LoadUplink fixed; /* all cameras alike; width 0: as the server asks each */
    gboolean cameras; /* FALSE: there are no pictures */
} ClipsSetup;

Clips *clips_new (const ClipsSetup *setup);
void clips_free (Clips *clips);

/* Makes just what is asked for, as a browser does, if it isn't there. flash: the whole picture
 * changes between dark and bright, for the probe. Takes as long as encoding does. */
void clips_prepare (Clips *clips, const LoadUplink *uplink, gboolean flash);
/* Until that is made: another, small one. NULL: there are no pictures. Borrowed. */
const Clip *clips_find (const Clips *clips, const LoadUplink *uplink, gboolean flash);

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
