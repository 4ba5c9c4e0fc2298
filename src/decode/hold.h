/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hold.h: decoded pictures that wait for their sound, in the order of decoding. Pure; time is
 * given. Role: video.
 *
 *   push (picture, due)*  ->  take (now): the newest that is due; those before it are passed over
 */
#pragma once

#include <tutti/frame.h>

/* What the longest wait lets a sender of 30 frames a second have decoded, and some; with more, the
 * oldest is shown early: pictures are large. */
#define TUTTI_HOLD_PICTURES_MAX 16

typedef struct {
    TuttiPicture *picture;
    gint64 due_us;
} TuttiHeld;

typedef struct {
    guint n;
    TuttiHeld held[TUTTI_HOLD_PICTURES_MAX];
} TuttiHold;

/* Takes the reference. A picture is due no sooner than those before it. */
void tutti_hold_push (TuttiHold *hold, TuttiPicture *picture, gint64 due_us);
/* The caller's reference; NULL: none is due. */
TuttiPicture *tutti_hold_take (TuttiHold *hold, gint64 now_us);
/* When the next is due; 0: there is none. */
gint64 tutti_hold_next_us (const TuttiHold *hold);
/* Lets go of all. */
void tutti_hold_clear (TuttiHold *hold);
