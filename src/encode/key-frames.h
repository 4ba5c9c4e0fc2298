/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * key-frames.h: when a rendition makes a key frame. One costs as much as three other frames and
 * everybody quality, so wishes are coalesced: at once after a quiet time, else at the end of the
 * window. Whoever goes on wishing gets one a second; there are never more than two in a second.
 * Pure; belongs to the rendition's job.
 */
#pragma once

#include <tutti/types.h>

/* At most one wished key frame in such a time. Shorter would let one bad link cost everybody
 * quality; longer is felt by whoever joins. */
#define TUTTI_KEY_FRAME_GAP_US (500 * TUTTI_USEC_PER_MSEC)
/* From any key frame to the next but one, and to the next for those who wished soon after the last
 * one and the one before: their link loses what they are sent, and more would not help it. */
#define TUTTI_KEY_FRAME_PAIR_US (1000 * TUTTI_USEC_PER_MSEC)

typedef enum {
    TUTTI_KEY_FRAME_UNWISHED,
    TUTTI_KEY_FRAME_WISHED,  /* somebody lost something */
    TUTTI_KEY_FRAME_AWAITED, /* a feed can't begin without it */
} TuttiKeyFrameWish;

typedef struct {
    guint interval;     /* frames from key frame to key frame at most; 0: no bound */
    gint64 patience_us; /* so long a new picture may come before the last one is used again */
    gboolean begun;     /* a frame was made */
    guint frames;       /* since the last key frame, it included */
    gint64 frame_us;    /* of the last frame */
    gint64 key_us;      /* of the last key frame */
    gint64 pair_us;     /* of the one before it */
    gboolean echoed;    /* the last was wished for within the gap after the one before it */
    gint64 wished_us;   /* since when a wish is known; 0: there is none */
} TuttiKeyFrames;

/* frame_rate: of the rendition. */
void tutti_key_frames_init (TuttiKeyFrames *self, guint interval, guint frame_rate);

/* Whether a picture encoded now becomes a key frame. */
gboolean tutti_key_frames_decide (const TuttiKeyFrames *self, TuttiKeyFrameWish wish,
                                  gint64 now_us);

/* A frame was made. */
void tutti_key_frames_note (TuttiKeyFrames *self, gboolean is_key, gint64 now_us);

/* When the last picture is to be encoded once more, if none comes before: G_MAXINT64 for never. */
gint64 tutti_key_frames_get_due (TuttiKeyFrames *self, TuttiKeyFrameWish wish, gint64 now_us);
