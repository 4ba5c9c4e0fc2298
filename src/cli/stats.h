/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stats.h: tutti stats: reads the figures twice, a second apart, so that rates can be shown; then
 * again and again if they are watched.
 */
#pragma once

#include "client.h"

typedef struct {
    const char *room, *participant; /* NULL: all */
    gboolean json;                  /* as read, without rates: one reading is enough */
    gboolean watch;                 /* until ^C, or until nobody reads standard output */
} TuttiStatsOptions;

/* Gives an exit status. */
int tutti_stats_run (TuttiClient *client, const TuttiStatsOptions *options);
