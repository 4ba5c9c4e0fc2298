/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-store.c: names of takes don't collide, don't hide and don't escape; what lies in the
 * directory is listed, opened and deleted as what it is.
 */
#include "src/record/errand.h"
#include "src/record/file.h"
#include "src/record/names.h"
#include "record-kit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* 2026-11-22T19:53:00Z */
#define WALL_US (G_GINT64_CONSTANT (1795377180) * G_USEC_PER_SEC)
#define STAMP "20261122T195300Z"

static char *
begin (TuttiStore *store, const char *room)
{
    g_autoptr (GError) error = NULL;
    char *take = tutti_store_begin (store, room, TUTTI_CONTAINER_WEBM, WALL_US, &error);

    g_assert_no_error (error);
    return take;
}

static void
check_take_name (const char *room, guint number, const char *expected)
{
    g_autofree char *take = tutti_take_name_new (room, WALL_US + 1, number), *back = NULL;
    gint64 wall_us;

    g_assert_cmpstr (take, ==, expected);
    g_assert_true (tutti_take_name_parse (take, &back, &wall_us));
    g_assert_cmpstr (back, ==, room);
    g_assert_cmpint (wall_us, ==, WALL_US);
}

/* Every room has a name that is seen, is no option to a command, and tells its room. */
static void
test_names (void)
{
    g_autofree char *longest = g_strnfill (64, 'x');
    g_autofree char *expected = g_strconcat (longest, "-" STAMP "-999", NULL);

    check_take_name ("blue", 1, "blue-" STAMP);
    check_take_name ("blue", 2, "blue-" STAMP "-2");
    check_take_name (".", 1, "@.-" STAMP);
    check_take_name ("..", 1, "@..-" STAMP);
    check_take_name (".x", 1, "@.x-" STAMP);
    check_take_name ("-rf", 7, "@-rf-" STAMP "-7");
    check_take_name ("a-" STAMP, 1, "a-" STAMP "-" STAMP);
    check_take_name ("a-" STAMP "-2", 3, "a-" STAMP "-2-" STAMP "-3");
    check_take_name ("a.webm", 1, "a.webm-" STAMP);
    check_take_name (longest, 999, expected);
}

static void
test_foreign_names (void)
{
    static const char *const names[] = {
        "",
        "blue",
        "blue-",
        STAMP,
        "-" STAMP,
        ".x-" STAMP,
        "@blue-" STAMP,
        "a/b-" STAMP,
        "../x-" STAMP,
        "b lue-" STAMP,
        "blue-20261322T195300Z",
        "blue-20261122T245300Z",
        "blue-20261122T1953Z",
        "blue-" STAMP "-0",
        "blue-" STAMP "-02",
        "blue-" STAMP "-1000",
        "blue-" STAMP "-",
        "blue-" STAMP "x",
        "@-" STAMP,
        "bl\xc3\xbc-" STAMP,
    };

    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        g_assert_false (tutti_take_name_parse (names[i], NULL, NULL));
}

/* The same second, like names, another container, what others left there. */
static void
test_collisions (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    g_autoptr (TuttiStore) store = store_open (&scratch), other = store_open (&scratch);
    g_autofree char *first = begin (store, "blue"), *second = begin (other, "blue");
    g_autofree char *mp4 = tutti_store_begin (other, "blue", TUTTI_CONTAINER_MP4, WALL_US, NULL);
    g_autofree char *upper = begin (store, "Blue"), *after_json = NULL, *after_notes = NULL;

    g_assert_cmpstr (first, ==, "blue-" STAMP);
    g_assert_cmpstr (second, ==, "blue-" STAMP "-2");
    g_assert_cmpstr (mp4, ==, "blue-" STAMP "-3");
    g_assert_cmpstr (upper, ==, "Blue-" STAMP);
    plant_file (&scratch, "red-" STAMP ".json", "{}");
    after_json = begin (store, "red");
    g_assert_cmpstr (after_json, ==, "red-" STAMP "-2");
    plant_file (&scratch, ".green-" STAMP ".notes", "");
    after_notes = begin (store, "green");
    g_assert_cmpstr (after_notes, ==, "green-" STAMP "-2");
}

#define PROCESSES 4
#define TAKES 8

/* Several processes ask for one room's name in one second, with different containers. */
static void
test_processes (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    g_autoptr (TuttiStore) store = store_open (&scratch);
    pid_t children[PROCESSES];
    g_autoptr (GPtrArray) takes = NULL;
    int status;

    for (guint i = 0; i < PROCESSES; i++) {
        children[i] = fork ();
        if (children[i] != 0)
            continue;
        store = store_open (&scratch);
        for (guint n = 0; n < TAKES; n++) {
            g_autofree char *take = tutti_store_begin (store, "blue", (i + n) % 3, WALL_US, NULL);
            g_autofree char *name =
                g_strdup_printf ("%s.%s", take, tutti_container_name ((i + n) % 3));
            g_autoptr (TuttiFile) file = tutti_file_new (store, name, NULL);

            if (!file || tutti_file_finish (file) != TUTTI_FILE_OK)
                _exit (1);
        }
        _exit (0);
    }
    for (guint i = 0; i < PROCESSES; i++) {
        waitpid (children[i], &status, 0);
        g_assert_cmpint (status, ==, 0);
    }
    takes = tutti_store_list (store);
    g_assert_cmpuint (takes->len, ==, PROCESSES * TAKES);
}

static void
check_take (TuttiStore *store, const char *name, TuttiTakeState state, const char *file)
{
    g_autoptr (TuttiTake) take = tutti_store_find (store, name);

    g_assert_nonnull (take);
    g_assert_cmpstr (tutti_take_state_name (take->state), ==, tutti_take_state_name (state));
    g_assert_cmpstr (take->file, ==, file);
}

static void
test_list (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    g_autoptr (TuttiStore) store = store_open (&scratch), other = store_open (&scratch);
    g_autofree char *name = begin (store, ".x");
    g_autoptr (GPtrArray) takes = NULL;
    TuttiTake *take;

    check_take (other, name, TUTTI_TAKE_RUNNING, "@.x-" STAMP ".webm");
    plant_file (&scratch, "a-20260101T000000Z.mkv", "12345");
    plant_file (&scratch, "a-20260101T000000Z.json",
                "{\n  \"version\": 1,\n  \"duration_s\": 12.5,\n  \"recovered\": true\n}");
    plant_folder (&scratch, "a-20260101T000000Z.tracks");
    plant_file (&scratch, "a-20260101T000000Z.tracks/ann.webm", "123");
    plant_file (&scratch, "b-20250101T000000Z.webm.part", "cut");
    plant_file (&scratch, "c-20240101T000000Z.webm.broken", "bad");
    plant_file (&scratch, "stray.webm", "?");
    plant_file (&scratch, "alone-20240101T000000Z.json", "{}");
    check_take (store, "b-20250101T000000Z", TUTTI_TAKE_CUT, "b-20250101T000000Z.webm");
    check_take (store, "c-20240101T000000Z", TUTTI_TAKE_BROKEN, "c-20240101T000000Z.webm.broken");
    takes = tutti_store_list (store);
    g_assert_cmpuint (takes->len, ==, 4);
    take = g_ptr_array_index (takes, 0);
    g_assert_cmpstr (take->room, ==, ".x");
    g_assert_cmpint (take->started_us, ==, WALL_US);
    take = g_ptr_array_index (takes, 1);
    g_assert_cmpstr (take->name, ==, "a-20260101T000000Z");
    g_assert_cmpint (take->state, ==, TUTTI_TAKE_RECOVERED);
    g_assert_cmpint (take->duration_us, ==, 12500000);
    g_assert_cmpuint (take->n_tracks, ==, 1);
    g_assert_cmpuint (take->bytes, >, 5 + 3 + 40);
    g_assert_true (take->has_sidecar);
}

static void
on_list (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GError) error = NULL;

    *(GPtrArray **)user_data = tutti_store_list_finish (result, &error);
    g_assert_no_error (error);
}

/* Thousands, without a wait; the newest when there are too many. */
static void
test_many (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    g_autoptr (TuttiStore) store = store_open (&scratch);
    g_autoptr (GPtrArray) takes = NULL;
    TuttiTake *newest, *oldest;

    for (guint i = 0; i < TUTTI_TAKES_MAX + 5; i++) {
        g_autofree char *take = tutti_take_name_new ("r", (gint64)i * G_USEC_PER_SEC, 1);
        g_autofree char *file = g_strconcat (take, ".webm", NULL);
        int fd = openat (tutti_store_get_directory (store), file, O_WRONLY | O_CREAT, 0640);

        g_assert_cmpint (fd, >=, 0);
        close (fd);
    }
    tutti_store_list_async (store, on_list, &takes);
    while (!takes)
        g_main_context_iteration (NULL, TRUE);
    g_assert_cmpuint (takes->len, ==, TUTTI_TAKES_MAX);
    newest = g_ptr_array_index (takes, 0);
    oldest = g_ptr_array_index (takes, TUTTI_TAKES_MAX - 1);
    g_assert_cmpint (newest->started_us, ==, (gint64)(TUTTI_TAKES_MAX + 4) * G_USEC_PER_SEC);
    g_assert_cmpint (oldest->started_us, ==, 5 * G_USEC_PER_SEC);
}

static gboolean
can_open (TuttiStore *store, const char *file)
{
    g_autoptr (GError) error = NULL;
    int fd = tutti_store_open (store, file, &error);

    if (fd >= 0) {
        close (fd);
        return TRUE;
    }
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_NOT_FOUND);
    return FALSE;
}

#define TAKE "blue-" STAMP

static void
plant_take (const Scratch *scratch)
{
    plant_file (scratch, TAKE ".webm", "mix");
    plant_file (scratch, TAKE ".json", "{}");
    plant_file (scratch, TAKE ".vtt", "WEBVTT");
    plant_file (scratch, "." TAKE ".notes", "");
    plant_folder (scratch, TAKE ".tracks");
    plant_file (scratch, TAKE ".tracks/ann.webm", "ann");
    plant_file (scratch, TAKE ".tracks/bob.webm.part", "bob");
}

static void
test_open (void)
{
    static const char *const good[] = {
        TAKE ".webm",
        TAKE ".json",
        TAKE ".vtt",
        TAKE ".tracks/ann.webm",
    };
    static const char *const bad[] = {
        "",
        ".",
        "..",
        "/etc/passwd",
        "../" TAKE ".webm",
        TAKE,
        TAKE ".tracks",
        TAKE ".tracks/",
        TAKE ".tracks/..",
        TAKE ".tracks/../" TAKE ".webm",
        TAKE ".tracks/bob.webm.part",
        TAKE ".tracks/link",
        TAKE ".mkv",
        TAKE ".mp4",
        "." TAKE ".notes",
        "stray.webm",
        "red-" STAMP ".tracks/passwd",
        "red-" STAMP ".webm",
        "red-" STAMP ".json",
    };
    g_auto (Scratch) scratch = scratch_new ();
    g_autoptr (TuttiStore) store = store_open (&scratch);
    g_autofree char *pipe = g_build_filename (scratch.path, TAKE ".mp4", NULL);
    g_auto (GStrv) tracks = NULL;

    plant_take (&scratch);
    plant_file (&scratch, "stray.webm", "?");
    plant_link (&scratch, "/etc/passwd", TAKE ".mkv");
    plant_link (&scratch, "/etc/passwd", TAKE ".tracks/link");
    plant_link (&scratch, "/etc", "red-" STAMP ".tracks");
    plant_link (&scratch, "/etc/passwd", "red-" STAMP ".webm");
    g_assert_no_errno (mkfifo (pipe, 0640));
    for (guint i = 0; i < G_N_ELEMENTS (good); i++)
        g_assert_true (can_open (store, good[i]));
    for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
        g_assert_false (can_open (store, bad[i]));
    g_assert_null (tutti_store_find (store, "red-" STAMP));
    tracks = tutti_store_list_tracks (store, TAKE);
    g_assert_true (g_strv_contains ((const char *const *)tracks, TAKE ".tracks/ann.webm"));
    g_assert_false (g_strv_contains ((const char *const *)tracks, TAKE ".tracks/bob.webm.part"));
}

static void
test_delete (void)
{
    g_auto (Scratch) scratch = scratch_new (), outside = scratch_new ();
    g_autoptr (TuttiStore) store = store_open (&scratch), other = store_open (&scratch);
    g_autofree char *running = begin (store, "red"), *part = NULL;
    g_autoptr (GError) error = NULL;

    plant_take (&scratch);
    plant_file (&outside, "dear.webm", "!");
    plant_link (&scratch, outside.path, TAKE ".tracks/away");
    plant_file (&scratch, TAKE ".x-" STAMP ".webm", "another room's");
    plant_file (&scratch, "green-" STAMP ".webm", "");
    plant_link (&scratch, outside.path, "green-" STAMP ".tracks");
    g_assert_true (tutti_store_delete (store, TAKE, &error));
    g_assert_no_error (error);
    g_assert_false (is_there (&scratch, TAKE ".webm"));
    g_assert_false (is_there (&scratch, TAKE ".json"));
    g_assert_false (is_there (&scratch, TAKE ".tracks"));
    g_assert_false (is_there (&scratch, "." TAKE ".notes"));
    g_assert_true (is_there (&scratch, TAKE ".x-" STAMP ".webm"));
    g_assert_true (tutti_store_delete (store, "green-" STAMP, &error));
    g_assert_true (is_there (&outside, "dear.webm"));
    g_assert_false (tutti_store_delete (store, TAKE, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_NOT_FOUND);
    g_clear_error (&error);
    g_assert_false (tutti_store_delete (other, running, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_CONFLICT);
    part = g_strconcat (running, ".webm.part", NULL);
    g_assert_true (is_there (&scratch, part));
}

/* What was begun and never written goes with the store. */
static void
test_never_written (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    TuttiStore *store = store_open (&scratch);

    g_free (begin (store, "blue"));
    g_assert_true (is_there (&scratch, "blue-" STAMP ".webm.part"));
    tutti_store_unref (store);
    /* The errand's thread may hold it for a moment more. */
    while (is_there (&scratch, "blue-" STAMP ".webm.part"))
        g_thread_yield ();
}

static void
test_bad_directory (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    g_autofree char *path = g_build_filename (scratch.path, "file", "below", NULL);
    g_autofree char *deep = g_build_filename (scratch.path, "a", "b", NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (TuttiStore) store = NULL;

    plant_file (&scratch, "file", "");
    g_assert_null (tutti_store_new (path, 0, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG);
    store = tutti_store_new (deep, 0, NULL);
    g_assert_nonnull (store);
    g_assert_true (is_there (&scratch, "a/b"));
}

/* --- A disk that does not answer. --- */

typedef struct {
    GMutex lock;
    GCond answers;
    gboolean is_dead;
    gint freed;
} Disk;

static gpointer
run_on_disk (gpointer data, GError **error)
{
    Disk *disk = data;

    g_mutex_lock (&disk->lock);
    while (disk->is_dead)
        g_cond_wait (&disk->answers, &disk->lock);
    g_mutex_unlock (&disk->lock);
    return disk;
}

static void
count_freed (gpointer data)
{
    g_atomic_int_inc (&((Disk *)data)->freed);
}

static void
on_failed (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_task_propagate_pointer (G_TASK (result), user_data);
}

static void
test_dead_disk (void)
{
    Disk disk = {.is_dead = TRUE};
    TuttiErrands errands = {0};
    TuttiErrand errand = {run_on_disk, &disk, count_freed, count_freed};
    g_autoptr (GError) error = NULL;
    gint64 start_us = g_get_monotonic_time ();

    tutti_errand_start (&errands, &errand, g_task_new (NULL, NULL, on_failed, &error));
    g_assert_cmpint (g_get_monotonic_time () - start_us, <, TUTTI_ERRAND_PATIENCE_US / 2);
    while (!error)
        g_main_context_iteration (NULL, TRUE);
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_STORAGE);
    g_clear_error (&error);
    /* Once is enough. */
    start_us = g_get_monotonic_time ();
    g_assert_null (tutti_errand_run (&errands, &errand, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_STORAGE);
    g_assert_cmpint (g_get_monotonic_time () - start_us, <, TUTTI_ERRAND_PATIENCE_US / 2);
    g_mutex_lock (&disk.lock);
    disk.is_dead = FALSE;
    g_cond_broadcast (&disk.answers);
    g_mutex_unlock (&disk.lock);
    /* Its result and data, the refused one's data. */
    while (g_atomic_int_get (&disk.freed) < 3)
        g_thread_yield ();
    g_assert_true (tutti_errand_run (&errands, &errand, NULL) == &disk);
    while (g_atomic_int_get (&disk.freed) < 4)
        g_thread_yield ();
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/store/processes", test_processes);
    g_test_add_func ("/store/names", test_names);
    g_test_add_func ("/store/foreign-names", test_foreign_names);
    g_test_add_func ("/store/collisions", test_collisions);
    g_test_add_func ("/store/list", test_list);
    g_test_add_func ("/store/many", test_many);
    g_test_add_func ("/store/open", test_open);
    g_test_add_func ("/store/delete", test_delete);
    g_test_add_func ("/store/never-written", test_never_written);
    g_test_add_func ("/store/bad-directory", test_bad_directory);
    g_test_add_func ("/store/dead-disk", test_dead_disk);
    return g_test_run ();
}
