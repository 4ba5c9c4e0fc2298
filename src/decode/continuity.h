/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * continuity.h: may this VP8 frame be decoded after those before it, when sequence numbers can't
 * tell? By picture id and temporal layers (RFC 7741 section 4.2). Pure. Role: video.
 */
#pragma once

#include <tutti/payload.h>

typedef struct {
    gboolean is_known; /* a frame was decoded */
    gboolean has_gap;  /* the next frame was chosen by TUTTI_CONTINUITY_BASE */
    TuttiPayload last;
    guint8 layers_good; /* temporal ids above this one have lost a reference */
} TuttiContinuity;

typedef enum {
    TUTTI_CONTINUITY_NONE,  /* a reference may be missing */
    TUTTI_CONTINUITY_BASE,  /* only frames of upper layers are missing: it doesn't need them */
    TUTTI_CONTINUITY_EXACT, /* the very next picture */
} TuttiContinuityOf;

void tutti_continuity_clear (TuttiContinuity *continuity);
/* first: a frame's first payload. */
TuttiContinuityOf tutti_continuity_of (const TuttiContinuity *continuity,
                                       const TuttiPayload *first);
/* The frame comes next. FALSE: don't decode it, go on with the one after. */
gboolean tutti_continuity_advance (TuttiContinuity *continuity, const TuttiPayload *first);
