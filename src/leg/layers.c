/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * layers.c: see layers.h.
 */
#include "layers.h"

/* Before so much of a new source was seen its rates say nothing. */
#define SPAN_MIN_US (300 * G_TIME_SPAN_MILLISECOND)
/* Going up, so much must be to spare, in hundredths, for so long: rates of pictures swing. */
#define SPARE_PERCENT 15
#define SPARE_US G_USEC_PER_SEC
/* A queue this long is felt; a lower layer takes as long again to show. */
#define QUEUE_LONG_US (100 * G_TIME_SPAN_MILLISECOND)
/* Nobody goes up while a queue is being drained. */
#define QUEUE_SHORT_US (50 * G_TIME_SPAN_MILLISECOND)

static guint
get_layer (const TuttiPacket *packet)
{
    return MIN (packet->vp8.temporal_id, TUTTI_LAYERS_MAX - 1);
}

static void
lower (TuttiLayers *layers)
{
    layers->highest--;
    layers->may_rise = FALSE;
    layers->fits_since_us = 0;
}

static void
judge_rise (TuttiLayers *layers, guint need_bps, guint room_bps, gint64 now_us)
{
    if ((guint64)need_bps * (100 + SPARE_PERCENT) / 100 > room_bps) {
        layers->fits_since_us = 0;
        layers->may_rise = FALSE;
        return;
    }
    if (layers->fits_since_us == 0)
        layers->fits_since_us = now_us;
    layers->may_rise = now_us - layers->fits_since_us >= SPARE_US;
}

/* Each with all below it. */
static void
sum_rates (TuttiLayers *layers, gint64 now_us, guint *rates_bps)
{
    guint sum_bps = 0;

    for (guint i = 0; i < TUTTI_LAYERS_MAX; i++) {
        gint64 span_us = tutti_meter_get_span_us (&layers->meters[i], now_us);

        sum_bps += span_us < SPAN_MIN_US ? 0 : tutti_meter_get_bps (&layers->meters[i], now_us);
        rates_bps[i] = sum_bps;
    }
}

static gboolean
starts_picture (const TuttiLayers *layers, const TuttiPacket *packet)
{
    return (packet->flags & TUTTI_PACKET_FRAME_START) != 0 ||
           packet->source != layers->picture_source || packet->vp8.picture_id != layers->picture_id;
}

static gboolean
can_rise (const TuttiLayers *layers, const TuttiPacket *packet)
{
    if (!layers->may_rise)
        return FALSE;
    return (packet->flags & TUTTI_PACKET_KEY_FRAME) != 0 ||
           (get_layer (packet) == layers->highest + 1 && packet->vp8.layer_sync != 0);
}

void
tutti_layers_init (TuttiLayers *layers)
{
    *layers = (TuttiLayers){.highest = TUTTI_LAYERS_MAX - 1, .passes = TRUE};
}

void
tutti_layers_count (TuttiLayers *layers, const TuttiPacket *packet, gsize overhead_bytes,
                    gint64 now_us)
{
    if (!layers->is_started || packet->source != layers->source)
        for (guint i = 0; i < TUTTI_LAYERS_MAX; i++)
            layers->meters[i] = (TuttiMeter){0};
    layers->is_started = TRUE;
    layers->source = packet->source;
    /* They come seldom, and would look like a rate: the queue tells of them. */
    if (packet->flags & TUTTI_PACKET_KEY_FRAME)
        return;
    tutti_meter_count (&layers->meters[get_layer (packet)], packet->length_bytes + overhead_bytes,
                       now_us);
}

void
tutti_layers_judge (TuttiLayers *layers, guint room_bps, gint64 queue_us, gint64 now_us)
{
    guint rates_bps[TUTTI_LAYERS_MAX];

    if (room_bps == 0)
        room_bps = G_MAXUINT;
    sum_rates (layers, now_us, rates_bps);
    while (layers->highest > 0 && rates_bps[layers->highest] > room_bps)
        lower (layers);
    if (layers->highest > 0 && queue_us > QUEUE_LONG_US &&
        now_us - layers->lowered_us >= QUEUE_LONG_US) {
        lower (layers);
        layers->lowered_us = now_us;
    }
    if (layers->highest < TUTTI_LAYERS_MAX - 1)
        judge_rise (layers, queue_us > QUEUE_SHORT_US ? G_MAXUINT : rates_bps[layers->highest + 1],
                    room_bps, now_us);
}

TuttiLayersVerdict
tutti_layers_pass (TuttiLayers *layers, const TuttiPacket *packet)
{
    if (!starts_picture (layers, packet))
        return layers->passes ? TUTTI_LAYERS_PASS : TUTTI_LAYERS_SKIP;
    layers->picture_source = packet->source;
    layers->picture_id = packet->vp8.picture_id;
    if (can_rise (layers, packet)) {
        layers->highest++;
        layers->may_rise = FALSE;
        layers->fits_since_us = 0;
    }
    layers->passes = get_layer (packet) <= layers->highest;
    return layers->passes ? TUTTI_LAYERS_PASS : TUTTI_LAYERS_SKIP_PICTURE;
}

guint
tutti_layers_get_highest (const TuttiLayers *layers)
{
    guint highest = layers->highest;

    while (highest > 0 && layers->meters[highest].start_us == 0)
        highest--;
    return highest;
}
