/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* loss-control.c: see loss-control.h. */
#include "loss-control.h"

#include "congestion.h"

#include <math.h>

#define MSEC 1000
/* A window holds so many packets over so long at least: fewer lose one by chance. */
#define WINDOW_PACKETS 25
#define WINDOW_US (400 * MSEC)
/* Sound alone fills a window in half a second; what is slower has no rate to lower. */
#define WINDOW_MAX_US (2000 * MSEC)
/* A share above the link's own that is lived with: repair and FEC are made for it. */
#define EXCESS_MIN 0.05
/* Chance, in standard deviations. */
#define CHANCE 1.5
/* A trial wants the two answers so many standard deviations apart, */
#define TRIAL_CHANCE 4.0
/* but ends by then; */
#define TRIAL_MAX_US (3000 * MSEC)
/* and speaks of a lower rate only if the rate did become lower. */
#define TRIAL_RATE_SHARE 0.93
/* The encoder takes a while to follow. */
#define TRIAL_SETTLE_US (200 * MSEC)
/* More is not radio: a call isn't held over it. */
#define OWN_MAX 0.35
/* How fast the own share sinks when less is lost. */
#define OWN_GAIN 0.2
/* The limit creeps up while it is used without loss. */
#define CREEP 0.04
#define USED_SHARE 0.85
#define LATE_GAIN 0.3
/* Loss so soon after a probe's result is for its being wrong. */
#define PROVEN_US (3000 * MSEC)

static double
get_share (const TuttiLossWindow *window)
{
    return window->n == 0 ? 0 : (double)window->n_lost / window->n;
}

static guint
get_rate (const TuttiLossWindow *window)
{
    gint64 span_us = MAX (window->to_us - window->from_us, 10 * MSEC);

    return (guint)MIN (window->bytes * 8 * G_USEC_PER_SEC / (guint64)span_us,
                       TUTTI_CONGESTION_MAX_BPS);
}

static double
get_deviation (double share, guint n)
{
    return sqrt (share * (1 - share) / MAX (n, 1));
}

static void
limit (TuttiLossControl *control, double rate_bps)
{
    control->limit_bps =
        (guint)CLAMP (rate_bps, TUTTI_CONGESTION_MIN_BPS, TUTTI_CONGESTION_MAX_BPS);
}

static void
begin_trial (TuttiLossControl *control, double excess, gint64 now_us)
{
    control->state = TUTTI_LOSS_TRIAL;
    control->tried_us = now_us + TRIAL_SETTLE_US;
    control->tried_loss = control->own + excess;
    control->tried_bps = get_rate (&control->window);
    control->trial = (TuttiLossWindow){0};
    limit (control, MIN (control->tried_bps * (1 - excess), control->limit_bps));
}

/* The rate didn't fall: ask for less. */
static void
prolong_trial (TuttiLossControl *control, gint64 now_us)
{
    control->tried_us = now_us + TRIAL_SETTLE_US;
    control->trial = (TuttiLossWindow){0};
    limit (control, control->limit_bps * 0.8);
}

/* What a policer would still drop at the trial's rate. */
static double
expect_policed (const TuttiLossControl *control, guint rate_bps)
{
    double carried = control->tried_bps * (1 - (control->tried_loss - control->own));

    return control->own + MAX (0, 1 - carried / MAX (rate_bps, 1u));
}

static void
end_trial (TuttiLossControl *control)
{
    double share = get_share (&control->trial);
    double policed = expect_policed (control, get_rate (&control->trial));

    control->state = TUTTI_LOSS_NO_TRIAL;
    if (share > (policed + control->tried_loss) / 2) {
        control->own = MIN (share, OWN_MAX);
        control->limit_bps = TUTTI_LOSS_UNLIMITED;
        return;
    }
    control->own = MIN (control->own, share);
    limit (control, control->tried_bps * (1 - (control->tried_loss - control->own)));
}

static void
judge_trial (TuttiLossControl *control, gint64 now_us)
{
    const TuttiLossWindow *trial = &control->trial;
    guint rate_bps = get_rate (trial);
    double apart = control->tried_loss - expect_policed (control, rate_bps);
    gboolean over = trial->to_us - trial->from_us >= TRIAL_MAX_US;

    if (trial->n < WINDOW_PACKETS || trial->to_us - trial->from_us < WINDOW_US)
        return;
    if (rate_bps > control->tried_bps * TRIAL_RATE_SHARE &&
        control->limit_bps > TUTTI_CONGESTION_MIN_BPS) {
        if (over)
            prolong_trial (control, now_us);
        return;
    }
    if (over || apart > TRIAL_CHANCE * get_deviation (control->tried_loss, trial->n))
        end_trial (control);
}

/* Loss is as expected. */
static void
note_calm (TuttiLossControl *control, double share)
{
    guint rate_bps = get_rate (&control->window);

    if (share < control->own)
        control->own += OWN_GAIN * (share - control->own);
    if (control->limit_bps != TUTTI_LOSS_UNLIMITED && rate_bps > control->limit_bps * USED_SHARE) {
        double step_s = (double)(control->window.to_us - control->window.from_us) / G_USEC_PER_SEC;

        limit (control, control->limit_bps * (1 + CREEP * step_s));
    }
}

/* TRUE: a probe's result didn't hold. */
static gboolean
judge_window (TuttiLossControl *control, gint64 now_us)
{
    double share = get_share (&control->window), excess = share - control->own;
    guint rate_bps = get_rate (&control->window);
    double chance = CHANCE * get_deviation (share, control->window.n);

    if (excess <= EXCESS_MIN + chance) {
        note_calm (control, share);
        return FALSE;
    }
    if (control->proven_us != 0 && now_us - control->proven_us < PROVEN_US) {
        control->limit_bps = control->proven_limit_bps;
        control->proven_us = 0;
        if (control->limit_bps != TUTTI_LOSS_UNLIMITED)
            return TRUE;
    }
    if (control->limit_bps != TUTTI_LOSS_UNLIMITED && rate_bps >= control->limit_bps)
        limit (control, rate_bps * (1 - excess)); /* the policer we know */
    else
        begin_trial (control, excess, now_us);
    return FALSE;
}

static void
add (TuttiLossWindow *window, gint64 sent_us, guint bytes, gboolean arrived)
{
    if (window->n == 0)
        window->from_us = sent_us;
    window->to_us = sent_us;
    window->n++;
    window->n_lost += !arrived;
    window->bytes += bytes;
}

static gboolean
is_full (const TuttiLossWindow *window)
{
    return window->n >= WINDOW_PACKETS && window->to_us - window->from_us >= WINDOW_US;
}

void
tutti_loss_control_start (TuttiLossControl *control)
{
    *control = (TuttiLossControl){.limit_bps = TUTTI_LOSS_UNLIMITED};
}

gboolean
tutti_loss_control_take (TuttiLossControl *control, gint64 sent_us, guint bytes, gboolean arrived,
                         gboolean queued, gint64 now_us)
{
    TuttiLossWindow *window = &control->window;
    gboolean refuted = FALSE;

    add (&control->seen, sent_us, bytes, arrived);
    if (is_full (&control->seen)) {
        control->permille = (guint)(control->permille * (1 - LATE_GAIN) +
                                    1000 * get_share (&control->seen) * LATE_GAIN);
        control->seen = (TuttiLossWindow){0};
    }
    if (queued || (window->n > 0 && sent_us - window->from_us > WINDOW_MAX_US)) {
        *window = control->trial = (TuttiLossWindow){0};
        if (queued)
            return FALSE;
    }
    if (control->state == TUTTI_LOSS_TRIAL && sent_us >= control->tried_us) {
        add (&control->trial, sent_us, bytes, arrived);
        judge_trial (control, now_us);
    }
    add (window, sent_us, bytes, arrived);
    if (!is_full (window))
        return FALSE;
    if (control->state == TUTTI_LOSS_NO_TRIAL)
        refuted = judge_window (control, now_us);
    *window = (TuttiLossWindow){0};
    return refuted;
}

void
tutti_loss_control_prove (TuttiLossControl *control, guint rate_bps, gint64 now_us)
{
    if (control->limit_bps == TUTTI_LOSS_UNLIMITED || rate_bps <= control->limit_bps)
        return;
    control->proven_limit_bps = control->limit_bps;
    control->proven_us = now_us;
    control->limit_bps = rate_bps;
}
