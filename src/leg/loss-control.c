/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* loss-control.c: see loss-control.h. */
#include "loss-control.h"

#include "congestion.h"

#include <math.h>

#define MSEC 1000
/* A window holds so many packets over so long at least: fewer lose one by chance. Where it isn't
 * clear whether they did, it goes on up to the most. */
#define WINDOW_PACKETS 50
#define WINDOW_PACKETS_MAX 250
#define WINDOW_US (400 * MSEC)
/* Sound alone fills a window in a second; what is slower has no rate to lower. */
#define WINDOW_MAX_US (6000 * MSEC)
/* A share above the link's own that is lived with: repair and FEC are made for it. */
#define EXCESS_MIN 0.05
/* So little above it is none. */
#define CALM 0.02
/* Chance, in standard deviations. */
#define CHANCE 2.5
/* A trial wants the two answers so many standard deviations apart, */
#define TRIAL_CHANCE 4.0
/* but ends by then; */
#define TRIAL_MAX_US (3000 * MSEC)
/* and speaks of a lower rate only if the rate did become lower. */
#define TRIAL_RATE_SHARE 0.93
/* The encoder takes a while to follow. */
#define SETTLE_US (200 * MSEC)
/* More is not radio: a call isn't held over it. */
#define OWN_MAX 0.35
/* How fast the own share follows what is lost; above what a trial said it doesn't. */
#define OWN_GAIN 0.1
/* The limit creeps up while it is used without loss. */
#define CREEP 0.04
#define USED_SHARE 0.85
/* Below the limit, even with the bursts of pictures. */
#define BELOW_SHARE 0.92
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

/* What the link seems to let through, of what was sent in the window. By bytes: a policer lets
 * small packets pass where large ones don't. */
static double
get_carried (const TuttiLossControl *control, const TuttiLossWindow *window)
{
    double share = (double)window->lost_bytes / MAX (window->told_bytes, 1);

    return get_rate (window) * (1 - MAX (share - control->own, 0));
}

/* From now on less is sent. */
static void
lower_limit (TuttiLossControl *control, double rate_bps, gint64 now_us)
{
    limit (control, MIN (rate_bps, control->limit_bps));
    control->heed_us = now_us + SETTLE_US;
}

/* window: what is wrong. */
static void
begin_trial (TuttiLossControl *control, const TuttiLossWindow *window, gint64 now_us)
{
    control->state = TUTTI_LOSS_TRIAL;
    control->tried_loss = MAX (get_share (window), control->own);
    control->tried_n = window->n;
    control->tried_bps = get_rate (window);
    control->tried_carried_bps = (guint)get_carried (control, window);
    control->tried_acked_bps = control->acked_bps;
    lower_limit (control, control->tried_carried_bps, now_us);
    control->trial = (TuttiLossWindow){0};
}

/* The rate didn't fall: ask for less. */
static void
prolong_trial (TuttiLossControl *control, gint64 now_us)
{
    control->trial = (TuttiLossWindow){0};
    lower_limit (control, control->limit_bps * 0.8, now_us);
}

/* What a policer would still drop at the trial's rate. */
static double
expect_policed (const TuttiLossControl *control, guint rate_bps)
{
    return control->own + MAX (0, 1 - (double)control->tried_carried_bps / MAX (rate_bps, 1u));
}

/* It is the link's own. */
static void
accept_loss (TuttiLossControl *control, double share)
{
    control->own = control->own_tried = MIN (share, OWN_MAX);
    control->limit_bps = TUTTI_LOSS_UNLIMITED;
}

/* More is lost at a lower rate than at the higher one, or more than any radio loses: what began the
 * trial was no fair sample, the trial is. */
static gboolean
repeat_trial (TuttiLossControl *control, gint64 now_us)
{
    double share = get_share (&control->trial);
    double chance = CHANCE * hypot (get_deviation (control->tried_loss, control->tried_n),
                                    get_deviation (share, control->trial.n));

    if (share < OWN_MAX && share < control->tried_loss + EXCESS_MIN + chance)
        return FALSE;
    if (control->limit_bps <= TUTTI_CONGESTION_MIN_BPS)
        return FALSE;
    begin_trial (control, &control->trial, now_us);
    return TRUE;
}

static void
end_trial (TuttiLossControl *control, gint64 now_us)
{
    double share = get_share (&control->trial);
    double policed = expect_policed (control, get_rate (&control->trial));

    if (repeat_trial (control, now_us))
        return;
    control->state = TUTTI_LOSS_NO_TRIAL;
    if (share > (policed + control->tried_loss) / 2) {
        accept_loss (control, share);
        return;
    }
    if (share > control->own + CALM) /* still too much: the trial is the better sample */
        lower_limit (control, get_carried (control, &control->trial), now_us);
    else
        limit (control,
               MIN (control->tried_carried_bps, control->tried_acked_bps / (1 - control->own)));
    control->own = control->own_tried = MIN (control->own, share);
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
        end_trial (control, now_us);
}

/* Loss is as expected. */
static void
note_calm (TuttiLossControl *control, double share)
{
    guint rate_bps = get_rate (&control->window);

    control->own += OWN_GAIN * (share - control->own);
    control->own = MIN (control->own, control->own_tried);
    if (share > control->own + CALM || control->limit_bps == TUTTI_LOSS_UNLIMITED)
        return;
    if (rate_bps > control->limit_bps * USED_SHARE) {
        double step_s = (double)(control->window.to_us - control->window.from_us) / G_USEC_PER_SEC;

        limit (control, control->limit_bps * (1 + CREEP * step_s));
    }
}

/* More is lost than the link's own share; unclear: it may be chance. */
static gboolean
is_excess (const TuttiLossControl *control, gboolean *unclear)
{
    double share = get_share (&control->window), excess = share - control->own;
    double chance = CHANCE * get_deviation (share, control->window.n);
    /* With a limit, each loss says something of it. */
    double lived_with = control->limit_bps != TUTTI_LOSS_UNLIMITED ? CALM : EXCESS_MIN;

    *unclear = excess > lived_with && control->window.n < WINDOW_PACKETS_MAX;
    return excess > lived_with + chance;
}

/* TRUE: a probe's result didn't hold. */
static gboolean
answer_excess (TuttiLossControl *control, gint64 now_us)
{
    const TuttiLossWindow *window = &control->window;

    if (control->proven_us != 0 && now_us - control->proven_us < PROVEN_US) {
        control->limit_bps = control->proven_limit_bps;
        control->proven_us = 0;
        control->heed_us = now_us + SETTLE_US;
        return TRUE;
    }
    if (control->limit_bps == TUTTI_LOSS_UNLIMITED)
        begin_trial (control, window, now_us);
    else if (get_rate (window) < control->limit_bps * BELOW_SHARE &&
             get_share (window) > control->tried_loss / 2)
        accept_loss (control, get_share (window)); /* a policer would have let it pass */
    else
        lower_limit (control, get_carried (control, window), now_us);
    return FALSE;
}

/* TRUE: a probe's result didn't hold. */
static gboolean
judge_window (TuttiLossControl *control, gint64 now_us)
{
    gboolean unclear, excess = is_excess (control, &unclear), refuted = FALSE;

    if (excess)
        refuted = answer_excess (control, now_us);
    else if (unclear)
        return FALSE;
    else
        note_calm (control, get_share (&control->window));
    control->window = (TuttiLossWindow){0};
    return refuted;
}

static void
add (TuttiLossWindow *window, const TuttiSentPacket *sent)
{
    if (window->bytes == 0)
        window->from_us = sent->sent_us;
    window->to_us = sent->sent_us;
    window->bytes += sent->bytes;
    if (sent->fate == TUTTI_SENT_UNTOLD)
        return;
    window->n++;
    window->told_bytes += sent->bytes;
    if (sent->fate == TUTTI_SENT_ARRIVED)
        return;
    window->n_lost++;
    window->lost_bytes += sent->bytes;
}

static gboolean
is_full (const TuttiLossWindow *window)
{
    return window->n >= WINDOW_PACKETS && window->to_us - window->from_us >= WINDOW_US;
}

static void
count_seen (TuttiLossControl *control, const TuttiSentPacket *sent)
{
    add (&control->seen, sent);
    if (!is_full (&control->seen))
        return;
    control->permille = (guint)(control->permille * (1 - LATE_GAIN) +
                                1000 * get_share (&control->seen) * LATE_GAIN);
    control->seen = (TuttiLossWindow){0};
}

void
tutti_loss_control_start (TuttiLossControl *control)
{
    *control = (TuttiLossControl){.limit_bps = TUTTI_LOSS_UNLIMITED};
}

gboolean
tutti_loss_control_take (TuttiLossControl *control, const TuttiSentPacket *sent, gboolean queued,
                         gint64 now_us)
{
    TuttiLossWindow *window = &control->window;

    if (queued)
        control->seen = (TuttiLossWindow){0};
    else
        count_seen (control, sent);
    if (queued || (window->n > 0 && sent->sent_us - window->from_us > WINDOW_MAX_US))
        *window = control->trial = (TuttiLossWindow){0};
    if (queued || sent->sent_us < control->heed_us)
        return FALSE;
    if (control->state == TUTTI_LOSS_TRIAL) {
        add (&control->trial, sent);
        judge_trial (control, now_us);
        return FALSE;
    }
    add (window, sent);
    return is_full (window) && judge_window (control, now_us);
}

void
tutti_loss_control_skip (TuttiLossControl *control, gint64 now_us)
{
    control->heed_us = MAX (control->heed_us, now_us);
    control->window = control->trial = (TuttiLossWindow){0};
}

void
tutti_loss_control_prove (TuttiLossControl *control, guint rate_bps, gint64 now_us)
{
    if (control->limit_bps == TUTTI_LOSS_UNLIMITED || rate_bps <= control->limit_bps)
        return;
    if (control->proven_us == 0 || now_us - control->proven_us > PROVEN_US)
        control->proven_limit_bps = control->limit_bps;
    control->proven_us = now_us;
    control->limit_bps = rate_bps;
}
