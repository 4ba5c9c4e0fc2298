/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-downlink.c: what one leg's way carries, and what is told of it.
 */
#include "leg/downlink.h"
#include "leg/meter.h"

#define MSEC G_TIME_SPAN_MILLISECOND

typedef struct {
    guint bitrate_bps, n_told;
} News;

static void
on_estimate (guint bitrate_bps, gpointer user_data)
{
    News *news = user_data;

    news->bitrate_bps = bitrate_bps;
    news->n_told++;
}

/* Made of a peer's REMB: without transport-wide feedback it is believed. */
static void
take (TuttiDownlink *downlink, guint remb_bps, gint64 now_us)
{
    tutti_downlink_take_remb (downlink, remb_bps, now_us);
    tutti_downlink_tick (downlink, now_us);
}

static void
test_news (void)
{
    News news = {0};
    g_autoptr (TuttiSender) audio = tutti_sender_new (TUTTI_KIND_AUDIO, 1);
    g_autoptr (TuttiSender) video = tutti_sender_new (TUTTI_KIND_VIDEO, 1);
    const TuttiDownlinkSetup setup = {
        .senders = {audio, video}, .estimate = on_estimate, .user_data = &news};
    g_autoptr (TuttiDownlink) downlink = tutti_downlink_new (&setup);
    TuttiLegStats stats = {0};

    tutti_downlink_tick (downlink, 0);
    g_assert_cmpuint (news.n_told, ==, 0);
    take (downlink, 1000000, 10 * MSEC);
    g_assert_cmpuint (news.bitrate_bps, ==, 1000000);
    take (downlink, 1049000, 500 * MSEC); /* too little to speak of */
    take (downlink, 951000, 600 * MSEC);
    g_assert_cmpuint (news.n_told, ==, 1);
    take (downlink, 900000, 700 * MSEC);
    g_assert_cmpuint (news.bitrate_bps, ==, 900000);
    take (downlink, 2000000, 750 * MSEC); /* good news wait */
    g_assert_cmpuint (news.bitrate_bps, ==, 900000);
    take (downlink, 500000, 760 * MSEC); /* bad ones don't */
    g_assert_cmpuint (news.bitrate_bps, ==, 500000);
    take (downlink, 2000000, 770 * MSEC);
    tutti_downlink_tick (downlink, 860 * MSEC);
    g_assert_cmpuint (news.bitrate_bps, ==, 2000000);
    g_assert_cmpuint (news.n_told, ==, 4);
    tutti_downlink_reset (downlink, 900 * MSEC);
    g_assert_cmpuint (news.bitrate_bps, ==, 0);
    tutti_downlink_get_stats (downlink, 900 * MSEC, &stats);
    g_assert_cmpuint (stats.estimate_bps, ==, 0);
}

static void
test_meter (void)
{
    TuttiMeter meter = {0};
    gint64 now_us = 12345;

    g_assert_cmpuint (tutti_meter_get_bps (&meter, now_us), ==, 0);
    for (; now_us < 5 * G_USEC_PER_SEC; now_us += 10 * MSEC) /* 800 kbit/s */
        tutti_meter_count (&meter, 1000, now_us);
    g_assert_cmpuint (tutti_meter_get_bps (&meter, now_us), >, 780000);
    g_assert_cmpuint (tutti_meter_get_bps (&meter, now_us), <, 820000);
    now_us += 500 * MSEC;
    g_assert_cmpuint (tutti_meter_get_bps (&meter, now_us), <, 500000);
    now_us += 600 * MSEC;
    g_assert_cmpuint (tutti_meter_get_bps (&meter, now_us), ==, 0);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/downlink/news", test_news);
    g_test_add_func ("/downlink/meter", test_meter);
    return g_test_run ();
}
