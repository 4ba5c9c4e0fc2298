/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * layers.h: which of VP8's temporal layers one leg's peer gets: as many as the way carries. Pure;
 * time is given. Role: net.
 *
 *   encoder -> count -> (pacer) -> pass -> sender
 *
 * Down at once, at the next picture; up a layer at a time, at a picture of that layer that refers
 * to the base layer only (RFC 7741 section 4.2, the Y bit) or at a key frame: what follows can be
 * decoded then. The base layer is never left out.
 */
#pragma once

#include <tutti/packet.h>

#include "meter.h"

#define TUTTI_LAYERS_MAX 3

/* Plain value; tutti_layers_init() at the start. */
typedef struct {
    TuttiMeter meters[TUTTI_LAYERS_MAX];
    gboolean is_started;
    guint32 source; /* of what was counted last */

    guint highest;        /* that passes */
    gboolean may_rise;    /* at the next picture where it can be done */
    gint64 fits_since_us; /* the next layer would fit; 0: it wouldn't */
    gint64 lowered_us;    /* because of the queue */

    guint32 picture_source; /* of the picture that passes or not */
    guint16 picture_id;
    gboolean passes;
} TuttiLayers;

void tutti_layers_init (TuttiLayers *layers);

/* A packet has come from the encoder. overhead_bytes: what the link carries beside its payload. */
void tutti_layers_count (TuttiLayers *layers, const TuttiPacket *packet, gsize overhead_bytes,
                         gint64 now_us);
/* room_bps: what is there for pictures; 0: not known, so all pass. queue_us: how long they wait in
 * the pacer. Often. */
void tutti_layers_judge (TuttiLayers *layers, guint room_bps, gint64 queue_us, gint64 now_us);

typedef enum {
    TUTTI_LAYERS_PASS,
    TUTTI_LAYERS_SKIP_PICTURE, /* the first packet of a picture that is left out */
    TUTTI_LAYERS_SKIP,         /* a further one */
} TuttiLayersVerdict;

/* A packet is about to be sent. */
TuttiLayersVerdict tutti_layers_pass (TuttiLayers *layers, const TuttiPacket *packet);

/* The highest layer that there is and passes. */
guint tutti_layers_get_highest (const TuttiLayers *layers);
