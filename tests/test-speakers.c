/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-speakers.c: who is told as speaking: soon, but without flicker.
 */
#include "room/speakers.h"

#define MS(n) ((gint64)(n)*TUTTI_USEC_PER_MSEC)
#define START_US MS (1000000)

static void
hear (TuttiSpeakers *speakers, gint64 now_us, guint first, guint second)
{
    TuttiHeard heard = {.ids = {first, second}};

    heard.n = first == 0 ? 0 : second == 0 ? 1 : 2;
    tutti_speakers_hear (speakers, &heard, now_us);
}

static void
test_first (void)
{
    TuttiSpeakers speakers = {0};

    hear (&speakers, START_US, 7, 0);
    g_assert_cmpint (tutti_speakers_update (&speakers, START_US), ==,
                     TUTTI_SPEAKERS_TOLD | TUTTI_SPEAKERS_MAIN);
    g_assert_true (tutti_speakers_is_speaking (&speakers, 7));
    g_assert_cmpuint (speakers.main, ==, 7);
    g_assert_cmpint (tutti_speakers_due_us (&speakers), ==, -1);
}

static void
test_debounce (void)
{
    TuttiSpeakers speakers = {0};

    hear (&speakers, START_US, 7, 0);
    tutti_speakers_update (&speakers, START_US);
    hear (&speakers, START_US + MS (40), 0, 0);
    g_assert_cmpint (tutti_speakers_update (&speakers, START_US + MS (40)), ==, 0);
    g_assert_cmpint (tutti_speakers_due_us (&speakers), ==, START_US + MS (300));
    g_assert_cmpint (tutti_speakers_update (&speakers, START_US + MS (300)), ==,
                     TUTTI_SPEAKERS_TOLD);
    g_assert_cmpuint (speakers.told.n, ==, 0);
    /* The one who spoke last stays large. */
    g_assert_cmpuint (speakers.main, ==, 7);
}

/* Ten seconds of two people alternating each round: told a few times, not 500. */
static void
test_flicker (void)
{
    TuttiSpeakers speakers = {0};
    guint told = 0;

    for (guint round = 0; round < 500; round++) {
        gint64 now_us = START_US + round * TUTTI_ROUND_US;
        hear (&speakers, now_us, 1 + round % 2, 2 - round % 2);
        if (tutti_speakers_update (&speakers, now_us) & TUTTI_SPEAKERS_TOLD)
            told++;
    }
    g_assert_cmpuint (told, <=, 11);
    g_assert_cmpuint (speakers.main, ==, 1);
}

static void
test_takeover (void)
{
    TuttiSpeakers speakers = {0};

    hear (&speakers, START_US, 1, 0);
    tutti_speakers_update (&speakers, START_US);
    hear (&speakers, START_US + MS (500), 2, 1);
    tutti_speakers_update (&speakers, START_US + MS (500));
    g_assert_cmpuint (speakers.main, ==, 1);
    g_assert_cmpint (tutti_speakers_due_us (&speakers), ==, START_US + MS (1500));
    g_assert_true (tutti_speakers_update (&speakers, START_US + MS (1500)) & TUTTI_SPEAKERS_MAIN);
    g_assert_cmpuint (speakers.main, ==, 2);

    /* Whoever goes on alone gets the large place at once. */
    hear (&speakers, START_US + MS (3000), 1, 0);
    tutti_speakers_update (&speakers, START_US + MS (3000));
    g_assert_cmpuint (speakers.main, ==, 1);
}

static void
test_remove (void)
{
    TuttiSpeakers speakers = {0};

    hear (&speakers, START_US, 1, 2);
    tutti_speakers_update (&speakers, START_US);
    g_assert_true (tutti_speakers_remove (&speakers, 1));
    g_assert_cmpuint (speakers.told.n, ==, 1);
    g_assert_false (tutti_speakers_is_speaking (&speakers, 1));
    g_assert_false (tutti_speakers_remove (&speakers, 1));
    tutti_speakers_update (&speakers, START_US + MS (400));
    g_assert_cmpuint (speakers.main, ==, 2);
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/speakers/first", test_first);
    g_test_add_func ("/speakers/debounce", test_debounce);
    g_test_add_func ("/speakers/flicker", test_flicker);
    g_test_add_func ("/speakers/takeover", test_takeover);
    g_test_add_func ("/speakers/remove", test_remove);
    return g_test_run ();
}
