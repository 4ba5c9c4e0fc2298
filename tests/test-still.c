/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-still.c: a rendition whose canvas stands still: what peers get and see, and what it costs.
 * The clock is fake; VP8 unless said.
 */
#include <tutti/clock.h>

#include "encode-fixture.h"
#include "encode/encoder.h"
#include "encode/rendition.h"
#include "encode/stillness.h"

#define WIDTH 160
#define HEIGHT 90
#define FRAME_US (G_USEC_PER_SEC / 30)
#define QUEUE_CAPACITY 4096
/* Far beyond what a loaded machine under a sanitizer needs. */
#define WAIT_US (60 * G_USEC_PER_SEC)

typedef struct {
    TuttiClock *clock;
    TuttiJobs *jobs;
    TuttiJob *barrier;
    TuttiRendition *rendition;
    TuttiQueue *queue;
    TuttiFeed *feed;
    FixtureDecoder *decoder;
    gint n_wanted; /* atomic */

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
    g_atomic_int_inc (&((Rig *)user_data)->n_wanted);
}

static void
rig_init_stills (Rig *rig, TuttiCodec codec, guint key_frame_interval, TuttiStills *stills)
{
    TuttiRenditionSetup setup = {.codec = codec,
                                 .width = WIDTH,
                                 .height = HEIGHT,
                                 .frame_rate = 30,
                                 .bitrate_bps = 200000,
                                 .key_frame_interval = key_frame_interval,
                                 .wanted = on_wanted,
                                 .user_data = rig,
                                 .stills = stills};

    *rig = (Rig){.clock = tutti_clock_fake_new (100 * G_USEC_PER_SEC)};
    g_mutex_init (&rig->lock);
    g_cond_init (&rig->cond);
    rig->jobs = tutti_jobs_new (1, rig->clock);
    rig->barrier = tutti_job_new (rig->jobs, "barrier", on_barrier, rig);
    rig->rendition = tutti_rendition_new (rig->jobs, &setup);
    rig->queue = tutti_queue_new (QUEUE_CAPACITY, NULL, NULL);
    rig->feed = tutti_feed_new (rig->queue);
    rig->decoder = fixture_decoder_new (codec);
    tutti_feed_follow (rig->feed, rig->rendition);
}

static void
rig_init (Rig *rig, TuttiCodec codec, guint key_frame_interval)
{
    rig_init_stills (rig, codec, key_frame_interval, NULL);
}

static void
rig_clear (Rig *rig)
{
    tutti_feed_free (rig->feed);
    tutti_queue_unref (rig->queue);
    fixture_decoder_free (rig->decoder);
    tutti_rendition_free (rig->rendition);
    tutti_job_free (rig->barrier);
    tutti_jobs_free (rig->jobs);
    tutti_clock_fake_free (rig->clock);
    g_mutex_clear (&rig->lock);
    g_cond_clear (&rig->cond);
}

/* One worker: once a job that was pushed later has run, the rendition's has. */
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
push_canvas (Rig *rig, guint n)
{
    g_autoptr (TuttiPicture) picture = fixture_draw_canvas (WIDTH, HEIGHT, n);

    picture->time_us = tutti_clock_now_us (rig->clock);
    tutti_rendition_push (rig->rendition, picture);
    settle (rig);
}

static void
pass_seconds (Rig *rig, guint n)
{
    for (guint i = 0; i < n; i++) {
        tutti_clock_fake_advance (rig->clock, G_USEC_PER_SEC);
        settle (rig);
    }
}

static void
move (Rig *rig, guint n_pictures)
{
    for (guint n = 0; n < n_pictures; n++) {
        push_canvas (rig, n);
        tutti_clock_fake_advance (rig->clock, FRAME_US);
    }
}

/* What a viewer sees now: decodes all that waits. shown: what it saw before, or NULL. */
static TuttiPicture *
watch (Rig *rig, TuttiPicture *shown, guint *n_frames)
{
    g_autoptr (GPtrArray) packets =
        g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);
    TuttiPacket *packet;

    *n_frames = 0;
    while ((packet = tutti_queue_pop (rig->queue)) != NULL) {
        g_ptr_array_add (packets, packet);
        if (!(packet->flags & TUTTI_PACKET_MARKER))
            continue;
        tutti_picture_unref (shown);
        shown = fixture_decode (rig->decoder, packets);
        g_assert_nonnull (shown);
        (*n_frames)++;
        g_ptr_array_set_size (packets, 0);
    }
    return shown;
}

static TuttiRenditionStats
get_stats (Rig *rig)
{
    TuttiRenditionStats stats;

    tutti_rendition_get_stats (rig->rendition, &stats);
    return stats;
}

/* A minute: four encodes, then frames that cost nothing and hardly a bit, but are frames. */
static void
test_minute (void)
{
    g_autoptr (TuttiPicture) like = fixture_draw_canvas (WIDTH, HEIGHT, 9), shown = NULL;
    TuttiRenditionStats before, after;
    double refined;
    guint n_frames;
    Rig rig;

    rig_init (&rig, TUTTI_CODEC_VP8, 0);
    move (&rig, 10);
    before = get_stats (&rig);
    pass_seconds (&rig, TUTTI_STILL_REFINEMENTS);
    shown = watch (&rig, NULL, &n_frames);
    g_assert_cmpuint (n_frames, ==, 10 + TUTTI_STILL_REFINEMENTS);
    refined = fixture_psnr (like, shown);
    pass_seconds (&rig, 56);
    after = get_stats (&rig);
    shown = watch (&rig, shown, &n_frames);
    g_test_message (
        "%.1f dB, then %.1f; %" G_GUINT64_FORMAT " frames of %" G_GUINT64_FORMAT " bytes", refined,
        fixture_psnr (like, shown), after.repeats, (after.bytes - before.bytes) / after.repeats);
    g_assert_cmpuint (after.frames - before.frames, ==, TUTTI_STILL_REFINEMENTS);
    g_assert_cmpuint (after.key_frames, ==, 1);
    g_assert_cmpuint (n_frames, ==, after.repeats);
    g_assert_cmpuint (n_frames, >=, 27); /* libwebrtc waits for 3 s */
    g_assert_cmpfloat (fixture_psnr (like, shown), >=, refined - 0.1);
    rig_clear (&rig);
}

/* Something moves again, before the encoder rests: no key frame is due. */
static void
test_moves_again (void)
{
    g_autoptr (TuttiPicture) like = fixture_draw_canvas (WIDTH, HEIGHT, 4), shown = NULL;
    guint n_frames;
    Rig rig;

    rig_init (&rig, TUTTI_CODEC_VP8, 0);
    move (&rig, 1);
    pass_seconds (&rig, TUTTI_STILL_REFINEMENTS + 3);
    g_assert_cmpuint (get_stats (&rig).repeats, >, 0);
    move (&rig, 5);
    shown = watch (&rig, NULL, &n_frames);
    g_assert_cmpuint (get_stats (&rig).key_frames, ==, 1);
    g_assert_cmpfloat (fixture_psnr (like, shown), >=, 20);
    rig_clear (&rig);
}

/* The same after a rest: with a new encoder, so a key frame comes first. */
static void
test_moves_after_rest (void)
{
    g_autoptr (TuttiPicture) like = fixture_draw_canvas (WIDTH, HEIGHT, 4), shown = NULL;
    guint n_frames;
    Rig rig;

    rig_init (&rig, TUTTI_CODEC_VP8, 0);
    move (&rig, 1);
    pass_seconds (&rig, 30);
    move (&rig, 5);
    shown = watch (&rig, NULL, &n_frames);
    g_assert_cmpuint (get_stats (&rig).key_frames, ==, 2);
    g_assert_cmpfloat (fixture_psnr (like, shown), >=, 20);
    rig_clear (&rig);
}

/* A peer lost what it had, while the encoder rests: a picture is asked for, and is a key frame. */
static void
test_wish_while_resting (void)
{
    g_autoptr (TuttiPicture) shown = NULL;
    TuttiPacket *packet;
    guint n_frames;
    Rig rig;

    rig_init (&rig, TUTTI_CODEC_VP8, 0);
    move (&rig, 1);
    pass_seconds (&rig, 30);
    g_assert_cmpuint (tutti_picture_count_live (), ==, 0);
    shown = watch (&rig, NULL, &n_frames);
    g_atomic_int_set (&rig.n_wanted, 0);
    tutti_feed_want_key_frame (rig.feed);
    settle (&rig);
    g_assert_cmpint (g_atomic_int_get (&rig.n_wanted), ==, 1);
    g_assert_null (tutti_queue_pop (rig.queue));
    push_canvas (&rig, 0);
    packet = tutti_queue_pop (rig.queue);
    g_assert_nonnull (packet);
    g_assert_true (packet->flags & TUTTI_PACKET_KEY_FRAME);
    tutti_packet_unref (packet);
    pass_seconds (&rig, 1);
    g_assert_cmpuint (get_stats (&rig).frames, ==, 1 + TUTTI_STILL_REFINEMENTS + 2);
    rig_clear (&rig);
}

/* A recording's key frames come as they did: once a second is encoded. */
static void
test_key_frame_interval (void)
{
    Rig rig;

    rig_init (&rig, TUTTI_CODEC_VP8, 10);
    move (&rig, 1);
    pass_seconds (&rig, 20);
    g_assert_cmpuint (get_stats (&rig).frames, ==, 21);
    g_assert_cmpuint (get_stats (&rig).key_frames, ==, 3);
    g_assert_cmpuint (get_stats (&rig).repeats, ==, 0);
    rig_clear (&rig);
}

/* No frame can be sent twice: the last picture is encoded, every other second. */
static void
test_h264 (void)
{
    g_autoptr (TuttiPicture) like = fixture_draw_canvas (WIDTH, HEIGHT, 0), shown = NULL;
    guint n_frames;
    Rig rig;

    rig_init (&rig, TUTTI_CODEC_H264, 0);
    move (&rig, 1);
    pass_seconds (&rig, 24);
    shown = watch (&rig, NULL, &n_frames);
    g_assert_cmpuint (n_frames, ==, 1 + TUTTI_STILL_REFINEMENTS + 10);
    g_assert_cmpuint (get_stats (&rig).repeats, ==, 0);
    g_assert_cmpfloat (fixture_psnr (like, shown), >=, 20);
    rig_clear (&rig);
}

static void
push_still (Rig *rig, TuttiPicture *picture)
{
    tutti_rendition_push (rig->rendition, picture);
    settle (rig);
}

/* A picture that many are shown: each peer sees it as fine as if it had been encoded for it alone,
 * but no rendition encodes anything. */
static void
test_shared (void)
{
    g_autoptr (TuttiPicture) picture = fixture_draw_canvas (WIDTH, HEIGHT, 9);
    g_autoptr (TuttiStills) stills = tutti_stills_new ();
    TuttiPicture *shown[2] = {NULL, NULL};
    TuttiRenditionStats stats[2];
    guint n_frames;

    picture->still = 1;
    for (guint i = 0; i < 2; i++) {
        Rig rig;

        rig_init_stills (&rig, TUTTI_CODEC_VP8, 0, stills);
        push_still (&rig, picture);
        pass_seconds (&rig, 20);
        shown[i] = watch (&rig, NULL, &n_frames);
        stats[i] = get_stats (&rig);
        g_assert_cmpuint (stats[i].frames, ==, 0);
        g_assert_cmpuint (stats[i].repeats, ==, n_frames);
        g_assert_cmpuint (n_frames, >=, 1 + TUTTI_STILL_REFINEMENTS + 7);
        g_assert_cmpuint (stats[i].key_frames, ==, 1);
        rig_clear (&rig);
    }
    g_assert_cmpuint (stats[0].bytes, ==, stats[1].bytes);
    g_assert_cmpfloat (fixture_psnr (picture, shown[0]), >=, 36);
    g_assert_cmpfloat (fixture_psnr (shown[0], shown[1]), >=, 90);
    tutti_picture_unref (shown[0]);
    tutti_picture_unref (shown[1]);
}

/* From such a picture to others and back, and lost on the way: each time a key frame. */
static void
test_shared_and_own (void)
{
    g_autoptr (TuttiPicture) picture = fixture_draw_canvas (WIDTH, HEIGHT, 9);
    g_autoptr (TuttiPicture) like = fixture_draw_canvas (WIDTH, HEIGHT, 4);
    g_autoptr (TuttiStills) stills = tutti_stills_new ();
    g_autoptr (TuttiPicture) shown = NULL;
    guint n_frames;
    Rig rig;

    picture->still = 2;
    rig_init_stills (&rig, TUTTI_CODEC_VP8, 0, stills);
    push_still (&rig, picture);
    pass_seconds (&rig, 2);
    tutti_feed_want_key_frame (rig.feed);
    settle (&rig);
    pass_seconds (&rig, 2);
    g_assert_cmpuint (get_stats (&rig).key_frames, ==, 2);
    shown = watch (&rig, NULL, &n_frames);
    g_assert_cmpfloat (fixture_psnr (picture, shown), >=, 36);
    move (&rig, 5);
    g_assert_cmpuint (get_stats (&rig).frames, ==, 5);
    g_assert_cmpuint (get_stats (&rig).key_frames, ==, 3);
    shown = watch (&rig, g_steal_pointer (&shown), &n_frames);
    g_assert_cmpfloat (fixture_psnr (like, shown), >=, 20);
    push_still (&rig, picture);
    pass_seconds (&rig, 3);
    g_assert_cmpuint (get_stats (&rig).frames, ==, 5);
    g_assert_cmpuint (get_stats (&rig).key_frames, ==, 4);
    shown = watch (&rig, g_steal_pointer (&shown), &n_frames);
    g_assert_cmpfloat (fixture_psnr (picture, shown), >=, 36);
    rig_clear (&rig);
}

/* Only so many are kept: those asked for last. */
static void
test_shared_bound (void)
{
    g_autoptr (TuttiStills) stills = tutti_stills_new ();
    TuttiStillKey key = {1, WIDTH, HEIGHT, 30, 200000};

    for (guint i = 1; i <= TUTTI_STILLS_MAX + 1; i++) {
        g_autoptr (TuttiStill) first = NULL;
        g_autoptr (TuttiStill) still =
            tutti_still_new (g_ptr_array_new (), g_bytes_new_static ("", 0));

        key.still = i;
        tutti_stills_add (stills, &key, still);
        key.still = 1;
        first = tutti_stills_find (stills, &key);
        g_assert_nonnull (first);
    }
    key.still = 2;
    g_assert_null (tutti_stills_find (stills, &key));
    key.still = TUTTI_STILLS_MAX + 1;
    key.bitrate_bps++;
    g_assert_null (tutti_stills_find (stills, &key));
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
    g_test_add_func ("/still/minute", test_minute);
    g_test_add_func ("/still/moves-again", test_moves_again);
    g_test_add_func ("/still/moves-after-rest", test_moves_after_rest);
    g_test_add_func ("/still/wish-while-resting", test_wish_while_resting);
    g_test_add_func ("/still/key-frame-interval", test_key_frame_interval);
    g_test_add_func ("/still/h264", test_h264);
    g_test_add_func ("/still/shared", test_shared);
    g_test_add_func ("/still/shared-and-own", test_shared_and_own);
    g_test_add_func ("/still/shared-bound", test_shared_bound);
    g_test_add_func ("/still/nothing-left", test_nothing_left);
    return g_test_run ();
}
