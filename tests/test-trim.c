/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-trim.c: numbers of people go in, times to give memory back come out.
 */
#include <tutti/trim.h>

/* How many of the next looks, with so many there, give back. */
static guint
look (TuttiTrim *trim, guint n, guint looks)
{
    guint times = 0;

    for (guint i = 0; i < looks; i++)
        times += tutti_trim_update (trim, n) ? 1 : 0;
    return times;
}

static void
test_calm (void)
{
    TuttiTrim trim = {0};

    g_assert_cmpuint (look (&trim, 0, 10), ==, 0);
    g_assert_cmpuint (look (&trim, 1000, 10), ==, 0);
    for (guint n = 1000; n > 1000 - TUTTI_TRIM_CROWD; n--)
        g_assert_cmpuint (look (&trim, n, 1), ==, 0);
}

/* All at once: then, and until what they left behind is freed too. */
static void
test_crowd (void)
{
    TuttiTrim trim = {0};

    look (&trim, 500, 1);
    g_assert_cmpuint (look (&trim, 2, 100), ==, 1 + TUTTI_TRIM_QUIET_LOOKS);
    g_assert_cmpuint (look (&trim, 40, 5), ==, 0);
    g_assert_cmpuint (look (&trim, 0, 5), ==, 0);
}

/* The last of them are no crowd by themselves. */
static void
test_rest (void)
{
    TuttiTrim trim = {0};

    look (&trim, 500, 1);
    g_assert_cmpuint (look (&trim, 45, 3), ==, 3);
    g_assert_cmpuint (look (&trim, 20, 3), ==, 3);
    g_assert_cmpuint (look (&trim, 0, 100), ==, 1 + TUTTI_TRIM_QUIET_LOOKS);
}

/* Others come meanwhile: they are a crowd of their own one day. */
static void
test_next (void)
{
    TuttiTrim trim = {0};

    look (&trim, 500, 1);
    look (&trim, 0, 3);
    g_assert_cmpuint (look (&trim, 300, 100), ==, TUTTI_TRIM_QUIET_LOOKS - 2);
    g_assert_cmpuint (look (&trim, 200, 1), ==, 1);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/trim/calm", test_calm);
    g_test_add_func ("/trim/crowd", test_crowd);
    g_test_add_func ("/trim/rest", test_rest);
    g_test_add_func ("/trim/next", test_next);
    return g_test_run ();
}
