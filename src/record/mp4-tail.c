/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mp4-tail.c: see mp4-tail.h. From box to box (ISO/IEC 14496-12 section 4.2): 32 bits of size, four
 * letters; a size of 1: 64 bits of it follow.
 */
#include "mp4-tail.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_BYTES 8
#define LARGE_HEAD_BYTES 16
#define SIZE_IS_LARGE 1
/* Two for each fragment of a month; a file of ours has no more. */
#define BOXES_MAX 8000000

/* The size of the box at `at`; 0: it says none that could be. */
static gint64
read_box (int fd, gint64 at, char type[4])
{
    guint8 head[LARGE_HEAD_BYTES] = {0};
    ssize_t n = pread (fd, head, sizeof head, at);
    guint64 size;

    if (n < HEAD_BYTES)
        return 0;
    memcpy (type, head + 4, 4);
    size = (guint64)head[0] << 24 | (guint64)head[1] << 16 | (guint64)head[2] << 8 | head[3];
    if (size == SIZE_IS_LARGE)
        for (guint i = HEAD_BYTES; i < LARGE_HEAD_BYTES; i++)
            size = (i == HEAD_BYTES ? 0 : size << 8) | head[i];
    return size >= HEAD_BYTES && size <= G_MAXINT64 / 2 ? (gint64)size : 0;
}

gint64
tutti_mp4_find_end (int fd)
{
    struct stat about;
    gint64 at = 0;

    if (fstat (fd, &about) != 0)
        return -1;
    for (guint i = 0; i < BOXES_MAX && at < about.st_size; i++) {
        char type[4];
        gint64 size = read_box (fd, at, type);

        if (size == 0)
            break;
        if (size > about.st_size - at)
            return memcmp (type, "moof", sizeof type) == 0 ? at : about.st_size;
        at += size;
    }
    return about.st_size;
}
