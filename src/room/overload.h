/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * overload.h: what the server gives up when sound comes late, or pictures although their encoders
 * made haste (encode/haste.h), or the net threads are behind: every second picture first, then
 * pictures' size, then new people, sound never. One step at a time, down quickly and back slowly.
 * Pure; time is an argument. Role: main.
 *
 *   audio rounds run and left out -> share of late ones in a window -> level -> ceilings, joins
 */
#pragma once

#include <tutti/types.h>

/* Long enough that two hiccups of a machine in it (250 rounds a thread) are no overload. */
#define TUTTI_OVERLOAD_WINDOW_US (5 * G_USEC_PER_SEC)
/* So many windows in a row must be calm before a step is taken back: people that come back at once
 * would bring the load back with them. Twice as many each time when that was too early: viewers
 * notice a size that comes and goes more than a small one. */
#define TUTTI_OVERLOAD_CALM_WINDOWS 2
#define TUTTI_OVERLOAD_CALM_WINDOWS_MAX 16

typedef enum {
    TUTTI_OVERLOAD_NONE,
    TUTTI_OVERLOAD_HALF,   /* every second picture is left out, where there are 20 a second and more
                            */
    TUTTI_OVERLOAD_LESS,   /* and the best rung is withheld from viewers that wish for none */
    TUTTI_OVERLOAD_LITTLE, /* the best two */
    TUTTI_OVERLOAD_REFUSES, /* and nobody new comes in */
} TuttiOverloadLevel;

/* Counted since the server's start. */
typedef struct {
    guint64 run;  /* rounds */
    guint64 late; /* rounds left out, and pictures that came late */
    guint64 slow; /* turns of net threads that kept rounds waiting */
} TuttiOverloadSeen;

/* All zero, but for limit_percent: none so far. */
typedef struct {
    guint limit_percent; /* late rounds above this share are overload; 0: nothing ever is */
    TuttiOverloadLevel level;
    gint64 since_us;        /* the window's begin; 0: no window yet */
    TuttiOverloadSeen seen; /* at its begin */
    guint n_calm, n_wanted; /* calm windows in a row, and how many it has to be; 0: the least */
    gint64 eased_us;        /* when a step was taken back last; 0: never, or it proved right */
} TuttiOverload;

/* To be called once a second or so, whenever sound is mixed. TRUE: the level changed. Windows with
 * no more than half the limit are calm; what is between neither adds a step nor takes one back.
 * Slow turns alone refuse nobody: many who come at once keep the net threads busy, and that
 * passes. */
gboolean tutti_overload_update (TuttiOverload *overload, const TuttiOverloadSeen *seen,
                                gint64 now_us);

/* Whether every second picture is left out. */
gboolean tutti_overload_is_halved (const TuttiOverload *overload);
/* How many rungs are withheld from viewers that leave their quality to the server. */
guint tutti_overload_get_withheld (const TuttiOverload *overload);
/* "none", "half", "less", "little", "refuses": for logs. */
const char *tutti_overload_level_name (TuttiOverloadLevel level);
