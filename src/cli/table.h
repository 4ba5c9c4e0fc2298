/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * table.h: an aligned table on standard output. Widths are those a terminal shows: wide and
 * combining characters count as such; control characters are replaced.
 */
#pragma once

#include <glib.h>

typedef struct _TuttiTable TuttiTable;

/* headings: separated by '|'; one that begins with '>' is aligned to the right. */
TuttiTable *tutti_table_new (const char *headings);
void tutti_table_free (TuttiTable *table);

/* One cell, left to right, row after row. */
void tutti_table_add (TuttiTable *table, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* How many columns a terminal gives to it: 0, 1 or 2. */
guint tutti_table_width_of (gunichar c);

typedef enum {
    TUTTI_PLAIN,
    TUTTI_RED,
    TUTTI_GREEN,
    TUTTI_YELLOW,
} TuttiColour;

/* Of the cell added last. Shown on a terminal only, and not with $NO_COLOR (no-color.org). */
void tutti_table_paint (TuttiTable *table, TuttiColour colour);

/* The text, for printing. */
char *tutti_table_format (TuttiTable *table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiTable, tutti_table_free)
