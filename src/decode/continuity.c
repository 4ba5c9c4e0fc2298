/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * continuity.c: see continuity.h. Role: video.
 */
#include "continuity.h"

/* Two bits (RFC 7741, TID). */
#define TEMPORAL_ID_MAX 3

static gboolean
is_next_picture (const TuttiPayload *last, const TuttiPayload *first)
{
    guint16 mask = (guint16)((1 << first->picture_id_bits) - 1);

    return first->picture_id_bits > 0 && first->picture_id_bits == last->picture_id_bits &&
           ((first->picture_id - last->picture_id) & mask) == 1;
}

/* A base frame depends on the base frame before; a synchronisation frame on the base alone. */
static gboolean
is_next_base (const TuttiPayload *last, const TuttiPayload *first)
{
    guint8 base = last->base_layer_index;

    if (!(first->parts & last->parts & TUTTI_PART_LAYERS))
        return FALSE;
    if (first->temporal_id == 0)
        return first->base_layer_index == (guint8)(base + 1);
    return first->parts & TUTTI_PART_SYNC && first->base_layer_index == base;
}

void
tutti_continuity_clear (TuttiContinuity *continuity)
{
    *continuity = (TuttiContinuity){.layers_good = TEMPORAL_ID_MAX};
}

TuttiContinuityOf
tutti_continuity_of (const TuttiContinuity *continuity, const TuttiPayload *first)
{
    if (!continuity->is_known)
        return TUTTI_CONTINUITY_NONE;
    if (is_next_picture (&continuity->last, first))
        return TUTTI_CONTINUITY_EXACT;
    return is_next_base (&continuity->last, first) ? TUTTI_CONTINUITY_BASE : TUTTI_CONTINUITY_NONE;
}

gboolean
tutti_continuity_advance (TuttiContinuity *continuity, const TuttiPayload *first)
{
    continuity->is_known = TRUE;
    continuity->last = *first;
    if (first->parts & TUTTI_PART_KEY)
        continuity->layers_good = TEMPORAL_ID_MAX;
    else if (continuity->has_gap)
        continuity->layers_good = 0;
    continuity->has_gap = FALSE;
    if (first->temporal_id <= continuity->layers_good)
        return TRUE;
    if (!(first->parts & TUTTI_PART_SYNC))
        return FALSE;
    continuity->layers_good = first->temporal_id;
    return TRUE;
}
