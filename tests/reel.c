/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reel.c: see film-kit.h.
 */
#include "reel.h"

#include <fcntl.h>
#include <glib/gstdio.h>

static char *directory;

static char *
make_path (const char *name)
{
    if (!directory)
        directory = g_dir_make_tmp ("tutti-film-XXXXXX", NULL);
    g_assert_nonnull (directory);
    return g_build_filename (directory, name, NULL);
}

char *
film_make (const char *name, const char *arguments, ...)
{
    g_autofree char *path = make_path (name), *quoted = g_shell_quote (path);
    g_autofree char *ffmpeg = g_find_program_in_path ("ffmpeg");
    g_autofree char *filled = NULL, *command = NULL;
    int status = -1;
    va_list list;

    if (!ffmpeg) {
        g_test_skip ("there is no ffmpeg");
        return NULL;
    }
    va_start (list, arguments);
    filled = g_strdup_vprintf (arguments, list);
    va_end (list);
    command = g_strdup_printf ("%s -nostdin -loglevel error -y %s %s", ffmpeg, filled, quoted);
    g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, &status, NULL));
    g_assert_cmpint (status, ==, 0);
    return g_steal_pointer (&path);
}

char *
film_write (const char *name, gconstpointer content, gsize length_bytes)
{
    char *path = make_path (name);

    g_assert_true (g_file_set_contents (path, content, (gssize)length_bytes, NULL));
    return path;
}

int
film_open (const char *path)
{
    int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);

    g_assert_cmpint (fd, >=, 0);
    return fd;
}

void
film_clear (void)
{
    g_autoptr (GDir) dir = directory ? g_dir_open (directory, 0, NULL) : NULL;
    const char *name;

    while (dir && (name = g_dir_read_name (dir))) {
        g_autofree char *path = g_build_filename (directory, name, NULL);
        g_unlink (path);
    }
    if (directory)
        g_rmdir (directory);
    g_clear_pointer (&directory, g_free);
}
