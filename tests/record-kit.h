/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * record-kit.h: a directory for recordings that goes with its test, and what is put into it.
 */
#pragma once

#include "src/record/store.h"

#include <glib/gstdio.h>
#include <tutti/error.h>

#include <string.h>
#include <unistd.h>

typedef struct {
    char *path;
} Scratch;

static inline Scratch
scratch_new (void)
{
    Scratch scratch = {g_dir_make_tmp ("tutti-record-XXXXXX", NULL)};

    g_assert_nonnull (scratch.path);
    g_assert_no_errno (g_chmod (scratch.path, 0750));
    return scratch;
}

static inline void
remove_tree (const char *path)
{
    GDir *dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name (dir))) {
        g_autofree char *child = g_build_filename (path, name, NULL);

        remove_tree (child);
    }
    g_clear_pointer (&dir, g_dir_close);
    g_remove (path);
}

static inline void
scratch_remove (Scratch *scratch)
{
    remove_tree (scratch->path);
}

static inline void
scratch_clear (Scratch *scratch)
{
    if (scratch->path)
        remove_tree (scratch->path);
    g_clear_pointer (&scratch->path, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scratch, scratch_clear)

static inline TuttiStore *
store_open (const Scratch *scratch)
{
    g_autoptr (GError) error = NULL;
    TuttiStore *store = tutti_store_new (scratch->path, 0, &error);

    g_assert_no_error (error);
    return store;
}

static inline gboolean
is_there (const Scratch *scratch, const char *name)
{
    g_autofree char *path = g_build_filename (scratch->path, name, NULL);

    return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Ended by 0. */
static inline char *
read_file (const Scratch *scratch, const char *name)
{
    g_autofree char *path = g_build_filename (scratch->path, name, NULL);
    char *text = NULL;

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    return text;
}

static inline void
plant_file (const Scratch *scratch, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename (scratch->path, name, NULL);

    g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static inline void
plant_folder (const Scratch *scratch, const char *name)
{
    g_autofree char *path = g_build_filename (scratch->path, name, NULL);

    g_assert_no_errno (g_mkdir (path, 0750));
}

static inline void
plant_link (const Scratch *scratch, const char *target, const char *name)
{
    g_autofree char *path = g_build_filename (scratch->path, name, NULL);

    g_assert_no_errno (symlink (target, path));
}
