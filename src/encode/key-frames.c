/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * key-frames.c: arithmetic on times only. Role: video (the rendition's job).
 */
#include "key-frames.h"

/* A mixer that was asked for a picture gives it at its next tick; two, since the ticks jitter. */
#define PATIENCE_FRAMES 2

/* No wish is granted before this. Key frames at 0, 0.5, 1.5, 2.5 s... for those who go on wishing;
 * a feed that begins among them waits half a second at most. */
static gint64
get_open_us (const TuttiKeyFrames *self, TuttiKeyFrameWish wish)
{
    gint64 gap_us = self->echoed && wish == TUTTI_KEY_FRAME_WISHED ? TUTTI_KEY_FRAME_PAIR_US
                                                                   : TUTTI_KEY_FRAME_GAP_US;

    return MAX (self->key_us + gap_us, self->pair_us + TUTTI_KEY_FRAME_PAIR_US);
}

void
tutti_key_frames_init (TuttiKeyFrames *self, guint interval, guint frame_rate)
{
    *self = (TuttiKeyFrames){.interval = interval,
                             .patience_us = PATIENCE_FRAMES * G_USEC_PER_SEC / frame_rate,
                             .pair_us = -TUTTI_KEY_FRAME_PAIR_US};
}

gboolean
tutti_key_frames_decide (const TuttiKeyFrames *self, TuttiKeyFrameWish wish, gint64 now_us)
{
    if (!self->begun)
        return TRUE;
    if (self->interval > 0 && self->frames >= self->interval)
        return TRUE;
    return wish != TUTTI_KEY_FRAME_UNWISHED && now_us >= get_open_us (self, wish);
}

void
tutti_key_frames_note (TuttiKeyFrames *self, gboolean is_key, gint64 now_us)
{
    if (is_key) {
        self->echoed = self->begun && self->wished_us != 0 &&
                       self->wished_us < self->key_us + TUTTI_KEY_FRAME_GAP_US;
        self->pair_us = self->begun ? self->key_us : self->pair_us;
        self->frames = 0;
        self->key_us = now_us;
        self->wished_us = 0;
    }
    self->begun = TRUE;
    self->frames++;
    self->frame_us = now_us;
}

gint64
tutti_key_frames_get_due (TuttiKeyFrames *self, TuttiKeyFrameWish wish, gint64 now_us)
{
    gint64 due_us;

    if (wish == TUTTI_KEY_FRAME_UNWISHED || !self->begun)
        return G_MAXINT64;
    if (self->wished_us == 0)
        self->wished_us = now_us;
    due_us = MAX (self->wished_us, self->frame_us) + self->patience_us;
    return MAX (due_us, get_open_us (self, wish));
}
