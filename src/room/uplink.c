/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * uplink.c: see uplink.h. Role: main.
 */
#include <math.h>

#include "uplink.h"

/* 640x360 at 30 fps looks well at 500 kbit/s in real-time VP8; rates grow slower than pixels, as
 * large pictures have more that is alike: about with the power 3/4 (1280x720: 1.4 Mbit/s, 320x180:
 * 177 kbit/s). */
#define REFERENCE_PX (640 * 360)
#define REFERENCE_FRAME_RATE 30
#define REFERENCE_BPS 500000
#define GROWTH 0.75
/* Below, browsers' encoders make mud or stop. */
#define WIDTH_MIN_PX 160
#define HEIGHT_MIN_PX 90
#define BITRATE_MIN_BPS 50000
#define BITRATE_MAX_BPS 4000000
/* A tile is small if it takes less than this part of the canvas; a canvas slower than this has no
 * picture too many. */
#define SMALL_PART 20
#define SMALL_RATE_MIN 20

guint
tutti_uplink_choose_rate (const TuttiRect *tile, int canvas_width, int canvas_height,
                          guint canvas_rate)
{
    gint64 tile_px = (gint64)tile->width * tile->height;
    gboolean is_small = tile_px * SMALL_PART < (gint64)canvas_width * canvas_height;

    return is_small && canvas_rate > SMALL_RATE_MIN ? (canvas_rate + 1) / 2 : canvas_rate;
}

void
tutti_uplink_ask (int width, int height, guint frame_rate, TuttiUplinkAsk *ask)
{
    double size, rate;

    *ask = (TuttiUplinkAsk){0};
    if (width <= 0 || height <= 0)
        return;
    ask->width = MAX (width, WIDTH_MIN_PX);
    ask->height = MAX (height, HEIGHT_MIN_PX);
    ask->frame_rate = frame_rate;
    size = (double)ask->width * ask->height / REFERENCE_PX;
    rate = (double)frame_rate / REFERENCE_FRAME_RATE;
    ask->bitrate_bps =
        (guint)CLAMP (REFERENCE_BPS * pow (size * rate, GROWTH), BITRATE_MIN_BPS, BITRATE_MAX_BPS);
}

static gboolean
is_equal (const TuttiUplinkAsk *a, const TuttiUplinkAsk *b)
{
    return a->width == b->width && a->height == b->height && a->frame_rate == b->frame_rate &&
           a->bitrate_bps == b->bitrate_bps;
}

static gboolean
is_growth (const TuttiUplinkAsk *from, const TuttiUplinkAsk *to)
{
    return to->width > from->width || to->height > from->height ||
           to->frame_rate > from->frame_rate;
}

static gboolean
tell (TuttiUplink *uplink)
{
    uplink->told = uplink->wanted;
    uplink->any_told = TRUE;
    uplink->smaller_since_us = 0;
    return TRUE;
}

gboolean
tutti_uplink_update (TuttiUplink *uplink, const TuttiUplinkAsk *wanted, gint64 now_us)
{
    uplink->wanted = *wanted;
    if (!uplink->any_told || is_growth (&uplink->told, wanted))
        return tell (uplink);
    if (is_equal (&uplink->told, wanted)) {
        uplink->smaller_since_us = 0;
        return FALSE;
    }
    if (uplink->smaller_since_us == 0)
        uplink->smaller_since_us = now_us;
    if (now_us - uplink->smaller_since_us < TUTTI_UPLINK_SHRINK_US)
        return FALSE;
    return tell (uplink);
}

gboolean
tutti_uplink_is_waiting (const TuttiUplink *uplink)
{
    return uplink->smaller_since_us != 0;
}
