/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * top-rows.h: what tutti top shows, apart from the screen: a line for each room, in an order, cut
 * to the terminal.
 */
#pragma once

#include "show-stats.h"

typedef enum {
    TUTTI_TOP_CPU,    /* the most first, what isn't known last */
    TUTTI_TOP_PEOPLE, /* the most first */
    TUTTI_TOP_LOSS,   /* the worse way of each room; the worst first */
    TUTTI_TOP_NAME,
} TuttiTopOrder;

/* FALSE: the key stands for none; order is untouched. */
gboolean tutti_top_order_of_key (int key, TuttiTopOrder *order);
/* "processor time" */
const char *tutti_top_order_name (TuttiTopOrder order);

/* Of TuttiRoomFigures, in order; names are borrowed from the reading. */
GArray *tutti_top_list_rooms (TuttiReading stats, TuttiTopOrder order);
/* A table of them, the headings first; long names are cut so that the rest has its place within so
 * many columns. */
char *tutti_top_format_rooms (const GArray *rooms, guint width);

/* Where the room of this name is; 0 if it is nowhere. */
guint tutti_top_find (const GArray *rooms, const char *name);
/* The first row that is shown, so that `selected` is among `height` of n and none is left empty
 * that could be filled; first: as it was. */
guint tutti_top_scroll (guint first, guint selected, guint n, guint height);
/* As much of it as so many columns of a terminal show. Free it. */
char *tutti_top_cut (const char *text, guint n_columns);
