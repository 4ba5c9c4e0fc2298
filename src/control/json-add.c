/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json-add.c: see json-add.h.
 */
#include "json-add.h"

void
tutti_json_add_string (JsonBuilder *builder, const char *name, const char *value)
{
    json_builder_set_member_name (builder, name);
    json_builder_add_string_value (builder, value ? value : "");
}

void
tutti_json_add_text (JsonBuilder *builder, const char *name, const char *value)
{
    json_builder_set_member_name (builder, name);
    if (value)
        json_builder_add_string_value (builder, value);
    else
        json_builder_add_null_value (builder);
}

void
tutti_json_add_int (JsonBuilder *builder, const char *name, gint64 value)
{
    json_builder_set_member_name (builder, name);
    json_builder_add_int_value (builder, value);
}

void
tutti_json_add_bool (JsonBuilder *builder, const char *name, gboolean value)
{
    json_builder_set_member_name (builder, name);
    json_builder_add_boolean_value (builder, value);
}

void
tutti_json_add_number (JsonBuilder *builder, const char *name, double value)
{
    json_builder_set_member_name (builder, name);
    json_builder_add_double_value (builder, value);
}

void
tutti_json_add_tenths (JsonBuilder *builder, const char *name, double value)
{
    json_builder_set_member_name (builder, name);
    json_builder_add_double_value (builder, (double)(gint64)(value * 10 + 0.5) / 10);
}

void
tutti_json_begin_object (JsonBuilder *builder, const char *name)
{
    json_builder_set_member_name (builder, name);
    json_builder_begin_object (builder);
}
