/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-feed.c: who follows a feed sees whole pictures of one rendition after the other, each run
 * beginning with a key frame, whatever works at the same time.
 */
#include <tutti/clock.h>

#include "encode-fixture.h"
#include "encode/feed.h"

#define WIDTH 64
#define HEIGHT 36
#define QUEUE_CAPACITY 65536
#define FRAME_US (G_USEC_PER_SEC / 30)
#define START_US (100 * G_USEC_PER_SEC)

/* Two renditions that never encode by themselves: pictures are offered by hand. */
typedef struct {
    TuttiJobs *jobs;
    TuttiRendition *a, *b;
    TuttiQueue *queue;
    TuttiFeed *feed;
} Rig;

static TuttiRendition *
make_rendition (TuttiJobs *jobs, TuttiCodec codec)
{
    TuttiRenditionSetup setup = {
        .codec = codec, .width = WIDTH, .height = HEIGHT, .frame_rate = 30, .bitrate_bps = 50000};

    return tutti_rendition_new (jobs, &setup);
}

static void
rig_init (Rig *rig)
{
    rig->jobs = tutti_jobs_new (2, tutti_clock_real ());
    rig->a = make_rendition (rig->jobs, TUTTI_CODEC_VP8);
    rig->b = make_rendition (rig->jobs, TUTTI_CODEC_VP8);
    rig->queue = tutti_queue_new (QUEUE_CAPACITY, NULL, NULL);
    rig->feed = tutti_feed_new (rig->queue);
}

static void
rig_clear (Rig *rig)
{
    tutti_feed_free (rig->feed);
    g_assert_cmpuint (tutti_rendition_n_feeds (rig->a), ==, 0);
    g_assert_cmpuint (tutti_rendition_n_feeds (rig->b), ==, 0);
    tutti_rendition_free (rig->a);
    tutti_rendition_free (rig->b);
    tutti_jobs_free (rig->jobs);
    tutti_queue_unref (rig->queue);
    g_assert_cmpuint (tutti_packet_count_live (), ==, 0);
}

/* A picture of three packets; vp8.picture_id counts a source's pictures. */
static GPtrArray *
make_packets (guint32 source, guint picture_id, gboolean is_key)
{
    GPtrArray *packets = g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);

    for (guint i = 0; i < 3; i++) {
        TuttiPacket *packet = tutti_packet_new ();

        packet->source = source;
        packet->vp8.picture_id = picture_id;
        packet->flags = (is_key ? TUTTI_PACKET_KEY_FRAME : 0) |
                        (i == 0 ? TUTTI_PACKET_FRAME_START : 0) |
                        (i == 2 ? TUTTI_PACKET_MARKER : 0);
        g_ptr_array_add (packets, packet);
    }
    return packets;
}

static void
offer (Rig *rig, TuttiRendition *rendition, gboolean is_key)
{
    g_autoptr (GPtrArray) packets = make_packets (rendition == rig->a ? 1 : 2, 0, is_key);

    tutti_feed_offer (rig->feed, rendition, packets, is_key);
}

/* Sources of the pictures in the queue, a letter each; capital for key frames. */
static char *
read_queue (Rig *rig)
{
    GString *seen = g_string_new (NULL);

    for (TuttiPacket *packet; (packet = tutti_queue_pop (rig->queue)) != NULL;) {
        char letter = packet->source == 1 ? 'a' : 'b';

        if (packet->flags & TUTTI_PACKET_FRAME_START)
            g_string_append_c (
                seen, packet->flags & TUTTI_PACKET_KEY_FRAME ? g_ascii_toupper (letter) : letter);
        tutti_packet_unref (packet);
    }
    return g_string_free (seen, FALSE);
}

static void
expect (Rig *rig, const char *pictures)
{
    g_autofree char *seen = read_queue (rig);

    g_assert_cmpstr (seen, ==, pictures);
}

static void
test_starts_at_key_frame (void)
{
    Rig rig;

    rig_init (&rig);
    g_assert_null (tutti_feed_get_rendition (rig.feed));
    g_assert_true (tutti_feed_is_settled (rig.feed));
    offer (&rig, rig.a, TRUE);
    expect (&rig, "");
    tutti_feed_follow (rig.feed, rig.a);
    g_assert_true (tutti_feed_get_rendition (rig.feed) == rig.a);
    offer (&rig, rig.a, FALSE);
    offer (&rig, rig.a, FALSE);
    offer (&rig, rig.a, TRUE);
    offer (&rig, rig.a, FALSE);
    offer (&rig, rig.b, TRUE);
    expect (&rig, "Aa");
    g_assert_true (tutti_feed_is_settled (rig.feed));
    rig_clear (&rig);
}

static void
test_changes_at_key_frame (void)
{
    Rig rig;

    rig_init (&rig);
    tutti_feed_follow (rig.feed, rig.a);
    offer (&rig, rig.a, TRUE);
    tutti_feed_follow (rig.feed, rig.b);
    g_assert_true (tutti_feed_get_rendition (rig.feed) == rig.b);
    g_assert_false (tutti_feed_is_settled (rig.feed));
    g_assert_cmpuint (tutti_rendition_n_feeds (rig.a), ==, 1);
    g_assert_cmpuint (tutti_rendition_n_feeds (rig.b), ==, 1);
    offer (&rig, rig.b, FALSE);
    offer (&rig, rig.a, FALSE);
    offer (&rig, rig.b, TRUE);
    offer (&rig, rig.a, TRUE);
    offer (&rig, rig.b, FALSE);
    expect (&rig, "AaBb");
    g_assert_true (tutti_feed_is_settled (rig.feed));
    g_assert_cmpuint (tutti_rendition_n_feeds (rig.a), ==, 0);
    g_assert_cmpuint (tutti_rendition_n_feeds (rig.b), ==, 1);
    rig_clear (&rig);
}

/* Back to the current one before the other began: its pictures never stopped. */
static void
test_change_taken_back (void)
{
    Rig rig;

    rig_init (&rig);
    tutti_feed_follow (rig.feed, rig.a);
    offer (&rig, rig.a, TRUE);
    tutti_feed_follow (rig.feed, rig.b);
    tutti_feed_follow (rig.feed, rig.a);
    g_assert_true (tutti_feed_is_settled (rig.feed));
    g_assert_cmpuint (tutti_rendition_n_feeds (rig.b), ==, 0);
    offer (&rig, rig.a, FALSE);
    offer (&rig, rig.b, TRUE);
    expect (&rig, "Aa");
    rig_clear (&rig);
}

/* To nothing and back: the pictures between are missing, so a key frame must come. */
static void
test_left_and_back (void)
{
    Rig rig;

    rig_init (&rig);
    tutti_feed_follow (rig.feed, rig.a);
    offer (&rig, rig.a, TRUE);
    tutti_feed_follow (rig.feed, NULL);
    g_assert_null (tutti_feed_get_rendition (rig.feed));
    g_assert_true (tutti_feed_is_settled (rig.feed));
    g_assert_cmpuint (tutti_rendition_n_feeds (rig.a), ==, 0);
    offer (&rig, rig.a, FALSE);
    tutti_feed_follow (rig.feed, rig.a);
    offer (&rig, rig.a, FALSE);
    offer (&rig, rig.a, TRUE);
    expect (&rig, "AA");
    rig_clear (&rig);
}

static void
test_settle (void)
{
    Rig rig;

    rig_init (&rig);
    tutti_feed_settle (rig.feed);
    tutti_feed_follow (rig.feed, rig.a);
    offer (&rig, rig.a, TRUE);
    tutti_feed_settle (rig.feed); /* no change under way: nothing happens */
    offer (&rig, rig.a, FALSE);
    tutti_feed_follow (rig.feed, rig.b);
    tutti_feed_settle (rig.feed);
    g_assert_true (tutti_feed_is_settled (rig.feed));
    g_assert_cmpuint (tutti_rendition_n_feeds (rig.a), ==, 0);
    offer (&rig, rig.a, FALSE);
    offer (&rig, rig.b, FALSE);
    offer (&rig, rig.b, TRUE);
    expect (&rig, "AaB");
    rig_clear (&rig);
}

/* Wishes go where the feed goes to; following wishes by itself. */
static void
test_wishes (void)
{
    TuttiRenditionStats a, b;
    Rig rig;

    rig_init (&rig);
    tutti_feed_want_key_frame (rig.feed); /* follows nothing: nothing happens */
    tutti_feed_follow (rig.feed, rig.a);
    tutti_feed_follow (rig.feed, rig.a);
    tutti_feed_follow (rig.feed, rig.b);
    tutti_feed_want_key_frame (rig.feed);
    tutti_rendition_get_stats (rig.a, &a);
    tutti_rendition_get_stats (rig.b, &b);
    g_assert_cmpuint (a.wishes, ==, 1);
    g_assert_cmpuint (b.wishes, ==, 2);
    rig_clear (&rig);
}

/* --- At the same time. --- */

typedef struct {
    Rig *rig;
    TuttiRendition *rendition;
    guint32 source;
    gint *stop; /* atomic */
} Offerer;

/* As a rendition's job: every seventh picture is a key frame. */
static gpointer
offer_on (gpointer user_data)
{
    Offerer *self = user_data;

    for (guint n = 0; !g_atomic_int_get (self->stop); n++) {
        g_autoptr (GPtrArray) packets = make_packets (self->source, n & 0x7fff, n % 7 == 0);

        tutti_feed_offer (self->rig->feed, self->rendition, packets, n % 7 == 0);
        if (n % 16 == 0)
            g_usleep (50); /* the other one's turn, on one core too */
    }
    return NULL;
}

/* What a decoder needs: whole pictures, no gap within a source, key frames at changes. A gap may
 * only be where the feed followed nothing, and ends with a key frame. */
typedef struct {
    TuttiPacket *last;
    guint n_changes;
} Checker;

static void
check_packet (Checker *self, TuttiPacket *packet)
{
    const TuttiPacket *last = self->last;
    gboolean starts = (packet->flags & TUTTI_PACKET_FRAME_START) != 0;

    if (last == NULL || (last->flags & TUTTI_PACKET_MARKER))
        g_assert_true (starts);
    else {
        g_assert_false (starts);
        g_assert_cmpuint (packet->source, ==, last->source);
        g_assert_cmpuint (packet->vp8.picture_id, ==, last->vp8.picture_id);
    }
    if (starts && last != NULL && packet->source == last->source &&
        !(packet->flags & TUTTI_PACKET_KEY_FRAME))
        g_assert_cmpuint (packet->vp8.picture_id, ==, (last->vp8.picture_id + 1) & 0x7fff);
    if (starts && (last == NULL || packet->source != last->source)) {
        g_assert_true (packet->flags & TUTTI_PACKET_KEY_FRAME);
        self->n_changes++;
    }
    g_clear_pointer (&self->last, tutti_packet_unref);
    self->last = packet;
}

static void
check_queue (Checker *self, TuttiQueue *queue)
{
    for (TuttiPacket *packet; (packet = tutti_queue_pop (queue)) != NULL;)
        check_packet (self, packet);
}

static void
wait_for_source (Rig *rig, Checker *checker, guint32 source)
{
    do {
        g_thread_yield ();
        check_queue (checker, rig->queue);
    } while (checker->last == NULL || checker->last->source != source);
}

static void
test_offered_at_the_same_time (void)
{
    gint stop = FALSE;
    Checker checker = {0};
    GThread *threads[2];
    Offerer offerers[2];
    Rig rig;

    rig_init (&rig);
    for (guint i = 0; i < 2; i++) {
        offerers[i] = (Offerer){&rig, i == 0 ? rig.a : rig.b, i + 1, &stop};
        threads[i] = g_thread_new ("offerer", offer_on, &offerers[i]);
    }
    for (guint n = 0; n < 600; n++) {
        tutti_feed_follow (rig.feed, n % 2 == 0 ? rig.a : rig.b);
        if (n % 5 == 4)
            tutti_feed_settle (rig.feed);
        else if (n % 5 != 3)
            wait_for_source (&rig, &checker, 1 + n % 2);
        if (n % 11 == 10)
            tutti_feed_follow (rig.feed, NULL);
        check_queue (&checker, rig.queue);
    }
    g_atomic_int_set (&stop, TRUE);
    for (guint i = 0; i < 2; i++)
        g_thread_join (threads[i]);
    check_queue (&checker, rig.queue);
    g_assert_cmpuint (tutti_queue_dropped (rig.queue), ==, 0);
    g_assert_cmpuint (checker.n_changes, >=, 100);
    tutti_packet_unref (checker.last);
    rig_clear (&rig);
}

/* After free nothing is pushed, though offers go on. */
static void
test_freed_while_offered (void)
{
    Rig rig;

    rig_init (&rig);
    for (guint n = 0; n < 100; n++) {
        gint stop = FALSE;
        Offerer offerer = {&rig, rig.a, 1, &stop};
        TuttiFeed *held = tutti_feed_ref (rig.feed); /* as a job's list of feeds does */
        GThread *thread;
        guint left;

        tutti_feed_follow (rig.feed, rig.a);
        thread = g_thread_new ("offerer", offer_on, &offerer);
        while (tutti_queue_length (rig.queue) < 50)
            g_thread_yield ();
        tutti_feed_free (rig.feed);
        left = tutti_queue_length (rig.queue);
        g_usleep (200);
        g_assert_cmpuint (tutti_queue_length (rig.queue), ==, left);
        g_atomic_int_set (&stop, TRUE);
        g_thread_join (thread);
        tutti_feed_unref (held);
        g_free (read_queue (&rig));
        rig.feed = tutti_feed_new (rig.queue);
    }
    rig_clear (&rig);
}

/* --- With the renditions' own jobs on two workers. --- */

static void
decode_queue (TuttiQueue *queue, FixtureDecoder *decoder, guint *n_decoded)
{
    g_autoptr (GPtrArray) packets =
        g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);

    for (TuttiPacket *packet; (packet = tutti_queue_pop (queue)) != NULL;) {
        g_autoptr (TuttiPicture) picture = NULL;

        g_ptr_array_add (packets, packet);
        if (!(packet->flags & TUTTI_PACKET_MARKER))
            continue;
        picture = fixture_decode (decoder, packets);
        g_assert_nonnull (picture);
        (*n_decoded)++;
        g_ptr_array_set_size (packets, 0);
    }
    g_assert_cmpuint (packets->len, ==, 0);
}

static void
push_to_both (TuttiRendition *renditions[2], guint n, gint64 now_us)
{
    g_autoptr (TuttiPicture) picture = fixture_draw_canvas (WIDTH, HEIGHT, n);

    picture->time_us = now_us;
    tutti_rendition_push (renditions[0], picture);
    tutti_rendition_push (renditions[1], picture);
}

static guint64
count_done (TuttiRendition *rendition)
{
    TuttiRenditionStats stats;

    tutti_rendition_get_stats (rendition, &stats);
    return stats.frames + stats.skipped;
}

/* Waits until both have done more than before. */
static void
wait_for_frames (TuttiRendition *renditions[2], const guint64 before[2])
{
    for (guint i = 0; i < 2; i++)
        while (count_done (renditions[i]) <= before[i])
            g_thread_yield ();
}

/* Replaced by a newer one: a picture encoded once more for a key frame may be taken for it above.
 */
static guint
count_skipped (TuttiRendition *rendition)
{
    TuttiRenditionStats stats;

    tutti_rendition_get_stats (rendition, &stats);
    return (guint)stats.skipped;
}

/* One decoder sees everything and never stumbles; ticks 200 ms apart, so that changes come soon. */
static void
test_decodable_over_changes (void)
{
    TuttiClock *clock = tutti_clock_fake_new (START_US);
    TuttiJobs *jobs = tutti_jobs_new (2, clock);
    TuttiRendition *renditions[] = {make_rendition (jobs, TUTTI_CODEC_VP8),
                                    make_rendition (jobs, TUTTI_CODEC_VP8)};
    g_autoptr (TuttiQueue) queue = tutti_queue_new (QUEUE_CAPACITY, NULL, NULL);
    g_autoptr (FixtureDecoder) decoder = fixture_decoder_new (TUTTI_CODEC_VP8);
    TuttiFeed *feed = tutti_feed_new (queue);
    guint n_decoded = 0, n_changes = 0, n_skipped;

    for (guint n = 0; n < 300; n++) {
        guint64 before[] = {count_done (renditions[0]), count_done (renditions[1])};

        if (tutti_feed_is_settled (feed))
            tutti_feed_follow (feed, renditions[n_changes++ % 2]);
        push_to_both (renditions, n, tutti_clock_now_us (clock));
        wait_for_frames (renditions, before);
        tutti_clock_fake_advance (clock, 200 * TUTTI_USEC_PER_MSEC);
    }
    tutti_feed_free (feed);
    n_skipped = count_skipped (renditions[0]) + count_skipped (renditions[1]);
    tutti_rendition_free (renditions[0]);
    tutti_rendition_free (renditions[1]);
    decode_queue (queue, decoder, &n_decoded);
    g_test_message ("%u pictures decoded over %u changes, %u skipped", n_decoded, n_changes,
                    n_skipped);
    g_assert_cmpuint (n_changes, >=, 50);
    g_assert_cmpuint (n_decoded + n_skipped, >=, 250);
    tutti_jobs_free (jobs);
    tutti_clock_fake_free (clock);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/feed/starts-at-key-frame", test_starts_at_key_frame);
    g_test_add_func ("/feed/changes-at-key-frame", test_changes_at_key_frame);
    g_test_add_func ("/feed/change-taken-back", test_change_taken_back);
    g_test_add_func ("/feed/left-and-back", test_left_and_back);
    g_test_add_func ("/feed/settle", test_settle);
    g_test_add_func ("/feed/wishes", test_wishes);
    g_test_add_func ("/feed/offered-at-the-same-time", test_offered_at_the_same_time);
    g_test_add_func ("/feed/freed-while-offered", test_freed_while_offered);
    g_test_add_func ("/feed/decodable-over-changes", test_decodable_over_changes);
    return g_test_run ();
}
