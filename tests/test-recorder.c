/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-recorder.c: whole recordings: what a user finds in the file after a late first picture,
 * silence, pauses, a slow and a full disk. Time is simulated.
 *
 * The linker leads tutti_file_flush() through here (--wrap), so that the disk can be full.
 */
#include "src/record/file.h"
#include "src/record/recorder-work.h"

#include "film-kit.h"
#include "record-kit.h"

#define MS TUTTI_USEC_PER_MSEC
#define S G_USEC_PER_SEC
#define FILM_S 12
#define KEY_EACH KIT_RATE /* a key frame a second */
#define TICK_US (100 * MS)

TuttiFileStatus __wrap_tutti_file_flush (TuttiFile *file);
TuttiFileStatus __real_tutti_file_flush (TuttiFile *file);

/* How many more go well, then it is full; -1: all. */
static gint flushes_left = -1;

TuttiFileStatus
__wrap_tutti_file_flush (TuttiFile *file)
{
    TuttiFileStatus status = __real_tutti_file_flush (file);

    if (flushes_left == 0)
        return TUTTI_FILE_FULL;
    flushes_left -= flushes_left > 0;
    return status;
}

/* --- A recording --- */

typedef struct {
    Scratch scratch;
    TuttiStore *store;
    char *take, *name;
    TuttiQueue *pictures, *sounds;
    TuttiOrders *orders;
    TuttiWish *key_frame;
    TuttiRecorderWork *work;
    gint64 start_us, now_us;

    GPtrArray *film[2]; /* packets of pictures and sounds */
    guint at[2];
} Rig;

static void
rig_init (Rig *rig, TuttiContainer container, gint64 first_picture_us, guint queue_capacity)
{
    TuttiCodec codec = container == TUTTI_CONTAINER_WEBM ? TUTTI_CODEC_VP8 : TUTTI_CODEC_H264;
    TuttiRecorderWorkSetup setup;

    /* Simulated time is ahead of the system's, so that orders were always posted before. */
    *rig = (Rig){.scratch = scratch_new (), .start_us = g_get_monotonic_time () + 3600 * (gint64)S};
    rig->store = store_open (&rig->scratch);
    rig->take = tutti_store_begin (rig->store, "blue", container, g_get_real_time (), NULL);
    rig->name = g_strdup_printf ("%s.%s", rig->take, tutti_container_name (container));
    rig->pictures = tutti_queue_new (queue_capacity, NULL, NULL);
    rig->sounds = tutti_queue_new (queue_capacity, NULL, NULL);
    rig->orders = tutti_orders_new ();
    rig->key_frame = tutti_wish_new (NULL, NULL);
    rig->now_us = rig->start_us;
    rig->film[0] =
        kit_make_pictures (codec, FILM_S * KIT_RATE, KEY_EACH, rig->start_us + first_picture_us);
    rig->film[1] = kit_make_sounds (FILM_S * S / TUTTI_ROUND_US, 2, rig->start_us);
    setup = (TuttiRecorderWorkSetup){.recorder = {.store = rig->store,
                                                  .room = "blue",
                                                  .container = container,
                                                  .video_codec = codec,
                                                  .width = KIT_WIDTH,
                                                  .height = KIT_HEIGHT,
                                                  .frame_rate = KIT_RATE,
                                                  .channels = 2,
                                                  .key_frame = rig->key_frame},
                                     .take = rig->take,
                                     .start_us = rig->start_us,
                                     .wall_us = g_get_real_time (),
                                     .pictures = rig->pictures,
                                     .sounds = rig->sounds,
                                     .orders = rig->orders};
    rig->work = tutti_recorder_work_new (&setup);
    g_assert_true (tutti_recorder_work_open (rig->work, NULL));
}

static void
rig_clear (Rig *rig)
{
    tutti_recorder_work_free (rig->work);
    tutti_orders_free (rig->orders);
    tutti_queue_unref (rig->pictures);
    tutti_queue_unref (rig->sounds);
    tutti_wish_unref (rig->key_frame);
    tutti_store_unref (rig->store);
    g_ptr_array_unref (rig->film[0]);
    g_ptr_array_unref (rig->film[1]);
    g_free (rig->take);
    g_free (rig->name);
    scratch_clear (&rig->scratch);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Rig, rig_clear)

static void
push_until (Rig *rig, guint stream, gint64 until_us)
{
    TuttiQueue *queue = stream == 0 ? rig->pictures : rig->sounds;
    GPtrArray *film = rig->film[stream];

    for (; rig->at[stream] < film->len; rig->at[stream]++) {
        TuttiPacket *packet = film->pdata[rig->at[stream]];

        if (packet->time_us > until_us)
            return;
        tutti_queue_push (queue, packet);
    }
}

/* Time goes on to `to_us` after the start; FALSE: the work came to its end. */
static gboolean
go_on (Rig *rig, gint64 to_us)
{
    while (rig->now_us < rig->start_us + to_us) {
        rig->now_us += TICK_US;
        push_until (rig, 0, rig->now_us);
        push_until (rig, 1, rig->now_us);
        if (!tutti_recorder_work_run (rig->work, rig->now_us))
            return FALSE;
    }
    return TRUE;
}

/* Time goes on, but the thread is held up by the disk. */
static void
go_on_without (Rig *rig, gint64 to_us)
{
    while (rig->now_us < rig->start_us + to_us) {
        rig->now_us += TICK_US;
        push_until (rig, 0, rig->now_us);
        push_until (rig, 1, rig->now_us);
    }
}

/* What is left out of the film: packets of that stream between two times. */
static void
leave_out (Rig *rig, guint stream, gint64 from_us, gint64 to_us)
{
    for (guint i = rig->film[stream]->len; i-- > 0;) {
        const TuttiPacket *packet = rig->film[stream]->pdata[i];
        gint64 time_us = packet->time_us - rig->start_us;

        if (time_us >= from_us && time_us < to_us)
            g_ptr_array_remove_index (rig->film[stream], i);
    }
}

static void
order (Rig *rig, TuttiOrderKind kind, gint64 time_us)
{
    tutti_orders_post (rig->orders,
                       &(TuttiOrder){.kind = kind, .time_us = rig->start_us + time_us});
}

static GByteArray *
read_bytes (const Rig *rig)
{
    g_autofree char *path = g_build_filename (rig->scratch.path, rig->name, NULL);
    char *data;
    gsize n;

    g_assert_true (g_file_get_contents (path, &data, &n, NULL));
    return g_byte_array_new_take ((guint8 *)data, n);
}

static GByteArray *
stop (Rig *rig, gint64 time_us)
{
    order (rig, TUTTI_ORDER_STOP, time_us);
    g_assert_false (go_on (rig, rig->now_us - rig->start_us + S));
    tutti_recorder_work_end (rig->work);
    return read_bytes (rig);
}

/* --- What is in the file --- */

static void
assert_near (double value, double expected, double by)
{
    g_assert_cmpfloat (value, >=, expected - by);
    g_assert_cmpfloat (value, <=, expected + by);
}

/* Times of a stream's packets, s. */
static GArray *
probe_times (const GByteArray *bytes, char stream)
{
    g_autofree char *arguments =
        g_strdup_printf ("-select_streams %c -show_entries packet=pts_time", stream);
    g_autofree char *text = kit_probe (bytes, arguments);
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    GArray *times = g_array_new (FALSE, FALSE, sizeof (double));

    for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++) {
        double time = g_ascii_strtod (lines[i], NULL);

        g_array_append_val (times, time);
    }
    return times;
}

static double
time_at (const GArray *times, guint i)
{
    return g_array_index (times, double, i);
}

/* Sound has no gap, from the beginning to the end. */
static void
assert_sound_is_whole (const GByteArray *bytes, double length_s)
{
    g_autoptr (GArray) times = probe_times (bytes, 'a');

    assert_near (time_at (times, 0), 0, 0.0201);
    for (guint i = 1; i < times->len; i++)
        assert_near (time_at (times, i) - time_at (times, i - 1), 0.02, 0.0011);
    assert_near (time_at (times, times->len - 1) + 0.02, length_s, 0.04);
}

static void
assert_plays (const GByteArray *bytes, double length_s)
{
    g_autofree char *said = kit_decode (bytes);

    g_assert_cmpstr (said, ==, "");
    assert_near (kit_probe_number (bytes, "-show_entries format=duration"), length_s, 0.04);
    assert_sound_is_whole (bytes, length_s);
}

static void
test_late_picture (gconstpointer user_data)
{
    g_auto (Rig) rig = {0};
    g_autoptr (GByteArray) bytes = NULL;
    g_autoptr (GArray) pictures = NULL;

    rig_init (&rig, GPOINTER_TO_INT (user_data), 200 * MS, 4096);
    g_assert_true (go_on (&rig, 6 * S));
    bytes = stop (&rig, 6013 * MS);
    if (!kit_has_witness ())
        return;
    assert_plays (bytes, 6.013);
    pictures = probe_times (bytes, 'v');
    g_assert_cmpuint (pictures->len, ==, 146); /* 0.2, 0.24, ... 6.0 */
    assert_near (time_at (pictures, 0), 0.2, 0.001);
    assert_near (time_at (pictures, 145), 6.0, 0.001);
}

/* Nobody speaks for a while, and the canvas stands still: a picture a second. */
static void
test_still (gconstpointer user_data)
{
    g_auto (Rig) rig = {0};
    g_autoptr (GByteArray) bytes = NULL;

    rig_init (&rig, GPOINTER_TO_INT (user_data), 0, 4096);
    leave_out (&rig, 1, 500 * MS, 4 * S);
    leave_out (&rig, 1, 5 * S, FILM_S * S);
    for (gint64 t = 0; t < FILM_S; t++)
        leave_out (&rig, 0, t * S + 1, (t + 1) * S);
    g_assert_true (go_on (&rig, 7800 * MS));
    bytes = stop (&rig, 7900 * MS);
    if (!kit_has_witness ())
        return;
    assert_plays (bytes, 7.9);
}

/* 2 to 4 s are cut out, though the packets kept coming. */
static void
test_pause (gconstpointer user_data)
{
    g_auto (Rig) rig = {0};
    g_autoptr (GByteArray) bytes = NULL;
    g_autoptr (GArray) pictures = NULL;
    g_autofree char *flags = NULL;
    g_auto (GStrv) lines = NULL;

    rig_init (&rig, GPOINTER_TO_INT (user_data), 0, 4096);
    g_assert_true (go_on (&rig, 2 * S));
    order (&rig, TUTTI_ORDER_PAUSE, 2 * S);
    g_assert_true (go_on (&rig, 4 * S));
    order (&rig, TUTTI_ORDER_RESUME, 3990 * MS);
    g_assert_true (go_on (&rig, 7 * S));
    bytes = stop (&rig, 7 * S);
    if (!kit_has_witness ())
        return;
    assert_plays (bytes, 5.01);
    pictures = probe_times (bytes, 'v');
    g_assert_cmpuint (pictures->len, ==, 5 * KIT_RATE);
    assert_near (time_at (pictures, 49), 1.96, 0.001);
    assert_near (time_at (pictures, 50), 2.01, 0.001);
    assert_near (time_at (pictures, 75), 3.01, 0.001);
    flags = kit_probe (bytes, "-select_streams v -show_entries packet=flags");
    lines = g_strsplit (flags, "\n", -1);
    g_assert_true (g_str_has_prefix (lines[50], "K"));
}

/* The disk holds the thread up for 3 s, of which the queues hold half a second. */
static void
test_slow_disk (gconstpointer user_data)
{
    g_auto (Rig) rig = {0};
    g_autoptr (GByteArray) bytes = NULL;
    g_autofree char *name = NULL, *sidecar = NULL;
    TuttiRecorderStats stats;

    rig_init (&rig, GPOINTER_TO_INT (user_data), 0, 50);
    g_assert_true (go_on (&rig, 2 * S));
    tutti_wish_take (rig.key_frame);
    go_on_without (&rig, 5 * S);
    g_assert_true (go_on (&rig, 8 * S));
    g_assert_true (tutti_wish_take (rig.key_frame));
    bytes = stop (&rig, 8 * S);
    tutti_recorder_work_get_stats (rig.work, 0, &stats);
    g_assert_cmpuint (stats.gaps, ==, 1);
    assert_near ((double)stats.gap_us / S, 3, 1.1);
    name = g_strdup_printf ("%s.json", rig.take);
    sidecar = read_file (&rig.scratch, name);
    g_assert_nonnull (strstr (sidecar, "gap"));
    if (kit_has_witness ())
        assert_plays (bytes, 8);
}

static void
test_full_disk (gconstpointer user_data)
{
    g_auto (Rig) rig = {0};
    g_autoptr (GByteArray) bytes = NULL;
    TuttiRecorderStats stats;

    rig_init (&rig, GPOINTER_TO_INT (user_data), 0, 4096);
    flushes_left = 4;
    g_assert_false (go_on (&rig, FILM_S * S));
    tutti_recorder_work_end (rig.work);
    flushes_left = -1;
    tutti_recorder_work_get_stats (rig.work, 0, &stats);
    g_assert_cmpstr (stats.why, ==, "disk full");
    bytes = read_bytes (&rig);
    if (kit_has_witness ())
        assert_plays (bytes, (double)stats.length_us / S);
}

/* No picture ever comes: the sound is kept. */
static void
test_no_picture (gconstpointer user_data)
{
    g_auto (Rig) rig = {0};
    g_autoptr (GByteArray) bytes = NULL;

    rig_init (&rig, GPOINTER_TO_INT (user_data), 0, 4096);
    g_ptr_array_set_size (rig.film[0], 0);
    g_assert_true (go_on (&rig, 2 * S));
    bytes = stop (&rig, 2 * S);
    if (kit_has_witness ())
        assert_plays (bytes, 2);
}

static void
add_tests (const char *name, TuttiContainer container)
{
    static const struct {
        const char *name;
        GTestDataFunc func;
    } tests[] = {
        {"late-picture", test_late_picture},
        {"still", test_still},
        {"pause", test_pause},
        {"slow-disk", test_slow_disk},
        {"full-disk", test_full_disk},
        {"no-picture", test_no_picture},
    };

    for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
        g_autofree char *path = g_strdup_printf ("/recorder/%s/%s", name, tests[i].name);

        g_test_add_data_func (path, GINT_TO_POINTER (container), tests[i].func);
    }
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    add_tests ("webm", TUTTI_CONTAINER_WEBM);
    add_tests ("mkv", TUTTI_CONTAINER_MKV);
    add_tests ("mp4", TUTTI_CONTAINER_MP4);
    return g_test_run ();
}
