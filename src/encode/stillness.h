/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stillness.h: what a rendition sends while its canvas stands still. First the last picture again,
 * each time finer, then a frame that says "the same" and costs no encode; after that the encoder
 * itself may go. Pure; belongs to the rendition's job.
 *
 *   picture -1 s- again -1 s- again -1 s- again -1 s- again -2 s- same -2 s- same ... (rest) -2 s-
 */
#pragma once

#include <tutti/types.h>

/* Encoders mend what the last moving pictures and the key frame left blurred in two to four. */
#define TUTTI_STILL_REFINEMENTS 4
#define TUTTI_STILL_REFINE_US G_USEC_PER_SEC
/* libwebrtc asks for a key frame when it could show nothing for 3 s but got packets within 5
 * (video/video_receive_stream2.cc): rarer ones would cost a key frame each time. */
#define TUTTI_STILL_REPEAT_US (2 * G_USEC_PER_SEC)
/* So many of either before the encoder is let go: 10 s. A new one takes some 10 ms and a key frame,
 * which a canvas that changes every few seconds had better not pay. */
#define TUTTI_STILL_REST 7

typedef struct {
    gboolean settles; /* FALSE: key frames are due regularly, the last picture is always needed */
    guint n;          /* sent since the last new picture or key frame */
    gint64 due_us;    /* when to send something if nothing new comes; G_MAXINT64: never */
} TuttiStillness;

/* settles: whether anything but the last picture may be sent. */
void tutti_stillness_init (TuttiStillness *self, gboolean settles);
/* A new picture or a key frame was sent. */
void tutti_stillness_break (TuttiStillness *self, gint64 now_us);
/* What was due was sent. */
void tutti_stillness_step (TuttiStillness *self, gint64 now_us);
/* Whether what is due is the last picture once more. */
gboolean tutti_stillness_is_refining (const TuttiStillness *self);
/* Whether it has been still for so long that the encoder isn't worth its memory. */
gboolean tutti_stillness_may_rest (const TuttiStillness *self);
