/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * meter.c: see meter.h. A ring of slots; those that time has passed over are emptied on the way.
 */
#include "meter.h"

#include <string.h>

/* In the first moments a single picture would look like a high rate. */
#define SPAN_MIN_US (200 * G_TIME_SPAN_MILLISECOND)

static void
advance (TuttiMeter *meter, gint64 now_us)
{
    gint64 slot = now_us / TUTTI_METER_SLOT_US;

    if (slot - meter->slot >= TUTTI_METER_SLOTS) {
        memset (meter->bytes, 0, sizeof meter->bytes);
        meter->slot = slot;
    }
    while (meter->slot < slot)
        meter->bytes[++meter->slot % TUTTI_METER_SLOTS] = 0;
}

void
tutti_meter_count (TuttiMeter *meter, gsize bytes, gint64 now_us)
{
    advance (meter, now_us);
    if (meter->start_us == 0)
        meter->start_us = now_us;
    meter->bytes[meter->slot % TUTTI_METER_SLOTS] += (guint)bytes;
}

gint64
tutti_meter_get_span_us (const TuttiMeter *meter, gint64 now_us)
{
    gint64 window_us = (TUTTI_METER_SLOTS - 1) * TUTTI_METER_SLOT_US + now_us % TUTTI_METER_SLOT_US;

    return meter->start_us == 0 ? 0 : MIN (now_us - meter->start_us, window_us);
}

guint
tutti_meter_get_bps (TuttiMeter *meter, gint64 now_us)
{
    guint64 bytes = 0;

    advance (meter, now_us);
    for (guint i = 0; i < TUTTI_METER_SLOTS; i++)
        bytes += meter->bytes[i];
    return (guint)(bytes * 8 * G_USEC_PER_SEC /
                   (guint64)MAX (tutti_meter_get_span_us (meter, now_us), SPAN_MIN_US));
}
