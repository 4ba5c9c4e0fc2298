/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-video-source.c: packets of real encoders through loss, reordering and repair: every picture
 * that comes out is one that was sent, or there is none.
 */
#include "src/decode/video-source.h"
#include "decode-kit.h"

#include <tutti/clock.h>

#define WIDTH 320
#define HEIGHT 180
#define GOOD_DB 28.0
/* Arrival times by which a hole is never overdue, or always. */
#define PATIENT_US (3600 * (gint64)G_USEC_PER_SEC)
#define HASTY_US (-3600 * (gint64)G_USEC_PER_SEC)
#define PATIENCE_US (20 * (gint64)G_USEC_PER_SEC)

typedef struct {
    TuttiJobs *jobs;
    TuttiSlot *slot;
    TuttiWish *wish;
    TuttiVideoSource *source;
    KitSender *sender;
    gint64 base_us;
    guint64 pushed;
    int width, height;
} Show;

static Show *
show_new (const KitSetup *setup, gint64 patience_us)
{
    Show *show = g_new0 (Show, 1);
    KitSetup whole = *setup;

    whole.width = show->width = setup->width ? setup->width : WIDTH;
    whole.height = show->height = setup->height ? setup->height : HEIGHT;
    show->jobs = tutti_jobs_new (1, tutti_clock_real ());
    show->slot = tutti_slot_new ();
    show->wish = tutti_wish_new (NULL, NULL);
    show->source = tutti_video_source_new (show->jobs, show->slot, show->wish);
    show->sender = kit_sender_new (&whole);
    show->base_us = tutti_clock_now_us (tutti_clock_real ()) + patience_us;
    return show;
}

static void
show_free (Show *show)
{
    tutti_video_source_free (show->source);
    kit_sender_free (show->sender);
    tutti_wish_unref (show->wish);
    tutti_slot_unref (show->slot);
    tutti_jobs_free (show->jobs);
    g_free (show);
    g_assert_cmpuint (tutti_packet_count_live (), ==, 0);
    g_assert_cmpuint (tutti_picture_count_live (), ==, 0);
}

static void
push (Show *show, GPtrArray *packets, guint i)
{
    tutti_queue_push (tutti_video_source_get_queue (show->source), packets->pdata[i]);
    show->pushed++;
}

static TuttiVideoSourceStats
settle (Show *show)
{
    gint64 until_us = g_get_monotonic_time () + PATIENCE_US;
    TuttiVideoSourceStats stats = {0};

    do {
        tutti_video_source_get_stats (show->source, &stats);
        if (stats.packets == show->pushed)
            return stats;
        g_usleep (500);
    } while (g_get_monotonic_time () < until_us);
    g_assert_not_reached ();
}

/* Which frame is shown; it must look like that frame. -1: none. */
static int
shown (Show *show)
{
    g_autoptr (TuttiPicture) picture = NULL;
    g_autoptr (TuttiPicture) source = NULL;
    int index;

    settle (show);
    picture = tutti_slot_peek (show->slot, NULL);
    if (!picture)
        return -1;
    index = (int)(picture->time_us - show->base_us);
    source = kit_draw (show->width, show->height, (guint)index);
    g_assert_cmpfloat (kit_psnr (picture, source), >, GOOD_DB);
    return index;
}

static void
send_frame (Show *show, gboolean is_key)
{
    g_autoptr (GPtrArray) packets = kit_sender_next (show->sender, is_key, show->base_us);

    for (guint i = 0; i < packets->len; i++)
        push (show, packets, i);
}

static void
lose_frame (Show *show)
{
    g_autoptr (GPtrArray) packets = kit_sender_next (show->sender, FALSE, show->base_us);
}

static gboolean
has_wish (Show *show)
{
    settle (show);
    return tutti_wish_take (show->wish);
}

static const KitSetup vp8 = {.codec = TUTTI_CODEC_VP8};
static const KitSetup vp8_ids = {.codec = TUTTI_CODEC_VP8, .has_ids = TRUE};
static const KitSetup vp8_odd = {
    .codec = TUTTI_CODEC_VP8, .width = 321, .height = 179, .has_ids = TRUE};
static const KitSetup vp8_layers = {.codec = TUTTI_CODEC_VP8, .has_layers = TRUE};
static const KitSetup h264_mode0 = {.codec = TUTTI_CODEC_H264, .payload_bytes = 1000};
static const KitSetup h264_mode1 = {.codec = TUTTI_CODEC_H264, .packetization = 1};

static void
test_clean (gconstpointer setup)
{
    Show *show = show_new (setup, PATIENT_US);
    TuttiVideoSourceStats stats;

    for (int i = 0; i < 40; i++) {
        send_frame (show, i == 0);
        g_assert_cmpint (shown (show), ==, i);
    }
    stats = settle (show);
    g_assert_cmpuint (stats.decoded, ==, 40);
    g_assert_cmpuint (stats.key_frames, ==, 1);
    g_assert_cmpuint (stats.errors + stats.dropped, ==, 0);
    g_assert_cmpint (stats.width, ==, show->width);
    g_assert_cmpint (stats.height, ==, show->height);
    g_assert_cmpint (stats.cpu_us, >, 0);
    g_assert_false (has_wish (show));
    show_free (show);
}

/* Each frame's packets last first, and each twice. */
static void
test_reorder (gconstpointer setup)
{
    Show *show = show_new (setup, PATIENT_US);

    for (int i = 0; i < 20; i++) {
        g_autoptr (GPtrArray) packets = kit_sender_next (show->sender, i == 0, show->base_us);

        for (guint at = packets->len; at-- > 0;)
            push (show, packets, at);
        for (guint at = packets->len; at-- > 0;)
            push (show, packets, at);
        g_assert_cmpint (shown (show), ==, i);
    }
    g_assert_cmpuint (settle (show).errors, ==, 0);
    show_free (show);
}

/* A packet is missing: the last good picture stays; it comes by retransmission: all goes on. */
static void
test_repair (gconstpointer setup)
{
    Show *show = show_new (setup, PATIENT_US);
    GPtrArray *packets;

    send_frame (show, TRUE);
    packets = kit_sender_next (show->sender, FALSE, show->base_us);
    for (guint i = 1; i < packets->len; i++)
        push (show, packets, i);
    for (int i = 0; i < 5; i++)
        send_frame (show, FALSE);
    g_assert_cmpint (shown (show), ==, 0);
    g_assert_false (has_wish (show));
    push (show, packets, 0);
    g_ptr_array_unref (packets);
    g_assert_cmpint (shown (show), ==, 6);
    g_assert_false (has_wish (show));
    g_assert_cmpuint (settle (show).decoded, ==, 7);
    show_free (show);
}

/* Nobody repairs it: a key frame is wished, nothing is shown until it comes. */
static void
test_loss (gconstpointer setup)
{
    Show *show = show_new (setup, HASTY_US);
    int first;

    send_frame (show, TRUE);
    do
        lose_frame (show);
    while (kit_sender_layer (show->sender) > 0);
    for (int i = 0; i < 5; i++)
        send_frame (show, FALSE);
    g_assert_cmpint (shown (show), ==, 0);
    g_assert_true (has_wish (show));
    send_frame (show, TRUE);
    first = shown (show);
    g_assert_cmpint (first, >=, 7);
    send_frame (show, FALSE);
    g_assert_cmpint (shown (show), ==, first + 1);
    show_free (show);
}

/* The same, but time passes of itself: no packet comes to wake the job. */
static void
test_deadline (void)
{
    Show *show = show_new (&vp8, 0);
    gint64 until_us = g_get_monotonic_time () + PATIENCE_US;

    send_frame (show, TRUE);
    lose_frame (show);
    send_frame (show, FALSE);
    while (!tutti_wish_take (show->wish)) {
        g_assert_cmpint (g_get_monotonic_time (), <, until_us);
        g_usleep (1000);
    }
    g_assert_cmpint (g_get_monotonic_time (), >=, show->base_us + 150000);
    show_free (show);
}

static void
test_late_start (gconstpointer setup)
{
    Show *show = show_new (setup, PATIENT_US);

    lose_frame (show);
    send_frame (show, FALSE);
    send_frame (show, FALSE);
    g_assert_cmpint (shown (show), ==, -1);
    g_assert_true (has_wish (show));
    send_frame (show, TRUE);
    g_assert_cmpint (shown (show), ==, 3);
    show_free (show);
}

/* Frames of upper layers are lost: no key frame is needed, no picture is wrong. */
static void
test_lost_layer (void)
{
    Show *show = show_new (&vp8_layers, HASTY_US);
    int last = -1;

    for (int i = 0; i < 40; i++) {
        g_autoptr (GPtrArray) packets = kit_sender_next (show->sender, i == 0, show->base_us);

        if (i % 4 == 3 && kit_sender_layer (show->sender) == 2)
            continue;
        for (guint at = 0; at < packets->len; at++)
            push (show, packets, at);
        last = i;
        g_assert_cmpint (shown (show), ==, i);
    }
    g_assert_cmpint (shown (show), ==, last);
    g_assert_false (has_wish (show));

    /* but a base frame is needed */
    while (kit_sender_layer (show->sender) != 0)
        lose_frame (show);
    for (int i = 0; i < 8; i++)
        send_frame (show, FALSE);
    g_assert_cmpint (shown (show), ==, last);
    g_assert_true (has_wish (show));
    show_free (show);
}

/* Numbers are missing, but the picture ids say that no picture is: there is nothing to wait for. */
static void
test_missing_padding (void)
{
    Show *show = show_new (&vp8_ids, PATIENT_US);

    for (guint i = 0; i < 10; i++) {
        g_autoptr (GPtrArray) packets = kit_sender_next (show->sender, i == 0, show->base_us);

        for (guint at = 0; at < packets->len; at++) {
            TuttiPacket *packet = packets->pdata[at];

            packet->seq = (guint16)(packet->seq + 3 * i);
            push (show, packets, at);
        }
        g_assert_cmpint (shown (show), ==, (int)i);
    }
    show_free (show);
}

/* Padding packets between frames are not frames. */
static void
test_padding (gconstpointer setup)
{
    Show *show = show_new (setup, PATIENT_US);

    for (guint i = 0; i < 10; i++) {
        g_autoptr (GPtrArray) packets = kit_sender_next (show->sender, i == 0, show->base_us);
        TuttiPacket *last = NULL, *padding = tutti_packet_new ();

        for (guint at = 0; at < packets->len; at++) {
            last = packets->pdata[at];
            last->seq = (guint16)(last->seq + i);
            push (show, packets, at);
        }
        g_assert_nonnull (last);
        padding->codec = last->codec;
        padding->ssrc = last->ssrc;
        padding->timestamp = last->timestamp;
        padding->time_us = last->time_us;
        padding->seq = (guint16)(last->seq + 1);
        g_ptr_array_add (packets, padding);
        push (show, packets, packets->len - 1);
        g_assert_cmpint (shown (show), ==, (int)i);
    }
    show_free (show);
}

static void
test_unwanted (void)
{
    Show *show = show_new (&vp8, PATIENT_US);

    send_frame (show, TRUE);
    g_assert_cmpint (shown (show), ==, 0);
    tutti_video_source_set_wanted (show->source, FALSE);
    for (int i = 0; i < 5; i++)
        send_frame (show, FALSE);
    g_assert_cmpint (shown (show), ==, 0);
    g_assert_false (has_wish (show));
    tutti_video_source_set_wanted (show->source, TRUE);
    send_frame (show, FALSE);
    g_assert_true (has_wish (show));
    send_frame (show, TRUE);
    g_assert_cmpint (shown (show), ==, 7);
    g_assert_cmpuint (settle (show).decoded, ==, 2);
    show_free (show);
}

static void
change_sender (Show *show, const KitSetup *setup, guint32 ssrc)
{
    KitSetup whole = *setup;
    g_autoptr (GPtrArray) packets = NULL;

    whole.width = show->width;
    whole.height = show->height;
    kit_sender_free (show->sender);
    show->sender = kit_sender_new (&whole);
    for (int n = 0; n < 3; n++) {
        g_clear_pointer (&packets, g_ptr_array_unref);
        packets = kit_sender_next (show->sender, n == 0, show->base_us);
        for (guint i = 0; i < packets->len; i++) {
            ((TuttiPacket *)packets->pdata[i])->ssrc = ssrc;
            push (show, packets, i);
        }
        g_assert_cmpint (shown (show), ==, n);
    }
}

static void
test_changes (void)
{
    Show *show = show_new (&vp8, PATIENT_US);

    for (int i = 0; i < 5; i++)
        send_frame (show, i == 0);
    change_sender (show, &h264_mode1, 99);
    change_sender (show, &vp8, 99);
    change_sender (show, &vp8_ids, 12345);
    g_assert_cmpuint (settle (show).errors, ==, 0);
    show_free (show);
}

/* Bytes turned over within frames: what is found out is not shown; nothing crashes. */
static void
test_garbage (gconstpointer setup)
{
    Show *show = show_new (setup, HASTY_US);
    guint32 state = 5;

    for (int i = 0; i < 60; i++) {
        g_autoptr (GPtrArray) packets = kit_sender_next (show->sender, i % 10 == 0, show->base_us);

        for (guint at = 0; at < packets->len; at++) {
            TuttiPacket *packet = packets->pdata[at];

            state = state * 1664525 + 1013904223;
            if (state >> 30 == 0)
                packet->data[(state >> 8) % packet->length_bytes] ^= (guint8)(state >> 16);
            if (state >> 27 == 31)
                packet->length_bytes = (guint16)(state >> 8 & 3);
            push (show, packets, at);
        }
        settle (show);
    }
    show_free (show);
}

/* A key frame header that lies about its size. */
static void
test_too_large (void)
{
    Show *show = show_new (&vp8, PATIENT_US);
    GPtrArray *packets = kit_sender_next (show->sender, TRUE, show->base_us);
    TuttiPacket *first = packets->pdata[0];

    first->data[1 + 6] = 0xff; /* after a descriptor of one byte: 16383 wide */
    first->data[1 + 7] = 0x3f;
    for (guint i = 0; i < packets->len; i++)
        push (show, packets, i);
    g_ptr_array_unref (packets);
    g_assert_cmpint (shown (show), ==, -1);
    g_assert_cmpuint (settle (show).dropped, ==, 1);
    g_assert_true (has_wish (show));
    show_free (show);
}

/* Pictures wait for their sound: what was said when picture n was taken is played 200 ms later. */
static void
test_lip_sync (void)
{
    g_autoptr (TuttiSync) sync = tutti_sync_new ();
    gint64 now_us = tutti_clock_now_us (tutti_clock_real ());
    Show *show = show_new (&vp8, 0);
    TuttiSyncReport voice = {5, 48000, G_GUINT64_CONSTANT (1) << 32};
    g_autoptr (TuttiPicture) picture = NULL;
    TuttiPacket *first;
    GPtrArray *packets = kit_sender_next (show->sender, TRUE, show->base_us);
    gint64 shown_us;

    first = packets->pdata[0];
    tutti_video_source_set_sync (show->source, sync, TUTTI_TRACK_CAMERA);
    tutti_sync_take_report (sync, &voice, now_us);
    tutti_sync_take_report (
        sync, &(TuttiSyncReport){first->ssrc, first->timestamp, G_GUINT64_CONSTANT (1) << 32},
        now_us);
    tutti_sync_play (sync, 5, 48000 - 9600, now_us);
    for (guint i = 0; i < packets->len; i++)
        push (show, packets, i);
    g_ptr_array_unref (packets);
    while (!(picture = tutti_slot_peek (show->slot, &shown_us))) {
        g_assert_cmpint (g_get_monotonic_time (), <, now_us + PATIENCE_US);
        g_usleep (500);
    }
    g_assert_cmpint (shown_us, >=, now_us + 180 * TUTTI_USEC_PER_MSEC);
    g_clear_pointer (&picture, tutti_picture_unref);
    show_free (show);
}

/* The track ends, or nobody looks any more, while a picture waits: it never appears. */
static void
test_flush (void)
{
    g_autoptr (TuttiSync) sync = tutti_sync_new ();
    gint64 now_us = tutti_clock_now_us (tutti_clock_real ());
    Show *show = show_new (&vp8, 0);
    GPtrArray *packets = kit_sender_next (show->sender, TRUE, show->base_us);
    TuttiPacket *first = packets->pdata[0];
    TuttiSyncReport report = {first->ssrc, first->timestamp, G_GUINT64_CONSTANT (1) << 32};
    g_autoptr (TuttiPicture) picture = NULL;

    tutti_video_source_set_sync (show->source, sync, TUTTI_TRACK_CAMERA);
    tutti_sync_take_report (sync, &report, now_us);
    tutti_sync_take_report (sync, &report, now_us);
    tutti_sync_play (sync, first->ssrc, first->timestamp - 43200, now_us);
    for (guint i = 0; i < packets->len; i++)
        push (show, packets, i);
    g_ptr_array_unref (packets);
    g_assert_cmpuint (settle (show).decoded, ==, 1);
    tutti_video_source_flush (show->source);
    picture = tutti_slot_peek (show->slot, NULL);
    if (picture) {
        g_test_skip ("the machine is too busy to measure");
    } else {
        g_usleep (500 * TUTTI_USEC_PER_MSEC);
        g_assert_null (tutti_slot_peek (show->slot, NULL));
    }
    g_clear_pointer (&picture, tutti_picture_unref);
    show_free (show);
}

static void
add_each (const char *name, const KitSetup *setup)
{
    static const struct {
        const char *name;
        void (*test) (gconstpointer);
    } tests[] = {
        {"clean", test_clean},           {"reorder", test_reorder},
        {"repair", test_repair},         {"loss", test_loss},
        {"padding", test_padding},       {"garbage", test_garbage},
        {"late-start", test_late_start},
    };

    for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
        g_autofree char *path = g_strdup_printf ("/video-source/%s/%s", name, tests[i].name);

        g_test_add_data_func (path, setup, tests[i].test);
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    add_each ("vp8", &vp8);
    add_each ("vp8-ids", &vp8_ids);
    add_each ("vp8-odd", &vp8_odd);
    add_each ("vp8-layers", &vp8_layers);
    add_each ("h264-mode0", &h264_mode0);
    add_each ("h264-mode1", &h264_mode1);
    g_test_add_func ("/video-source/deadline", test_deadline);
    g_test_add_func ("/video-source/lost-layer", test_lost_layer);
    g_test_add_func ("/video-source/missing-padding", test_missing_padding);
    g_test_add_func ("/video-source/unwanted", test_unwanted);
    g_test_add_func ("/video-source/changes", test_changes);
    g_test_add_func ("/video-source/too-large", test_too_large);
    g_test_add_func ("/video-source/lip-sync", test_lip_sync);
    g_test_add_func ("/video-source/flush", test_flush);
    return g_test_run ();
}
