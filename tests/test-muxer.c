/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-muxer.c: what ffprobe and ffmpeg say of our files: whole, cut anywhere, and after many
 * hours.
 */
#include <malloc.h>

#include <tutti/error.h>

#include "film-kit.h"
#include "src/record/opus-packet.h"

#define SECONDS 5
#define SECONDS_BEFORE 2 /* of a corner */
#define N_PICTURES (SECONDS * KIT_RATE)
#define N_SOUNDS (SECONDS * G_USEC_PER_SEC / TUTTI_ROUND_US)
#define KEY_EACH 50
#ifdef __SANITIZE_ADDRESS__
#define CUTS 40 /* nearly all of it is decoding, by others' code that is not looked at */
#else
#define CUTS 200 /* as many as the project asks for */
#endif

/* Both streams of a film, in the order of their time. */
typedef struct {
    TuttiContainer container;
    TuttiCodec codec;
    GPtrArray *pictures, *sounds;
} Film;

static Film
film_make (TuttiContainer container)
{
    TuttiCodec codec = container == TUTTI_CONTAINER_WEBM ? TUTTI_CODEC_VP8 : TUTTI_CODEC_H264;

    return (Film){.container = container,
                  .codec = codec,
                  .pictures = kit_make_pictures (codec, N_PICTURES, KEY_EACH, 0),
                  .sounds = kit_make_sounds (N_SOUNDS, 2, 0)};
}

static void
film_clear (Film *film)
{
    g_ptr_array_unref (film->pictures);
    g_ptr_array_unref (film->sounds);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Film, film_clear)

static TuttiMuxer *
open_muxer (const Film *film, const TuttiUnit *key_frame, TuttiMuxerSink sink)
{
    TuttiMuxerSetup setup = {.container = film->container,
                             .n_streams = 2,
                             .streams = {{.codec = film->codec,
                                          .width = KIT_WIDTH,
                                          .height = KIT_HEIGHT,
                                          .frame_rate = KIT_RATE,
                                          .key_frame = key_frame},
                                         {.codec = TUTTI_CODEC_OPUS, .channels = 2}},
                             .started_us = G_GINT64_CONSTANT (1795377600) * G_USEC_PER_SEC,
                             .title = "blue"};
    g_autoptr (GError) error = NULL;
    TuttiMuxer *muxer = tutti_muxer_new (&setup, &sink, &error);

    g_assert_no_error (error);
    return muxer;
}

static void
write_sounds (TuttiMuxer *muxer, const Film *film, guint *at, gint64 until_us)
{
    g_autoptr (TuttiUnits) units = tutti_units_new ();

    for (; *at < film->sounds->len; (*at)++) {
        TuttiUnit unit;

        g_assert_true (tutti_units_push (units, film->sounds->pdata[*at], &unit));
        if (unit.time_us > until_us)
            return;
        g_assert_true (tutti_muxer_write (muxer, 1, &unit, unit.time_us));
    }
}

/* The muxer is handed back, open. */
static TuttiMuxer *
write_film (const Film *film, TuttiMuxerSink sink)
{
    g_autoptr (TuttiUnits) units = tutti_units_new ();
    g_autoptr (TuttiMuxer) muxer = NULL;
    guint n_sounds = 0;

    for (guint i = 0; i < film->pictures->len; i++) {
        TuttiUnit unit;

        if (!tutti_units_push (units, film->pictures->pdata[i], &unit))
            continue;
        if (muxer == NULL)
            muxer = open_muxer (film, &unit, sink);
        write_sounds (muxer, film, &n_sounds, unit.time_us);
        g_assert_true (tutti_muxer_write (muxer, 0, &unit, unit.time_us));
    }
    write_sounds (muxer, film, &n_sounds, G_MAXINT64);
    return g_steal_pointer (&muxer);
}

static double
probe_packet (const GByteArray *bytes, char stream, gboolean is_last)
{
    g_autofree char *arguments =
        g_strdup_printf ("-select_streams %c -show_entries packet=pts_time", stream);
    g_autofree char *text = kit_probe (bytes, arguments);
    const char *line = is_last ? strrchr (text, '\n') : NULL;

    return g_ascii_strtod (line != NULL ? line + 1 : text, NULL);
}

static void
assert_near (double value, double expected, double by)
{
    g_assert_cmpfloat (value, >=, expected - by);
    g_assert_cmpfloat (value, <=, expected + by);
}

static void
test_whole (gconstpointer user_data)
{
    g_auto (Film) film = film_make (GPOINTER_TO_INT (user_data));
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    g_autoptr (TuttiMuxer) muxer = write_film (&film, kit_sink (bytes));
    g_autofree char *said = NULL, *title = NULL;

    g_assert_true (tutti_muxer_finish (muxer));
    if (!kit_has_witness ())
        return;
    assert_near (kit_probe_number (bytes, "-show_entries format=duration"), SECONDS, 0.01);
    g_assert_cmpfloat (kit_probe_number (bytes, "-count_packets -select_streams v -show_entries "
                                                "stream=nb_read_packets"),
                       ==, N_PICTURES);
    g_assert_cmpfloat (kit_probe_number (bytes, "-count_packets -select_streams a -show_entries "
                                                "stream=nb_read_packets"),
                       ==, N_SOUNDS);
    g_assert_cmpfloat (
        kit_probe_number (bytes, "-select_streams v -show_entries stream=avg_frame_rate"), ==,
        KIT_RATE);
    /* The decoder's 6.5 ms of nothing end at 0. */
    assert_near (probe_packet (bytes, 'a', FALSE), -0.0065, 0.001);
    assert_near (probe_packet (bytes, 'a', TRUE), SECONDS - 0.0265, 0.001);
    assert_near (probe_packet (bytes, 'v', FALSE), 0, 0.0001);
    assert_near (probe_packet (bytes, 'v', TRUE), SECONDS - 1.0 / KIT_RATE, 0.0001);
    title = kit_probe (bytes, "-show_entries format_tags=title,creation_time");
    g_assert_nonnull (strstr (title, "blue"));
    g_assert_nonnull (strstr (title, "2026-11-22"));
    said = kit_decode (bytes);
    g_assert_cmpstr (said, ==, "");
}

/* --- Cut files --- */

/* How far the file had come when each byte was written: what a cut there may cost is measured by
 * it. */
typedef struct {
    GByteArray *bytes;
    GArray *ends; /* of gsize: where fragments end */
} Cutter;

static gboolean
on_cutter_write (gpointer user_data, gint64 offset, const guint8 *data, gsize length_bytes)
{
    Cutter *cutter = user_data;
    TuttiMuxerSink sink = kit_sink (cutter->bytes);

    /* As a power cut finds it, nothing is ever written but at the end. */
    g_assert_cmpint (offset, ==, cutter->bytes->len);
    return sink.write (sink.user_data, offset, data, length_bytes);
}

static void
on_cutter_flush (gpointer user_data)
{
    Cutter *cutter = user_data;
    gsize end = cutter->bytes->len;

    g_array_append_val (cutter->ends, end);
}

/* The file's time that fragments which are whole in the first n bytes hold, seconds. */
static double
held_before (const Cutter *cutter, gsize n)
{
    guint whole = 0;

    while (whole < cutter->ends->len && g_array_index (cutter->ends, gsize, whole) <= n)
        whole++;
    return (double)whole * TUTTI_FRAGMENT_US / G_USEC_PER_SEC;
}

static void
test_cut (gconstpointer user_data)
{
    g_auto (Film) film = film_make (GPOINTER_TO_INT (user_data));
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (gsize));
    Cutter cutter = {.bytes = bytes, .ends = ends};
    TuttiMuxerSink sink = {
        .write = on_cutter_write, .flush = on_cutter_flush, .user_data = &cutter};
    g_autoptr (TuttiMuxer) muxer = write_film (&film, sink);
    g_autoptr (GRand) random = g_rand_new_with_seed (1957);

    tutti_muxer_flush (muxer);
    g_assert_cmpuint (ends->len, >=, SECONDS);
    for (guint i = 0; i < CUTS; i++) {
        gsize first = g_array_index (ends, gsize, 0);
        gsize n = (gsize)g_rand_int_range (random, (gint32)first, (gint32)bytes->len + 1);
        double held_s = held_before (&cutter, n);
        KitPlayed played;

        if (film.container == TUTTI_CONTAINER_MP4)
            n = kit_trim_head (bytes, n);
        g_assert_true (kit_play (bytes->data, n, &played));
        g_assert_cmpfloat (played.ends_s[0], >=, held_s - 1.0 / KIT_RATE);
        g_assert_cmpfloat (played.ends_s[1], >=, held_s - 1.0 / KIT_RATE);
        g_assert_cmpuint (played.errors, <=, 1); /* what the cut goes through */
    }
}

/* --- Many hours --- */

/* Where 2^31 and 2^32 ticks of 90 and of 48 kHz end, s; one more, since MP4 leaps no further than
 * 2^31. */
static const gint64 corners_s[] = {0, 23860, 44739, 47721, 68000, 89478};

/* A film that goes on at each corner, two seconds before it. (ffprobe warns of the leaps.) */
static void
test_hours (gconstpointer user_data)
{
    g_auto (Film) film = film_make (GPOINTER_TO_INT (user_data));
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    g_autoptr (TuttiUnits) units = tutti_units_new ();
    g_autoptr (TuttiMuxer) muxer = NULL;
    gint64 end_s = corners_s[G_N_ELEMENTS (corners_s) - 1] - SECONDS_BEFORE + SECONDS;

    for (guint c = 0; c < G_N_ELEMENTS (corners_s); c++) {
        gint64 from_us = MAX (corners_s[c] - SECONDS_BEFORE, 0) * G_USEC_PER_SEC;

        for (guint i = 0; i < film.pictures->len; i++) {
            TuttiUnit unit;

            if (!tutti_units_push (units, film.pictures->pdata[i], &unit))
                continue;
            if (muxer == NULL)
                muxer = open_muxer (&film, &unit, kit_sink (bytes));
            g_assert_true (tutti_muxer_write (muxer, 0, &unit, from_us + unit.time_us));
        }
    }
    g_assert_true (tutti_muxer_finish (muxer));
    if (!kit_has_witness ())
        return;
    assert_near (kit_probe_number (bytes, "-v error -show_entries format=duration"), (double)end_s,
                 0.01);
    g_assert_cmpfloat (kit_probe_number (bytes,
                                         "-v error -count_packets -select_streams v -show_entries "
                                         "stream=nb_read_packets"),
                       ==, N_PICTURES * G_N_ELEMENTS (corners_s));
}

static gboolean
on_count (gpointer user_data, gint64 offset, const guint8 *data, gsize length_bytes)
{
    gint64 *bytes = user_data;

    (void)data;
    *bytes = MAX (*bytes, offset + (gint64)length_bytes);
    return TRUE;
}

static void
on_nothing (gpointer user_data)
{
    (void)user_data;
}

#define QUARTER_US (G_GINT64_CONSTANT (900) * G_USEC_PER_SEC)
/* The index: see muxer.c. */
#define INDEX_MAX_BYTES (1024 * 1024 / 4)

static gsize
count_used (void)
{
    return mallinfo2 ().uordblks;
}

/* Two quarters of an hour; the second needs no more memory than its part of the index. */
static void
test_memory (gconstpointer user_data)
{
    g_auto (Film) film = film_make (GPOINTER_TO_INT (user_data));
    gint64 bytes = 0;
    TuttiMuxerSink sink = {.write = on_count, .flush = on_nothing, .user_data = &bytes};
    g_autoptr (TuttiUnits) units = tutti_units_new ();
    g_autoptr (TuttiMuxer) muxer = NULL;
    TuttiUnit picture, sound;
    gsize used_bytes = 0;

    g_assert_true (tutti_units_push (units, film.sounds->pdata[0], &sound));
    for (guint i = 0; !tutti_units_push (units, film.pictures->pdata[i], &picture); i++)
        ;
    muxer = open_muxer (&film, &picture, sink);
    for (gint64 time_us = 0; time_us < 2 * QUARTER_US; time_us += TUTTI_ROUND_US) {
        picture.is_key = time_us % (4 * G_USEC_PER_SEC) == 0;
        if (time_us % (5 * TUTTI_ROUND_US) == 0)
            g_assert_true (tutti_muxer_write (muxer, 0, &picture, time_us));
        g_assert_true (tutti_muxer_write (muxer, 1, &sound, time_us));
        if (time_us == QUARTER_US)
            used_bytes = count_used ();
    }
    g_test_message ("%" G_GSIZE_FORMAT " more bytes in a quarter of an hour",
                    count_used () - used_bytes);
    g_assert_cmpuint (count_used (), <, used_bytes + INDEX_MAX_BYTES);
    g_assert_true (tutti_muxer_finish (muxer));
}

/* --- What can't be --- */

static void
test_unsupported (void)
{
    TuttiMuxerSetup setup = {.container = TUTTI_CONTAINER_WEBM,
                             .n_streams = 1,
                             .streams = {{.codec = TUTTI_CODEC_H264, .width = 16, .height = 16}}};
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    TuttiMuxerSink sink = kit_sink (bytes);
    GError *error = NULL;

    g_assert_null (tutti_muxer_new (&setup, &sink, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED);
    g_clear_error (&error);
    setup.container = TUTTI_CONTAINER_MP4; /* no parameter sets */
    g_assert_null (tutti_muxer_new (&setup, &sink, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED);
    g_clear_error (&error);
    setup.streams[0].codec = TUTTI_CODEC_VP8;
    g_assert_null (tutti_muxer_new (&setup, &sink, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED);
    g_clear_error (&error);
}

/* The disk says no at the nth write: so does the muxer, from then on. */
static gboolean
on_refuse (gpointer user_data, gint64 offset, const guint8 *data, gsize length_bytes)
{
    guint *left = user_data;

    (void)offset;
    (void)data;
    (void)length_bytes;
    return *left > 0 && (*left)-- > 0;
}

static void
test_refused (gconstpointer user_data)
{
    g_auto (Film) film = film_make (GPOINTER_TO_INT (user_data));
    g_autoptr (TuttiUnits) units = tutti_units_new ();
    g_autoptr (TuttiMuxer) muxer = NULL;
    guint left = 3;
    TuttiMuxerSink sink = {.write = on_refuse, .flush = on_nothing, .user_data = &left};
    TuttiUnit unit;
    gboolean is_good = TRUE;

    for (guint i = 0; i < film.pictures->len; i++) {
        if (!tutti_units_push (units, film.pictures->pdata[i], &unit))
            continue;
        if (muxer == NULL)
            muxer = open_muxer (&film, &unit, sink);
        if (!tutti_muxer_write (muxer, 0, &unit, unit.time_us))
            is_good = FALSE;
        else
            g_assert_true (is_good);
    }
    g_assert_false (is_good);
    g_assert_false (tutti_muxer_flush (muxer));
    g_assert_false (tutti_muxer_finish (muxer));
}

/* A unit that comes behind its time is put where the file has come: Matroska's readers can't go
 * back. */
static void
test_late (void)
{
    g_auto (Film) film = film_make (TUTTI_CONTAINER_WEBM);
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    g_autoptr (TuttiUnits) units = tutti_units_new ();
    g_autoptr (TuttiMuxer) muxer = NULL;
    g_autofree char *times = NULL;
    guint n_sounds = 0;
    TuttiUnit unit;

    for (guint i = 0; !tutti_units_push (units, film.pictures->pdata[i], &unit); i++)
        ;
    muxer = open_muxer (&film, &unit, kit_sink (bytes));
    write_sounds (muxer, &film, &n_sounds, 100000);
    g_assert_true (tutti_muxer_write (muxer, 0, &unit, 40000));
    g_assert_true (tutti_muxer_write (muxer, 0, &unit, 80000));
    g_assert_true (tutti_muxer_finish (muxer));
    if (!kit_has_witness ())
        return;
    times = kit_probe (bytes, "-select_streams v -show_entries packet=pts_time");
    g_assert_cmpstr (times, ==, "0.100000\n0.101000");
}

static void
add_tests (const char *name, TuttiContainer container)
{
    static const struct {
        const char *name;
        GTestDataFunc func;
    } tests[] = {
        {"whole", test_whole},   {"cut", test_cut},         {"hours", test_hours},
        {"memory", test_memory}, {"refused", test_refused},
    };

    for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
        g_autofree char *path = g_strdup_printf ("/muxer/%s/%s", name, tests[i].name);

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
    g_test_add_func ("/muxer/unsupported", test_unsupported);
    g_test_add_func ("/muxer/late", test_late);
    return g_test_run ();
}
