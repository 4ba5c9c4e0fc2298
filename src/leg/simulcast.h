/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * simulcast.h: of a picture that comes in several sizes, the one that goes on to the decoder: the
 * smallest that fills the largest tile in which anybody sees it. Pure. Role: net.
 *
 *   each packet -> note: what the layer is, and whether it is the layer in use
 *                    in use --------> receiver -> queue
 *                    the other one wanted: its key frame begins -> now that one is in use
 *                    else: dropped
 *
 * The old layer goes on until the new one's key frame begins, so that the picture never stands
 * still for a change.
 */
#pragma once

#include <tutti/session.h>

#include "picture-head.h"

/* A layer that was silent for so long is not sent at present: senders stop the large ones when
 * their way up is too thin. Slow cameras and still canvases send more often. */
#define TUTTI_SIMULCAST_SILENT_US (1500 * TUTTI_USEC_PER_MSEC)
/* A key frame that did not come within this won't; asked for again after a rest. */
#define TUTTI_SIMULCAST_PATIENCE_US (2 * G_USEC_PER_SEC)
#define TUTTI_SIMULCAST_REST_US (5 * G_USEC_PER_SEC)
/* From one request for the new layer's key frame to the next. */
#define TUTTI_SIMULCAST_ASK_US (500 * TUTTI_USEC_PER_MSEC)

typedef struct {
    guint32 ssrc;      /* 0: never came */
    int width, height; /* of its last key frame; 0: not known */
    gint64 seen_us;
    gint64 rest_until_us; /* it did not give a key frame: not asked before this */
    gboolean had_key_frame;
} TuttiSimulcastLayer;

/* A plain value; zeroed: one layer. */
typedef struct {
    guint n_layers;
    int in_use, next;  /* -1: none */
    int width, height; /* wanted; 0: any */
    gint64 next_since_us, ask_due_us;
    TuttiSimulcastLayer layers[TUTTI_SIMULCAST_MAX];
} TuttiSimulcast;

/* What was negotiated; NULL: nothing. Layers that stayed keep what is known of them. */
void tutti_simulcast_configure (TuttiSimulcast *simulcast, const TuttiMedia *media);

/* The largest size in which it is seen, in pixels; 0: nobody sees it, any will do. */
void tutti_simulcast_want (TuttiSimulcast *simulcast, int width, int height, gint64 now_us);

/* A packet of a layer came. TRUE: it is of the layer in use, maybe from now on. */
gboolean tutti_simulcast_take (TuttiSimulcast *simulcast, guint layer, guint32 ssrc,
                               const TuttiPictureHead *key_frame, gint64 now_us);

/* Time passes: layers fall silent, wishes are not granted. */
void tutti_simulcast_tick (TuttiSimulcast *simulcast, gint64 now_us);

/* NULL: none. */
const TuttiSimulcastLayer *tutti_simulcast_get_used (const TuttiSimulcast *simulcast);
/* TRUE: another one is to come in use, and is asked for at ask_due_us. */
gboolean tutti_simulcast_is_changing (const TuttiSimulcast *simulcast);
/* How many come now. */
guint tutti_simulcast_count (const TuttiSimulcast *simulcast, gint64 now_us);

/* The SSRC to ask for a key frame now, once; 0: none. */
guint32 tutti_simulcast_ask (TuttiSimulcast *simulcast, gint64 now_us);
