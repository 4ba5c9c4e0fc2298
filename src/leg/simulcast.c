/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * simulcast.c: see simulcast.h.
 */
#include "simulcast.h"

#define NONE (-1)

static gboolean
is_sent (const TuttiSimulcastLayer *layer, gint64 now_us)
{
    return layer->ssrc != 0 && now_us - layer->seen_us < TUTTI_SIMULCAST_SILENT_US;
}

/* Pictures are fitted into tiles whole: one side that reaches is enough. */
static gboolean
is_enough (const TuttiSimulcast *self, const TuttiSimulcastLayer *layer)
{
    return layer->width >= self->width || layer->height >= self->height;
}

static gint64
get_area (const TuttiSimulcastLayer *layer)
{
    return (gint64)layer->width * layer->height;
}

/* Whether it suits better than another that suits as well; sizes that are not known are 0. */
static gboolean
is_better (const TuttiSimulcast *self, const TuttiSimulcastLayer *layer,
           const TuttiSimulcastLayer *than)
{
    gboolean is_enough_now = is_enough (self, layer);

    if (is_enough_now != is_enough (self, than))
        return is_enough_now;
    return is_enough_now ? get_area (layer) < get_area (than) : get_area (layer) > get_area (than);
}

static int
choose (const TuttiSimulcast *self, gint64 now_us)
{
    int best = NONE;

    for (int i = 0; i < (int)self->n_layers; i++) {
        const TuttiSimulcastLayer *layer = &self->layers[i];

        if (!is_sent (layer, now_us) || layer->width == 0 ||
            (i != self->in_use && now_us < layer->rest_until_us))
            continue;
        if (best == NONE || is_better (self, layer, &self->layers[best]))
            best = i;
    }
    return best;
}

static void
review (TuttiSimulcast *self, gint64 now_us)
{
    int best = choose (self, now_us);

    if (best == NONE || best == self->in_use)
        best = NONE;
    if (best == self->next)
        return;
    self->next = best;
    self->next_since_us = now_us;
    self->ask_due_us = now_us;
}

static void
use (TuttiSimulcast *self, int layer)
{
    self->in_use = layer;
    if (self->next == layer)
        self->next = NONE;
}

/* The next key frame that comes, of whichever layer, is better than nothing. */
static gboolean
is_in_use_lost (const TuttiSimulcast *self, gint64 now_us)
{
    return self->in_use == NONE || !is_sent (&self->layers[self->in_use], now_us);
}

/* A layer whose key frame never came: its size can't be known otherwise. */
static int
find_unknown (TuttiSimulcast *self, gint64 now_us)
{
    for (int i = 0; i < (int)self->n_layers; i++) {
        TuttiSimulcastLayer *layer = &self->layers[i];

        if (!is_sent (layer, now_us) || layer->had_key_frame || now_us < layer->rest_until_us)
            continue;
        layer->rest_until_us = now_us + TUTTI_SIMULCAST_REST_US;
        return i;
    }
    return NONE;
}

void
tutti_simulcast_configure (TuttiSimulcast *self, const TuttiMedia *media)
{
    guint n_layers = media != NULL ? media->n_layers : 0;

    if (n_layers == self->n_layers)
        return;
    *self = (TuttiSimulcast){.n_layers = n_layers,
                             .in_use = NONE,
                             .next = NONE,
                             .width = self->width,
                             .height = self->height};
}

void
tutti_simulcast_want (TuttiSimulcast *self, int width, int height, gint64 now_us)
{
    if (width == self->width && height == self->height)
        return;
    self->width = width;
    self->height = height;
    if (self->n_layers > 0)
        review (self, now_us);
}

gboolean
tutti_simulcast_take (TuttiSimulcast *self, guint index, guint32 ssrc,
                      const TuttiPictureHead *key_frame, gint64 now_us)
{
    TuttiSimulcastLayer *layer = &self->layers[index];
    gboolean was_sent = is_sent (layer, now_us);

    layer->ssrc = ssrc;
    layer->had_key_frame |= key_frame != NULL;
    layer->seen_us = now_us;
    if (key_frame != NULL && key_frame->width > 0) {
        layer->width = key_frame->width;
        layer->height = key_frame->height;
        layer->rest_until_us = 0;
    }
    if (key_frame != NULL || !was_sent)
        review (self, now_us);
    if (key_frame != NULL && ((int)index == self->next || is_in_use_lost (self, now_us)))
        use (self, (int)index);
    return (int)index == self->in_use;
}

void
tutti_simulcast_tick (TuttiSimulcast *self, gint64 now_us)
{
    if (self->n_layers == 0)
        return;
    if (self->next != NONE && now_us - self->next_since_us >= TUTTI_SIMULCAST_PATIENCE_US)
        self->layers[self->next].rest_until_us = now_us + TUTTI_SIMULCAST_REST_US;
    review (self, now_us);
}

const TuttiSimulcastLayer *
tutti_simulcast_get_used (const TuttiSimulcast *self)
{
    return self->n_layers > 0 && self->in_use != NONE ? &self->layers[self->in_use] : NULL;
}

gboolean
tutti_simulcast_is_changing (const TuttiSimulcast *self)
{
    return self->n_layers > 0 && self->next != NONE;
}

guint
tutti_simulcast_count (const TuttiSimulcast *self, gint64 now_us)
{
    guint n = 0;

    for (guint i = 0; i < self->n_layers; i++)
        n += is_sent (&self->layers[i], now_us);
    return n;
}

guint32
tutti_simulcast_ask (TuttiSimulcast *self, gint64 now_us)
{
    int asked;

    if (self->n_layers == 0 || now_us < self->ask_due_us)
        return 0;
    asked = self->next != NONE ? self->next : find_unknown (self, now_us);
    if (asked == NONE)
        return 0;
    self->ask_due_us = now_us + TUTTI_SIMULCAST_ASK_US;
    return self->layers[asked].ssrc;
}
