/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-file.c: a file that is whole or says it is not: what is flushed outlives a kill, a full
 * disk leaves a file that is valid up to then, a directory taken away is noticed.
 */
#include "src/record/file.h"
#include "record-kit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sched.h>
#include <unistd.h>

#define FRAGMENT_BYTES 100000

static void
fill (guint8 *fragment, guint n)
{
    memset (fragment, 'a' + n % 26, FRAGMENT_BYTES);
}

static TuttiFileStatus
write_fragment (TuttiFile *file, guint n)
{
    g_autofree guint8 *fragment = g_malloc (FRAGMENT_BYTES);

    fill (fragment, n);
    tutti_file_write (file, fragment, FRAGMENT_BYTES / 3);
    tutti_file_write (file, fragment + FRAGMENT_BYTES / 3, FRAGMENT_BYTES - FRAGMENT_BYTES / 3);
    return tutti_file_flush (file);
}

/* All its fragments are there in order; returns how many are whole. */
static guint
check_fragments (const char *directory, const char *name)
{
    g_autofree char *path = g_build_filename (directory, name, NULL), *text = NULL;
    gsize length;

    g_assert_true (g_file_get_contents (path, &text, &length, NULL));
    for (gsize i = 0; i < length; i++)
        g_assert_cmpint (text[i], ==, 'a' + (i / FRAGMENT_BYTES) % 26);
    return length / FRAGMENT_BYTES;
}

static guint
get_mode (const char *directory, const char *name)
{
    g_autofree char *path = g_build_filename (directory, name, NULL);
    struct stat about;

    g_assert_no_errno (stat (path, &about));
    return about.st_mode & 07777;
}

static void
test_whole (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    g_autoptr (TuttiStore) store = store_open (&scratch);
    g_autoptr (TuttiFile) file = tutti_file_new (store, "x.webm", NULL);
    mode_t mask = umask (077);

    g_assert_nonnull (file);
    umask (mask);
    g_assert_cmpint (write_fragment (file, 0), ==, TUTTI_FILE_OK);
    g_assert_cmpuint (get_mode (scratch.path, "x.webm.part"), ==, 0640);
    /* What lies in the buffer yet, what is half there, what is on the disk. */
    tutti_file_write (file, (const guint8 *)"bbbb", 4);
    g_assert_cmpuint (tutti_file_get_bytes (file), ==, FRAGMENT_BYTES + 4);
    tutti_file_write_at (file, FRAGMENT_BYTES - 2, (const guint8 *)"xyz", 3);
    tutti_file_write_at (file, 0, (const guint8 *)"start", 5);
    g_assert_cmpint (tutti_file_finish (file), ==, TUTTI_FILE_OK);
    g_assert_false (is_there (&scratch, "x.webm.part"));
    g_assert_cmpuint (get_mode (scratch.path, "x.webm"), ==, 0640);
    g_assert_cmpuint (get_mode (scratch.path, "."), ==, 0750);
    {
        g_autofree char *text = read_file (&scratch, "x.webm");

        g_assert_cmpuint (strlen (text), ==, FRAGMENT_BYTES + 4);
        g_assert_true (g_str_has_prefix (text, "startaaa"));
        g_assert_cmpstr (text + FRAGMENT_BYTES - 3, ==, "axyzbbb");
    }
}

static void
test_folder (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    g_autoptr (TuttiStore) store = store_open (&scratch);
    g_autoptr (TuttiFile) file = tutti_file_new (store, "x.tracks/ann.webm", NULL);

    g_assert_nonnull (file);
    g_assert_cmpuint (get_mode (scratch.path, "x.tracks"), ==, 0750);
    g_assert_cmpint (tutti_file_finish (file), ==, TUTTI_FILE_OK);
    g_assert_true (is_there (&scratch, "x.tracks/ann.webm"));
}

/* No way out, nothing hidden, nothing written over. */
static void
test_names (void)
{
    static const char *const names[] = {
        "../x", "/etc/x",    "a/../../x",   "x.tracks/../y", ".x",
        "",     "x.tracks/", "x.tracks/.y", "link/x.webm",   "taken.webm",
    };
    g_auto (Scratch) scratch = scratch_new ();
    g_autoptr (TuttiStore) store = store_open (&scratch);

    plant_link (&scratch, "/tmp", "link");
    plant_file (&scratch, "taken.webm", "before");
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autoptr (GError) error = NULL;

        g_assert_null (tutti_file_new (store, names[i], &error));
        g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_STORAGE);
    }
}

/* While it was written somebody made a file of that name: it is not written over. */
static void
test_never_over (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    g_autoptr (TuttiStore) store = store_open (&scratch);
    g_autoptr (TuttiFile) file = tutti_file_new (store, "x.webm", NULL);
    g_autofree char *text = NULL;

    write_fragment (file, 0);
    plant_file (&scratch, "x.webm", "other");
    g_assert_cmpint (tutti_file_finish (file), ==, TUTTI_FILE_BROKEN);
    text = read_file (&scratch, "x.webm");
    g_assert_cmpstr (text, ==, "other");
    g_assert_cmpuint (check_fragments (scratch.path, "x.webm.part"), ==, 1);
}

/* A child writes and says after each flush how many; it is killed in the middle of writing. */
static void
write_for_ever (TuttiStore *store, int told)
{
    TuttiFile *file = tutti_file_new (store, "x.webm", NULL);

    for (guint n = 0;; n++) {
        char byte = 1;

        if (write_fragment (file, n) != TUTTI_FILE_OK || write (told, &byte, 1) != 1)
            _exit (1);
    }
}

static void
test_killed (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    int told[2];
    guint n = 0;
    char byte;
    pid_t child;

    g_assert_no_errno (pipe (told));
    child = fork ();
    if (child == 0) {
        close (told[0]);
        write_for_ever (store_open (&scratch), told[1]);
    }
    close (told[1]);
    while (n < 20 && read (told[0], &byte, 1) == 1)
        n++;
    kill (child, SIGKILL);
    waitpid (child, NULL, 0);
    while (read (told[0], &byte, 1) == 1)
        n++;
    close (told[0]);
    g_assert_cmpuint (n, >=, 20);
    g_assert_cmpuint (check_fragments (scratch.path, "x.webm.part"), >=, n);
}

/* Writes until it is told to stop; then the container's end, then the name. */
static guint
write_until_full (TuttiFile *file, TuttiFileStatus *ended)
{
    guint n = 0;

    while (n < 1000 && write_fragment (file, n) == TUTTI_FILE_OK)
        n++;
    g_assert_cmpint (tutti_file_get_status (file), ==, TUTTI_FILE_FULL);
    *ended = tutti_file_finish (file);
    g_assert_cmpint (tutti_file_get_status (file), ==, TUTTI_FILE_FULL);
    return n;
}

/* A file system that can't take more in the middle of a fragment. */
static void
test_limit (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    g_autoptr (TuttiStore) store = store_open (&scratch);
    g_autoptr (TuttiFile) file = tutti_file_new (store, "x.webm", NULL);
    struct rlimit before, limit;
    TuttiFileStatus ended;
    guint n;

    signal (SIGXFSZ, SIG_IGN);
    g_assert_no_errno (getrlimit (RLIMIT_FSIZE, &before));
    limit = before;
    limit.rlim_cur = 10 * FRAGMENT_BYTES + 12345;
    g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &limit));
    n = write_until_full (file, &ended);
    g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &before));
    g_assert_cmpuint (n, <=, 10);
    g_assert_cmpint (ended, !=, TUTTI_FILE_BROKEN);
    g_assert_cmpuint (check_fragments (scratch.path, "x.webm"), >=, n);
}

/* The operator's minimum: told at a flush, and the container's end still gets in. */
static void
test_minimum (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    g_autoptr (TuttiStore) store = tutti_store_new (scratch.path, G_MAXUINT64 / 2, NULL);
    g_autoptr (TuttiFile) file = tutti_file_new (store, "x.webm", NULL);
    g_autoptr (GError) error = NULL;
    g_autofree guint8 *end = g_malloc0 (60000);

    g_assert_cmpuint (tutti_store_get_room_bytes (store), ==, 0);
    g_assert_null (tutti_store_begin (store, "blue", TUTTI_CONTAINER_WEBM, 0, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_STORAGE);
    g_assert_cmpint (write_fragment (file, 0), ==, TUTTI_FILE_FULL);
    g_assert_cmpint (tutti_file_write (file, end, 60000), ==, TUTTI_FILE_OK);
    g_assert_cmpint (tutti_file_write (file, end, 60000), ==, TUTTI_FILE_FULL);
    g_assert_cmpint (tutti_file_finish (file), ==, TUTTI_FILE_FULL);
    g_assert_cmpuint (check_fragments (scratch.path, "x.webm"), ==, 1);
}

/* The directory is deleted under it: writing goes on without fault, so it must be looked for. */
static void
test_gone (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    g_autoptr (TuttiStore) store = store_open (&scratch);
    g_autoptr (TuttiFile) file = tutti_file_new (store, "x.webm", NULL);
    g_autoptr (GError) error = NULL;

    scratch_remove (&scratch);
    g_assert_cmpint (write_fragment (file, 0), ==, TUTTI_FILE_GONE);
    g_assert_cmpint (tutti_file_write (file, (const guint8 *)"x", 1), ==, TUTTI_FILE_GONE);
    g_assert_cmpint (tutti_file_finish (file), ==, TUTTI_FILE_GONE);
    g_assert_cmpuint (tutti_store_get_room_bytes (store), ==, 0);
    g_assert_null (tutti_store_begin (store, "blue", TUTTI_CONTAINER_WEBM, 0, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_STORAGE);
    g_clear_error (&error);
    /* Made again: the next recording works without a restart. */
    g_assert_no_errno (mkdir (scratch.path, 0750));
    g_free (tutti_store_begin (store, "blue", TUTTI_CONTAINER_WEBM, 0, &error));
    g_assert_no_error (error);
}

/* In a child with a mount of its own: 0 good, 77 not permitted. */
static int
fill_tmpfs (const char *path)
{
    g_autoptr (TuttiStore) store = NULL;
    g_autoptr (TuttiFile) file = NULL;
    g_autofree guint8 *end = g_malloc (60000);
    guint n = 0;

    if (unshare (CLONE_NEWNS) != 0 || mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount ("tmpfs", path, "tmpfs", 0, "size=8m") != 0)
        return 77;
    store = tutti_store_new (path, 0, NULL);
    file = tutti_file_new (store, "x.webm", NULL);
    while (n < 1000 && write_fragment (file, n) == TUTTI_FILE_OK)
        n++;
    g_assert_cmpint (tutti_file_get_status (file), ==, TUTTI_FILE_FULL);
    g_assert_cmpuint (n, >, 70); /* of 83: what was kept back is little */
    g_assert_cmpuint (tutti_store_get_room_bytes (store), <, 1024 * 1024);
    memset (end, 'a' + (n + 1) % 26, 60000);
    g_assert_cmpint (tutti_file_write (file, end, 60000), ==, TUTTI_FILE_OK);
    g_assert_cmpint (tutti_file_finish (file), ==, TUTTI_FILE_OK);
    g_assert_cmpint (tutti_file_get_status (file), ==, TUTTI_FILE_FULL);
    g_assert_cmpuint (check_fragments (path, "x.webm"), ==, n + 1);
    return 0;
}

static void
test_disk_full (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    pid_t child = fork ();
    int status;

    if (child == 0)
        _exit (fill_tmpfs (scratch.path));
    waitpid (child, &status, 0);
    if (WIFEXITED (status) && WEXITSTATUS (status) == 77)
        g_test_skip ("may not mount a tmpfs of its own");
    else
        g_assert_cmpint (status, ==, 0);
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/file/killed", test_killed);
    g_test_add_func ("/file/disk-full", test_disk_full);
    g_test_add_func ("/file/whole", test_whole);
    g_test_add_func ("/file/folder", test_folder);
    g_test_add_func ("/file/names", test_names);
    g_test_add_func ("/file/never-over", test_never_over);
    g_test_add_func ("/file/limit", test_limit);
    g_test_add_func ("/file/minimum", test_minimum);
    g_test_add_func ("/file/gone", test_gone);
    return g_test_run ();
}
