/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cells.h: figures as cells of a table; "-" where one isn't known or doesn't apply.
 */
#pragma once

#include "reading.h"
#include "table.h"

/* NAN: not known. */
void tutti_cell_number (TuttiTable *table, double number, int decimals);
void tutti_cell_int (TuttiTable *table, TuttiReading reading, const char *name);
/* From microseconds; 0 is not known. */
void tutti_cell_milliseconds (TuttiTable *table, TuttiReading reading, const char *name);
/* From bit/s; 0 is not known. */
void tutti_cell_kbps (TuttiTable *table, TuttiReading reading, const char *name);
/* "640x360@30 500k", and what is left of its frame rate without upper layers. */
void tutti_cell_rendition (TuttiTable *table, TuttiReading video);
/* "1:02:03"; negative: not known. */
void tutti_cell_clock (TuttiTable *table, gint64 us);
/* "12.3 MB" */
void tutti_cell_bytes (TuttiTable *table, gint64 bytes);
/* As it is called, in the colour of what it means: green flows, yellow waits, red is lost. */
void tutti_cell_state (TuttiTable *table, const char *state);

/* "3 s", "12 min", "5 h 03 min", "2 d 4 h". Free it. */
char *tutti_format_age (gint64 s);
