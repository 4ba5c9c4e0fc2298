/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wishes.h: how often one leg may ask for a key frame, which all who see the same rendition pay
 * for: no sooner than a round trip and a half after the last time, and less and less often while
 * key frames don't help although the peer loses little. Pure; time is given. Role: net.
 */
#pragma once

#include <glib.h>

/* A key frame takes an encoder a while and a link longer. */
#define TUTTI_WISHES_MIN_US (500 * G_TIME_SPAN_MILLISECOND)
/* A picture that stands for longer than this is a fault that users report. */
#define TUTTI_WISHES_MAX_US (4 * G_USEC_PER_SEC)
/* After so long without a wish the peer is believed again. */
#define TUTTI_WISHES_CALM_US (10 * G_USEC_PER_SEC)

/* Plain value; zeroed at the start. */
typedef struct {
    gboolean is_asked;  /* by the peer or by us, and not passed on yet */
    gint64 passed_us;   /* the last one that was; 0: none yet */
    gint64 interval_us; /* no sooner after that; 0: the least */
    gboolean has_got;   /* a whole key frame was sent since */
} TuttiWishes;

void tutti_wishes_ask (TuttiWishes *wishes);
/* The last packet of a key frame went out: what was asked before is granted. */
void tutti_wishes_note_key_frame (TuttiWishes *wishes);
/* TRUE: one is to be passed on now. is_lossy: the peer may well have lost what it asks for again.
 */
gboolean tutti_wishes_take (TuttiWishes *wishes, guint round_trip_us, gboolean is_lossy,
                            gint64 now_us);
/* When to take again; G_MAXINT64: nothing is asked. */
gint64 tutti_wishes_get_due (const TuttiWishes *wishes, guint round_trip_us);
