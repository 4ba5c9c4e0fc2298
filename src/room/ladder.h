/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ladder.h: the [video] renditions list: sizes and rates in which a view may be encoded, best
 * first, and which of them a viewer's quality means. Pure. Role: main.
 */
#pragma once

#include <tutti/types.h>

/* Each is an encoder per view in use: more steps than this are finer than anybody sees. */
#define TUTTI_RUNGS_MAX 8

typedef struct {
    int width, height;
    guint frame_rate, bitrate_bps;
} TuttiRung;

typedef struct {
    guint n; /* 0: made from the canvas */
    TuttiRung rungs[TUTTI_RUNGS_MAX];
    guint default_bps;
} TuttiLadder;

typedef enum {
    TUTTI_QUALITY_AUTO,
    TUTTI_QUALITY_HIGH,
    TUTTI_QUALITY_MEDIUM,
    TUTTI_QUALITY_LOW,
    TUTTI_QUALITY_AUDIO, /* no picture */
} TuttiQuality;

gboolean tutti_quality_from_name (const char *name, TuttiQuality *quality);

/* "1280x720@30:1500k 640x360@30:500k": entries that can't be read are passed over (the config has
 * checked them). Without any: the canvas at default_bps, half its sides at a third of the rate, and
 * a quarter of its sides at a tenth and half the pictures. */
void tutti_ladder_parse (TuttiLadder *ladder, const char *text, guint default_bps);

/* How many rungs there are; never 0. */
guint tutti_ladder_count (const TuttiLadder *ladder);
/* The best rung that a quality allows; not for TUTTI_QUALITY_AUDIO. */
guint tutti_ladder_ceiling (const TuttiLadder *ladder, TuttiQuality quality);
/* The rung at an index, for a canvas of this size and rate: never larger or faster than the canvas,
 * in its shape. */
void tutti_ladder_get (const TuttiLadder *ladder, guint index, const TuttiRung *canvas,
                       TuttiRung *rung);
gboolean tutti_rung_equal (const TuttiRung *a, const TuttiRung *b);
