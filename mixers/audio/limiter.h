/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * limiter.h: from the wide sum to 16 bits without distortion: a gain that rides under the peaks.
 *
 * The sum is only ever multiplied by a gain that moves slowly, so that two loud voices stay two
 * voices: clipping (or any curve bent over the samples) would make new tones of them. The gain is
 * down before the first sample that needs it, within the same round, so nothing is delayed. One
 * state per listener's mix. Any thread, one at a time.
 */
#pragma once

#include <tutti/types.h>

typedef struct {
    float gain;     /* at the end of the last round, 0 to 1; 0: fresh */
    float envelope; /* the peak that the gain obeys */
    guint hold;     /* rounds until the envelope may fall */
} TuttiLimiter;

/* One round: out = in times the gain. in NULL: silence passes (out is not touched). */
void tutti_limiter_push (TuttiLimiter *limiter, gint16 *restrict out, const gint32 *restrict in,
                         guint channels);
