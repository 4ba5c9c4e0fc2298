/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-person.c: names as they are painted on everybody's canvas.
 */
#include "room/person.h"

static void
test_names (void)
{
    static const struct {
        const char *name, *clean;
    } TABLE[] = {
        {NULL, ""},
        {"", ""},
        {"Ada", "Ada"},
        {"  Ada Lovelace \t", "Ada Lovelace"},
        {"A\x01\x1b[31mda\n", "A[31mda"},
        {"\xff\xfe", ""},
        {"A\xc3", "A"}, /* cut in the middle of a character */
        {"\xe2\x80\xae"
         "evil",
         "evil"},                          /* right-to-left override */
        {"\xe2\x80\x8b \xe2\x80\x8b", ""}, /* zero width spaces alone */
        {"\xd0\x96\xd0\xb5\xd0\xbd\xd1\x8f \xe7\xbe\x8e\xe5\x92\xb2",
         "\xd0\x96\xd0\xb5\xd0\xbd\xd1\x8f \xe7\xbe\x8e\xe5\x92\xb2"},
        /* a family: emoji held together by joiners */
        {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7",
         "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7"},
    };

    for (guint i = 0; i < G_N_ELEMENTS (TABLE); i++) {
        g_autofree char *clean = tutti_person_clean_name (TABLE[i].name);
        g_assert_cmpstr (clean, ==, TABLE[i].clean);
    }
}

static void
test_long_name (void)
{
    g_autoptr (GString) name = g_string_new (NULL);
    g_autofree char *clean = NULL;

    for (guint i = 0; i < 10000; i++)
        g_string_append (name, "\xc3\xa4");
    clean = tutti_person_clean_name (name->str);
    g_assert_true (g_utf8_validate (clean, -1, NULL));
    g_assert_cmpint (g_utf8_strlen (clean, -1), ==, TUTTI_NAME_MAX_CHARS);
}

static void
test_roles (void)
{
    TuttiPersonRole role = TUTTI_PERSON_LISTENER;

    g_assert_false (tutti_person_role_from_name ("king", &role));
    g_assert_false (tutti_person_role_from_name (NULL, &role));
    g_assert_cmpint (role, ==, TUTTI_PERSON_LISTENER);
    for (int i = TUTTI_PERSON_PARTICIPANT; i <= TUTTI_PERSON_MODERATOR; i++) {
        g_assert_true (
            tutti_person_role_from_name (tutti_person_role_name ((TuttiPersonRole)i), &role));
        g_assert_cmpint (role, ==, i);
    }
    g_assert_cmpstr (tutti_left_reason_name (TUTTI_LEFT_LOST), ==, "lost");
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/person/names", test_names);
    g_test_add_func ("/person/long-name", test_long_name);
    g_test_add_func ("/person/roles", test_roles);
    return g_test_run ();
}
