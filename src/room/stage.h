/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stage.h: who is seen by whom, and where: pure policy, without threads, clocks or media.
 *
 *   who is there, who speaks -> cast (at most TUTTI_TILES_MAX, stable) \
 *                                                                       > place -> spots
 *   room's rules, viewer's choice -> view key (layout, left out, spotlight) /
 */
#pragma once

#include "mixers/video/layout.h"

/* Screens shown at a time, newest first: more can't be read beside each other. */
#define TUTTI_SCREENS_MAX 4

/* --- Cast: whose cameras are on the canvas, in order; seats are kept as long as possible. --- */

typedef struct {
    guint n;
    struct {
        guint id;
        guint64 spoke; /* when it last had to be seen: a serial number, 0 never */
    } seat[TUTTI_TILES_MAX];
    guint64 serial;
} TuttiCast;

/* present: who may be seen, in order of arrival. wanted: who must be (speakers, spotlight), most
 * important first; those that are not present are passed over. n_seats <= TUTTI_TILES_MAX. */
void tutti_cast_update (TuttiCast *cast, const GArray *present, const GArray *wanted,
                        guint n_seats);

/* --- Views --- */

/* What a canvas shows. Viewers with equal keys share a view. */
typedef struct {
    TuttiLayout layout;
    guint left_out;  /* 0: nobody */
    guint spotlight; /* shown first; 0: nobody */
} TuttiViewKey;

gboolean tutti_view_key_equal (const TuttiViewKey *a, const TuttiViewKey *b);

typedef struct {
    int width, height; /* canvas, px */
    TuttiLayout layout;
    guint personal_views; /* up to so many people seen, each gets a view without itself */
    guint spotlight;
    guint speaker; /* who is large where somebody is; 0: nobody yet */
    TuttiCast cast;
    guint n_present; /* who may be seen, on the canvas or not */
    guint n_screens;
    guint screens[TUTTI_SCREENS_MAX]; /* who shares one, newest first */
} TuttiStage;

typedef enum {
    TUTTI_CHOICE_NONE, /* as the room does it */
    TUTTI_CHOICE_NO,
    TUTTI_CHOICE_YES,
} TuttiChoice;

typedef struct {
    guint id;
    gboolean seen; /* is itself among those who may be seen; listeners are not */
    gboolean chose_layout;
    TuttiLayout layout;
    TuttiChoice self_view;
} TuttiViewer;

/* The view a viewer gets. A layout of its own choice is kept whatever happens in the room; else a
 * spotlight makes it `speaker` and a shared screen `presenter`. Leaving out oneself is for rooms of
 * at most personal_views only: beyond, it would cost an encode a head. */
void tutti_stage_key (const TuttiStage *stage, const TuttiViewer *viewer, TuttiViewKey *key);

/* A tile and where it stands. */
typedef struct {
    guint id;
    gboolean screen;
    TuttiRect rect;
} TuttiSpot;

/* Fills at most TUTTI_TILES_MAX spots; how many. */
guint tutti_stage_place (const TuttiStage *stage, const TuttiViewKey *key, TuttiSpot *spots);
