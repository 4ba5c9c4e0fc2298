/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-json-write.c: JSON as the server writes it and as tutti(1) indents it, held against
 * json-glib.
 */
#include "cli/indent.h"
#include "control/json-write.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* What json-glib reads, and writes again. */
static char *
rewrite (const char *text, gboolean pretty)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) root = json_from_string (text, &error);

    g_assert_no_error (error);
    return json_to_string (root, pretty);
}

static char *
write_all (const char *value)
{
    g_autoptr (TuttiJson) json = tutti_json_new ();

    tutti_json_add_string (json, "s", value);
    tutti_json_add_string (json, "nothing", NULL);
    tutti_json_add_text (json, "null", NULL);
    tutti_json_begin_array (json, "numbers");
    tutti_json_add_int (json, NULL, 0);
    tutti_json_add_int (json, NULL, G_MININT64);
    tutti_json_add_int (json, NULL, G_MAXINT64);
    tutti_json_end_array (json);
    tutti_json_begin_object (json, "o");
    tutti_json_end_object (json);
    tutti_json_begin_array (json, "a");
    tutti_json_begin_object (json, NULL);
    tutti_json_add_bool (json, "yes", TRUE);
    tutti_json_add_bool (json, "no", FALSE);
    tutti_json_end_object (json);
    tutti_json_begin_object (json, NULL);
    tutti_json_end_object (json);
    tutti_json_end_array (json);
    return tutti_json_end (json);
}

static void
test_write (void)
{
    g_autofree char *text = write_all ("Zoë \"Z\" \\ / \b\f\n\r\t\001\036\177");
    g_autofree char *again = rewrite (text, FALSE);

    g_assert_cmpstr (text, ==,
                     "{\"s\":\"Zoë \\\"Z\\\" \\\\ / \\b\\f\\n\\r\\t\\u0001\\u001e\\u007f\","
                     "\"nothing\":\"\",\"null\":null,"
                     "\"numbers\":[0,-9223372036854775808,9223372036854775807],"
                     "\"o\":{},\"a\":[{\"yes\":true,\"no\":false},{}]}");
    g_assert_cmpstr (text, ==, again);
}

/* Half a character must not end a connection. */
static void
test_broken_text (void)
{
    g_autoptr (TuttiJson) json = tutti_json_new ();
    g_autofree char *text = NULL;

    tutti_json_add_string (json, "s", "a\303z");
    text = tutti_json_end (json);
    g_assert_cmpstr (text, ==, "{\"s\":\"a\357\277\275z\"}");
}

static void
test_fractions (void)
{
    g_autoptr (TuttiJson) json = tutti_json_new ();
    g_autofree char *text = NULL;

    tutti_json_add_number (json, "whole", -3);
    tutti_json_add_number (json, "half", 0.5);
    tutti_json_add_number (json, "tiny", 1e-300);
    tutti_json_add_tenths (json, "up", 99.96);
    tutti_json_add_tenths (json, "down", 0.04);
    tutti_json_add_tenths (json, "some", 12.34);
    text = tutti_json_end (json);
    g_assert_cmpstr (text, ==,
                     "{\"whole\":-3.0,\"half\":0.5,\"tiny\":1e-300,\"up\":100.0,\"down\":0.0,"
                     "\"some\":12.3}");
}

static void
test_left_off (void)
{
    TuttiJson *json = tutti_json_new ();

    tutti_json_begin_array (json, "never ended");
    tutti_json_free (json);
    tutti_json_free (NULL);
}

/* As json-glib, but that nothing is nothing. */
static void
assert_indents (const char *text)
{
    g_autofree char *wanted = rewrite (text, TRUE);
    g_autoptr (GRegex) empty = g_regex_new ("([{[])\\s+([]}])", 0, 0, NULL);
    g_autofree char *bare = g_regex_replace (empty, wanted, -1, 0, "\\1\\2", 0, NULL);
    g_autofree char *line = g_strconcat (bare, "\n", NULL);
    g_autofree char *got = tutti_indent_json (text, strlen (text));

    g_assert_cmpstr (got, ==, line);
}

static void
test_indent (void)
{
    g_autofree char *text = write_all ("{\"a\" : [\\\", ]} \\");

    assert_indents (text);
    assert_indents ("{}");
    assert_indents (" {\n\"a\" : [ 1 ,\t{ } , [ ] ] } \r\n");
    assert_indents ("{\"type\":\"about:blank\",\"x\":[true,null,-1.5],\"y\":\"\"}");
}

/* An answer that was cut off, or isn't one. */
static void
test_no_object (void)
{
    static const char *const TEXTS[] = {
        "", "  ", "{", "{\"a\"", "{\"a\":[1}", "{}}", "{} x", "[]", "{\"a\\", "{\"a\":1]", "<html>",
    };
    g_autofree char *deep = g_strnfill (1000, '{');

    for (gsize i = 0; i < G_N_ELEMENTS (TEXTS); i++)
        g_assert_null (tutti_indent_json (TEXTS[i], strlen (TEXTS[i])));
    g_assert_null (tutti_indent_json (deep, 1000));
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/json-write/all", test_write);
    g_test_add_func ("/json-write/broken-text", test_broken_text);
    g_test_add_func ("/json-write/fractions", test_fractions);
    g_test_add_func ("/json-write/left-off", test_left_off);
    g_test_add_func ("/json-write/indent", test_indent);
    g_test_add_func ("/json-write/no-object", test_no_object);
    return g_test_run ();
}
