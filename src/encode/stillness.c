/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stillness.c: arithmetic on times only. Role: video (the rendition's job).
 */
#include "stillness.h"

void
tutti_stillness_init (TuttiStillness *self, gboolean settles)
{
    *self = (TuttiStillness){.settles = settles, .due_us = G_MAXINT64};
}

void
tutti_stillness_break (TuttiStillness *self, gint64 now_us)
{
    self->n = 0;
    self->due_us = now_us + TUTTI_STILL_REFINE_US;
}

void
tutti_stillness_step (TuttiStillness *self, gint64 now_us)
{
    if (self->n < TUTTI_STILL_REST)
        self->n++;
    self->due_us = now_us + (tutti_stillness_is_refining (self) ? TUTTI_STILL_REFINE_US
                                                                : TUTTI_STILL_REPEAT_US);
}

gboolean
tutti_stillness_is_refining (const TuttiStillness *self)
{
    return !self->settles || self->n < TUTTI_STILL_REFINEMENTS;
}

gboolean
tutti_stillness_may_rest (const TuttiStillness *self)
{
    return self->settles && self->n >= TUTTI_STILL_REST;
}
