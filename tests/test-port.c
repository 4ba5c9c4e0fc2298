/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-port.c: queues keep order and bound, slots keep the newest, wishes are one; nothing leaks.
 */
#include <tutti/clock.h>
#include <tutti/frame.h>
#include <tutti/packet.h>
#include <tutti/port.h>

static void
count (gpointer data)
{
    g_atomic_int_inc ((int *)data);
}

static void
push (TuttiQueue *queue, guint16 seq)
{
    g_autoptr (TuttiPacket) packet = tutti_packet_new ();

    packet->seq = seq;
    tutti_queue_push (queue, packet);
}

static void
test_queue_order_and_bound (void)
{
    int notified = 0;
    guint live = tutti_packet_count_live ();
    g_autoptr (TuttiQueue) queue = tutti_queue_new (3, count, &notified);

    g_assert_null (tutti_queue_pop (queue));
    for (guint16 seq = 1; seq <= 5; seq++)
        push (queue, seq);
    g_assert_cmpint (notified, ==, 1);
    g_assert_cmpuint (tutti_queue_length (queue), ==, 3);
    g_assert_cmpuint (tutti_queue_dropped (queue), ==, 2);
    for (guint16 seq = 3; seq <= 5; seq++) {
        g_autoptr (TuttiPacket) packet = tutti_queue_pop (queue);

        g_assert_cmpuint (packet->seq, ==, seq);
    }
    push (queue, 6);
    g_assert_cmpint (notified, ==, 2);
    tutti_queue_close (queue);
    push (queue, 7);
    g_assert_cmpint (notified, ==, 2);
    g_assert_null (tutti_queue_pop (queue));
    g_assert_cmpuint (tutti_packet_count_live (), ==, live);
}

/* Many at once: one notification, one order, the same bound. */
static void
test_queue_push_all (void)
{
    guint notified = 0;
    g_autoptr (TuttiQueue) queue = tutti_queue_new (3, count, &notified);
    TuttiPacket *packets[5];

    for (guint16 seq = 0; seq < G_N_ELEMENTS (packets); seq++) {
        packets[seq] = tutti_packet_new ();
        packets[seq]->seq = seq;
    }
    g_assert_true (tutti_queue_push_all (queue, packets, 2));
    g_assert_cmpuint (notified, ==, 1);
    g_assert_false (tutti_queue_push_all (queue, packets + 2, 3));
    g_assert_cmpuint (notified, ==, 1);
    g_assert_cmpuint (tutti_queue_dropped (queue), ==, 2);
    for (guint16 seq = 2; seq < 5; seq++) {
        g_autoptr (TuttiPacket) packet = tutti_queue_pop (queue);

        g_assert_cmpuint (packet->seq, ==, seq);
    }
    g_assert_null (tutti_queue_pop (queue));
    g_assert_true (tutti_queue_push_all (queue, packets, 0));
    g_assert_cmpuint (notified, ==, 1);
    for (guint i = 0; i < G_N_ELEMENTS (packets); i++)
        tutti_packet_unref (packets[i]);
}

/* A tap gets what comes while it is set, whether the queue itself has room or not. */
static void
test_queue_tap (void)
{
    g_autoptr (TuttiQueue) queue = tutti_queue_new (2, NULL, NULL);
    g_autoptr (TuttiQueue) tap = tutti_queue_new (8, NULL, NULL);
    guint live = tutti_packet_count_live ();

    push (queue, 1);
    tutti_queue_set_tap (queue, tap);
    for (guint16 seq = 2; seq <= 5; seq++)
        push (queue, seq);
    tutti_queue_set_tap (queue, NULL);
    push (queue, 6);
    g_assert_cmpuint (tutti_queue_length (queue), ==, 2);
    for (guint16 seq = 2; seq <= 5; seq++) {
        g_autoptr (TuttiPacket) packet = tutti_queue_pop (tap);

        g_assert_nonnull (packet);
        g_assert_cmpuint (packet->seq, ==, seq);
    }
    g_assert_null (tutti_queue_pop (tap));
    tutti_queue_close (queue);
    g_assert_cmpuint (tutti_packet_count_live (), ==, live);
}

/* Shut, it keeps nothing and wakes nobody; its tap goes on. */
static void
test_queue_shut (void)
{
    guint notified = 0;
    g_autoptr (TuttiQueue) queue = tutti_queue_new (4, count, &notified);
    g_autoptr (TuttiQueue) tap = tutti_queue_new (4, NULL, NULL);
    guint live = tutti_packet_count_live ();

    push (queue, 1);
    g_assert_true (tutti_queue_is_read (queue));
    tutti_queue_set_shut (queue, TRUE);
    g_assert_cmpuint (tutti_packet_count_live (), ==, live);
    g_assert_false (tutti_queue_is_read (queue));
    push (queue, 2);
    g_assert_cmpuint (tutti_queue_length (queue), ==, 0);
    g_assert_cmpuint (tutti_queue_dropped (queue), ==, 0);
    tutti_queue_set_tap (queue, tap);
    g_assert_true (tutti_queue_is_read (queue));
    push (queue, 3);
    g_assert_cmpuint (tutti_queue_length (tap), ==, 1);
    tutti_queue_set_tap (queue, NULL);
    g_assert_false (tutti_queue_is_read (queue));
    g_assert_cmpuint (notified, ==, 1);
    tutti_queue_set_shut (queue, FALSE);
    g_assert_true (tutti_queue_is_read (queue));
    push (queue, 4);
    g_assert_cmpuint (tutti_queue_length (queue), ==, 1);
    g_assert_cmpuint (notified, ==, 2);
    tutti_queue_close (queue);
    g_assert_false (tutti_queue_is_read (queue));
}

static gpointer
push_many (gpointer data)
{
    for (guint i = 0; i < 20000; i++)
        push (data, (guint16)i);
    return NULL;
}

static void
test_queue_threads (void)
{
    guint live = tutti_packet_count_live ();
    g_autoptr (TuttiQueue) queue = tutti_queue_new (64, NULL, NULL);
    GThread *threads[3];
    guint64 popped = 0;

    for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        threads[i] = g_thread_new ("push", push_many, queue);
    while (popped + tutti_queue_dropped (queue) < 60000) {
        TuttiPacket *packet = tutti_queue_pop (queue);

        popped += packet != NULL;
        tutti_packet_unref (packet);
    }
    for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        g_thread_join (threads[i]);
    g_assert_cmpuint (popped + tutti_queue_dropped (queue), ==, 60000);
    g_assert_cmpuint (tutti_packet_count_live (), ==, live);
}

static void
test_slot_newest_wins (void)
{
    guint live = tutti_picture_count_live ();
    g_autoptr (TuttiSlot) slot = tutti_slot_new ();
    gint64 put_us = -1;

    g_assert_null (tutti_slot_peek (slot, NULL));
    for (int i = 1; i <= 3; i++) {
        g_autoptr (TuttiPicture) picture = tutti_picture_new (16 * i, 16);

        tutti_slot_put (slot, picture, i);
    }
    {
        g_autoptr (TuttiPicture) picture = tutti_slot_peek (slot, &put_us);

        g_assert_cmpint (picture->width, ==, 48);
        g_assert_cmpint (put_us, ==, 3);
    }
    g_assert_cmpuint (tutti_picture_count_live (), ==, live + 1);
    tutti_slot_put (slot, NULL, 4);
    g_assert_cmpuint (tutti_picture_count_live (), ==, live);
}

static void
test_wish_is_one (void)
{
    int notified = 0;
    g_autoptr (TuttiWish) wish = tutti_wish_new (count, &notified);

    g_assert_false (tutti_wish_take (wish));
    tutti_wish_make (wish);
    tutti_wish_make (wish);
    g_assert_cmpint (notified, ==, 2);
    g_assert_true (tutti_wish_take (wish));
    g_assert_false (tutti_wish_take (wish));
    tutti_wish_close (wish);
    tutti_wish_make (wish);
    g_assert_cmpint (notified, ==, 2);
}

static void
test_pictures_are_aligned_and_reused (void)
{
    g_autoptr (TuttiPicture) odd = tutti_picture_new (319, 181);
    TuttiPicture *first = tutti_picture_new (640, 360);
    guint8 *storage = first->plane[0];

    for (int i = 0; i < 3; i++) {
        g_assert_cmpuint (GPOINTER_TO_SIZE (odd->plane[i]) % 64, ==, 0);
        g_assert_cmpint (odd->stride[i] % 64, ==, 0);
    }
    g_assert_cmpint (odd->stride[1], >=, 160);
    tutti_picture_unref (first);
    first = tutti_picture_new (640, 360);
    g_assert_true (first->plane[0] == storage);
    tutti_picture_unref (first);
}

static void
test_rtp_time (void)
{
    /* A round is 960 samples, a 30th of a second 3000 ticks; 2^32 wraps. */
    g_assert_cmpuint (tutti_clock_rtp_time (20000, 48000), ==, 960);
    g_assert_cmpuint (tutti_clock_rtp_time (G_USEC_PER_SEC / 3, 90000), ==, 29999);
    g_assert_cmpuint (tutti_clock_rtp_time (G_GINT64_CONSTANT (47722) * G_USEC_PER_SEC, 90000), ==,
                      (guint32)(G_GUINT64_CONSTANT (47722) * 90000));
    /* A year of uptime is exact still. */
    g_assert_cmpuint (
        tutti_clock_rtp_time (G_GINT64_CONSTANT (31536000) * G_USEC_PER_SEC + 20000, 48000), ==,
        (guint32)(G_GUINT64_CONSTANT (31536000) * 48000 + 960));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/port/queue/order-and-bound", test_queue_order_and_bound);
    g_test_add_func ("/port/queue/push-all", test_queue_push_all);
    g_test_add_func ("/port/queue/tap", test_queue_tap);
    g_test_add_func ("/port/queue/shut", test_queue_shut);
    g_test_add_func ("/port/queue/threads", test_queue_threads);
    g_test_add_func ("/port/slot/newest-wins", test_slot_newest_wins);
    g_test_add_func ("/port/wish/is-one", test_wish_is_one);
    g_test_add_func ("/frame/aligned-and-reused", test_pictures_are_aligned_and_reused);
    g_test_add_func ("/clock/rtp-time", test_rtp_time);
    return g_test_run ();
}
