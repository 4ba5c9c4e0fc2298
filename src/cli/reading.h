/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reading.h: figures read twice: what they are now, and how fast they grew in between.
 */
#pragma once

#include <json-glib/json-glib.h>

/* Any object of the two answers; borrowed from them. */
typedef struct {
    JsonObject *now;    /* NULL: there is no such thing */
    JsonObject *before; /* NULL: there was none, so no rate is known */
    double seconds;     /* between the two; 0: unknown */
} TuttiReading;

/* Two whole answers of /v1/stats; before: NULL at first. */
TuttiReading tutti_reading_of (JsonObject *now, JsonObject *before);
/* A member that is an object. */
TuttiReading tutti_reading_get (TuttiReading reading, const char *name);
/* How many objects a member that is an array has; the nth one, matched to the one before whose
 * `key` is equal. */
guint tutti_reading_count (TuttiReading reading, const char *name);
TuttiReading tutti_reading_nth (TuttiReading reading, const char *name, guint i, const char *key);

gboolean tutti_reading_has (TuttiReading reading, const char *name);
gint64 tutti_reading_int (TuttiReading reading, const char *name);
double tutti_reading_number (TuttiReading reading, const char *name);
const char *tutti_reading_text (TuttiReading reading, const char *name);
gboolean tutti_reading_bool (TuttiReading reading, const char *name);
/* Growth a second; NAN: not known. A count that shrank (it began anew) is growth of nothing. */
double tutti_reading_rate (TuttiReading reading, const char *name);
