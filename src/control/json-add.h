/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json-add.h: one member of an object under construction: its name and its value.
 */
#pragma once

#include <json-glib/json-glib.h>

/* value NULL: "". It must be UTF-8. */
void tutti_json_add_string (JsonBuilder *builder, const char *name, const char *value);
/* value NULL: null. */
void tutti_json_add_text (JsonBuilder *builder, const char *name, const char *value);
void tutti_json_add_int (JsonBuilder *builder, const char *name, gint64 value);
void tutti_json_add_bool (JsonBuilder *builder, const char *name, gboolean value);
void tutti_json_add_number (JsonBuilder *builder, const char *name, double value);
/* Not negative; rounded to a tenth: what a person would read. */
void tutti_json_add_tenths (JsonBuilder *builder, const char *name, double value);
/* Opens an object; the caller ends it. */
void tutti_json_begin_object (JsonBuilder *builder, const char *name);
