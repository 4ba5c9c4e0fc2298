/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-pacer.c: in which order packets leave, how fast, and what happens when there are too many.
 */
#include "leg/pacer.h"

#define MSEC G_TIME_SPAN_MILLISECOND
#define PACKET_BYTES 1000
/* A packet each 8 ms. */
#define RATE_BPS 1000000

typedef struct {
    TuttiPacer *pacer;
    gint64 now_us;
    guint n_pictures; /* pushed */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
    fixture->pacer = tutti_pacer_new ();
    fixture->now_us = G_USEC_PER_SEC;
    tutti_pacer_set_rate (fixture->pacer, RATE_BPS, 0, fixture->now_us);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
    tutti_pacer_free (fixture->pacer);
    g_assert_cmpuint (tutti_packet_count_live (), ==, 0);
}

/* A picture of so many packets; picture_id counts from 1. FALSE as push(). */
static gboolean
push_picture (Fixture *fixture, guint n_packets, gboolean key, guint layer)
{
    gboolean fine = TRUE;

    fixture->n_pictures++;
    for (guint i = 0; i < n_packets; i++) {
        g_autoptr (TuttiPacket) packet = tutti_packet_new ();

        packet->codec = TUTTI_CODEC_VP8;
        packet->length_bytes = PACKET_BYTES;
        packet->vp8.picture_id = (guint16)fixture->n_pictures;
        packet->vp8.temporal_id = (guint8)layer;
        packet->seq = (guint16)i;
        packet->flags = (guint8)((i == 0 ? TUTTI_PACKET_FRAME_START : 0) |
                                 (i + 1 == n_packets ? TUTTI_PACKET_MARKER : 0) |
                                 (key ? TUTTI_PACKET_KEY_FRAME : 0));
        fine &= tutti_pacer_push (fixture->pacer, packet, fixture->now_us);
    }
    return fine;
}

/* What may leave now is counted; gives the last one's picture, 0: nothing. */
static guint
pop_all (Fixture *fixture, guint *n_packets, guint *n_skipped)
{
    TuttiPaced paced;
    guint picture = 0;

    while (tutti_pacer_pop (fixture->pacer, &paced, fixture->now_us)) {
        g_assert_nonnull (paced.packet);
        picture = paced.packet->vp8.picture_id;
        *n_skipped += paced.skipped_pictures;
        (*n_packets)++;
        tutti_pacer_count (fixture->pacer, paced.packet->length_bytes, fixture->now_us);
        tutti_packet_unref (paced.packet);
    }
    return picture;
}

/* The rate is kept, at wake-ups as far apart as the batch says. */
static void
test_rate (Fixture *fixture, gconstpointer user_data)
{
    gint64 start_us = fixture->now_us;
    guint n_packets = 0, n_skipped = 0, n_wakeups = 0;

    tutti_pacer_set_rate (fixture->pacer, 10 * RATE_BPS, 0, fixture->now_us);
    push_picture (fixture, 500, TRUE, 0); /* 400 ms */
    for (;;) {
        gint64 due_us;

        pop_all (fixture, &n_packets, &n_skipped);
        due_us = tutti_pacer_get_due (fixture->pacer, fixture->now_us);
        if (due_us == G_MAXINT64)
            break;
        g_assert_cmpint (due_us, >, fixture->now_us);
        fixture->now_us = due_us;
        n_wakeups++;
    }
    g_assert_cmpuint (n_packets, ==, 500);
    g_assert_cmpint (fixture->now_us - start_us, >, 380 * MSEC);
    g_assert_cmpint (fixture->now_us - start_us, <, 410 * MSEC);
    g_assert_cmpuint (n_wakeups, <, 90);
}

/* On a thin link a packet takes much longer than a batch: the rate is kept although it is told anew
 * at each wake-up, and for all that sound adds. */
static void
test_thin (Fixture *fixture, gconstpointer user_data)
{
    const guint rate_bps = 200000; /* a packet each 40 ms */
    gint64 end_us = fixture->now_us + 2 * G_USEC_PER_SEC;
    guint n_packets = 0, n_skipped = 0;

    push_picture (fixture, 100, TRUE, 0);
    for (; fixture->now_us < end_us; fixture->now_us += 5 * MSEC) {
        tutti_pacer_set_rate (fixture->pacer, rate_bps, 0, fixture->now_us);
        pop_all (fixture, &n_packets, &n_skipped);
    }
    g_assert_cmpuint (n_packets, >=, 49);
    g_assert_cmpuint (n_packets, <=, 51);

    /* More sound than the rate: what it owes is forgiven at last. */
    for (end_us += 5 * G_USEC_PER_SEC; fixture->now_us < end_us; fixture->now_us += 20 * MSEC)
        tutti_pacer_count (fixture->pacer, PACKET_BYTES, fixture->now_us);
    fixture->now_us += G_USEC_PER_SEC;
    n_packets = 0;
    pop_all (fixture, &n_packets, &n_skipped);
    g_assert_cmpuint (n_packets, >, 0);
}

/* Wake-ups come late, by up to a millisecond and more: the rate is kept all the same. */
static void
test_late (Fixture *fixture, gconstpointer user_data)
{
    gint64 start_us = fixture->now_us;
    guint n_packets = 0, n_skipped = 0;

    tutti_pacer_set_rate (fixture->pacer, 10 * RATE_BPS, 0, fixture->now_us);
    push_picture (fixture, 500, TRUE, 0);
    while (n_packets < 500) {
        pop_all (fixture, &n_packets, &n_skipped);
        fixture->now_us = tutti_pacer_get_due (fixture->pacer, fixture->now_us) == G_MAXINT64
                              ? fixture->now_us
                              : tutti_pacer_get_due (fixture->pacer, fixture->now_us) + 1500;
    }
    g_assert_cmpint (fixture->now_us - start_us, <, 420 * MSEC);
}

/* After a pause no more than the burst leaves at once, however long it was. */
static void
test_burst (Fixture *fixture, gconstpointer user_data)
{
    guint n_packets = 0, n_skipped = 0;

    fixture->now_us += 100 * G_USEC_PER_SEC;
    push_picture (fixture, 30, TRUE, 0);
    pop_all (fixture, &n_packets, &n_skipped);
    g_assert_cmpuint (n_packets, ==, 1);
    tutti_pacer_clear (fixture->pacer);
    fixture->now_us += 100 * G_USEC_PER_SEC;
    tutti_pacer_set_rate (fixture->pacer, RATE_BPS, 40 * MSEC, fixture->now_us);
    push_picture (fixture, 30, TRUE, 0);
    n_packets = 0;
    pop_all (fixture, &n_packets, &n_skipped);
    g_assert_cmpuint (n_packets, ==, 5);
    fixture->now_us = tutti_pacer_get_due (fixture->pacer, fixture->now_us);
    pop_all (fixture, &n_packets, &n_skipped);
    g_assert_cmpuint (n_packets, ==, 6);
}

static void
test_no_limit (Fixture *fixture, gconstpointer user_data)
{
    guint n_packets = 0, n_skipped = 0;

    tutti_pacer_set_rate (fixture->pacer, 0, 0, fixture->now_us);
    for (guint i = 0; i < 5; i++) {
        g_assert_true (push_picture (fixture, 200, i == 0, 0));
        pop_all (fixture, &n_packets, &n_skipped);
        g_assert_cmpuint (n_packets, ==, 200 * (i + 1));
    }
    g_assert_cmpint (tutti_pacer_get_due (fixture->pacer, fixture->now_us), ==, G_MAXINT64);
    g_assert_cmpint (tutti_pacer_get_queue_us (fixture->pacer), ==, 0);
}

/* Sound isn't paced, but what it takes pictures don't get. */
static void
test_sound (Fixture *fixture, gconstpointer user_data)
{
    guint n_packets = 0, n_skipped = 0;

    push_picture (fixture, 60, TRUE, 0);
    for (guint i = 0; i < 400; i++) {
        if (i % 4 == 0) /* half of the rate */
            tutti_pacer_count (fixture->pacer, 250, fixture->now_us);
        pop_all (fixture, &n_packets, &n_skipped);
        fixture->now_us += MSEC;
    }
    g_assert_cmpuint (n_packets, >=, 24);
    g_assert_cmpuint (n_packets, <=, 27);
}

/* Repeats go before pictures, without keeping them from leaving; none twice. */
static void
test_agains (Fixture *fixture, gconstpointer user_data)
{
    guint n_agains = 0, n_packets = 0, run = 0;
    TuttiPaced paced;

    push_picture (fixture, 40, TRUE, 0);
    tutti_pacer_count (fixture->pacer, 5000, fixture->now_us);
    for (guint16 seq = 0; seq < 300; seq++)
        tutti_pacer_push_again (fixture->pacer, seq / 3, fixture->now_us);
    tutti_pacer_set_rate (fixture->pacer, 0, 0, fixture->now_us);
    while (tutti_pacer_pop (fixture->pacer, &paced, fixture->now_us)) {
        if (paced.packet == NULL) {
            g_assert_cmpuint (paced.seq, ==, n_agains++);
            run++;
            g_assert_true (run <= 2 || n_packets == 40);
            continue;
        }
        g_assert_cmpuint (run, ==, 2);
        g_assert_cmpuint (paced.packet->seq, ==, n_packets++);
        tutti_packet_unref (paced.packet);
        run = 0;
    }
    g_assert_cmpuint (n_agains, ==, 100);
    g_assert_cmpuint (n_packets, ==, 40);
}

/* Nothing waits longer than half a second: a key frame is asked for, and with it all goes on. */
static void
test_bound (Fixture *fixture, gconstpointer user_data)
{
    guint n_packets = 0, n_skipped = 0, n_fine = 0;

    push_picture (fixture, 2, TRUE, 0);
    pop_all (fixture, &n_packets, &n_skipped);
    while (push_picture (fixture, 4, FALSE, 0)) /* 32 ms each */
        n_fine++;
    g_assert_cmpuint (n_fine, >=, 14);
    g_assert_cmpuint (n_fine, <=, 16);
    g_assert_cmpint (tutti_pacer_get_queue_us (fixture->pacer), <=, 8 * MSEC);
    g_assert_false (push_picture (fixture, 4, FALSE, 0));
    g_assert_true (push_picture (fixture, 4, TRUE, 0));
    fixture->now_us += 100 * MSEC;
    for (guint i = 0; i < 20; i++) {
        pop_all (fixture, &n_packets, &n_skipped);
        fixture->now_us += 8 * MSEC;
    }
    g_assert_cmpuint (n_packets, ==, 6); /* the two key frames, nothing between */
    g_assert_cmpuint (n_skipped, ==, fixture->n_pictures - 2);
}

/* A picture that has begun to leave leaves whole. */
static void
test_whole_pictures (Fixture *fixture, gconstpointer user_data)
{
    guint n_packets = 0, n_skipped = 0;

    push_picture (fixture, 2, TRUE, 0);
    while (n_packets < 2) {
        pop_all (fixture, &n_packets, &n_skipped);
        fixture->now_us += 8 * MSEC;
    }
    push_picture (fixture, 6, FALSE, 0);
    g_assert_cmpuint (pop_all (fixture, &n_packets, &n_skipped), ==, 2);
    while (push_picture (fixture, 4, FALSE, 0))
        ;
    push_picture (fixture, 1, TRUE, 0);
    n_packets = 0;
    for (guint i = 0; i < 5; i++) {
        fixture->now_us = tutti_pacer_get_due (fixture->pacer, fixture->now_us);
        g_assert_cmpuint (pop_all (fixture, &n_packets, &n_skipped), ==, 2);
    }
    g_assert_cmpuint (n_skipped, ==, 0);
    fixture->now_us = tutti_pacer_get_due (fixture->pacer, fixture->now_us);
    g_assert_cmpuint (pop_all (fixture, &n_packets, &n_skipped), ==, fixture->n_pictures);
    g_assert_cmpuint (n_skipped, ==, fixture->n_pictures - 3);
}

/* A key frame that alone takes longer than the bound goes through, with nothing behind it. */
static void
test_large_key_frame (Fixture *fixture, gconstpointer user_data)
{
    guint n_packets = 0, n_skipped = 0;

    g_assert_true (push_picture (fixture, 100, TRUE, 0)); /* 0.8 s */
    while (push_picture (fixture, 4, FALSE, 0))
        fixture->now_us += 33 * MSEC;
    while (tutti_pacer_get_due (fixture->pacer, fixture->now_us) != G_MAXINT64) {
        pop_all (fixture, &n_packets, &n_skipped);
        fixture->now_us += MSEC;
    }
    g_assert_cmpuint (n_packets, ==, 100);
}

/* What waits for long is passed over when there is a key frame to go on with. */
static void
test_key_frame_first (Fixture *fixture, gconstpointer user_data)
{
    guint n_packets = 0, n_skipped = 0;

    for (guint i = 0; i < 6; i++)
        g_assert_true (push_picture (fixture, 4, i == 0, 0));
    g_assert_cmpint (tutti_pacer_get_queue_us (fixture->pacer), >, 180 * MSEC);
    g_assert_true (push_picture (fixture, 4, TRUE, 0));
    g_assert_cmpint (tutti_pacer_get_queue_us (fixture->pacer), ==, 32 * MSEC);
    g_assert_cmpuint (pop_all (fixture, &n_packets, &n_skipped), ==, 7);
    g_assert_cmpuint (n_skipped, ==, 6);
}

/* Layers that won't be sent don't fill the queue. */
static void
test_layer (Fixture *fixture, gconstpointer user_data)
{
    tutti_pacer_set_layer (fixture->pacer, 0);
    for (guint i = 0; i < 24; i++)
        g_assert_true (push_picture (fixture, 4, i == 0, i % 4 == 0 ? 0 : 2));
    g_assert_cmpint (tutti_pacer_get_queue_us (fixture->pacer), ==, 6 * 32 * MSEC);
}

/* More packets than there are places, none of them a picture's start. */
static void
test_full (Fixture *fixture, gconstpointer user_data)
{
    guint n_packets = 0, n_skipped = 0;

    tutti_pacer_set_rate (fixture->pacer, 1000 * RATE_BPS, 0, fixture->now_us);
    tutti_pacer_count (fixture->pacer, 100000000, fixture->now_us);
    push_picture (fixture, 5000, TRUE, 0);
    push_picture (fixture, 5000, FALSE, 0);
    push_picture (fixture, 10, TRUE, 0);
    tutti_pacer_set_rate (fixture->pacer, 0, 0, fixture->now_us);
    g_assert_cmpuint (pop_all (fixture, &n_packets, &n_skipped), ==, 3);
    g_assert_cmpuint (n_packets, <=, TUTTI_PACER_PACKETS);
}

#define ADD(name, func) g_test_add ("/pacer/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    ADD ("rate", test_rate);
    ADD ("thin", test_thin);
    ADD ("late", test_late);
    ADD ("burst", test_burst);
    ADD ("no-limit", test_no_limit);
    ADD ("sound", test_sound);
    ADD ("agains", test_agains);
    ADD ("bound", test_bound);
    ADD ("whole-pictures", test_whole_pictures);
    ADD ("large-key-frame", test_large_key_frame);
    ADD ("key-frame-first", test_key_frame_first);
    ADD ("layer", test_layer);
    ADD ("full", test_full);
    return g_test_run ();
}
