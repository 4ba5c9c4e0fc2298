/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-adapt.c: estimates in, decisions out: which rung a viewer is sent, and when that changes.
 * Rungs of 1500, 500 and 150 kbit/s, sound of 90.
 */
#include "room/adapt.h"

#define START_US ((gint64)1000 * G_USEC_PER_SEC)
#define MS(n) ((gint64)(n)*TUTTI_USEC_PER_MSEC)
#define NONE 3 /* sound only */

static const TuttiAdaptOffer OFFER = {
    .n_rungs = 3, .rate_bps = {1500000, 500000, 150000}, .layered = TRUE, .audio_bps = 90000};

typedef struct {
    TuttiAdapt adapt;
    TuttiAdaptOffer offer;
    gint64 now_us;
    guint n_changes;
} Viewer;

static Viewer
viewer (const TuttiAdaptOffer *offer)
{
    return (Viewer){.offer = *offer, .now_us = START_US};
}

/* The estimate is so much for so long; looked at when it changes and when a decision is due, as the
 * room does it, and gives the rung at the end. */
static guint
run (Viewer *viewer, guint kbps, guint ms)
{
    gint64 end_us = viewer->now_us + MS (ms);

    for (;;) {
        gint64 due_us;
        viewer->n_changes +=
            (guint)tutti_adapt_update (&viewer->adapt, &viewer->offer, kbps * 1000, viewer->now_us);
        due_us = tutti_adapt_due_us (&viewer->adapt);
        if (due_us < 0 || due_us > end_us)
            break;
        g_assert_cmpint (due_us, >, viewer->now_us);
        viewer->now_us = due_us;
    }
    viewer->now_us = end_us;
    return viewer->adapt.rung;
}

static void
test_first_choice (void)
{
    static const struct {
        guint kbps, rung;
    } LAYERED[] = {{0, 0},   {5000, 0}, {990, 0},    {989, 1},  {390, 1},
                   {389, 2}, {170, 2},  {169, NONE}, {40, NONE}},
      WHOLE[] = {{0, 0},   {5000, 0}, {1590, 0},   {1589, 1}, {590, 1},
                 {589, 2}, {240, 2},  {239, NONE}, {89, NONE}};
    TuttiAdaptOffer whole = OFFER;

    whole.layered = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS (LAYERED); i++) {
        Viewer vp8 = viewer (&OFFER), h264 = viewer (&whole);
        g_assert_cmpuint (run (&vp8, LAYERED[i].kbps, 0), ==, LAYERED[i].rung);
        g_assert_cmpuint (run (&h264, WHOLE[i].kbps, 0), ==, WHOLE[i].rung);
    }
}

/* The base of 1500 kbit/s is 600, of 500 it is 200, of 150 it is 60. */
static void
test_down_at_once (void)
{
    Viewer one = viewer (&OFFER);

    g_assert_cmpuint (run (&one, 3000, 10000), ==, 0);
    g_assert_cmpuint (run (&one, 689, 0), ==, 1);
    g_assert_cmpuint (run (&one, 289, 0), ==, 2);
    g_assert_cmpuint (run (&one, 149, 0), ==, NONE);
    g_assert_true (tutti_adapt_is_audio_only (&one.adapt));
    g_assert_cmpuint (one.n_changes, ==, 4);
}

static void
test_down_past_rungs (void)
{
    Viewer one = viewer (&OFFER);

    run (&one, 3000, 1000);
    g_assert_cmpuint (run (&one, 60, 0), ==, NONE);
    g_assert_cmpuint (one.n_changes, ==, 2);
}

/* A queue that drains takes less than a second: the leg's layers see to it. */
static void
test_dip_is_sat_out (void)
{
    Viewer one = viewer (&OFFER);

    run (&one, 3000, 1000);
    g_assert_cmpuint (run (&one, 700, 999), ==, 0);
    g_assert_cmpuint (run (&one, 1000, 5000), ==, 0);
    g_assert_cmpuint (run (&one, 700, 999), ==, 0);
    g_assert_cmpuint (run (&one, 700, 1), ==, 1);
    g_assert_cmpuint (one.n_changes, ==, 2);
}

static void
test_h264_has_no_layers (void)
{
    TuttiAdaptOffer whole = OFFER;
    Viewer one;

    whole.layered = FALSE;
    one = viewer (&whole);
    run (&one, 3000, 1000);
    g_assert_cmpuint (run (&one, 1589, 0), ==, 1);
    g_assert_cmpuint (run (&one, 590, 10000), ==, 1);
    g_assert_cmpuint (run (&one, 589, 0), ==, 2);
}

/* 900 x 1.15 and the sound: 1125; it must hold for two seconds. */
static void
test_up_when_it_holds (void)
{
    Viewer one = viewer (&OFFER);

    run (&one, 400, 10000);
    g_assert_cmpuint (run (&one, 1124, 10000), ==, 1);
    g_assert_cmpuint (run (&one, 1125, 1999), ==, 1);
    g_assert_cmpuint (run (&one, 1124, 100), ==, 1); /* from the beginning */
    g_assert_cmpuint (run (&one, 1125, 1999), ==, 1);
    g_assert_cmpuint (run (&one, 1125, 1), ==, 0);
}

/* To the best that fitted all the time. */
static void
test_up_in_one_step (void)
{
    Viewer one = viewer (&OFFER), two = viewer (&OFFER);

    run (&one, 60, 1000);
    g_assert_cmpuint (run (&one, 3000, 1999), ==, NONE);
    g_assert_cmpuint (run (&one, 3000, 1), ==, 0);
    g_assert_cmpuint (one.n_changes, ==, 2);

    run (&two, 60, 1000);
    run (&two, 3000, 1000);
    g_assert_cmpuint (run (&two, 450, 1000), ==, 1);
    g_assert_cmpuint (run (&two, 3000, 2000), ==, 0);
}

/* Each climb that fails at once doubles the wait, up to 16 s; one that lasts makes it 2 s again. */
static void
test_failed_climbs_wait_longer (void)
{
    static const guint HOLD_MS[] = {2000, 4000, 8000, 16000, 16000};
    Viewer one = viewer (&OFFER);

    run (&one, 400, 1000);
    for (guint i = 0; i < G_N_ELEMENTS (HOLD_MS); i++) {
        g_assert_cmpuint (run (&one, 2000, HOLD_MS[i] - 1), ==, 1);
        g_assert_cmpuint (run (&one, 2000, 1), ==, 0);
        g_assert_cmpuint (run (&one, 2000, 4999), ==, 0);
        g_assert_cmpuint (run (&one, 400, 0), ==, 1);
    }
    g_assert_cmpuint (run (&one, 2000, 16000), ==, 0);
    g_assert_cmpuint (run (&one, 2000, 5000), ==, 0);
    g_assert_cmpuint (run (&one, 400, 0), ==, 1);
    g_assert_cmpuint (run (&one, 2000, 2000), ==, 0);
}

/* A link right at the edge: with a noise of 10 % about any rate there is no pumping. */
static void
test_noise_changes_nothing (void)
{
    for (guint kbps = 150; kbps < 2000; kbps += 10) {
        Viewer one = viewer (&OFFER);
        g_autoptr (GRand) rand = g_rand_new_with_seed (kbps);
        run (&one, kbps, 1000);
        for (guint i = 0; i < 600; i++)
            run (&one, kbps * (guint)g_rand_int_range (rand, 90, 111) / 100, 100);
        g_assert_cmpuint (one.n_changes, <=, 3); /* in a minute */
    }
}

static void
test_limit_and_lift (void)
{
    Viewer one = viewer (&OFFER);

    run (&one, 2000, 10000);
    g_assert_cmpuint (run (&one, 340, 1000), ==, 2); /* the queue is drained */
    g_assert_cmpuint (run (&one, 400, 29000), ==, 2);
    g_assert_cmpuint (run (&one, 800, 2000), ==, 1);
    g_assert_cmpuint (run (&one, 1900, 2000), ==, 0);
}

/* --- The viewer's wish --- */

static void
test_wish_is_a_ceiling (void)
{
    TuttiAdaptOffer medium = OFFER;
    Viewer one;

    medium.ceiling = 1;
    one = viewer (&medium);
    g_assert_cmpuint (run (&one, 5000, 60000), ==, 1);
    g_assert_cmpuint (run (&one, 60, 1000), ==, NONE);
    g_assert_cmpuint (run (&one, 5000, 3000), ==, 1);
}

/* Another wish is granted at once, as far as it fits. */
static void
test_wish_changes (void)
{
    Viewer one = viewer (&OFFER);

    one.offer.ceiling = 2;
    g_assert_cmpuint (run (&one, 400, 1000), ==, 2);
    one.offer.ceiling = 0;
    g_assert_cmpuint (run (&one, 400, 0), ==, 1);
    one.offer.ceiling = 2;
    g_assert_cmpuint (run (&one, 2000, 0), ==, 2);
    one.offer.ceiling = 0;
    g_assert_cmpuint (run (&one, 2000, 0), ==, 0);
}

/* Unknown again (another address): what is sent stays, and climbs if nothing objects. */
static void
test_unknown_again (void)
{
    Viewer one = viewer (&OFFER);

    run (&one, 400, 1000);
    g_assert_cmpuint (run (&one, 0, 1999), ==, 1);
    g_assert_cmpuint (run (&one, 0, 1), ==, 0);
}

/* What is probed for is enough to climb to the wish, whatever the codec. */
static void
test_wanted_is_enough (void)
{
    for (guint ceiling = 0; ceiling < 3; ceiling++) {
        TuttiAdaptOffer offer = OFFER;
        Viewer one;
        offer.ceiling = ceiling;
        offer.layered = FALSE;
        one = viewer (&offer);
        run (&one, 60, 1000);
        /* As told: an estimate within a twentieth isn't told again. */
        g_assert_cmpuint (run (&one, tutti_adapt_wanted_bps (&offer) / 1050, 3000), ==, ceiling);
    }
}

static void
test_one_rung (void)
{
    TuttiAdaptOffer offer = {
        .n_rungs = 1, .rate_bps = {1500000}, .layered = TRUE, .audio_bps = 90000};
    Viewer one = viewer (&offer);

    g_assert_cmpuint (run (&one, 690, 10000), ==, 0); /* its base: there is nothing below */
    g_assert_cmpuint (run (&one, 689, 0), ==, 1);
    g_assert_cmpuint (run (&one, 900, 2000), ==, 0);
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/adapt/first-choice", test_first_choice);
    g_test_add_func ("/adapt/down-at-once", test_down_at_once);
    g_test_add_func ("/adapt/down-past-rungs", test_down_past_rungs);
    g_test_add_func ("/adapt/dip-is-sat-out", test_dip_is_sat_out);
    g_test_add_func ("/adapt/h264-has-no-layers", test_h264_has_no_layers);
    g_test_add_func ("/adapt/up-when-it-holds", test_up_when_it_holds);
    g_test_add_func ("/adapt/up-in-one-step", test_up_in_one_step);
    g_test_add_func ("/adapt/failed-climbs-wait-longer", test_failed_climbs_wait_longer);
    g_test_add_func ("/adapt/noise-changes-nothing", test_noise_changes_nothing);
    g_test_add_func ("/adapt/limit-and-lift", test_limit_and_lift);
    g_test_add_func ("/adapt/wish-is-a-ceiling", test_wish_is_a_ceiling);
    g_test_add_func ("/adapt/wish-changes", test_wish_changes);
    g_test_add_func ("/adapt/unknown-again", test_unknown_again);
    g_test_add_func ("/adapt/wanted-is-enough", test_wanted_is_enough);
    g_test_add_func ("/adapt/one-rung", test_one_rung);
    return g_test_run ();
}
