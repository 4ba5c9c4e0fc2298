/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rendition.h: a view encoded: one encoder per (view, codec, size, rate), its packets written once
 * and fanned out to every feed that follows it. Encoders belong to renditions, never to people.
 *
 *   canvas -> [job: scale if smaller -> vp8 | h264 encode -> packetise] -> feeds -> legs' queues
 *     key frame wishes, coalesced: one in 500 ms, two in a second at most <-- feeds
 *
 * When its pictures come late it takes less care, then every second picture (haste.h); the latter
 * also when it is told to.
 *
 * Role: main, except where said.
 */
#pragma once

#include <tutti/clock.h>
#include <tutti/frame.h>
#include <tutti/histogram.h>
#include <tutti/jobs.h>
#include <tutti/packet.h>
#include <tutti/port.h>

#include "haste.h"
#include "stills.h"

typedef struct _TuttiRendition TuttiRendition;
typedef struct _TuttiFeed TuttiFeed;

typedef struct {
    TuttiCodec codec;
    int width, height; /* even; pictures of another size are scaled */
    guint frame_rate;
    guint bitrate_bps;
    guint key_frame_interval; /* frames between key frames at most; 0: only when wished */
    guint threads; /* of the encoder; 0: one; two from 640x360 on with more than two cores */
    /* Called (any thread) when a key frame is wished and none was before: give a picture soon. */
    TuttiNotify wanted;
    gpointer user_data;
    TuttiHistogram *times; /* where to note how long each encode takes; borrowed; NULL: nowhere */
    TuttiClock *clock;     /* whose time the pictures bear; borrowed; NULL: there is never haste */
    /* Where to count pictures that were late although everything was done (haste.h): atomic,
     * borrowed; NULL: nowhere. */
    guint64 *n_late;
    /* Not 0: every second picture is left out, whatever the haste. Atomic, borrowed; NULL: never.
     */
    const gint *halved;
    TuttiStills *stills; /* of all renditions; borrowed; NULL: none */
} TuttiRenditionSetup;

typedef struct {
    guint64 frames;     /* encoded */
    guint64 repeats;    /* of a canvas that stands still: sent, not encoded */
    guint64 key_frames; /* of both */
    guint64 bytes, packets, skipped, wishes;
    guint bitrate_bps; /* as encoded, over the last second */
    gint64 cpu_us;     /* encode and packetise */
    TuttiHasteLevel haste;
} TuttiRenditionStats;

TuttiRendition *tutti_rendition_new (TuttiJobs *jobs, const TuttiRenditionSetup *setup);
/* All feeds must have left it. */
void tutti_rendition_free (TuttiRendition *rendition);

/* The newest picture to encode: takes its own reference; one that still waits is replaced and
 * counted as skipped. Any thread. */
void tutti_rendition_push (TuttiRendition *rendition, TuttiPicture *picture);

/* Coalesced, see above. Any thread. */
void tutti_rendition_want_key_frame (TuttiRendition *rendition);

guint tutti_rendition_n_feeds (TuttiRendition *rendition);
void tutti_rendition_get_stats (TuttiRendition *rendition, TuttiRenditionStats *stats);

/* --- Feed: what one leg (or a recorder) follows; changes rendition without a gap. --- */

/* out: where packets go; a reference is kept. */
TuttiFeed *tutti_feed_new (TuttiQueue *out);
/* Leaves its renditions first. */
void tutti_feed_free (TuttiFeed *feed);

/* Follows another rendition, or none (NULL). The old one's packets go on until the new one's next
 * key frame begins (which is wished at once); from then on only the new one's. The old rendition
 * may be freed as soon as tutti_feed_get_rendition() gives the new one and tutti_feed_is_settled().
 */
void tutti_feed_follow (TuttiFeed *feed, TuttiRendition *rendition);
TuttiRendition *tutti_feed_get_rendition (TuttiFeed *feed);
/* TRUE when no change of rendition is under way. */
gboolean tutti_feed_is_settled (TuttiFeed *feed);
/* Lets go of the old rendition although no key frame came (the old one is about to be freed). */
void tutti_feed_settle (TuttiFeed *feed);
/* The peer wants a key frame: passed to the rendition followed. Any thread. */
void tutti_feed_want_key_frame (TuttiFeed *feed);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiRendition, tutti_rendition_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiFeed, tutti_feed_free)
