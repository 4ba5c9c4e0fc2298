/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-uplink.c: what a sender is asked for, and when; and the ladder of renditions on the way
 * down.
 */
#include "room/ladder.h"
#include "room/uplink.h"

#define START_US ((gint64)1000 * G_USEC_PER_SEC)
#define MS(n) ((gint64)(n)*TUTTI_USEC_PER_MSEC)

static void
test_table (void)
{
    static const struct {
        int width, height;
        guint low_kbps, top_kbps;
    } TABLE[] = {
        {1280, 720, 1200, 1600}, {640, 360, 480, 520}, {426, 240, 240, 300},
        {320, 180, 150, 200},    {256, 144, 110, 150}, {180, 102, 50, 100},
    };

    for (guint i = 0; i < G_N_ELEMENTS (TABLE); i++) {
        TuttiUplinkAsk ask;
        tutti_uplink_ask (TABLE[i].width, TABLE[i].height, 30, &ask);
        g_assert_cmpint (ask.width, ==, TABLE[i].width);
        g_assert_cmpint (ask.height, ==, TABLE[i].height);
        g_assert_cmpuint (ask.frame_rate, ==, 30);
        g_assert_cmpuint (ask.bitrate_bps, >=, TABLE[i].low_kbps * 1000);
        g_assert_cmpuint (ask.bitrate_bps, <=, TABLE[i].top_kbps * 1000);
    }
}

static void
test_edges (void)
{
    TuttiUplinkAsk ask;

    tutti_uplink_ask (0, 0, 30, &ask);
    g_assert_cmpint (ask.width, ==, 0);
    g_assert_cmpuint (ask.bitrate_bps, ==, 0);
    tutti_uplink_ask (40, 24, 30, &ask);
    g_assert_cmpint (ask.width, ==, 160);
    g_assert_cmpint (ask.height, ==, 90);
    g_assert_cmpuint (ask.bitrate_bps, >=, 50000);
}

/* A grid of 25 moves half as often as one of 16; on a slow canvas all keep its pace. */
static void
test_rate (void)
{
    static const struct {
        int width, height;
        guint canvas_rate, rate;
    } TABLE[] = {
        {1280, 720, 30, 30}, {320, 180, 30, 30}, {256, 144, 30, 15}, {256, 144, 25, 13},
        {256, 144, 15, 15},  {160, 90, 60, 30},  {160, 90, 20, 20},
    };

    for (guint i = 0; i < G_N_ELEMENTS (TABLE); i++) {
        TuttiRect tile = {.width = TABLE[i].width, .height = TABLE[i].height};

        g_assert_cmpuint (tutti_uplink_choose_rate (&tile, 1280, 720, TABLE[i].canvas_rate), ==,
                          TABLE[i].rate);
    }
}

static gboolean
update (TuttiUplink *uplink, int width, gint64 now_us)
{
    TuttiUplinkAsk ask;

    tutti_uplink_ask (width, width * 9 / 16, 30, &ask);
    return tutti_uplink_update (uplink, &ask, now_us);
}

static void
test_growth_at_once (void)
{
    TuttiUplink uplink = {0};

    g_assert_true (update (&uplink, 0, START_US)); /* "nobody sees you" is told too */
    g_assert_true (update (&uplink, 320, START_US + 1));
    g_assert_true (update (&uplink, 640, START_US + 2));
    g_assert_false (update (&uplink, 640, START_US + 3));
    g_assert_false (tutti_uplink_is_waiting (&uplink));
}

static void
test_shrink_later (void)
{
    TuttiUplink uplink = {0};

    update (&uplink, 640, START_US);
    g_assert_false (update (&uplink, 320, START_US + MS (100)));
    g_assert_true (tutti_uplink_is_waiting (&uplink));
    g_assert_false (update (&uplink, 0, START_US + MS (1000)));
    g_assert_false (update (&uplink, 320, START_US + MS (2099)));
    g_assert_true (update (&uplink, 320, START_US + MS (2100)));
    g_assert_cmpint (uplink.told.width, ==, 320);
    g_assert_false (tutti_uplink_is_waiting (&uplink));
}

/* Speaker, silent for a second, speaker again: its picture doesn't pump. */
static void
test_no_pumping (void)
{
    TuttiUplink uplink = {0};

    update (&uplink, 640, START_US);
    for (guint i = 1; i < 20; i++)
        g_assert_false (update (&uplink, i % 2 ? 160 : 640, START_US + i * MS (1000)));
    g_assert_cmpint (uplink.told.width, ==, 640);
}

/* --- The ladder --- */

static void
pick (const char *list, TuttiQuality quality, TuttiRung *rung)
{
    const TuttiRung canvas = {1280, 720, 30, 0};
    TuttiLadder ladder;

    tutti_ladder_parse (&ladder, list, 1500000);
    tutti_ladder_get (&ladder, tutti_ladder_ceiling (&ladder, quality), &canvas, rung);
}

static void
assert_rung (const TuttiRung *rung, int width, int height, guint rate, guint bitrate_bps)
{
    g_assert_cmpint (rung->width, ==, width);
    g_assert_cmpint (rung->height, ==, height);
    g_assert_cmpuint (rung->frame_rate, ==, rate);
    g_assert_cmpuint (rung->bitrate_bps, ==, bitrate_bps);
}

static void
test_ladder_default (void)
{
    TuttiRung rung;

    pick ("", TUTTI_QUALITY_AUTO, &rung);
    assert_rung (&rung, 1280, 720, 30, 1500000);
    pick ("", TUTTI_QUALITY_MEDIUM, &rung);
    assert_rung (&rung, 640, 360, 30, 500000);
    pick ("", TUTTI_QUALITY_LOW, &rung);
    assert_rung (&rung, 320, 180, 15, 150000);
}

static void
test_ladder_written (void)
{
    const char *list = "1920x1080@60:4000k 640x480@15:300k";
    TuttiRung rung;

    pick (list, TUTTI_QUALITY_HIGH, &rung); /* never larger or faster than the canvas */
    assert_rung (&rung, 1280, 720, 30, 4000000);
    pick (list, TUTTI_QUALITY_MEDIUM, &rung); /* in its shape */
    assert_rung (&rung, 640, 360, 15, 300000);
    pick (list, TUTTI_QUALITY_LOW, &rung); /* the last there is */
    assert_rung (&rung, 640, 360, 15, 300000);
    pick ("nonsense 0x0@0:0k", TUTTI_QUALITY_AUTO, &rung);
    assert_rung (&rung, 1280, 720, 30, 1500000);
}

static void
test_quality_names (void)
{
    TuttiQuality quality = TUTTI_QUALITY_LOW;

    g_assert_true (tutti_quality_from_name ("audio", &quality));
    g_assert_cmpint (quality, ==, TUTTI_QUALITY_AUDIO);
    g_assert_false (tutti_quality_from_name ("ultra", &quality));
    g_assert_false (tutti_quality_from_name (NULL, &quality));
    g_assert_cmpint (quality, ==, TUTTI_QUALITY_AUDIO);
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/uplink/table", test_table);
    g_test_add_func ("/uplink/edges", test_edges);
    g_test_add_func ("/uplink/rate", test_rate);
    g_test_add_func ("/uplink/growth", test_growth_at_once);
    g_test_add_func ("/uplink/shrink", test_shrink_later);
    g_test_add_func ("/uplink/no-pumping", test_no_pumping);
    g_test_add_func ("/ladder/default", test_ladder_default);
    g_test_add_func ("/ladder/written", test_ladder_written);
    g_test_add_func ("/ladder/names", test_quality_names);
    return g_test_run ();
}
