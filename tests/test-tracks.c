/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-tracks.c: packets as networks bring them, and where they lie in a track's file: each where
 * the mix has it, in one line without holes.
 */
#include "track-kit.h"

#include <stdlib.h>
#include <string.h>
#include <tutti/packet.h>

#define MS ((gint64)TUTTI_USEC_PER_MSEC)
#define S ((gint64)G_USEC_PER_SEC)
/* Of our clock, when the recording starts, and the sender, too. */
#define BEGIN_US (5000 * S)
#define WAY_US (20 * MS)
#define JITTER_US (30 * MS)
/* From saying to hearing. */
#define DELAY_US (80 * MS)
#define WORK_US (100 * MS)
#define IN_SYNC_US (20 * MS)
#define PACKET_BYTES 40

typedef struct {
    KitStore kit;
    TuttiSync *sync;
    TuttiTrackFile *file;
    TuttiTimeline timeline;
    double speed; /* of the sender's clock */
    guint32 ssrc, first_timestamp;
    guint16 first_seq;
    gint64 now_us;
    guint sent, lost_each; /* of so many the last is lost; 0: none */
    guint pause_from, pause_to;
    GRand *rand;
    gint is_sent; /* atomic: the sender has said all */
} Rig;

static void
open_track (Rig *rig, const char *name)
{
    TuttiTrackSetup setup = {.store = rig->kit.store,
                             .take = rig->kit.take,
                             .participant = "p1",
                             .name = name,
                             .sync = rig->sync,
                             .channels = 2};

    rig->file = tutti_track_file_new (&setup);
}

static void
set_up (Rig *rig, gconstpointer data)
{
    (void)data;
    kit_store_open (&rig->kit);
    rig->sync = tutti_sync_new ();
    rig->speed = 1;
    rig->ssrc = 77;
    rig->first_timestamp = 0xffff0000u; /* both wrap soon */
    rig->first_seq = 0xfff0;
    rig->now_us = BEGIN_US;
    rig->rand = g_rand_new_with_seed (1);
    tutti_timeline_start (&rig->timeline, BEGIN_US);
}

static void
tear_down (Rig *rig, gconstpointer data)
{
    (void)data;
    tutti_track_file_free (rig->file);
    tutti_sync_unref (rig->sync);
    kit_store_close (&rig->kit);
    g_rand_free (rig->rand);
    g_assert_cmpuint (tutti_packet_count_live (), ==, 0);
}

/* Our clock, when the i-th packet's sound was made. */
static gint64
said_us (const Rig *rig, guint i)
{
    return BEGIN_US + (gint64)(i * (double)TUTTI_ROUND_US / rig->speed);
}

/* Packet i, which tells its number. */
static TuttiPacket *
make_packet (const Rig *rig, guint i, gint64 arrival_us)
{
    TuttiPacket *packet = tutti_packet_new ();
    guint32 number = GUINT32_TO_BE (i);

    packet->data[0] = 0xf8; /* CELT, 20 ms */
    memcpy (packet->data + 1, &number, sizeof number);
    packet->length_bytes = PACKET_BYTES;
    packet->codec = TUTTI_CODEC_OPUS;
    packet->ssrc = rig->ssrc;
    packet->seq = (guint16)(rig->first_seq + i);
    packet->timestamp = rig->first_timestamp + i * TUTTI_ROUND_SAMPLES;
    packet->time_us = arrival_us;
    packet->level = 20;
    return packet;
}

static void
push (Rig *rig, guint i, gint64 arrival_us)
{
    g_autoptr (TuttiPacket) packet = make_packet (rig, i, arrival_us);

    tutti_queue_push (tutti_track_file_get_input (rig->file), packet);
}

/* What the jitter buffer would do: all that was said DELAY_US ago is played now. */
static void
play (Rig *rig)
{
    gint64 samples = (gint64)((rig->now_us - DELAY_US - BEGIN_US) * rig->speed * TUTTI_RATE_HZ / S);

    tutti_sync_play (rig->sync, rig->ssrc, rig->first_timestamp + (guint32)samples, rig->now_us);
}

static void
work (Rig *rig)
{
    g_assert_true (tutti_track_file_work (rig->file, &rig->timeline, NULL, rig->now_us));
}

static gboolean
is_sent (const Rig *rig, guint i)
{
    return (rig->lost_each == 0 || i % rig->lost_each != rig->lost_each - 1) &&
           (i < rig->pause_from || i >= rig->pause_to);
}

/* Rounds until `until_us` behind the beginning; packets come up to JITTER_US late, some before
 * those that were sent before them. */
static void
run (Rig *rig, gint64 until_us)
{
    for (; rig->now_us < BEGIN_US + until_us; rig->now_us += TUTTI_ROUND_US) {
        while (said_us (rig, rig->sent + 1) + WAY_US + JITTER_US < rig->now_us) {
            guint i = rig->sent++ ^ 1; /* each second one overtakes */
            gint64 late_us = g_rand_int_range (rig->rand, 0, (int)JITTER_US);

            if (is_sent (rig, i))
                push (rig, i, said_us (rig, i) + WAY_US + late_us);
        }
        play (rig);
        if ((rig->now_us - BEGIN_US) % WORK_US == 0)
            work (rig);
    }
}

static void
finish (Rig *rig, KitFile *read)
{
    g_autofree char *name = NULL;

    g_assert_true (tutti_track_file_finish (rig->file, &rig->timeline, rig->now_us));
    name = kit_find_track (&rig->kit, "");
    kit_file_read (read, &rig->kit, name);
}

/* -1: silence. */
static int
number_of (const KitFile *file, const KitPiece *piece)
{
    guint32 number;

    if (piece->length_bytes != PACKET_BYTES)
        return -1;
    memcpy (&number, file->bytes->data + piece->at + 1, sizeof number);
    return (int)GUINT32_FROM_BE (number);
}

static gint64
duration_of (const KitFile *file, const KitPiece *piece)
{
    const guint8 *data = file->bytes->data + piece->at;
    gint64 frame_us = 2500 << (data[0] >> 3 & 3);

    return (data[0] & 3) == 3 ? frame_us * (data[1] & 63) : frame_us;
}

/* Each piece where the one before ends, and each packet once, in order, where it was played but for
 * `off_us` of cut-out time before; gives how many there are. */
static guint
check_line (const Rig *rig, const KitFile *file, guint from, guint to, gint64 off_us)
{
    gint64 end_us = 0, worst_us = 0;
    int last = -1;
    guint n = 0;

    for (guint p = 0; p < file->pieces->len; p++) {
        const KitPiece *piece = &g_array_index (file->pieces, KitPiece, p);
        int i = number_of (file, piece);

        if (p > 0) /* Matroska has milliseconds */
            g_assert_cmpint (ABS (piece->time_us - end_us), <=, 2 * MS);
        end_us = piece->time_us + duration_of (file, piece);
        if (i < 0)
            continue;
        g_assert_cmpint (i, >, last);
        last = i;
        if ((guint)i < from || (guint)i >= to)
            continue;
        worst_us = MAX (worst_us, ABS (piece->time_us -
                                       (said_us (rig, (guint)i) + DELAY_US - BEGIN_US - off_us)));
        n++;
    }
    g_test_message ("%u packets, %" G_GINT64_FORMAT " us off at worst", n, worst_us);
    g_assert_cmpint (worst_us, <=, IN_SYNC_US);
    return n;
}

static void
test_order (Rig *rig, gconstpointer data)
{
    g_auto (KitFile) file = {0};

    (void)data;
    open_track (rig, "Ann");
    run (rig, 5 * S);
    push (rig, 200, rig->now_us); /* a repair that nobody needs any more */
    run (rig, 10 * S);
    finish (rig, &file);
    g_assert_cmpstr (file.codec, ==, "opus");
    g_assert_cmpuint (check_line (rig, &file, 0, G_MAXUINT, 0), ==, rig->sent);
    /* it begins where the mix begins: with silence until the first sound */
    g_assert_cmpint (g_array_index (file.pieces, KitPiece, 0).time_us, <=, 0);
    g_assert_cmpint (number_of (&file, &g_array_index (file.pieces, KitPiece, 0)), ==, -1);
}

/* What is lost leaves silence; what stays lies where it did. */
static void
test_loss (Rig *rig, gconstpointer data)
{
    g_auto (KitFile) file = {0};

    (void)data;
    rig->lost_each = 7;
    open_track (rig, "Ann");
    run (rig, 10 * S);
    finish (rig, &file);
    g_assert_cmpuint (check_line (rig, &file, 0, G_MAXUINT, 0), ==, rig->sent - rig->sent / 7);
}

/* A silence of the sender, as with DTX, is as long in the file, even while it lasts. */
static void
test_silence (Rig *rig, gconstpointer data)
{
    g_auto (KitFile) file = {0};
    guint64 bytes;

    (void)data;
    rig->pause_from = 100;
    rig->pause_to = 900;
    open_track (rig, "Ann");
    run (rig, 4 * S);
    bytes = tutti_track_file_get_bytes (rig->file);
    run (rig, 15 * S);
    g_assert_cmpuint (tutti_track_file_get_bytes (rig->file), >, bytes + 10 * (1000 / 120) * 14);
    run (rig, 25 * S);
    finish (rig, &file);
    g_assert_cmpuint (check_line (rig, &file, 0, G_MAXUINT, 0), ==, rig->sent - 800);
}

/* Another stream of the same person, with other numbers and times. */
static void
test_other_stream (Rig *rig, gconstpointer data)
{
    g_auto (KitFile) file = {0};
    guint before;

    (void)data;
    open_track (rig, "Ann");
    run (rig, 4 * S);
    before = rig->sent;
    rig->ssrc = 78;
    rig->first_seq = 3000;
    rig->first_timestamp = 12345;
    run (rig, 8 * S);
    finish (rig, &file);
    g_assert_cmpuint (check_line (rig, &file, 0, G_MAXUINT, 0), ==, rig->sent);
    g_assert_cmpuint (rig->sent, >, before + 150);
}

/* An hour of a sender whose clock is not ours: a moment is put in or left out now and then. */
static void
skew (Rig *rig, double ppm)
{
    const gint64 hour_us = 3600 * S;
    g_auto (KitFile) file = {0};
    guint n;

    rig->speed = 1 + ppm / 1e6;
    open_track (rig, "Ann");
    run (rig, hour_us);
    finish (rig, &file);
    n = check_line (rig, &file, 0, G_MAXUINT, 0);
    /* 300 ppm of an hour are 54 packets */
    g_assert_cmpuint (n, >=, rig->sent - 60);
}

static void
test_fast (Rig *rig, gconstpointer data)
{
    (void)data;
    skew (rig, 300);
}

static void
test_slow (Rig *rig, gconstpointer data)
{
    (void)data;
    skew (rig, -300);
}

/* Nobody plays it, so nobody tells when: it goes by the fastest of its packets. */
static void
test_unheard (Rig *rig, gconstpointer data)
{
    g_auto (KitFile) file = {0};
    guint n = 0;

    (void)data;
    g_clear_pointer (&rig->sync, tutti_sync_unref);
    rig->sync = tutti_sync_new ();
    open_track (rig, "Ann");
    for (guint i = 0; i < 2000; i++) {
        push (rig, i, said_us (rig, i) + WAY_US + g_rand_int_range (rig->rand, 0, (int)JITTER_US));
        rig->now_us = said_us (rig, i);
        if (i % 5 == 0)
            work (rig);
    }
    rig->now_us += S;
    work (rig);
    finish (rig, &file);
    for (guint p = 0; p < file.pieces->len; p++) {
        const KitPiece *piece = &g_array_index (file.pieces, KitPiece, p);
        int i = number_of (&file, piece);

        if (i < 0)
            continue;
        g_assert_cmpint (ABS (piece->time_us - (said_us (rig, (guint)i) + WAY_US - BEGIN_US)), <=,
                         IN_SYNC_US);
        n++;
    }
    g_assert_cmpuint (n, ==, 2000);
}

/* What was said in the pause isn't there, and what follows lies where the mix goes on. */
static void
test_pause (Rig *rig, gconstpointer data)
{
    g_auto (KitFile) file = {0};

    (void)data;
    open_track (rig, "Ann");
    run (rig, 4 * S + 200 * MS); /* the recorder's thread follows so much later */
    tutti_timeline_pause (&rig->timeline, BEGIN_US + 4 * S);
    run (rig, 10 * S + 200 * MS);
    tutti_timeline_resume (&rig->timeline, BEGIN_US + 10 * S);
    run (rig, 14 * S);
    finish (rig, &file);
    /* heard before 4 s, and from 10 s on */
    g_assert_cmpuint (check_line (rig, &file, 0, 196, 0), ==, 196);
    g_assert_cmpuint (check_line (rig, &file, 197, 495, 0), ==, 0);
    g_assert_cmpuint (check_line (rig, &file, 497, G_MAXUINT, 6 * S), ==, rig->sent - 497);
}

/* Whatever people call themselves, the file is in its folder; and who comes back has another. */
static void
test_names (Rig *rig, gconstpointer data)
{
    g_autofree char *first = NULL, *second = NULL;

    (void)data;
    for (guint i = 0; i < 2; i++) {
        open_track (rig, "../../../etc/pass wd\n\xff"
                         "0123456789012345678901234567890123456789");
        run (rig, (gint64)(i + 1) * 2 * S);
        g_assert_true (tutti_track_file_finish (rig->file, &rig->timeline, rig->now_us));
        g_clear_pointer (&rig->file, tutti_track_file_free);
    }
    first = kit_find_track (&rig->kit, "-audio.webm");
    second = kit_find_track (&rig->kit, "-audio-2.webm");
    g_assert_true (g_str_has_suffix (first, "/etcpasswd01234567890123456789012-p1-audio.webm"));
    rig->file = NULL;
}

/* Nothing said: no file. */
static void
test_nothing (Rig *rig, gconstpointer data)
{
    g_autofree char *path = NULL;

    (void)data;
    open_track (rig, "Ann");
    rig->now_us += S;
    work (rig);
    g_assert_true (tutti_track_file_finish (rig->file, &rig->timeline, rig->now_us));
    g_assert_cmpuint (tutti_track_file_get_bytes (rig->file), ==, 0);
    path = g_strdup_printf ("%s/%s.tracks", rig->kit.path, rig->kit.take);
    g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* However slow the other side is, the queue does not overflow. */
#define QUEUE_HALF_PACKETS 256

static gpointer
send_all (gpointer data)
{
    Rig *rig = data;

    for (guint i = 0; i < 5000; i++) {
        gint64 now_us = said_us (rig, i) + DELAY_US;

        push (rig, i, now_us - DELAY_US + WAY_US);
        tutti_sync_play (rig->sync, rig->ssrc, rig->first_timestamp + i * TUTTI_ROUND_SAMPLES,
                         now_us);
        while (tutti_queue_length (tutti_track_file_get_input (rig->file)) > QUEUE_HALF_PACKETS)
            g_usleep (TUTTI_USEC_PER_MSEC);
    }
    g_atomic_int_set (&rig->is_sent, TRUE);
    return NULL;
}

/* Packets come, and are played, while the file is written: nothing is lost between. */
static void
test_threads (Rig *rig, gconstpointer data)
{
    g_auto (KitFile) file = {0};
    GThread *sender;
    guint n = 0;

    (void)data;
    open_track (rig, "Ann");
    sender = g_thread_new ("sender", send_all, rig);
    while (!g_atomic_int_get (&rig->is_sent)) {
        work (rig);
        g_thread_yield ();
    }
    g_thread_join (sender);
    rig->now_us = said_us (rig, 5000);
    work (rig);
    finish (rig, &file);
    for (guint p = 0; p < file.pieces->len; p++)
        n += number_of (&file, &g_array_index (file.pieces, KitPiece, p)) >= 0;
    g_assert_cmpuint (n, >, 4950); /* but what came before the clock was known */
}

int
main (int argc, char *argv[])
{
#define ADD(name, test) g_test_add ("/tracks/" name, Rig, NULL, set_up, test, tear_down)
    g_test_init (&argc, &argv, NULL);
    ADD ("order", test_order);
    ADD ("loss", test_loss);
    ADD ("silence", test_silence);
    ADD ("other-stream", test_other_stream);
    ADD ("fast", test_fast);
    ADD ("slow", test_slow);
    ADD ("unheard", test_unheard);
    ADD ("pause", test_pause);
    ADD ("names", test_names);
    ADD ("nothing", test_nothing);
    ADD ("threads", test_threads);
    return g_test_run ();
}
