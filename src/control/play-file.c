/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * play-file.c: see play-file.h. The kernel keeps the path below the directory, symbolic links and
 * all (openat2(2)): nobody can change one between a check and its use.
 */
#include "play-file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <tutti/error.h>
#include <unistd.h>

/* What is behind the directory in an absolute path; NULL: it is elsewhere. */
static const char *
strip (const char *file, const char *directory)
{
    gsize length = directory ? strlen (directory) : 0;

    while (length > 0 && directory[length - 1] == '/')
        length--;
    if (!directory || strncmp (file, directory, length) != 0 || file[length] != '/')
        return NULL;
    return file + length + strspn (file + length, "/");
}

/* The file's name below the directory; NULL: it isn't. */
static const char *
find_below (const char *file, const char *directory)
{
    char *real = NULL;
    const char *below;

    if (file[0] != '/')
        return file;
    below = strip (file, directory);
    if (below)
        return below;
    real = realpath (directory, NULL);
    below = strip (file, real);
    free (real);
    return below;
}

static int
open_below (const char *directory, const char *file)
{
    const struct open_how how = {
        .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, /* no waiting for a FIFO's writer */
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };
    int folder = open (directory, O_PATH | O_DIRECTORY | O_CLOEXEC), fd, fault;

    if (folder < 0)
        return -1;
    fd = (int)syscall (SYS_openat2, folder, file, &how, sizeof how);
    fault = errno;
    close (folder);
    errno = fault;
    return fd;
}

static gboolean
is_plain (int fd)
{
    struct stat info;

    return fstat (fd, &info) == 0 && S_ISREG (info.st_mode);
}

static void
explain (const char *file, const char *directory, int fault, GError **error)
{
    if (fault == EXDEV)
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_FORBIDDEN,
                     "'%s' leads out of %s: copy the file there ([play] directory)", file,
                     directory);
    else if (fault == ENOENT || fault == ENOTDIR)
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_NOT_FOUND,
                     "there is no file '%s' in %s ([play] directory)", file, directory);
    else
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_FORBIDDEN,
                     "the server can't read '%s' in %s: %s", file, directory, g_strerror (fault));
}

int
tutti_play_file_open (TuttiConfig *config, const char *file, GError **error)
{
    const char *directory = tutti_config_string (config, "play", "directory");
    const char *below = find_below (file, directory);
    int fd;

    if (directory[0] == '\0') {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED,
                             "no [play] directory is configured: set it to the folder with the "
                             "films, and start the server anew");
        return -1;
    }
    if (!below) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_FORBIDDEN,
                     "'%s' is not in %s: copy the file there ([play] directory)", file, directory);
        return -1;
    }
    fd = open_below (directory, below);
    if (fd < 0) {
        explain (below, directory, errno, error);
        return -1;
    }
    if (is_plain (fd))
        return fd;
    close (fd);
    g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_FORBIDDEN, "'%s' is no file", below);
    return -1;
}
