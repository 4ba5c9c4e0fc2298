/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * adapt.h: which rung of the ladder one viewer is sent, from what its link is estimated to carry.
 * Down at once, up only after it has fitted for a while, and later the next time if that failed.
 * Pure; time is an argument. Role: main.
 *
 *   estimate - sound's share -> the best rung that fits, not above the viewer's wish -> its feed
 *
 * Between rungs the leg itself leaves out temporal layers, at once; so a layered rung may wait a
 * moment before it is given up, and one that only ever fits in part is still the better picture.
 */
#pragma once

#include "ladder.h"

/* For so long a rung must have fitted before it is climbed to; doubled each time that failed. */
#define TUTTI_ADAPT_HOLD_US (2 * G_USEC_PER_SEC)
#define TUTTI_ADAPT_HOLD_MAX_US (16 * G_USEC_PER_SEC)
/* It failed when it had to be given up within this time. */
#define TUTTI_ADAPT_TRIAL_US (5 * G_USEC_PER_SEC)
/* An estimate falls below what the link carries while a queue drains, and comes back within a
 * second: that alone is no reason to change encoders, as the layers have followed already. */
#define TUTTI_ADAPT_PATIENCE_US (1 * G_USEC_PER_SEC)

/* What a viewer could be sent. */
typedef struct {
    guint n_rungs; /* at least one */
    guint rate_bps[TUTTI_RUNGS_MAX];
    guint ceiling;    /* the best rung that the viewer wishes for */
    gboolean layered; /* temporal layers can be left out on the way */
    guint audio_bps;  /* goes first, whatever happens */
} TuttiAdaptOffer;

/* All zero: nothing chosen yet. */
typedef struct {
    TuttiAdaptOffer offer;
    gboolean any;          /* `rung` is chosen */
    guint rung;            /* offer.n_rungs: none, sound only */
    gint64 short_since_us; /* the estimate is below what the rung takes; 0: it isn't */
    gint64 fits_since_us;  /* better ones fit; 0: none does */
    guint fits_rung;       /* the best that did all the time since */
    gint64 risen_us;       /* last climb; 0: none */
    gint64 hold_us;        /* before the next one; 0: as at first */
} TuttiAdapt;

/* estimate_bps 0: not known, which counts as enough for everything. TRUE: the choice changed. A new
 * offer (another wish, another codec) is chosen for afresh. */
gboolean tutti_adapt_update (TuttiAdapt *adapt, const TuttiAdaptOffer *offer, guint estimate_bps,
                             gint64 now_us);
/* When update() with the same arguments may change something; -1: never. */
gint64 tutti_adapt_due_us (const TuttiAdapt *adapt);

gboolean tutti_adapt_is_audio_only (const TuttiAdapt *adapt);
/* How much the estimate should be probed for: what is wished for, and the margin for climbing. */
guint tutti_adapt_wanted_bps (const TuttiAdaptOffer *offer);
