/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-track-pictures.c: cameras' packets, some of them lost, in a track's file: what is in it can
 * be decoded, and lies where its sound is.
 */
#include "film-kit.h"
#include "track-kit.h"

#include <stdlib.h>
#include <string.h>
#include <tutti/packet.h>

#define MS ((gint64)TUTTI_USEC_PER_MSEC)
#define S ((gint64)G_USEC_PER_SEC)
#define BEGIN_US (5000 * S)
#define WAY_US (20 * MS)
#define KEY_EACH 50
#define N_PICTURES 200
#define SOUND_SSRC 500
#define PEER_NTP (G_GUINT64_CONSTANT (3900000000) << 32)
#define NOBODY G_MAXUINT

typedef struct {
    KitStore kit;
    TuttiSync *sync;
    TuttiWish *wish;
    TuttiTrackFile *file;
    TuttiTimeline timeline;
    GPtrArray *packets;  /* as an encoder gives them */
    guint next, picture; /* of the packets; pictures begun */
    guint lost;          /* packet that doesn't come */
    guint32 ssrc, timestamp;
    guint16 seq;
    gint64 sound_delay_us, now_us;
} Rig;

static void
open_rig (Rig *rig, TuttiCodec codec)
{
    TuttiTrackSetup setup;

    *rig = (Rig){.sync = tutti_sync_new (),
                 .wish = tutti_wish_new (NULL, NULL),
                 .packets = kit_make_pictures (codec, N_PICTURES, KEY_EACH, 0),
                 .lost = NOBODY,
                 .ssrc = 77,
                 .timestamp = 0xffff0000u, /* wraps soon, and so do numbers */
                 .seq = 0xff00,
                 .now_us = BEGIN_US};
    kit_store_open (&rig->kit);
    tutti_timeline_start (&rig->timeline, BEGIN_US);
    setup = (TuttiTrackSetup){.store = rig->kit.store,
                              .take = rig->kit.take,
                              .participant = "p1",
                              .name = "Ann",
                              .track = TUTTI_TRACK_CAMERA,
                              .sync = rig->sync,
                              .key_frame = rig->wish};
    rig->file = tutti_track_file_new (&setup);
}

static void
close_rig (Rig *rig)
{
    tutti_track_file_free (rig->file);
    tutti_sync_unref (rig->sync);
    tutti_wish_unref (rig->wish);
    g_ptr_array_unref (rig->packets);
    kit_store_close (&rig->kit);
    g_assert_cmpuint (tutti_packet_count_live (), ==, 0);
}

/* As a leg would have received it. */
static void
receive (Rig *rig, const TuttiPacket *sent, guint32 timestamp)
{
    g_autoptr (TuttiPacket) packet = tutti_packet_new ();

    memcpy (packet->data, sent->data, sent->length_bytes);
    packet->length_bytes = sent->length_bytes;
    packet->codec = sent->codec;
    packet->flags = sent->flags & TUTTI_PACKET_MARKER;
    packet->ssrc = rig->ssrc;
    packet->seq = (guint16)(rig->seq + rig->next);
    packet->timestamp = timestamp;
    packet->time_us = rig->now_us + WAY_US;
    tutti_queue_push (tutti_track_file_get_input (rig->file), packet);
}

static void
work (Rig *rig)
{
    g_assert_true (tutti_track_file_work (rig->file, &rig->timeline, NULL, rig->now_us));
}

/* The next picture, and the time it takes. */
static void
send_picture (Rig *rig)
{
    gboolean is_end = FALSE;

    if (rig->sound_delay_us > 0)
        tutti_sync_play (rig->sync, SOUND_SSRC,
                         (guint32)((rig->now_us - BEGIN_US - rig->sound_delay_us) * 48 / 1000),
                         rig->now_us);
    for (; !is_end && rig->next < rig->packets->len; rig->next++) {
        const TuttiPacket *sent = rig->packets->pdata[rig->next];

        is_end = (sent->flags & TUTTI_PACKET_MARKER) != 0;
        if (rig->next != rig->lost)
            receive (rig, sent, rig->timestamp + rig->picture * 3600);
    }
    rig->picture++;
    rig->now_us += KIT_FRAME_US;
    if (rig->picture % 5 == 0)
        work (rig);
}

static void
send_pictures (Rig *rig, guint until)
{
    while (rig->picture < until)
        send_picture (rig);
}

/* The n-th picture's first packet, and its last. */
static guint
find_packet (const Rig *rig, guint picture, gboolean is_last)
{
    guint n = 0, first = 0;

    for (guint i = 0; i < rig->packets->len; i++) {
        if (!(((const TuttiPacket *)rig->packets->pdata[i])->flags & TUTTI_PACKET_MARKER))
            continue;
        if (n++ == picture)
            return is_last ? i : first;
        first = i + 1;
    }
    g_assert_not_reached ();
}

/* All that is in the file, decoded by libavcodec. */
static void
finish (Rig *rig, KitFile *read, KitPlayed *played)
{
    g_autofree char *name = NULL, *path = NULL, *bytes = NULL;
    gsize n;

    rig->now_us += S;
    work (rig);
    g_assert_true (tutti_track_file_finish (rig->file, &rig->timeline, rig->now_us));
    name = kit_find_track (&rig->kit, "Ann-p1-camera");
    path = g_build_filename (rig->kit.path, name, NULL);
    kit_file_read (read, &rig->kit, name);
    g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
    g_assert_true (kit_play ((const guint8 *)bytes, n, played));
    g_assert_cmpint (read->width, ==, KIT_WIDTH);
    g_assert_cmpint (read->height, ==, KIT_HEIGHT);
}

static gint64
time_of (const KitFile *file, guint piece)
{
    return g_array_index (file->pieces, KitPiece, piece).time_us;
}

/* Up to a picture of which a packet is missing, and from the next key frame on, which is asked
 * for. */
static void
check_loss (TuttiCodec codec, gboolean is_last)
{
    const guint damaged = 70;
    g_auto (KitFile) file = {0};
    KitPlayed played;
    Rig rig;

    open_rig (&rig, codec);
    rig.lost = find_packet (&rig, damaged, is_last);
    send_pictures (&rig, damaged);
    tutti_wish_take (rig.wish);
    send_pictures (&rig, N_PICTURES);
    g_assert_true (tutti_wish_take (rig.wish));
    finish (&rig, &file, &played);
    g_assert_cmpuint (played.errors, ==, 0);
    g_assert_cmpuint (played.frames[0], ==, damaged + N_PICTURES - 2 * KEY_EACH);
    g_assert_cmpuint (file.pieces->len, ==, played.frames[0]);
    for (guint p = 0; p < file.pieces->len; p++) {
        guint i = p < damaged ? p : p - damaged + 2 * KEY_EACH;

        g_assert_cmpint (ABS (time_of (&file, p) - (i * KIT_FRAME_US + WAY_US)), <=, 2 * MS);
    }
    close_rig (&rig);
}

static void
test_vp8 (void)
{
    check_loss (TUTTI_CODEC_VP8, FALSE);
    check_loss (TUTTI_CODEC_VP8, TRUE);
}

static void
test_h264 (void)
{
    check_loss (TUTTI_CODEC_H264, FALSE);
    check_loss (TUTTI_CODEC_H264, TRUE);
}

/* A recording that begins in the midst of it begins with a key frame. */
static void
test_late (void)
{
    g_auto (KitFile) file = {0};
    KitPlayed played;
    Rig rig;

    open_rig (&rig, TUTTI_CODEC_VP8);
    rig.next = find_packet (&rig, 20, FALSE);
    rig.picture = 20;
    rig.now_us += 20 * KIT_FRAME_US;
    send_pictures (&rig, N_PICTURES);
    g_assert_true (tutti_wish_take (rig.wish));
    finish (&rig, &file, &played);
    g_assert_cmpuint (played.errors, ==, 0);
    g_assert_cmpuint (played.frames[0], ==, N_PICTURES - KEY_EACH);
    g_assert_cmpint (ABS (time_of (&file, 0) - (KEY_EACH * KIT_FRAME_US + WAY_US)), <=, 2 * MS);
    close_rig (&rig);
}

/* Another layer of simulcast: other numbers and times, from a key frame on. */
static void
test_layer (void)
{
    g_auto (KitFile) file = {0};
    KitPlayed played;
    Rig rig;

    open_rig (&rig, TUTTI_CODEC_VP8);
    send_pictures (&rig, KEY_EACH);
    rig.ssrc = 78;
    rig.seq = 1;
    rig.timestamp = 1000;
    send_pictures (&rig, N_PICTURES);
    finish (&rig, &file, &played);
    g_assert_cmpuint (played.errors, ==, 0);
    g_assert_cmpuint (played.frames[0], ==, N_PICTURES);
    g_assert_cmpint (
        ABS (time_of (&file, N_PICTURES - 1) - ((N_PICTURES - 1) * KIT_FRAME_US + WAY_US)), <=,
        2 * MS);
    close_rig (&rig);
}

/* A pause is cut out; after it only a key frame can follow. */
static void
test_pause (void)
{
    g_auto (KitFile) file = {0};
    KitPlayed played;
    Rig rig;

    open_rig (&rig, TUTTI_CODEC_VP8);
    /* the recorder's thread follows somewhat later; at once after the pause comes a key frame */
    send_pictures (&rig, 65);
    tutti_timeline_pause (&rig.timeline, BEGIN_US + 60 * KIT_FRAME_US);
    send_pictures (&rig, 105);
    tutti_timeline_resume (&rig.timeline, BEGIN_US + 100 * KIT_FRAME_US);
    send_pictures (&rig, N_PICTURES);
    finish (&rig, &file, &played);
    g_assert_cmpuint (played.errors, ==, 0);
    g_assert_cmpuint (played.frames[0], ==, 60 + N_PICTURES - 2 * KEY_EACH);
    g_assert_cmpint (ABS (time_of (&file, 60) - (60 * KIT_FRAME_US + WAY_US)), <=, 2 * MS);
    close_rig (&rig);
}

/* A picture lies where its sound is: the sender's reports relate the two. */
static void
test_lips (void)
{
    const TuttiSyncReport sound = {SOUND_SSRC, 0, PEER_NTP};
    const TuttiSyncReport picture = {77, 0xffff0000u, PEER_NTP};
    g_auto (KitFile) file = {0};
    KitPlayed played;
    Rig rig;

    open_rig (&rig, TUTTI_CODEC_VP8);
    rig.sound_delay_us = 150 * MS;
    tutti_sync_take_report (rig.sync, &sound, BEGIN_US);
    tutti_sync_take_report (rig.sync, &picture, BEGIN_US);
    send_pictures (&rig, N_PICTURES);
    finish (&rig, &file, &played);
    g_assert_cmpuint (file.pieces->len, ==, N_PICTURES);
    for (guint p = 0; p < file.pieces->len; p++)
        g_assert_cmpint (ABS (time_of (&file, p) - (p * KIT_FRAME_US + 150 * MS)), <=, 20 * MS);
    close_rig (&rig);
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/track-pictures/vp8", test_vp8);
    g_test_add_func ("/track-pictures/h264", test_h264);
    g_test_add_func ("/track-pictures/late", test_late);
    g_test_add_func ("/track-pictures/layer", test_layer);
    g_test_add_func ("/track-pictures/pause", test_pause);
    g_test_add_func ("/track-pictures/lips", test_lips);
    return g_test_run ();
}
