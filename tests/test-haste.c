/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-haste.c: ages of pictures go in, haste comes out: more at once, less only after calm.
 */
#include "encode/haste.h"

#define RATE 30
#define FRAME_US (G_USEC_PER_SEC / RATE)
#define START_US ((gint64)1000 * G_USEC_PER_SEC)
/* Shares of a frame's time: well in time, neither nor, late. */
#define GOOD_US (FRAME_US * 3 / 10)
#define FAIR_US (FRAME_US * 6 / 10)
#define LATE_US (FRAME_US * 9 / 10)
/* Late at half the rate too. */
#define LOST_US (FRAME_US * 18 / 10)

typedef struct {
    TuttiHaste haste;
    gint64 now_us;
    guint n_changes;
} Machine;

static Machine
machine (void)
{
    Machine machine = {.now_us = START_US};

    tutti_haste_init (&machine.haste, RATE);
    return machine;
}

/* So many seconds of pictures, each so old when it is encoded; gives the level then. */
static TuttiHasteLevel
pass (Machine *machine, guint seconds, gint64 age_us)
{
    for (guint i = 0; i < seconds * RATE; i++) {
        machine->now_us += FRAME_US;
        machine->n_changes += (guint)tutti_haste_note (&machine->haste, age_us, machine->now_us);
    }
    return machine->haste.level;
}

static void
test_more (void)
{
    Machine busy = machine ();

    g_assert_cmpint (pass (&busy, 60, GOOD_US), ==, TUTTI_HASTE_NONE);
    g_assert_cmpint (pass (&busy, 60, FAIR_US), ==, TUTTI_HASTE_NONE);
    g_assert_cmpint (pass (&busy, 2, LATE_US), >=, TUTTI_HASTE_QUICK);
    g_assert_cmpint (pass (&busy, 3, LATE_US), ==, TUTTI_HASTE_HALF);
    g_assert_cmpint (pass (&busy, 60, LOST_US), ==, TUTTI_HASTE_HALF);
    g_assert_cmpuint (busy.n_changes, ==, 3);
}

/* One late picture in ten, as key frames are, is no shortage. */
static void
test_some_late (void)
{
    Machine busy = machine ();

    for (guint i = 0; i < 600; i++) {
        busy.now_us += FRAME_US;
        tutti_haste_note (&busy.haste, i % 10 == 0 ? LOST_US : GOOD_US, busy.now_us);
    }
    g_assert_cmpint (busy.haste.level, ==, TUTTI_HASTE_NONE);
}

static void
test_back (void)
{
    Machine busy = machine ();

    pass (&busy, 10, LOST_US);
    g_assert_cmpint (pass (&busy, 8, GOOD_US), ==, TUTTI_HASTE_HALF);
    g_assert_cmpint (pass (&busy, 4, GOOD_US), ==, TUTTI_HASTE_QUICKEST);
    g_assert_cmpint (pass (&busy, 60, FAIR_US), ==, TUTTI_HASTE_QUICKEST); /* no room for more */
    g_assert_cmpint (pass (&busy, 12, GOOD_US), ==, TUTTI_HASTE_QUICK);
    g_assert_cmpint (pass (&busy, 12, GOOD_US), ==, TUTTI_HASTE_NONE);
}

/* What proves too early is tried less and less often. */
static void
test_slower_back (void)
{
    Machine busy = machine ();
    guint n_eased = 0;

    pass (&busy, 2, LATE_US);
    for (guint i = 0; i < 300; i++) {
        TuttiHasteLevel before = busy.haste.level;

        pass (&busy, 1, before == TUTTI_HASTE_NONE ? LATE_US : GOOD_US);
        n_eased += busy.haste.level < before ? 1 : 0;
    }
    g_assert_cmpuint (n_eased, >=, 3); /* after 10, 20, 40 and 80 seconds */
    g_assert_cmpuint (n_eased, <=, 8);
}

/* A picture a second, as of a canvas that stands still, tells nothing of the machine. */
static void
test_few (void)
{
    Machine idle = machine ();

    for (guint i = 0; i < 60; i++) {
        idle.now_us += G_USEC_PER_SEC;
        tutti_haste_note (&idle.haste, LOST_US, idle.now_us);
    }
    g_assert_cmpint (idle.haste.level, ==, TUTTI_HASTE_NONE);
}

/* At half the rate each second picture is held, for the one after it or until that doesn't come. */
static void
test_holds (void)
{
    Machine busy = machine ();
    gint64 last_us, due_us = 0;

    pass (&busy, 2, LATE_US);
    last_us = busy.now_us;
    g_assert_false (tutti_haste_holds (&busy.haste, last_us, last_us + FRAME_US, &due_us));
    pass (&busy, 8, LOST_US);
    last_us = busy.now_us;
    g_assert_true (tutti_haste_holds (&busy.haste, last_us, last_us + FRAME_US, &due_us));
    g_assert_cmpint (due_us, >, last_us + 2 * FRAME_US);
    g_assert_cmpint (due_us, <, last_us + 3 * FRAME_US);
    g_assert_false (tutti_haste_holds (&busy.haste, last_us, due_us, &due_us));
    g_assert_false (tutti_haste_holds (&busy.haste, last_us, last_us + 2 * FRAME_US, &due_us));
}

/* Told to, it leaves out every second picture without any haste, and has the time of two. */
static void
test_halved (void)
{
    Machine calm = machine ();
    gint64 last_us = calm.now_us, due_us = 0;

    g_assert_true (tutti_haste_is_late (&calm.haste, FRAME_US));
    calm.haste.halved = TRUE;
    g_assert_cmpint (tutti_haste_get_level (&calm.haste), ==, TUTTI_HASTE_HALF);
    g_assert_false (tutti_haste_is_late (&calm.haste, FRAME_US));
    g_assert_true (tutti_haste_holds (&calm.haste, last_us, last_us + FRAME_US, &due_us));
    g_assert_false (tutti_haste_holds (&calm.haste, last_us, last_us + 2 * FRAME_US, &due_us));
    calm.haste.halved = FALSE;
    g_assert_cmpint (tutti_haste_get_level (&calm.haste), ==, TUTTI_HASTE_NONE);
    g_assert_false (tutti_haste_holds (&calm.haste, last_us, last_us + FRAME_US, &due_us));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/haste/more", test_more);
    g_test_add_func ("/haste/some-late", test_some_late);
    g_test_add_func ("/haste/back", test_back);
    g_test_add_func ("/haste/slower-back", test_slower_back);
    g_test_add_func ("/haste/few", test_few);
    g_test_add_func ("/haste/holds", test_holds);
    g_test_add_func ("/haste/halved", test_halved);
    return g_test_run ();
}
