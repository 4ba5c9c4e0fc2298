/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ladder.c: see ladder.h. Role: main.
 */
#include <stdio.h>

#include "ladder.h"

static const char *const QUALITIES[] = {
    [TUTTI_QUALITY_AUTO] = "auto",     [TUTTI_QUALITY_HIGH] = "high",
    [TUTTI_QUALITY_MEDIUM] = "medium", [TUTTI_QUALITY_LOW] = "low",
    [TUTTI_QUALITY_AUDIO] = "audio",
};

gboolean
tutti_quality_from_name (const char *name, TuttiQuality *quality)
{
    for (guint i = 0; i < G_N_ELEMENTS (QUALITIES); i++) {
        if (g_strcmp0 (name, QUALITIES[i]) == 0) {
            *quality = (TuttiQuality)i;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
read_rung (const char *word, TuttiRung *rung)
{
    TuttiRung read;
    guint kbps;

    if (sscanf (word, "%dx%d@%u:%uk", &read.width, &read.height, &read.frame_rate, &kbps) != 4)
        return FALSE;
    if (read.width < 16 || read.height < 16 || read.frame_rate == 0 || kbps == 0)
        return FALSE;
    read.bitrate_bps = kbps * 1000;
    *rung = read;
    return TRUE;
}

void
tutti_ladder_parse (TuttiLadder *ladder, const char *text, guint default_bps)
{
    g_auto (GStrv) words = g_strsplit_set (text, " ,", -1);

    *ladder = (TuttiLadder){.default_bps = default_bps};
    for (guint i = 0; words[i] && ladder->n < TUTTI_RUNGS_MAX; i++) {
        if (read_rung (words[i], &ladder->rungs[ladder->n]))
            ladder->n++;
    }
}

/* Steps of the usual ladder: 1280x720@30 at 1500 kbit/s, 640x360@30 at 500, 320x180@15 at 150. */
#define MADE_RUNGS 3

static void
make_rung (const TuttiLadder *ladder, guint step, const TuttiRung *canvas, TuttiRung *rung)
{
    static const struct {
        int side, rate;
        guint bitrate;
    } DIVIDE[MADE_RUNGS] = {{1, 1, 1}, {2, 1, 3}, {4, 2, 10}};

    rung->width = canvas->width / DIVIDE[step].side;
    rung->height = canvas->height / DIVIDE[step].side;
    rung->frame_rate = MAX (canvas->frame_rate / DIVIDE[step].rate, 1);
    rung->bitrate_bps = ladder->default_bps / DIVIDE[step].bitrate;
}

static int
even (double side)
{
    return MAX ((int)(side / 2 + 0.5) * 2, 2);
}

guint
tutti_ladder_count (const TuttiLadder *ladder)
{
    return ladder->n > 0 ? ladder->n : MADE_RUNGS;
}

guint
tutti_ladder_ceiling (const TuttiLadder *ladder, TuttiQuality quality)
{
    guint step = quality == TUTTI_QUALITY_LOW ? 2 : quality == TUTTI_QUALITY_MEDIUM ? 1 : 0;

    return MIN (step, tutti_ladder_count (ladder) - 1);
}

void
tutti_ladder_get (const TuttiLadder *ladder, guint index, const TuttiRung *canvas, TuttiRung *rung)
{
    TuttiRung from;
    double scale;

    g_assert (index < tutti_ladder_count (ladder));
    if (ladder->n == 0)
        make_rung (ladder, index, canvas, &from);
    else
        from = ladder->rungs[index];
    scale = MIN ((double)from.width / canvas->width, (double)from.height / canvas->height);
    scale = MIN (scale, 1.0);
    rung->width = even (canvas->width * scale);
    rung->height = even (canvas->height * scale);
    rung->frame_rate = MIN (from.frame_rate, canvas->frame_rate);
    rung->bitrate_bps = from.bitrate_bps;
}

gboolean
tutti_rung_equal (const TuttiRung *a, const TuttiRung *b)
{
    return a->width == b->width && a->height == b->height && a->frame_rate == b->frame_rate &&
           a->bitrate_bps == b->bitrate_bps;
}
