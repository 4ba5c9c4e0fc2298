/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-rendition.c: the rendition's job on a fake clock: newest picture wins, wishes are coalesced,
 * everybody gets the same packets.
 */
#include <string.h>

#include <tutti/clock.h>

#include "encode-fixture.h"
#include "encode/rendition.h"

#define WIDTH 160
#define HEIGHT 90
#define FRAME_US (G_USEC_PER_SEC / 30)
#define START_US (100 * G_USEC_PER_SEC)
/* Far beyond what a loaded machine under a sanitizer needs. */
#define WAIT_US (60 * G_USEC_PER_SEC)
#define QUEUE_CAPACITY 4096

/* One worker: once a job that was pushed later has run, the rendition's has. */
typedef struct {
    TuttiClock *clock;
    TuttiJobs *jobs;
    TuttiJob *barrier;
    TuttiRendition *rendition;
    gint n_wanted; /* atomic */
    guint n_drawn;
    guint64 n_late; /* atomic */
    gint halved;    /* atomic */

    GMutex lock; /* of passed */
    GCond cond;
    gboolean passed;
} Rig;

static void
on_barrier (gpointer user_data, gint64 now_us)
{
    Rig *rig = user_data;

    g_mutex_lock (&rig->lock);
    rig->passed = TRUE;
    g_cond_signal (&rig->cond);
    g_mutex_unlock (&rig->lock);
}

static void
on_wanted (gpointer user_data)
{
    Rig *rig = user_data;

    g_atomic_int_inc (&rig->n_wanted);
}

static TuttiRendition *
make_rendition (Rig *rig, TuttiCodec codec, guint key_frame_interval)
{
    TuttiRenditionSetup setup = {.codec = codec,
                                 .width = WIDTH,
                                 .height = HEIGHT,
                                 .frame_rate = 30,
                                 .bitrate_bps = 200000,
                                 .key_frame_interval = key_frame_interval,
                                 .wanted = on_wanted,
                                 .user_data = rig,
                                 .clock = rig->clock,
                                 .n_late = &rig->n_late,
                                 .halved = &rig->halved};

    return tutti_rendition_new (rig->jobs, &setup);
}

static void
rig_init (Rig *rig, guint key_frame_interval)
{
    *rig = (Rig){.clock = tutti_clock_fake_new (START_US)};
    g_mutex_init (&rig->lock);
    g_cond_init (&rig->cond);
    rig->jobs = tutti_jobs_new (1, rig->clock);
    rig->barrier = tutti_job_new (rig->jobs, "barrier", on_barrier, rig);
    rig->rendition = make_rendition (rig, TUTTI_CODEC_VP8, key_frame_interval);
}

static void
rig_clear (Rig *rig)
{
    tutti_rendition_free (rig->rendition);
    tutti_job_free (rig->barrier);
    tutti_jobs_free (rig->jobs);
    tutti_clock_fake_free (rig->clock);
    g_mutex_clear (&rig->lock);
    g_cond_clear (&rig->cond);
}

/* Until everything that is due now has run. */
static void
settle (Rig *rig)
{
    gint64 until_us = g_get_monotonic_time () + WAIT_US;

    g_mutex_lock (&rig->lock);
    rig->passed = FALSE;
    tutti_job_push_at (rig->barrier, tutti_clock_now_us (rig->clock));
    while (!rig->passed)
        g_assert_true (g_cond_wait_until (&rig->cond, &rig->lock, until_us));
    g_mutex_unlock (&rig->lock);
}

static void
pass_time (Rig *rig, gint64 by_us)
{
    tutti_clock_fake_advance (rig->clock, by_us);
    settle (rig);
}

static void
push_canvas (Rig *rig, int width, int height)
{
    g_autoptr (TuttiPicture) picture = fixture_draw_canvas (width, height, rig->n_drawn++);

    picture->time_us = tutti_clock_now_us (rig->clock);
    tutti_rendition_push (rig->rendition, picture);
}

/* A picture a tick, for a time. */
static void
run_ticks (Rig *rig, guint n)
{
    for (guint i = 0; i < n; i++) {
        push_canvas (rig, WIDTH, HEIGHT);
        settle (rig);
        tutti_clock_fake_advance (rig->clock, FRAME_US);
    }
}

static TuttiRenditionStats
get_stats (Rig *rig)
{
    TuttiRenditionStats stats;

    tutti_rendition_get_stats (rig->rendition, &stats);
    return stats;
}

/* The next whole picture in the queue, or NULL. */
static GPtrArray *
pop_picture (TuttiQueue *queue)
{
    g_autoptr (GPtrArray) packets =
        g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);
    TuttiPacket *packet;

    while ((packet = tutti_queue_pop (queue)) != NULL) {
        g_ptr_array_add (packets, packet);
        if (packet->flags & TUTTI_PACKET_MARKER)
            return g_steal_pointer (&packets);
    }
    g_assert_cmpuint (packets->len, ==, 0);
    return NULL;
}

static gboolean
is_key (GPtrArray *packets)
{
    return (((TuttiPacket *)packets->pdata[0])->flags & TUTTI_PACKET_KEY_FRAME) != 0;
}

static void
test_same_packets_for_all (void)
{
    g_autoptr (TuttiQueue) one = tutti_queue_new (QUEUE_CAPACITY, NULL, NULL);
    g_autoptr (TuttiQueue) two = tutti_queue_new (QUEUE_CAPACITY, NULL, NULL);
    TuttiFeed *feed_one = tutti_feed_new (one), *feed_two = tutti_feed_new (two);
    TuttiRenditionStats stats;
    guint64 n_packets = 0, bytes = 0;
    Rig rig;

    rig_init (&rig, 0);
    tutti_feed_follow (feed_one, rig.rendition);
    tutti_feed_follow (feed_two, rig.rendition);
    g_assert_cmpuint (tutti_rendition_n_feeds (rig.rendition), ==, 2);
    run_ticks (&rig, 10);
    for (TuttiPacket *a; (a = tutti_queue_pop (one)) != NULL; n_packets++) {
        g_autoptr (TuttiPacket) b = tutti_queue_pop (two);

        g_assert_true (a == b);
        bytes += a->length_bytes;
        tutti_packet_unref (a);
    }
    g_assert_null (tutti_queue_pop (two));
    stats = get_stats (&rig);
    g_assert_cmpuint (stats.frames, ==, 10);
    g_assert_cmpuint (stats.key_frames, ==, 1);
    g_assert_cmpuint (stats.packets, ==, n_packets);
    g_assert_cmpuint (stats.bytes, ==, bytes);
    g_assert_cmpuint (stats.skipped, ==, 0);
    g_assert_cmpint (stats.cpu_us, >, 0);
    tutti_feed_free (feed_one);
    tutti_feed_free (feed_two);
    g_assert_cmpuint (tutti_rendition_n_feeds (rig.rendition), ==, 0);
    rig_clear (&rig);
}

/* Larger canvases are scaled to the rendition; what comes out is the same picture. */
static void
test_scales (void)
{
    g_autoptr (TuttiQueue) queue = tutti_queue_new (QUEUE_CAPACITY, NULL, NULL);
    g_autoptr (FixtureDecoder) decoder = fixture_decoder_new (TUTTI_CODEC_VP8);
    TuttiFeed *feed = tutti_feed_new (queue);
    Rig rig;

    rig_init (&rig, 0);
    tutti_feed_follow (feed, rig.rendition);
    for (guint n = 0; n < 8; n++) {
        g_autoptr (GPtrArray) packets = NULL;
        g_autoptr (TuttiPicture) back = NULL, like = fixture_draw_canvas (WIDTH, HEIGHT, n);

        push_canvas (&rig, 4 * WIDTH, 4 * HEIGHT);
        pass_time (&rig, FRAME_US);
        packets = pop_picture (queue);
        g_assert_nonnull (packets);
        back = fixture_decode (decoder, packets);
        g_assert_nonnull (back);
        g_assert_cmpfloat (fixture_psnr (like, back), >=, 20);
    }
    tutti_feed_free (feed);
    rig_clear (&rig);
}

static void
on_hold (gpointer user_data, gint64 now_us)
{
    g_mutex_lock (user_data);
    g_mutex_unlock (user_data);
}

/* While the workers are busy only the newest picture is kept. */
static void
test_newest_wins (void)
{
    g_autoptr (TuttiQueue) queue = tutti_queue_new (QUEUE_CAPACITY, NULL, NULL);
    TuttiFeed *feed = tutti_feed_new (queue);
    g_autoptr (GPtrArray) packets = NULL;
    TuttiJob *hold;
    GMutex busy;
    Rig rig;

    rig_init (&rig, 0);
    g_mutex_init (&busy);
    hold = tutti_job_new (rig.jobs, "hold", on_hold, &busy);
    tutti_feed_follow (feed, rig.rendition);
    settle (&rig);
    g_mutex_lock (&busy);
    tutti_job_push (hold);
    for (guint n = 0; n < 5; n++) {
        push_canvas (&rig, WIDTH, HEIGHT);
        tutti_clock_fake_advance (rig.clock, FRAME_US);
    }
    g_mutex_unlock (&busy);
    settle (&rig);
    packets = pop_picture (queue);
    g_assert_nonnull (packets);
    g_assert_cmpint (((TuttiPacket *)packets->pdata[0])->time_us, ==, START_US + 4 * FRAME_US);
    g_assert_null (pop_picture (queue));
    g_assert_cmpuint (get_stats (&rig).frames, ==, 1);
    g_assert_cmpuint (get_stats (&rig).skipped, ==, 4);
    tutti_feed_free (feed);
    tutti_job_free (hold);
    g_mutex_clear (&busy);
    rig_clear (&rig);
}

/* A hundred wishes in a second: three key frames. */
static void
test_wishes_coalesced (void)
{
    guint64 before;
    Rig rig;

    rig_init (&rig, 0);
    run_ticks (&rig, 60);
    before = get_stats (&rig).key_frames;
    g_assert_cmpuint (before, ==, 1);
    for (guint n = 0; n < 100; n++) {
        tutti_rendition_want_key_frame (rig.rendition);
        if (n % 3 == 0)
            run_ticks (&rig, 1); /* 34 ticks: 1.1 s */
    }
    run_ticks (&rig, 60);
    g_assert_cmpuint (get_stats (&rig).key_frames, <=, before + 4);
    g_assert_cmpuint (get_stats (&rig).key_frames, >=, before + 3);
    g_assert_cmpuint (get_stats (&rig).wishes, ==, 100);
    g_assert_cmpint (g_atomic_int_get (&rig.n_wanted), >=, 3);
    g_assert_cmpint (g_atomic_int_get (&rig.n_wanted), <=, 4);
    rig_clear (&rig);
}

/* Nobody pushes any more; the wish is granted with the last picture, at a new time. */
static void
test_wish_without_new_picture (void)
{
    g_autoptr (TuttiQueue) queue = tutti_queue_new (QUEUE_CAPACITY, NULL, NULL);
    TuttiFeed *feed = tutti_feed_new (queue);
    g_autoptr (GPtrArray) packets = NULL;
    Rig rig;

    rig_init (&rig, 0);
    run_ticks (&rig, 1);
    tutti_clock_fake_advance (rig.clock, G_USEC_PER_SEC / 2);
    tutti_feed_follow (feed, rig.rendition);
    settle (&rig);
    g_assert_null (pop_picture (queue)); /* a tick may still bring a newer one */
    pass_time (&rig, 3 * FRAME_US);
    packets = pop_picture (queue);
    g_assert_nonnull (packets);
    g_assert_true (is_key (packets));
    g_assert_cmpint (((TuttiPacket *)packets->pdata[0])->time_us, ==,
                     START_US + 4 * FRAME_US + G_USEC_PER_SEC / 2);
    pass_time (&rig, G_USEC_PER_SEC / 2);
    g_assert_cmpuint (get_stats (&rig).frames, ==, 2);
    tutti_feed_free (feed);
    rig_clear (&rig);
}

/* Who joins right after a key frame waits for the window's end, not longer, and starts with a key
 * frame. */
static void
test_joiner_in_window (void)
{
    g_autoptr (TuttiQueue) queue = tutti_queue_new (QUEUE_CAPACITY, NULL, NULL);
    TuttiFeed *feed = tutti_feed_new (queue);
    g_autoptr (GPtrArray) packets = NULL;
    Rig rig;

    rig_init (&rig, 0);
    run_ticks (&rig, 3);
    tutti_feed_follow (feed, rig.rendition);
    run_ticks (&rig, 12);
    g_assert_null (pop_picture (queue));
    run_ticks (&rig, 2); /* over 500 ms since the key frame */
    packets = pop_picture (queue);
    g_assert_nonnull (packets);
    g_assert_true (is_key (packets));
    tutti_feed_free (feed);
    rig_clear (&rig);
}

static void
test_interval (void)
{
    Rig rig;

    rig_init (&rig, 20);
    run_ticks (&rig, 60);
    g_assert_cmpuint (get_stats (&rig).key_frames, ==, 3);
    rig_clear (&rig);
}

/* Unknown and falling times become rising ones. */
static void
test_times_rise (void)
{
    static const gint64 times[] = {0, START_US, START_US - 5000, 0, START_US + 100000};
    g_autoptr (TuttiQueue) queue = tutti_queue_new (QUEUE_CAPACITY, NULL, NULL);
    TuttiFeed *feed = tutti_feed_new (queue);
    gint64 last_us = START_US - 1;
    Rig rig;

    rig_init (&rig, 0);
    tutti_feed_follow (feed, rig.rendition);
    for (guint n = 0; n < G_N_ELEMENTS (times); n++) {
        g_autoptr (TuttiPicture) picture = fixture_draw_canvas (WIDTH, HEIGHT, n);
        g_autoptr (GPtrArray) packets = NULL;

        picture->time_us = times[n];
        tutti_rendition_push (rig.rendition, picture);
        settle (&rig);
        packets = pop_picture (queue);
        g_assert_cmpint (((TuttiPacket *)packets->pdata[0])->time_us, >, last_us);
        last_us = ((TuttiPacket *)packets->pdata[0])->time_us;
    }
    g_assert_cmpint (last_us, ==, START_US + 100000);
    tutti_feed_free (feed);
    rig_clear (&rig);
}

static void
test_bitrate_counted (void)
{
    Rig rig;

    rig_init (&rig, 0);
    run_ticks (&rig, 120);
    g_test_message ("%u bit/s", get_stats (&rig).bitrate_bps);
    g_assert_cmpuint (get_stats (&rig).bitrate_bps, >=, 100000);
    g_assert_cmpuint (get_stats (&rig).bitrate_bps, <=, 300000);
    rig_clear (&rig);
}

typedef struct {
    TuttiFeed *feed;
    gint stop; /* atomic */
} Wisher;

static gpointer
wish_on (gpointer user_data)
{
    Wisher *wisher = user_data;

    while (!g_atomic_int_get (&wisher->stop)) {
        tutti_feed_want_key_frame (wisher->feed);
        g_usleep (20); /* a lock taken again at once is never got by others */
    }
    return NULL;
}

/* A net thread goes on wishing while renditions come and go under its feed. */
static void
test_free_while_wished (void)
{
    g_autoptr (TuttiQueue) queue = tutti_queue_new (QUEUE_CAPACITY, NULL, NULL);
    Wisher wisher = {.feed = tutti_feed_new (queue)};
    GThread *thread;
    Rig rig;

    rig_init (&rig, 0);
    thread = g_thread_new ("wisher", wish_on, &wisher);
    for (guint n = 0; n < 40; n++) {
        tutti_feed_follow (wisher.feed, rig.rendition);
        push_canvas (&rig, WIDTH, HEIGHT);
        pass_time (&rig, FRAME_US);
        tutti_feed_follow (wisher.feed, NULL);
        tutti_rendition_free (rig.rendition);
        rig.rendition = make_rendition (&rig, TUTTI_CODEC_VP8, 0);
        for (GPtrArray *packets; (packets = pop_picture (queue)) != NULL;)
            g_ptr_array_unref (packets);
    }
    g_atomic_int_set (&wisher.stop, TRUE);
    g_thread_join (thread);
    tutti_feed_free (wisher.feed);
    rig_clear (&rig);
}

/* So many plain pictures, each so late when it is encoded. */
static void
run_late_ticks (Rig *rig, guint n, gint64 late_us, gint64 tick_us)
{
    for (guint i = 0; i < n; i++) {
        g_autoptr (TuttiPicture) picture = tutti_picture_new (WIDTH, HEIGHT);

        for (int plane = 0; plane < 3; plane++)
            memset (picture->plane[plane], (int)(rig->n_drawn & 0xff),
                    (gsize)picture->stride[plane] *
                        (gsize)(plane ? tutti_chroma (HEIGHT) : HEIGHT));
        rig->n_drawn++;
        picture->time_us = tutti_clock_now_us (rig->clock) - late_us;
        tutti_rendition_push (rig->rendition, picture);
        settle (rig);
        tutti_clock_fake_advance (rig->clock, tick_us);
    }
}

/* Late pictures end in half as many, which is told; a key frame that is wished doesn't wait, the
 * last picture comes even so, and all is as before once there is time again. */
static void
test_haste (void)
{
    TuttiRenditionStats before, after;
    Rig rig;

    rig_init (&rig, 0);
    run_late_ticks (&rig, 130, 2 * FRAME_US, FRAME_US);
    before = get_stats (&rig);
    g_assert_cmpint (before.haste, ==, TUTTI_HASTE_HALF);
    g_assert_cmpuint (__atomic_load_n (&rig.n_late, __ATOMIC_RELAXED), >, 0);
    run_late_ticks (&rig, 60, 2 * FRAME_US, FRAME_US);
    after = get_stats (&rig);
    g_assert_cmpuint (after.frames - before.frames, >=, 29);
    g_assert_cmpuint (after.frames - before.frames, <=, 31);

    while (get_stats (&rig).frames == after.frames) {
        push_canvas (&rig, WIDTH, HEIGHT);
        pass_time (&rig, FRAME_US);
    }
    after = get_stats (&rig);
    push_canvas (&rig, WIDTH, HEIGHT);
    settle (&rig);
    g_assert_cmpuint (get_stats (&rig).frames, ==, after.frames);
    pass_time (&rig, 4 * FRAME_US);
    g_assert_cmpuint (get_stats (&rig).frames, ==, after.frames + 1);

    push_canvas (&rig, WIDTH, HEIGHT);
    settle (&rig);
    after = get_stats (&rig);
    tutti_clock_fake_advance (rig.clock, FRAME_US);
    tutti_rendition_want_key_frame (rig.rendition);
    push_canvas (&rig, WIDTH, HEIGHT);
    settle (&rig);
    g_assert_cmpuint (get_stats (&rig).key_frames - after.key_frames, ==, 1);

    run_late_ticks (&rig, 200, 0, 6 * FRAME_US);
    g_assert_cmpint (get_stats (&rig).haste, ==, TUTTI_HASTE_NONE);
    rig_clear (&rig);
}

/* Told to, half as many though all are in time, and all again when told so. */
static void
test_halved (void)
{
    TuttiRenditionStats before, after;
    Rig rig;

    rig_init (&rig, 0);
    run_late_ticks (&rig, 30, 0, FRAME_US);
    before = get_stats (&rig);
    g_assert_cmpint (before.haste, ==, TUTTI_HASTE_NONE);
    __atomic_store_n (&rig.halved, 1, __ATOMIC_RELAXED);
    run_late_ticks (&rig, 60, 0, FRAME_US);
    after = get_stats (&rig);
    g_assert_cmpint (after.haste, ==, TUTTI_HASTE_HALF);
    g_assert_cmpuint (after.frames - before.frames, >=, 29);
    g_assert_cmpuint (after.frames - before.frames, <=, 31);
    __atomic_store_n (&rig.halved, 0, __ATOMIC_RELAXED);
    run_late_ticks (&rig, 60, 0, FRAME_US);
    g_assert_cmpuint (get_stats (&rig).frames - after.frames, >=, 59);
    g_assert_cmpint (get_stats (&rig).haste, ==, TUTTI_HASTE_NONE);
    rig_clear (&rig);
}

static void
test_nothing_left (void)
{
    g_assert_cmpuint (tutti_packet_count_live (), ==, 0);
    g_assert_cmpuint (tutti_picture_count_live (), ==, 0);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/rendition/same-packets-for-all", test_same_packets_for_all);
    g_test_add_func ("/rendition/scales", test_scales);
    g_test_add_func ("/rendition/newest-wins", test_newest_wins);
    g_test_add_func ("/rendition/wishes-coalesced", test_wishes_coalesced);
    g_test_add_func ("/rendition/wish-without-new-picture", test_wish_without_new_picture);
    g_test_add_func ("/rendition/joiner-in-window", test_joiner_in_window);
    g_test_add_func ("/rendition/interval", test_interval);
    g_test_add_func ("/rendition/times-rise", test_times_rise);
    g_test_add_func ("/rendition/bitrate-counted", test_bitrate_counted);
    g_test_add_func ("/rendition/free-while-wished", test_free_while_wished);
    g_test_add_func ("/rendition/haste", test_haste);
    g_test_add_func ("/rendition/halved", test_halved);
    g_test_add_func ("/rendition/nothing-left", test_nothing_left);
    return g_test_run ();
}
