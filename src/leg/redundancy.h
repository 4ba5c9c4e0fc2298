/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * redundancy.h: how many old packets each packet of a leg's sound carries along (red.h), by what
 * the peer reports as lost. Pure; time is given. Role: net.
 */
#pragma once

#include <glib.h>

typedef struct {
    gdouble loss;   /* smoothed, 0 to 1 */
    guint n_old;    /* as it is now */
    gint64 told_us; /* last report; 0: none */
    gint64 calm_us; /* since when fewer would do; 0: they would not */
} TuttiRedundancy;

/* A report of the peer: fraction_lost of 256 since its last one. */
void tutti_redundancy_take (TuttiRedundancy *redundancy, guint8 fraction_lost, gint64 now_us);
