/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trend.c: see trend.h. Beside the draft's threshold a slope must stand out of its own noise
 * (student's t): with 60 ms of jitter the delays of a free link have slopes that the threshold
 * alone would take for a queue.
 */
#include "trend.h"

#include <math.h>

#define MSEC 1000
/* Longer than the draft's 5 ms bursts: with several packets in most groups, the shortest delay of
 * each has little jitter left. */
#define GROUP_US (20 * MSEC)
/* 20 pictures at 30 fps, as libwebrtc's window has. */
#define WINDOW_US (600 * MSEC)
#define GROUPS 32
/* Fewer tell nothing. */
#define GROUPS_MIN 5
#define SPAN_MIN_US (80 * MSEC)
/* Of the slope's standard error: false alarms are one in tens of minutes. */
#define SIGNIFICANCE 4.0
/* The smallest error believed, of a group's delay: ticks and wake-ups. */
#define NOISE_MIN_MS 0.5
/* A slope over this time is held against the threshold (libwebrtc: 60 deltas, gain 4). */
#define HORIZON_MS 240.0
/* Section 5.4: del_var_th(0), its bounds, and what is too far off to adapt to; K_u and K_d as in
 * libwebrtc, whose scale the slope is brought to. */
#define THRESHOLD_MS 12.5
#define THRESHOLD_MIN_MS 6.0
#define THRESHOLD_MAX_MS 600.0
#define ADAPT_UP 0.0087
#define ADAPT_DOWN 0.039
#define ADAPT_OUTLIER_MS 15.0
#define ADAPT_STEP_MAX_MS 100.0
/* Less is no queue that anyone hears or sees. */
#define QUEUE_MIN_US (10 * MSEC)
/* So much is too much, whether it grows or not. */
#define QUEUE_STANDING_US (120 * MSEC)
/* What is "now" for the queue's length: one feedback interval. */
#define RECENT_US (100 * MSEC)
/* And so many groups, as one may have come late by itself. */
#define RECENT_MIN 2
/* The shortest delay holds for two of these at most: clocks that run apart by 300 ppm are 3 ms off
 * by then, and a way that became longer is known as such. */
#define BASE_US (5 * 1000 * MSEC)

typedef struct {
    gint64 sent_us; /* of its first packet */
    gint64 delay_us;
} Group;

struct _TuttiTrend {
    Group groups[GROUPS];
    guint n; /* ever begun; the last is open */
    guint n_skipped;
    gint64 base_us, next_base_us; /* shortest delay: for use, and since turn_us */
    gint64 turn_us;
    double threshold_ms;
    gint64 judged_us;
};

typedef struct {
    double slope, error; /* ms per ms */
    guint n;
    gint64 span_us;
} Line;

static const Group *
get_group (const TuttiTrend *trend, guint back)
{
    return &trend->groups[(trend->n - 1 - back) % GROUPS];
}

/* How many of the latest groups lie within so much time. */
static guint
count_groups (const TuttiTrend *trend, gint64 window_us)
{
    guint most = MIN (trend->n - trend->n_skipped, GROUPS), n = 0;

    while (n < most && get_group (trend, 0)->sent_us - get_group (trend, n)->sent_us <= window_us)
        n++;
    return n;
}

static gint64
get_arrival_us (const Group *group)
{
    return group->sent_us + group->delay_us;
}

/* The shortest delay of what arrived of late: on a link that became four times slower, what was
 * sent within 100 ms takes 400 to arrive, and its first packets tell nothing any more. */
static gint64
find_shortest (const TuttiTrend *trend, gint64 window_us)
{
    const Group *last = get_group (trend, 0);
    gint64 delay_us = last->delay_us;
    guint most = MIN (trend->n, GROUPS);

    for (guint i = 1; i < most; i++) {
        const Group *group = get_group (trend, i);

        if (i >= RECENT_MIN && get_arrival_us (last) - get_arrival_us (group) > window_us)
            break;
        delay_us = MIN (delay_us, group->delay_us);
    }
    return delay_us;
}

/* Least squares over the window. */
static Line
fit_line (const TuttiTrend *trend)
{
    const Group *last = get_group (trend, 0);
    double sx = 0, sy = 0, sxx = 0, sxy = 0, syy = 0;
    Line line = {.n = count_groups (trend, WINDOW_US)};
    double n = line.n, rest;

    if (line.n < GROUPS_MIN)
        return line;
    for (guint i = 0; i < line.n; i++) {
        double x = (double)(get_group (trend, i)->sent_us - last->sent_us) / MSEC;
        double y = (double)(get_group (trend, i)->delay_us - last->delay_us) / MSEC;

        sx += x, sy += y, sxx += x * x, sxy += x * y, syy += y * y;
    }
    sxx -= sx * sx / n, sxy -= sx * sy / n, syy -= sy * sy / n;
    line.span_us = last->sent_us - get_group (trend, line.n - 1)->sent_us;
    line.slope = sxy / sxx;
    rest = MAX ((syy - line.slope * sxy) / (n - 2), NOISE_MIN_MS * NOISE_MIN_MS);
    line.error = sqrt (rest / sxx);
    return line;
}

/* Section 5.4. */
static void
adapt_threshold (TuttiTrend *trend, double trend_ms)
{
    gint64 now_us = get_group (trend, 0)->sent_us;
    double step_ms = MIN ((double)(now_us - trend->judged_us) / MSEC, ADAPT_STEP_MAX_MS);
    double off_ms = fabs (trend_ms) - trend->threshold_ms;

    trend->judged_us = now_us;
    if (off_ms > ADAPT_OUTLIER_MS)
        return;
    trend->threshold_ms += (off_ms < 0 ? ADAPT_DOWN : ADAPT_UP) * off_ms * step_ms;
    trend->threshold_ms = CLAMP (trend->threshold_ms, THRESHOLD_MIN_MS, THRESHOLD_MAX_MS);
}

static void
lower_base (TuttiTrend *trend, gint64 sent_us, gint64 delay_us)
{
    if (trend->n == 0) {
        trend->base_us = trend->next_base_us = delay_us;
        trend->turn_us = sent_us;
    }
    if (sent_us - trend->turn_us > BASE_US) {
        trend->base_us = trend->next_base_us;
        trend->next_base_us = delay_us;
        trend->turn_us = sent_us;
    }
    trend->base_us = MIN (trend->base_us, delay_us);
    trend->next_base_us = MIN (trend->next_base_us, delay_us);
}

TuttiTrend *
tutti_trend_new (void)
{
    TuttiTrend *trend = g_new0 (TuttiTrend, 1);

    tutti_trend_reset (trend);
    return trend;
}

void
tutti_trend_free (TuttiTrend *trend)
{
    g_free (trend);
}

void
tutti_trend_take (TuttiTrend *trend, gint64 sent_us, gint64 delay_us)
{
    Group *group = &trend->groups[(trend->n - 1) % GROUPS];

    lower_base (trend, sent_us, delay_us);
    if (trend->n > 0 && sent_us < group->sent_us)
        return;
    if (trend->n > 0 && sent_us - group->sent_us < GROUP_US) {
        group->delay_us = MIN (group->delay_us, delay_us);
        return;
    }
    trend->n++;
    trend->groups[(trend->n - 1) % GROUPS] = (Group){.sent_us = sent_us, .delay_us = delay_us};
}

TuttiTrendSign
tutti_trend_judge (TuttiTrend *trend)
{
    guint queue_us = tutti_trend_get_queue_us (trend);
    double trend_ms;
    Line line;

    if (trend->n == 0)
        return TUTTI_TREND_STEADY;
    line = fit_line (trend);
    if (line.n < GROUPS_MIN || line.span_us < SPAN_MIN_US)
        return queue_us > QUEUE_STANDING_US ? TUTTI_TREND_GROWING : TUTTI_TREND_STEADY;
    trend_ms = line.slope * HORIZON_MS;
    adapt_threshold (trend, trend_ms);
    if (trend_ms < -trend->threshold_ms && line.slope < -line.error)
        return TUTTI_TREND_SHRINKING;
    if (queue_us > QUEUE_STANDING_US)
        return TUTTI_TREND_GROWING;
    if (trend_ms > trend->threshold_ms && line.slope > SIGNIFICANCE * line.error &&
        queue_us > QUEUE_MIN_US)
        return TUTTI_TREND_GROWING;
    return TUTTI_TREND_STEADY;
}

guint
tutti_trend_get_queue_us (const TuttiTrend *trend)
{
    if (trend->n == 0)
        return 0;
    return (guint)MIN (find_shortest (trend, RECENT_US) - trend->base_us, G_MAXINT);
}

gint64
tutti_trend_get_base_us (const TuttiTrend *trend)
{
    return trend->base_us;
}

void
tutti_trend_skip (TuttiTrend *trend)
{
    trend->n_skipped = trend->n;
}

void
tutti_trend_accept_queue (TuttiTrend *trend)
{
    if (trend->n > 0)
        trend->base_us = trend->next_base_us = find_shortest (trend, RECENT_US);
}

void
tutti_trend_reset (TuttiTrend *trend)
{
    *trend = (TuttiTrend){.threshold_ms = THRESHOLD_MS};
}
