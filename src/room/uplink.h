/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * uplink.h: right-sized uplinks: what a participant should send, from the largest tile in which
 * anybody sees it. Growth is asked for at once, shrinking lazily, so that pictures don't pump.
 * Pure; time is an argument. Role: main.
 */
#pragma once

#include <tutti/types.h>

/* Smaller pictures are asked for only after so long. */
#define TUTTI_UPLINK_SHRINK_US (2 * G_USEC_PER_SEC)

typedef struct {
    int width, height; /* px; 0: nobody sees it */
    guint frame_rate;
    guint bitrate_bps;
} TuttiUplinkAsk;

/* Pictures a second for a tile: the canvas' in those that matter, half of them in tiles of less than
 * a twentieth of the canvas (a grid of 25), where motion is small: everybody's camera and link, and
 * the server's decoders, have half the work. */
guint tutti_uplink_choose_rate (const TuttiRect *tile, int canvas_width, int canvas_height,
                                guint canvas_rate);

/* What fits a tile of so many pixels. */
void tutti_uplink_ask (int width, int height, guint frame_rate, TuttiUplinkAsk *ask);

typedef struct {
    TuttiUplinkAsk told;
    gboolean any_told;
    TuttiUplinkAsk wanted;
    gint64 smaller_since_us; /* 0: what is wanted isn't smaller than what was told */
} TuttiUplink;

/* TRUE: `told` changed, tell it. */
gboolean tutti_uplink_update (TuttiUplink *uplink, const TuttiUplinkAsk *wanted, gint64 now_us);
/* TRUE: update() with the same wish will change something later. */
gboolean tutti_uplink_is_waiting (const TuttiUplink *uplink);
