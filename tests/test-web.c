/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test-web.c: the page is whole: what its files ask for is compiled in, and nothing in them is
 * against the policy they are served under. */
#include <string.h>

#include "web/web.h"

static char *
read_file (const char *name)
{
    g_autofree char *path = g_strconcat (TUTTI_WEB_PREFIX, name, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = g_resource_lookup_data (tutti_web_get_resource (), path,
                                                       G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
    gsize size = 0;
    const char *data;

    g_assert_no_error (error);
    data = g_bytes_get_data (bytes, &size);
    return g_strndup (data, size);
}

typedef void (*EachFile) (const char *name, const char *text);

static void
for_each_file (const char *suffix, EachFile check)
{
    g_auto (GStrv) names = g_resource_enumerate_children (
        tutti_web_get_resource (), TUTTI_WEB_PREFIX, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    guint n_checked = 0;

    g_assert_nonnull (names);
    for (guint i = 0; names[i]; i++) {
        g_autofree char *text = NULL;

        if (!g_str_has_suffix (names[i], suffix))
            continue;
        text = read_file (names[i]);
        check (names[i], text);
        n_checked++;
    }
    g_assert_cmpuint (n_checked, >, 0);
}

/* Each first group of the pattern in the text is a file of the page. */
static void
assert_files_exist (const char *text, const char *pattern)
{
    g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT, NULL);
    g_autoptr (GMatchInfo) match = NULL;

    for (g_regex_match (regex, text, G_REGEX_MATCH_DEFAULT, &match); g_match_info_matches (match);
         g_match_info_next (match, NULL)) {
        g_autofree char *name = g_match_info_fetch (match, 1);
        g_autofree char *found = read_file (name);

        g_assert_nonnull (found);
    }
}

static void
check_html (const char *name, const char *text)
{
    g_test_message ("%s", name);
    assert_files_exist (text, "/assets/([A-Za-z.-]+)");
    g_assert_false (g_regex_match_simple ("<script(?![^>]*src=)", text, G_REGEX_DEFAULT,
                                          G_REGEX_MATCH_DEFAULT));
    g_assert_false (g_regex_match_simple ("<style| style=| on[a-z]+=", text, G_REGEX_DEFAULT,
                                          G_REGEX_MATCH_DEFAULT));
    g_assert_false (g_regex_match_simple ("(src|href)=\"(https?:)?//", text, G_REGEX_DEFAULT,
                                          G_REGEX_MATCH_DEFAULT));
}

static void
test_html (void)
{
    for_each_file (".html", check_html);
}

static void
check_script (const char *name, const char *text)
{
    g_test_message ("%s", name);
    assert_files_exist (text, "from '\\./([A-Za-z.-]+)'");
    g_assert_null (strstr (text, "innerHTML"));
    g_assert_null (strstr (text, "insertAdjacentHTML"));
    g_assert_null (strstr (text, "eval("));
    g_assert_null (strstr (text, "https://"));
}

static void
test_scripts (void)
{
    for_each_file (".js", check_script);
}

/* Every icon that a script or page asks for is drawn. */
static void
check_icons (const char *name, const char *text)
{
    g_autoptr (GRegex) regex =
        g_regex_new ("icons\\.svg#([a-z-]+)", G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT, NULL);
    g_autofree char *icons = read_file ("icons.svg");
    g_autoptr (GMatchInfo) match = NULL;

    for (g_regex_match (regex, text, G_REGEX_MATCH_DEFAULT, &match); g_match_info_matches (match);
         g_match_info_next (match, NULL)) {
        g_autofree char *icon = g_match_info_fetch (match, 1);
        g_autofree char *symbol = g_strdup_printf ("id=\"%s\"", icon);

        g_assert_nonnull (strstr (icons, symbol));
    }
}

static void
test_icons (void)
{
    for_each_file (".html", check_icons);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/web/html", test_html);
    g_test_add_func ("/web/scripts", test_scripts);
    g_test_add_func ("/web/icons", test_icons);
    return g_test_run ();
}
