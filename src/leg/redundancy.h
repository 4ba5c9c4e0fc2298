/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * redundancy.h: how many old packets each packet of a leg's sound carries along (red.h), by what is
 * lost on the way and what the way carries. Pure; time is given. Role: net.
 */
#pragma once

#include <glib.h>

typedef struct {
    gdouble loss;   /* smoothed, 0 to 1 */
    guint n_old;    /* what the loss asks for now */
    guint most;     /* what the way has room for */
    gint64 told_us; /* last report; 0: none */
    gint64 calm_us; /* since when fewer would do; 0: they would not */
} TuttiRedundancy;

void tutti_redundancy_init (TuttiRedundancy *redundancy);
/* A report of the peer, or what feedback tells: the share lost since the last one. */
void tutti_redundancy_take (TuttiRedundancy *redundancy, gdouble loss, gint64 now_us);
/* How many the way has room for: repairs that fill it lose more than they mend. */
void tutti_redundancy_limit (TuttiRedundancy *redundancy, guint most);
guint tutti_redundancy_get (const TuttiRedundancy *redundancy);
