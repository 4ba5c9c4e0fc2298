/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * part.c: see part.h. Locks are those of the open file (F_OFD_SETLK): two descriptors of one
 * process keep each other out as well, and others' locks can be asked for without taking one.
 */
#include "part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FILE_MODE 0640

/* On a file system that knows no locks, a part that has not grown for so long is nobody's: its
 * writer flushes it each second. */
#define STALE_S 60

static gboolean
has_no_locks (int why)
{
    return why == ENOLCK || why == EOPNOTSUPP || why == ENOSYS || why == EINVAL;
}

static gboolean
is_stale (int fd)
{
    struct stat about;

    return fstat (fd, &about) == 0 && about.st_mtime + STALE_S < time (NULL);
}

/* A new file is its maker's, locks or no locks. */
static gboolean
lock (int fd, gboolean is_new)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    if (fcntl (fd, F_OFD_SETLK, &whole) == 0)
        return TRUE;
    if (has_no_locks (errno) && (is_new || is_stale (fd)))
        return TRUE;
    errno = EWOULDBLOCK;
    return FALSE;
}

/* The name still stands for what was opened: recovery may have taken it away in between. */
static gboolean
is_named (int fd, int directory, const char *name)
{
    struct stat opened, named;

    return fstat (fd, &opened) == 0 &&
           fstatat (directory, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

static int
keep (int fd, int directory, const char *part, gboolean is_new)
{
    gboolean locked = lock (fd, is_new);

    if (locked && is_named (fd, directory, part))
        return fd;
    close (fd);
    errno = locked ? ENOENT : EWOULDBLOCK;
    return -1;
}

int
tutti_part_create (int directory, const char *part)
{
    int fd =
        openat (directory, part, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);

    if (fd < 0)
        return -1;
    /* Whatever the umask: the group reads, others don't. File systems without modes refuse. */
    if (fchmod (fd, FILE_MODE) != 0)
        errno = 0;
    return keep (fd, directory, part, TRUE);
}

int
tutti_part_adopt (int directory, const char *part)
{
    int fd = openat (directory, part, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat about;

    if (fd < 0)
        return -1;
    if (fstat (fd, &about) != 0 || !S_ISREG (about.st_mode)) {
        close (fd);
        errno = EINVAL;
        return -1;
    }
    return keep (fd, directory, part, FALSE);
}

gboolean
tutti_part_is_held (int directory, const char *part)
{
    int fd = tutti_part_open (directory, part);
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    gboolean held;

    if (fd < 0)
        return FALSE;
    if (fcntl (fd, F_OFD_GETLK, &whole) == 0)
        held = whole.l_type != F_UNLCK;
    else
        held = !is_stale (fd);
    close (fd);
    return held;
}

/* Where a file system can't rename so (EINVAL), a second link does not replace either. */
static gboolean
rename_new (int directory, const char *from, const char *to)
{
    struct stat about;

    if (renameat2 (directory, from, directory, to, RENAME_NOREPLACE) == 0)
        return TRUE;
    if (errno != EINVAL && errno != ENOSYS)
        return FALSE;
    if (linkat (directory, from, directory, to, 0) == 0)
        return unlinkat (directory, from, 0) == 0;
    if (errno == EEXIST || fstatat (directory, to, &about, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EEXIST;
        return FALSE;
    }
    return renameat (directory, from, directory, to) == 0;
}

gboolean
tutti_part_settle (int directory, const char *part, const char *name)
{
    if (!rename_new (directory, part, name))
        return FALSE;
    /* The name, too, must outlive a power cut; some file systems can't be told (EINVAL). */
    return fsync (directory) == 0 || errno == EINVAL || errno == EBADF;
}

int
tutti_part_open (int directory, const char *name)
{
    /* O_NONBLOCK: a pipe put there does not wait for its other end. */
    int fd = openat (directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat about;

    if (fd < 0)
        return -1;
    if (fstat (fd, &about) == 0 && S_ISREG (about.st_mode))
        return fd;
    close (fd);
    errno = ENOENT;
    return -1;
}

int
tutti_folder_open (int directory, const char *name)
{
    return openat (directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}
