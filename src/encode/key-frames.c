/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * key-frames.c: arithmetic on times only. Role: video (the rendition's job).
 */
#include "key-frames.h"

/* A mixer that was asked for a picture gives it at its next tick; two, since the ticks jitter. */
#define PATIENCE_FRAMES 2

void
tutti_key_frames_init (TuttiKeyFrames *self, guint interval, guint frame_rate)
{
    *self = (TuttiKeyFrames){.interval = interval,
                             .patience_us = PATIENCE_FRAMES * G_USEC_PER_SEC / frame_rate};
}

gboolean
tutti_key_frames_decide (const TuttiKeyFrames *self, gboolean wished, gint64 now_us)
{
    if (!self->begun)
        return TRUE;
    if (self->interval > 0 && self->frames >= self->interval)
        return TRUE;
    return wished && now_us >= self->key_us + TUTTI_KEY_FRAME_GAP_US;
}

void
tutti_key_frames_note (TuttiKeyFrames *self, gboolean is_key, gint64 now_us)
{
    self->begun = TRUE;
    self->frames++;
    self->frame_us = now_us;
    if (!is_key)
        return;
    self->frames = 1;
    self->key_us = now_us;
    self->wished_us = 0;
}

gint64
tutti_key_frames_get_due (TuttiKeyFrames *self, gboolean wished, gint64 now_us)
{
    gint64 due_us;

    if (!wished || !self->begun)
        return G_MAXINT64;
    if (self->wished_us == 0)
        self->wished_us = now_us;
    due_us = MAX (self->wished_us, self->frame_us) + self->patience_us;
    return MAX (due_us, self->key_us + TUTTI_KEY_FRAME_GAP_US);
}
