/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reading.c: see reading.h.
 */
#include "reading.h"

#include <math.h>

static JsonObject *
get_object (JsonObject *object, const char *name)
{
    JsonNode *node = object ? json_object_get_member (object, name) : NULL;

    return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static JsonArray *
get_array (JsonObject *object, const char *name)
{
    JsonNode *node = object ? json_object_get_member (object, name) : NULL;

    return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static JsonObject *
get_nth (JsonArray *array, guint i)
{
    JsonNode *node = json_array_get_element (array, i);

    return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static const char *
get_text (JsonObject *object, const char *name)
{
    return object ? json_object_get_string_member_with_default (object, name, "") : "";
}

static JsonObject *
find (JsonArray *array, const char *key, const char *value)
{
    for (guint i = 0; array && i < json_array_get_length (array); i++) {
        JsonObject *object = get_nth (array, i);
        if (g_str_equal (get_text (object, key), value))
            return object;
    }
    return NULL;
}

TuttiReading
tutti_reading_of (JsonObject *now, JsonObject *before)
{
    TuttiReading reading = {.now = now, .before = before};

    if (now && before)
        reading.seconds = (double)(tutti_reading_int (reading, "time_us") -
                                   json_object_get_int_member_with_default (before, "time_us", 0)) /
                          G_USEC_PER_SEC;
    return reading;
}

TuttiReading
tutti_reading_get (TuttiReading reading, const char *name)
{
    return (TuttiReading){get_object (reading.now, name), get_object (reading.before, name),
                          reading.seconds};
}

guint
tutti_reading_count (TuttiReading reading, const char *name)
{
    JsonArray *array = get_array (reading.now, name);

    return array ? json_array_get_length (array) : 0;
}

TuttiReading
tutti_reading_nth (TuttiReading reading, const char *name, guint i, const char *key)
{
    JsonObject *now = get_nth (get_array (reading.now, name), i);

    return (TuttiReading){now, find (get_array (reading.before, name), key, get_text (now, key)),
                          reading.seconds};
}

gboolean
tutti_reading_has (TuttiReading reading, const char *name)
{
    return reading.now && json_object_has_member (reading.now, name);
}

gint64
tutti_reading_int (TuttiReading reading, const char *name)
{
    return reading.now ? json_object_get_int_member_with_default (reading.now, name, 0) : 0;
}

double
tutti_reading_number (TuttiReading reading, const char *name)
{
    return reading.now ? json_object_get_double_member_with_default (reading.now, name, 0) : 0;
}

const char *
tutti_reading_text (TuttiReading reading, const char *name)
{
    return get_text (reading.now, name);
}

gboolean
tutti_reading_bool (TuttiReading reading, const char *name)
{
    return reading.now && json_object_get_boolean_member_with_default (reading.now, name, FALSE);
}

double
tutti_reading_rate (TuttiReading reading, const char *name)
{
    gint64 grown;

    if (!reading.before || reading.seconds <= 0 || !tutti_reading_has (reading, name))
        return NAN;
    grown = tutti_reading_int (reading, name) -
            json_object_get_int_member_with_default (reading.before, name, 0);
    return (double)MAX (grown, 0) / reading.seconds;
}
