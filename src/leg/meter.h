/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * meter.h: bytes per second over about the last second. Pure. Role: net.
 */
#pragma once

#include <glib.h>

#define TUTTI_METER_SLOTS 16
/* A power of two: 16 of them are 1.05 s. */
#define TUTTI_METER_SLOT_US 65536

/* Plain value; zeroed at the start. */
typedef struct {
    gint64 slot;     /* the newest one */
    gint64 start_us; /* of the first count since it was zeroed; 0: none yet */
    guint bytes[TUTTI_METER_SLOTS];
} TuttiMeter;

void tutti_meter_count (TuttiMeter *meter, gsize bytes, gint64 now_us);
guint tutti_meter_get_bps (TuttiMeter *meter, gint64 now_us);
/* How long it has counted; no more than its window. */
gint64 tutti_meter_get_span_us (const TuttiMeter *meter, gint64 now_us);
