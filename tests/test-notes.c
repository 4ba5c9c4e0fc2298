/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-notes.c: what was noted while a recording ran is in its sidecar and its chapters, after a
 * crash too, whatever people call themselves.
 */
#include "src/record/notes.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define S ((gint64)G_USEC_PER_SEC)
#define TAKE "blue-20261122T195300Z"
#define NOTES "." TAKE ".notes"
/* As the header has it. */
#define NOTES_MAX_BYTES (16 * 1024 * 1024)

typedef struct {
    char *path;
    TuttiStore *store;
    int directory;
    TuttiNotes *notes;
} Rig;

static void
set_up (Rig *rig, gconstpointer data)
{
    (void)data;
    rig->path = g_dir_make_tmp ("tutti-notes-XXXXXX", NULL);
    rig->store = tutti_store_new (rig->path, 0, NULL);
    g_assert_nonnull (rig->store);
    rig->directory = tutti_store_get_directory (rig->store);
    rig->notes = tutti_notes_new (rig->store, TAKE, NULL);
    g_assert_nonnull (rig->notes);
}

static void
tear_down (Rig *rig, gconstpointer data)
{
    g_autoptr (GDir) dir = g_dir_open (rig->path, 0, NULL);
    const char *name;

    (void)data;
    tutti_notes_free (rig->notes);
    while ((name = g_dir_read_name (dir)))
        unlinkat (rig->directory, name, 0);
    tutti_store_unref (rig->store);
    g_rmdir (rig->path);
    g_free (rig->path);
}

static char *
read_file (Rig *rig, const char *name)
{
    g_autofree char *path = g_build_filename (rig->path, name, NULL);
    char *text = NULL;

    g_file_get_contents (path, &text, NULL, NULL);
    return text;
}

static void
write_file (Rig *rig, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename (rig->path, name, NULL);

    g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
add (Rig *rig, gint64 file_us, TuttiNote note)
{
    tutti_notes_add (rig->notes, &note, file_us);
}

static void
join (Rig *rig, gint64 file_us, const char *id, const char *name)
{
    add (rig, file_us,
         (TuttiNote){.kind = TUTTI_NOTE_JOINED, .participant = id, .name = name, .value = "guest"});
}

static void
speak (Rig *rig, gint64 file_us, const char *ids)
{
    add (rig, file_us, (TuttiNote){.kind = TUTTI_NOTE_SPEAKERS, .value = ids});
}

static void
finish (Rig *rig, const TuttiNotesSummary *summary)
{
    g_autoptr (GError) error = NULL;

    g_clear_pointer (&rig->notes, tutti_notes_free);
    tutti_notes_finish (rig->store, TAKE, summary, &error);
    g_assert_no_error (error);
}

static JsonNode *
read_sidecar (Rig *rig)
{
    g_autofree char *text = read_file (rig, TAKE ".json");
    g_autoptr (GError) error = NULL;
    JsonNode *root;

    g_assert_nonnull (text);
    root = json_from_string (text, &error);
    g_assert_no_error (error);
    return root;
}

/* What a path finds, as text. */
static void
assert_found (JsonNode *root, const char *path, const char *expected)
{
    g_autoptr (JsonNode) found = json_path_query (path, root, NULL);
    g_autofree char *text = NULL;

    g_assert_nonnull (found);
    text = json_to_string (found, FALSE);
    g_assert_cmpstr (text, ==, expected);
}

static void
test_sidecar (Rig *rig, gconstpointer data)
{
    TuttiNotesSummary summary = {.duration_us = 60 * S,
                                 .bytes = 1234,
                                 .pictures = 1800,
                                 .sounds = 3000,
                                 .gap_us = S / 2,
                                 .gaps = 1};
    g_autoptr (JsonNode) root = NULL;

    (void)data;
    write_file (rig, TAKE ".webm", "");
    add (rig, 0, (TuttiNote){.kind = TUTTI_NOTE_STARTED, .text = "blue", .value = "1280x720@30"});
    join (rig, 0, "p1", "Ann");
    join (rig, 5 * S, "p2", "Bo");
    speak (rig, 6 * S, "p1");
    speak (rig, 8 * S + 500000, "p2 p1");
    speak (rig, 10 * S, "p2");
    add (rig, 11 * S, (TuttiNote){.kind = TUTTI_NOTE_RENAMED, .participant = "p2", .name = "Bob"});
    add (rig, 12 * S,
         (TuttiNote){.kind = TUTTI_NOTE_CHAT,
                     .participant = "p1",
                     .name = "Ann",
                     .text = "hi \"you\" </script>\n"});
    add (rig, 13 * S,
         (TuttiNote){.kind = TUTTI_NOTE_LAYOUT,
                     .value = "grid",
                     .text = "[{\"participant\":\"p1\",\"x\":0}]"});
    add (rig, 14 * S, (TuttiNote){.kind = TUTTI_NOTE_LAYOUT, .value = "grid", .text = "[}"});
    add (rig, 15 * S, (TuttiNote){.kind = TUTTI_NOTE_PAUSED});
    add (rig, 15 * S, (TuttiNote){.kind = TUTTI_NOTE_RESUMED, .value = "7000000"});
    add (rig, 16 * S, (TuttiNote){.kind = TUTTI_NOTE_GAP, .value = "500000"});
    add (rig, 17 * S,
         (TuttiNote){.kind = TUTTI_NOTE_TRACK,
                     .participant = "p1",
                     .text = "audio",
                     .value = TAKE ".tracks/Ann-p1-audio.webm"});
    add (rig, 20 * S, (TuttiNote){.kind = TUTTI_NOTE_LEFT, .participant = "p2", .value = "left"});
    add (rig, 60 * S, (TuttiNote){.kind = TUTTI_NOTE_STOPPED, .value = "asked"});
    finish (rig, &summary);

    root = read_sidecar (rig);
    assert_found (root, "$.room", "[\"blue\"]");
    assert_found (root, "$.canvas", "[\"1280x720@30\"]");
    assert_found (root, "$.file", "[\"" TAKE ".webm\"]");
    assert_found (root, "$.container", "[\"webm\"]");
    assert_found (root, "$.ended", "[\"asked\"]");
    assert_found (root, "$.duration_s", "[60.0]");
    assert_found (root, "$.recovered", "[false]");
    assert_found (root, "$.truncated", "[false]");
    assert_found (root, "$.participants[*].name", "[\"Ann\",\"Bob\"]");
    assert_found (root, "$.participants[0].present", "[[{\"from_s\":0.0,\"to_s\":60.0}]]");
    assert_found (root, "$.participants[1].present",
                  "[[{\"from_s\":5.0,\"to_s\":20.0,\"left\":\"left\"}]]");
    assert_found (root, "$.participants[0].speaking", "[[{\"from_s\":6.0,\"to_s\":10.0}]]");
    assert_found (root, "$.participants[1].speaking", "[[{\"from_s\":8.5,\"to_s\":20.0}]]");
    assert_found (root, "$.participants[1].renamed", "[[{\"time_s\":11.0,\"name\":\"Bob\"}]]");
    assert_found (root, "$.chat[*].text", "[\"hi \\\"you\\\" </script>\\n\"]");
    assert_found (root, "$.layouts[*].tiles", "[[{\"participant\":\"p1\",\"x\":0}]]");
    assert_found (root, "$.pauses", "[[{\"time_s\":15.0,\"length_s\":7.0}]]");
    assert_found (root, "$.gaps", "[[{\"time_s\":16.0,\"length_s\":0.5}]]");
    assert_found (root, "$.tracks[*].file", "[\"" TAKE ".tracks/Ann-p1-audio.webm\"]");
    assert_found (root, "$.recorder.pictures", "[1800]");
}

/* The notes are gone when what is made of them is there; nobody else may read any of it. */
static void
test_files (Rig *rig, gconstpointer data)
{
    TuttiNotesSummary summary = {.duration_us = S};
    struct stat status;

    (void)data;
    g_assert_cmpint (fstatat (rig->directory, NOTES, &status, 0), ==, 0);
    g_assert_cmpint (status.st_mode & 0777 & ~0640, ==, 0);
    finish (rig, &summary);
    g_assert_cmpint (fstatat (rig->directory, NOTES, &status, 0), !=, 0);
    g_assert_cmpint (fstatat (rig->directory, TAKE ".json", &status, 0), ==, 0);
    g_assert_cmpint (status.st_mode & 0777 & ~0640, ==, 0);
    g_assert_cmpint (fstatat (rig->directory, TAKE ".vtt", &status, 0), ==, 0);
    g_assert_cmpint (fstatat (rig->directory, TAKE ".json.part", &status, 0), !=, 0);
}

/* Nobody can have the notes written elsewhere. */
static void
test_link (Rig *rig, gconstpointer data)
{
    g_autoptr (GError) error = NULL;

    (void)data;
    g_clear_pointer (&rig->notes, tutti_notes_free);
    unlinkat (rig->directory, NOTES, 0);
    g_assert_cmpint (symlinkat ("elsewhere", rig->directory, NOTES), ==, 0);
    g_assert_null (tutti_notes_new (rig->store, TAKE, &error));
    g_assert_nonnull (error);
}

/* After a crash: the last line is half there, nobody left, and those who spoke go on to the end. */
static void
test_crash (Rig *rig, gconstpointer data)
{
    TuttiNotesSummary summary = {.duration_us = 30 * S, .recovered = TRUE};
    g_autofree char *whole = NULL, *cut = NULL, *chapters = NULL;
    g_autoptr (JsonNode) root = NULL;

    (void)data;
    add (rig, 0, (TuttiNote){.kind = TUTTI_NOTE_STARTED, .text = "blue"});
    join (rig, 0, "p1", "Ann");
    speak (rig, 20 * S, "p1");
    /* noted, but the file's last second was lost */
    join (rig, 31 * S, "p2", "Bo");
    add (rig, 32 * S, (TuttiNote){.kind = TUTTI_NOTE_LEFT, .participant = "p1", .value = "left"});
    tutti_notes_flush (rig->notes);
    whole = read_file (rig, NOTES);
    cut = g_strndup (whole, strlen (whole) - 10);
    g_clear_pointer (&rig->notes, tutti_notes_free);
    write_file (rig, NOTES, cut);
    finish (rig, &summary);

    root = read_sidecar (rig);
    assert_found (root, "$.recovered", "[true]");
    assert_found (root, "$.participants[0].present", "[[{\"from_s\":0.0,\"to_s\":30.0}]]");
    assert_found (root, "$.participants[0].speaking", "[[{\"from_s\":20.0,\"to_s\":30.0}]]");
    assert_found (root, "$.participants[1].present", "[[{\"from_s\":30.0,\"to_s\":30.0}]]");
    chapters = read_file (rig, TAKE ".vtt");
    g_assert_cmpstr (chapters, ==, "WEBVTT\n\n00:00:20.000 --> 00:00:30.000\nAnn\n");
}

/* A breath ends no chapter, a cough makes none, and who is interrupted for good has ended. */
static void
test_chapters (Rig *rig, gconstpointer data)
{
    TuttiNotesSummary summary = {.duration_us = 4000 * S};
    g_autofree char *chapters = NULL;

    (void)data;
    join (rig, 0, "p1", "Ann");
    join (rig, 0, "p2", "<v X>--> & Co\nNOTE");
    speak (rig, 1 * S, "p1");
    speak (rig, 3 * S, "");
    speak (rig, 3 * S + 900000, "p1");
    speak (rig, 10 * S, "p1 p2");
    speak (rig, 10 * S + 400000, "p1");
    speak (rig, 20 * S, "p1 p2");
    speak (rig, 21 * S, "p2");
    speak (rig, 3700 * S + 1234, "");
    finish (rig, &summary);
    chapters = read_file (rig, TAKE ".vtt");
    g_assert_cmpstr (chapters, ==,
                     "WEBVTT\n\n"
                     "00:00:01.000 --> 00:00:20.000\nAnn\n\n"
                     "00:00:20.000 --> 01:01:40.001\n&lt;v X&gt;--&gt; &amp; Co NOTE\n");
}

/* Who talks without end in the chat fills the notes, not the disk; that they are full is told. */
static void
test_bound (Rig *rig, gconstpointer data)
{
    TuttiNotesSummary summary = {.duration_us = 100 * S};
    g_autofree char *text = g_strnfill (20000, 'x');
    g_autoptr (JsonNode) root = NULL;
    struct stat status;

    (void)data;
    for (guint i = 0; i < 1000; i++)
        add (rig, i,
             (TuttiNote){.kind = TUTTI_NOTE_CHAT, .participant = "p1", .name = "A", .text = text});
    tutti_notes_flush (rig->notes);
    g_assert_cmpint (fstatat (rig->directory, NOTES, &status, 0), ==, 0);
    g_assert_cmpint (status.st_size, <=, NOTES_MAX_BYTES);
    g_assert_cmpint (status.st_size, >, NOTES_MAX_BYTES / 2);
    finish (rig, &summary);
    root = read_sidecar (rig);
    assert_found (root, "$.truncated", "[true]");
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add ("/notes/sidecar", Rig, NULL, set_up, test_sidecar, tear_down);
    g_test_add ("/notes/files", Rig, NULL, set_up, test_files, tear_down);
    g_test_add ("/notes/link", Rig, NULL, set_up, test_link, tear_down);
    g_test_add ("/notes/crash", Rig, NULL, set_up, test_crash, tear_down);
    g_test_add ("/notes/chapters", Rig, NULL, set_up, test_chapters, tear_down);
    g_test_add ("/notes/bound", Rig, NULL, set_up, test_bound, tear_down);
    return g_test_run ();
}
