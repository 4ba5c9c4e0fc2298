/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-recover.c: what a crash left is finished at the next start: nothing that could be played is
 * lost, nothing is touched that somebody writes, nothing is tried for ever.
 */
#include <libavformat/avformat.h>

#include <sys/stat.h>
#include <sys/xattr.h>
#include <utime.h>

#include "film-kit.h"
#include "record-kit.h"
#include "src/record/file.h"
#include "src/record/names.h"
#include "src/record/notes.h"

#define SECONDS 4
#define N_PICTURES (SECONDS * KIT_RATE)
#define N_SOUNDS (SECONDS * G_USEC_PER_SEC / TUTTI_ROUND_US)
#define CUTS 25
/* The muxer may hold the last second yet when it is cut. */
#define FLUSHED_US ((SECONDS - 1) * G_USEC_PER_SEC)

/* --- A film. --- */

static TuttiMuxer *
open_muxer (TuttiContainer container, const TuttiUnit *key_frame, GByteArray *bytes)
{
    TuttiMuxerSetup setup = {.container = container,
                             .n_streams = 2,
                             .streams = {{.codec = key_frame->codec,
                                          .width = KIT_WIDTH,
                                          .height = KIT_HEIGHT,
                                          .frame_rate = KIT_RATE,
                                          .key_frame = key_frame,
                                          .title = "ann"},
                                         {.codec = TUTTI_CODEC_OPUS, .channels = 2}},
                             .title = "blue"};
    TuttiMuxerSink sink = kit_sink (bytes);
    TuttiMuxer *muxer = tutti_muxer_new (&setup, &sink, NULL);

    g_assert_nonnull (muxer);
    return muxer;
}

/* A picture and the two sounds beside it, again and again. */
static GByteArray *
make_film (TuttiContainer container, gboolean finishes)
{
    TuttiCodec codec = container == TUTTI_CONTAINER_WEBM ? TUTTI_CODEC_VP8 : TUTTI_CODEC_H264;
    g_autoptr (GPtrArray) pictures = kit_make_pictures (codec, N_PICTURES, 25, 0);
    g_autoptr (GPtrArray) sounds = kit_make_sounds (N_SOUNDS, 2, 0);
    g_autoptr (TuttiUnits) picture_units = tutti_units_new (), sound_units = tutti_units_new ();
    g_autoptr (TuttiMuxer) muxer = NULL;
    GByteArray *bytes = g_byte_array_new ();
    guint n_sounds = 0;

    for (guint i = 0; i < pictures->len; i++) {
        TuttiUnit unit;

        if (!tutti_units_push (picture_units, pictures->pdata[i], &unit))
            continue;
        muxer = muxer ? muxer : open_muxer (container, &unit, bytes);
        g_assert_true (tutti_muxer_write (muxer, 0, &unit, unit.time_us));
        for (guint n = 0; n < 2; n++, n_sounds++) {
            g_assert_true (tutti_units_push (sound_units, sounds->pdata[n_sounds], &unit));
            g_assert_true (tutti_muxer_write (muxer, 1, &unit, unit.time_us));
        }
    }
    if (finishes)
        g_assert_true (tutti_muxer_finish (muxer));
    return bytes;
}

static void
plant_bytes (const Scratch *scratch, const char *name, const guint8 *data, gsize length_bytes)
{
    g_autofree char *path = g_build_filename (scratch->path, name, NULL);

    g_assert_true (g_file_set_contents (path, (const char *)data, length_bytes, NULL));
}

/* --- Recovery, to its end. --- */

/* The oldest of all, so it comes last. */
#define LAST "last-19600101T000000Z"

typedef struct {
    GHashTable *states; /* of takes told: name to state + 1 */
    gboolean is_over;
} Told;

static void
on_told (const TuttiTake *take, gpointer user_data)
{
    Told *told = user_data;

    g_hash_table_insert (told->states, g_strdup (take->name), GINT_TO_POINTER (take->state + 1));
    told->is_over = told->is_over || g_str_equal (take->name, LAST);
}

static GHashTable *
recover (const Scratch *scratch, guint64 minimum_free_bytes)
{
    g_autoptr (TuttiStore) store = tutti_store_new (scratch->path, minimum_free_bytes, NULL);
    g_autofree char *broken = g_build_filename (scratch->path, LAST ".webm.broken", NULL);
    Told told = {g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL), FALSE};

    g_remove (broken);
    plant_file (scratch, LAST ".webm.part", "no film");
    tutti_store_recover (store, on_told, &told);
    while (!told.is_over)
        g_main_context_iteration (NULL, TRUE);
    tutti_store_stop_recovery (store);
    g_hash_table_remove (told.states, LAST);
    return told.states;
}

static int
get_state (GHashTable *states, const char *take)
{
    return GPOINTER_TO_INT (g_hash_table_lookup (states, take)) - 1;
}

/* --- What is in a file. --- */

/* When its packets are to be played, in order of the file: us, of the kind wanted. */
static GArray *
read_times (const Scratch *scratch, const char *name, enum AVMediaType kind)
{
    g_autofree char *path = g_build_filename (scratch->path, name, NULL);
    GArray *times = g_array_new (FALSE, FALSE, sizeof (gint64));
    AVFormatContext *context = NULL;
    AVPacket *packet = av_packet_alloc ();

    g_assert_cmpint (avformat_open_input (&context, path, NULL, NULL), ==, 0);
    while (av_read_frame (context, packet) >= 0) {
        AVStream *stream = context->streams[packet->stream_index];
        gint64 time_us =
            av_rescale_q (packet->pts, stream->time_base, av_make_q (1, G_USEC_PER_SEC));

        if (stream->codecpar->codec_type == kind && !(packet->flags & AV_PKT_FLAG_CORRUPT))
            g_array_append_val (times, time_us);
        av_packet_unref (packet);
    }
    av_packet_free (&packet);
    avformat_close_input (&context);
    return times;
}

/* The same packets at the same times, but for the one that was cut. */
static void
check_same (const Scratch *scratch, const char *cut, const char *recovered, enum AVMediaType kind)
{
    g_autoptr (GArray) before = read_times (scratch, cut, kind);
    g_autoptr (GArray) after = read_times (scratch, recovered, kind);

    g_assert_cmpuint (after->len + 1, >=, before->len);
    g_assert_cmpuint (after->len, <=, before->len);
    for (guint i = 0; i < after->len; i++) {
        gint64 by_us = g_array_index (after, gint64, i) - g_array_index (before, gint64, i);

        g_assert_cmpint (ABS (by_us), <=, 1000); /* Matroska counts milliseconds */
    }
}

static KitPlayed
play (const Scratch *scratch, const char *name)
{
    g_autofree char *path = g_build_filename (scratch->path, name, NULL), *bytes = NULL;
    KitPlayed played = {0};
    gsize length;

    g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
    g_assert_true (kit_play ((guint8 *)bytes, length, &played));
    return played;
}

static void
check_recovered (const Scratch *scratch, const char *take, const char *ending)
{
    g_autofree char *name = g_strconcat (take, ".", ending, NULL);
    g_autofree char *cut = g_strconcat (name, ".cut", NULL),
                    *part = g_strconcat (name, ".part", NULL);
    KitPlayed before = play (scratch, cut), after = play (scratch, name);

    g_assert_false (is_there (scratch, part));
    check_same (scratch, cut, name, AVMEDIA_TYPE_VIDEO);
    check_same (scratch, cut, name, AVMEDIA_TYPE_AUDIO);
    g_assert_cmpuint (after.errors, ==, 0);
    for (guint i = 0; i < 2; i++)
        g_assert_cmpuint (after.frames[i] + 1, >=, before.frames[i]);
}

static void
check_duration (const TuttiTake *take, gint64 at_least_us)
{
    g_assert_cmpint (take->duration_us, >, at_least_us - KIT_FRAME_US);
    g_assert_cmpint (take->duration_us, <, SECONDS * G_USEC_PER_SEC + KIT_FRAME_US);
}

/* --- Tests. --- */

/* Cut at random bytes, all in one directory, finished by one start. */
static void
test_cut (gconstpointer user_data)
{
    TuttiContainer container = GPOINTER_TO_INT (user_data);
    const char *ending = tutti_container_name (container);
    g_auto (Scratch) scratch = scratch_new ();
    g_autoptr (GByteArray) film = make_film (container, FALSE);
    g_autoptr (GHashTable) states = NULL, again = NULL;
    g_autoptr (TuttiStore) store = NULL;
    guint n_recovered = 0;

    for (guint i = 0; i < CUTS; i++) {
        g_autofree char *take = tutti_take_name_new ("blue", i * G_USEC_PER_SEC, 1);
        g_autofree char *part = g_strdup_printf ("%s.%s.part", take, ending);
        g_autofree char *cut = g_strdup_printf ("%s.%s.cut", take, ending);
        guint length = i == 0 ? film->len : (guint)g_test_rand_int_range (1, film->len);

        plant_bytes (&scratch, part, film->data, length);
        if (container == TUTTI_CONTAINER_MP4)
            length = (guint)kit_trim_head (film, length);
        plant_bytes (&scratch, cut, film->data, length);
    }
    states = recover (&scratch, 0);
    g_assert_cmpuint (g_hash_table_size (states), ==, CUTS);
    store = store_open (&scratch);
    for (guint i = 0; i < CUTS; i++) {
        g_autofree char *take = tutti_take_name_new ("blue", i * G_USEC_PER_SEC, 1);

        if (get_state (states, take) == TUTTI_TAKE_BROKEN)
            continue;
        g_assert_cmpint (get_state (states, take), ==, TUTTI_TAKE_RECOVERED);
        check_recovered (&scratch, take, ending);
        n_recovered++;
    }
    /* Only what holds no fragment yet is lost: of four seconds the first. */
    g_assert_cmpuint (n_recovered, >, CUTS / 3);
    again = recover (&scratch, 0);
    g_assert_cmpuint (g_hash_table_size (again), ==, 0);
}

/* The last fragment's head is cut in the middle: what is before it is kept. */
static void
test_cut_head (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    g_autoptr (GByteArray) film = make_film (TUTTI_CONTAINER_MP4, FALSE);
    g_autofree char *take = tutti_take_name_new ("blue", 0, 1);
    g_autofree char *part = g_strconcat (take, ".mp4.part", NULL);
    g_autofree char *name = g_strconcat (take, ".mp4", NULL);
    g_autoptr (GHashTable) states = NULL;
    guint head = film->len;
    KitPlayed played;

    while (memcmp (film->data + --head, "moof", 4) != 0)
        ;
    plant_bytes (&scratch, part, film->data, head + 200);
    states = recover (&scratch, 0);
    g_assert_cmpint (get_state (states, take), ==, TUTTI_TAKE_RECOVERED);
    played = play (&scratch, name);
    g_assert_cmpuint (played.errors, ==, 0);
    g_assert_cmpfloat (played.ends_s[1], >=, SECONDS - 2);
}

/* The index is there: the file says how long it is, and so does the list. */
static void
test_index (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    g_autoptr (GByteArray) film = make_film (TUTTI_CONTAINER_WEBM, FALSE);
    g_autoptr (GHashTable) states = NULL;
    g_autoptr (TuttiStore) store = NULL;
    g_autoptr (TuttiTake) take = NULL;
    struct stat about;
    g_autofree char *path = g_build_filename (scratch.path, "blue-20260101T000000Z.webm", NULL);
    gint64 expected_us = FLUSHED_US;

    plant_bytes (&scratch, "blue-20260101T000000Z.webm.part", film->data, film->len);
    plant_file (&scratch, "blue-20260101T000000Z.webm.recovering", "of a start that was cut off");
    states = recover (&scratch, 0);
    store = store_open (&scratch);
    take = tutti_store_find (store, "blue-20260101T000000Z");
    g_assert_cmpint (take->state, ==, TUTTI_TAKE_RECOVERED);
    check_duration (take, expected_us);
    g_assert_no_errno (stat (path, &about));
    g_assert_cmpuint (about.st_mode & 07777, ==, 0640);
    g_assert_false (is_there (&scratch, "blue-20260101T000000Z.webm.recovering"));
}

/* What libavformat is given here are bytes of anybody who may write to the directory. */
static void
test_garbage (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    g_autoptr (GHashTable) states = NULL;
    static const TuttiContainer containers[] = {TUTTI_CONTAINER_WEBM, TUTTI_CONTAINER_MKV,
                                                TUTTI_CONTAINER_MP4};
    guint n = 0;

    for (guint c = 0; c < G_N_ELEMENTS (containers); c++) {
        g_autoptr (GByteArray) film = make_film (containers[c], TRUE);

        for (guint i = 0; i < CUTS; i++, n++) {
            g_autofree char *take = tutti_take_name_new ("r", n * G_USEC_PER_SEC, 1);
            g_autofree char *part =
                g_strdup_printf ("%s.%s.part", take, tutti_container_name (containers[c]));
            g_autofree guint8 *bytes = g_memdup2 (film->data, film->len);

            for (guint k = 0; k < 200; k++)
                bytes[g_test_rand_int_range (0, i % 2 ? (int)film->len : 2000)] =
                    g_test_rand_int_range (0, 256);
            plant_bytes (&scratch, part, bytes, film->len);
        }
    }
    plant_file (&scratch, "x-20260101T000000Z.mkv.part", "garbage");
    plant_link (&scratch, "/etc/passwd", "y-20260101T000000Z.mkv.part");
    states = recover (&scratch, 0);
    g_assert_cmpint (get_state (states, "x-20260101T000000Z"), ==, TUTTI_TAKE_BROKEN);
    g_assert_cmpint (get_state (states, "y-20260101T000000Z"), ==, -1);
    g_assert_true (is_there (&scratch, "x-20260101T000000Z.mkv.broken"));
    g_assert_false (is_there (&scratch, "x-20260101T000000Z.mkv.part"));
}

/* Reserved and never written: nothing is left of it. */
static void
test_empty (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    g_autoptr (GHashTable) states = NULL;

    plant_file (&scratch, "blue-20260101T000000Z.webm.part", "");
    plant_file (&scratch, ".blue-20260101T000000Z.notes", "");
    states = recover (&scratch, 0);
    g_assert_cmpuint (g_hash_table_size (states), ==, 0);
    g_assert_false (is_there (&scratch, "blue-20260101T000000Z.webm.part"));
    g_assert_false (is_there (&scratch, ".blue-20260101T000000Z.notes"));
}

/* Somebody writes it: it is left alone, and goes on. */
static void
test_running (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    g_autoptr (TuttiStore) store = store_open (&scratch);
    g_autofree char *take = tutti_store_begin (store, "blue", TUTTI_CONTAINER_WEBM, 0, NULL);
    g_autofree char *name = g_strconcat (take, ".webm", NULL);
    g_autofree char *track = g_strconcat (take, ".tracks/ann.webm", NULL);
    g_autoptr (TuttiFile) file = tutti_file_new (store, name, NULL);
    g_autoptr (TuttiFile) other = tutti_file_new (store, track, NULL);
    g_autoptr (GHashTable) states = NULL;

    tutti_file_write (file, (const guint8 *)"abc", 3);
    tutti_file_flush (file);
    states = recover (&scratch, 0);
    g_assert_cmpuint (g_hash_table_size (states), ==, 0);
    g_assert_cmpint (tutti_file_finish (file), ==, TUTTI_FILE_OK);
    g_assert_cmpint (tutti_file_finish (other), ==, TUTTI_FILE_OK);
}

/* A part that ended the process at each start keeps it from coming up no longer. */
static void
test_tries (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    g_autoptr (GByteArray) film = make_film (TUTTI_CONTAINER_WEBM, FALSE);
    g_autofree char *path =
        g_build_filename (scratch.path, "blue-20260101T000000Z.webm.part", NULL);
    g_autoptr (GHashTable) states = NULL;
    guint8 tries = 5;

    plant_bytes (&scratch, "blue-20260101T000000Z.webm.part", film->data, film->len);
    if (setxattr (path, "user.tutti.tries", &tries, sizeof tries, 0) != 0) {
        g_test_skip ("the file system has no extended attributes");
        return;
    }
    states = recover (&scratch, 0);
    g_assert_cmpint (get_state (states, "blue-20260101T000000Z"), ==, TUTTI_TAKE_BROKEN);
    g_assert_true (is_there (&scratch, "blue-20260101T000000Z.webm.broken"));
}

/* Not enough room for a copy: kept, told, and done when there is. */
static void
test_no_room (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    g_autoptr (GByteArray) film = make_film (TUTTI_CONTAINER_MKV, FALSE);
    g_autoptr (GHashTable) states = NULL, again = NULL;

    plant_bytes (&scratch, "blue-20260101T000000Z.mkv.part", film->data, film->len);
    states = recover (&scratch, G_MAXUINT64 / 2);
    g_assert_cmpint (get_state (states, "blue-20260101T000000Z"), ==, TUTTI_TAKE_CUT);
    g_assert_true (is_there (&scratch, "blue-20260101T000000Z.mkv.part"));
    again = recover (&scratch, 0);
    g_assert_cmpint (get_state (again, "blue-20260101T000000Z"), ==, TUTTI_TAKE_RECOVERED);
}

/* A file of that name is there: nothing is written over, nothing is lost. */
static void
test_name_taken (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    g_autoptr (GByteArray) film = make_film (TUTTI_CONTAINER_WEBM, FALSE);
    g_autoptr (GHashTable) states = NULL;
    g_autofree char *text = NULL;

    plant_bytes (&scratch, "blue-20260101T000000Z.webm.part", film->data, film->len);
    plant_file (&scratch, "blue-20260101T000000Z.webm", "other");
    states = recover (&scratch, 0);
    text = read_file (&scratch, "blue-20260101T000000Z.webm");
    g_assert_cmpstr (text, ==, "other");
    g_assert_true (is_there (&scratch, "blue-20260101T000000Z.webm.part"));
}

static void
write_notes (const Scratch *scratch, const char *take)
{
    g_autoptr (TuttiStore) store = store_open (scratch);
    g_autoptr (TuttiNotes) notes = tutti_notes_new (store, take, NULL);
    TuttiNote joined = {.kind = TUTTI_NOTE_JOINED, .participant = "p1", .name = "Ann"};

    g_assert_nonnull (notes);
    tutti_notes_add (notes, &joined, 0);
    tutti_notes_flush (notes);
}

/* Tracks and sidecar follow, whether the crash came before the mix had its name or after. */
static void
test_all_of_it (gconstpointer user_data)
{
    gboolean had_name = GPOINTER_TO_INT (user_data);
    g_auto (Scratch) scratch = scratch_new ();
    g_autoptr (GByteArray) film = make_film (TUTTI_CONTAINER_WEBM, had_name);
    g_autoptr (GHashTable) states = NULL;
    g_autoptr (TuttiStore) store = NULL;
    g_autoptr (TuttiTake) take = NULL;
    g_autofree char *sidecar = NULL;
    g_autofree char *notes = g_build_filename (scratch.path, ".blue-20260101T000000Z.notes", NULL);
    gint64 expected_us = had_name ? SECONDS * G_USEC_PER_SEC : FLUSHED_US;
    struct utimbuf past = {0};

    plant_bytes (&scratch,
                 had_name ? "blue-20260101T000000Z.webm" : "blue-20260101T000000Z.webm.part",
                 film->data, film->len);
    plant_folder (&scratch, "blue-20260101T000000Z.tracks");
    plant_bytes (&scratch, "blue-20260101T000000Z.tracks/ann.webm.part", film->data, film->len);
    plant_file (&scratch, "blue-20260101T000000Z.tracks/bob.webm.part", "");
    write_notes (&scratch, "blue-20260101T000000Z");
    g_assert_no_errno (utime (notes, &past));
    states = recover (&scratch, 0);
    g_assert_cmpint (get_state (states, "blue-20260101T000000Z"), ==, TUTTI_TAKE_RECOVERED);
    store = store_open (&scratch);
    take = tutti_store_find (store, "blue-20260101T000000Z");
    g_assert_true (take->has_sidecar);
    g_assert_cmpuint (take->n_tracks, ==, 1);
    check_duration (take, expected_us);
    g_assert_false (is_there (&scratch, ".blue-20260101T000000Z.notes"));
    g_assert_true (is_there (&scratch, "blue-20260101T000000Z.tracks/ann.webm"));
    sidecar = read_file (&scratch, "blue-20260101T000000Z.json");
    g_assert_nonnull (strstr (sidecar, "Ann"));
    g_assert_nonnull (strstr (sidecar, "\"recovered\": true"));
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_log_set_always_fatal (G_LOG_LEVEL_ERROR); /* recovery warns of what it is given here */
    g_test_add_func ("/recover/cut-head", test_cut_head);
    for (TuttiContainer i = TUTTI_CONTAINER_WEBM; i <= TUTTI_CONTAINER_MP4; i++) {
        g_autofree char *name = g_strconcat ("/recover/cut/", tutti_container_name (i), NULL);

        g_test_add_data_func (name, GINT_TO_POINTER (i), test_cut);
    }
    g_test_add_func ("/recover/index", test_index);
    g_test_add_func ("/recover/garbage", test_garbage);
    g_test_add_func ("/recover/empty", test_empty);
    g_test_add_func ("/recover/running", test_running);
    g_test_add_func ("/recover/no-room", test_no_room);
    g_test_add_func ("/recover/tries", test_tries);
    g_test_add_func ("/recover/name-taken", test_name_taken);
    g_test_add_data_func ("/recover/all-of-it", GINT_TO_POINTER (FALSE), test_all_of_it);
    g_test_add_data_func ("/recover/all-but-the-mix", GINT_TO_POINTER (TRUE), test_all_of_it);
    return g_test_run ();
}
