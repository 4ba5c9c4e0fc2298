/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * adapt.c: see adapt.h. Role: main.
 */
#include "adapt.h"

#include <string.h>

/* Of a rung's rate, in percent. VP8 with three temporal layers puts about 40 into the base and 60
 * into the lower two. A rung is worth choosing when half of its pictures get through, and worth
 * keeping while some beyond a quarter do; with less than the base it can't be sent at all. */
#define CHOOSE_PERCENT 60
#define KEEP_PERCENT 50
#define BASE_PERCENT 40
/* Less than this shows slides of mud, whatever the codec: the sound is better off alone. */
#define VIDEO_MIN_BPS 80000
/* To spare before climbing: a key frame comes first. And what is probed for: encoders take a tenth
 * more than they are told, headers and repairs as much, and the leg wants some to spare as well
 * before it lets all layers through. */
#define CLIMB_PERCENT 115
#define WANTED_PERCENT 150

static guint64
share (guint rate_bps, guint percent)
{
    return (guint64)rate_bps * percent / 100;
}

/* What a rung takes at least, to be chosen or kept by `percent` of it. The last one is kept for its
 * base alone: below it there is nothing. */
static guint64
need (const TuttiAdaptOffer *offer, guint rung, guint percent)
{
    guint rate_bps = offer->rate_bps[rung];

    if (!offer->layered)
        return rate_bps;
    if (rung + 1 < offer->n_rungs || percent == BASE_PERCENT)
        return share (rate_bps, percent);
    return MAX (share (rate_bps, BASE_PERCENT), MIN (rate_bps, VIDEO_MIN_BPS));
}

static guint
video_budget (const TuttiAdaptOffer *offer, guint estimate_bps)
{
    if (estimate_bps == 0)
        return G_MAXUINT;
    return estimate_bps > offer->audio_bps ? estimate_bps - offer->audio_bps : 0;
}

/* The best rung that fits with a margin; n_rungs: none. */
static guint
find_rung (const TuttiAdaptOffer *offer, guint budget_bps, guint margin_percent)
{
    guint rung = offer->ceiling;

    while (rung < offer->n_rungs &&
           need (offer, rung, CHOOSE_PERCENT) * margin_percent / 100 > budget_bps)
        rung++;
    return rung;
}

static gboolean
is_same_offer (const TuttiAdaptOffer *a, const TuttiAdaptOffer *b)
{
    return a->n_rungs == b->n_rungs && a->ceiling == b->ceiling && a->layered == b->layered &&
           memcmp (a->rate_bps, b->rate_bps, a->n_rungs * sizeof a->rate_bps[0]) == 0;
}

static gboolean
choose (TuttiAdapt *adapt, guint rung)
{
    gboolean changed = !adapt->any || rung != adapt->rung;

    adapt->any = TRUE;
    adapt->rung = rung;
    adapt->short_since_us = adapt->fits_since_us = 0;
    return changed;
}

/* --- Down --- */

static gboolean
must_go_down (TuttiAdapt *adapt, guint budget_bps, gint64 now_us)
{
    const TuttiAdaptOffer *offer = &adapt->offer;

    if (adapt->rung == offer->n_rungs || need (offer, adapt->rung, KEEP_PERCENT) <= budget_bps) {
        adapt->short_since_us = 0;
        return FALSE;
    }
    if (need (offer, adapt->rung, BASE_PERCENT) > budget_bps)
        return TRUE;
    if (adapt->short_since_us == 0)
        adapt->short_since_us = now_us;
    return now_us - adapt->short_since_us >= TUTTI_ADAPT_PATIENCE_US;
}

static gboolean
go_down (TuttiAdapt *adapt, guint budget_bps, gint64 now_us)
{
    gboolean failed = adapt->risen_us != 0 && now_us - adapt->risen_us < TUTTI_ADAPT_TRIAL_US;

    if (failed)
        adapt->hold_us =
            MIN (MAX (adapt->hold_us, TUTTI_ADAPT_HOLD_US) * 2, TUTTI_ADAPT_HOLD_MAX_US);
    else
        adapt->hold_us = 0;
    adapt->risen_us = 0;
    return choose (adapt, find_rung (&adapt->offer, budget_bps, 100));
}

/* --- Up --- */

static gint64
hold_us (const TuttiAdapt *adapt)
{
    return MAX (adapt->hold_us, TUTTI_ADAPT_HOLD_US);
}

static gboolean
climb (TuttiAdapt *adapt, guint budget_bps, gint64 now_us)
{
    guint fits = find_rung (&adapt->offer, budget_bps, CLIMB_PERCENT);

    if (fits >= adapt->rung) {
        adapt->fits_since_us = 0;
        return FALSE;
    }
    if (adapt->fits_since_us == 0) {
        adapt->fits_since_us = now_us;
        adapt->fits_rung = fits;
    }
    adapt->fits_rung = MAX (adapt->fits_rung, fits);
    if (now_us - adapt->fits_since_us < hold_us (adapt))
        return FALSE;
    adapt->risen_us = now_us;
    return choose (adapt, adapt->fits_rung);
}

/* --- Public --- */

gboolean
tutti_adapt_update (TuttiAdapt *adapt, const TuttiAdaptOffer *offer, guint estimate_bps,
                    gint64 now_us)
{
    guint budget_bps = video_budget (offer, estimate_bps);
    gboolean is_new = !adapt->any || !is_same_offer (&adapt->offer, offer);

    g_assert (offer->n_rungs > 0 && offer->n_rungs <= TUTTI_RUNGS_MAX);
    g_assert (offer->ceiling < offer->n_rungs);
    adapt->offer = *offer;
    if (is_new)
        return choose (adapt, find_rung (offer, budget_bps, 100));
    if (must_go_down (adapt, budget_bps, now_us))
        return go_down (adapt, budget_bps, now_us);
    return climb (adapt, budget_bps, now_us);
}

gint64
tutti_adapt_due_us (const TuttiAdapt *adapt)
{
    gint64 due_us = G_MAXINT64;

    if (adapt->short_since_us != 0)
        due_us = adapt->short_since_us + TUTTI_ADAPT_PATIENCE_US;
    if (adapt->fits_since_us != 0)
        due_us = MIN (due_us, adapt->fits_since_us + hold_us (adapt));
    return due_us == G_MAXINT64 ? -1 : due_us;
}

gboolean
tutti_adapt_is_audio_only (const TuttiAdapt *adapt)
{
    return adapt->any && adapt->rung == adapt->offer.n_rungs;
}

guint
tutti_adapt_wanted_bps (const TuttiAdaptOffer *offer)
{
    guint64 video_bps = share (offer->rate_bps[offer->ceiling], WANTED_PERCENT);

    return (guint)MIN (video_bps + offer->audio_bps, G_MAXUINT);
}
