/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * file.c: see file.h. Bytes gather in a buffer, go to the system at each flush and to the disk by
 * the store's disk-sync. Ahead of the end space is kept allocated (beyond the file's length, so it
 * is not seen): a full disk shows when the reserve can't be moved on, at a fragment's end, and the
 * container's end still fits in.
 */
#include "file.h"
#include "names.h"
#include "part.h"
#include "store-private.h"

#include <tutti/error.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define FOLDER_MODE 0750

/* A third of a second of a usual mix; many tracks have one each. */
#define BUFFER_BYTES (64 * 1024)

#define LOOK_INTERVAL_US G_USEC_PER_SEC
#define LOOK_INTERVAL_BYTES (8 * 1024 * 1024)

/* A container's end grows with it: an index entry is about 25 bytes for each fragment, of which
 * sound alone makes one of 4 kB a second; 1/128 is more than that. */
#define RESERVE_MIN_BYTES (64 * 1024)
#define RESERVE_SHARE 128
/* Space is asked for in steps, so that not each fragment costs a call. */
#define RESERVE_STEP_BYTES (1024 * 1024)

struct _TuttiFile {
    TuttiStore *store;
    char *part, *name; /* within the folder */
    int folder, fd;

    TuttiFileStatus status;
    gboolean is_stopped;     /* nothing more is written */
    guint64 system_bytes;    /* handed to the system */
    guint64 fragment_bytes;  /* length at the last flush */
    guint64 allocated_bytes; /* 0: nothing is allocated ahead */
    gboolean can_allocate;
    guint64 end_max_bytes; /* once FULL: the length it may reach */

    gint64 looked_us;
    guint64 looked_bytes;
    TuttiDiskSyncFile *disk_sync;

    gsize n_buffered;
    guint8 buffer[BUFFER_BYTES];
};

static const char *const status_texts[] = {
    [TUTTI_FILE_OK] = "ok",
    [TUTTI_FILE_FULL] = "disk full",
    [TUTTI_FILE_GONE] = "directory gone",
    [TUTTI_FILE_BROKEN] = "disk failed",
};

/* --- What the system says. --- */

static TuttiFileStatus
read_errno (int why)
{
    switch (why) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG: /* of the file system (FAT: 4 GiB), or RLIMIT_FSIZE */
        return TUTTI_FILE_FULL;
    case ENOENT:
    case ESTALE:
    case ENODEV:
    case ENXIO:
    case ENOTCONN: /* a FUSE server that died */
        return TUTTI_FILE_GONE;
    default:
        return TUTTI_FILE_BROKEN;
    }
}

static TuttiFileStatus
stop (TuttiFile *file, TuttiFileStatus status)
{
    file->is_stopped = TRUE;
    if (file->status == TUTTI_FILE_OK)
        file->status = status;
    return file->status;
}

/* A fragment has ended and there is no room for another one. */
static void
set_full (TuttiFile *file)
{
    guint64 length = file->system_bytes;

    file->status = TUTTI_FILE_FULL;
    file->end_max_bytes = length + RESERVE_MIN_BYTES + length / RESERVE_SHARE;
}

static gboolean
write_all (TuttiFile *file, const guint8 *data, gsize length_bytes)
{
    while (length_bytes > 0) {
        ssize_t n = write (file->fd, data, length_bytes);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FALSE;
        data += n;
        length_bytes -= n;
        file->system_bytes += n;
    }
    return TRUE;
}

static gboolean
drain (TuttiFile *file)
{
    gsize n = file->n_buffered;

    file->n_buffered = 0;
    if (n == 0 || write_all (file, file->buffer, n))
        return TRUE;
    stop (file, read_errno (errno));
    return FALSE;
}

/* --- Room. --- */

static gboolean
is_gone (TuttiFile *file)
{
    struct stat about;

    return fstat (file->fd, &about) != 0 || about.st_nlink == 0 ||
           fstat (file->folder, &about) != 0 || about.st_nlink == 0;
}

static gboolean
has_minimum_free (TuttiFile *file)
{
    guint64 minimum_bytes = tutti_store_get_minimum_free_bytes (file->store);
    struct statvfs disk;

    if (minimum_bytes == 0 || fstatvfs (file->fd, &disk) != 0)
        return TRUE;
    return (guint64)disk.f_bavail * disk.f_frsize > minimum_bytes;
}

static gboolean
allocate_up_to (TuttiFile *file, guint64 end_bytes)
{
    guint64 length = file->system_bytes;

    if (fallocate (file->fd, FALLOC_FL_KEEP_SIZE, length, end_bytes - length) != 0)
        return FALSE;
    file->allocated_bytes = end_bytes;
    return TRUE;
}

/* Moves the reserve on behind what was written. FALSE: the disk is full. */
static gboolean
keep_reserve (TuttiFile *file)
{
    guint64 length = file->system_bytes;
    guint64 wanted = length + RESERVE_MIN_BYTES + length / RESERVE_SHARE;

    if (!file->can_allocate || wanted <= file->allocated_bytes)
        return TRUE;
    if (allocate_up_to (file, wanted + RESERVE_STEP_BYTES) || allocate_up_to (file, wanted))
        return TRUE;
    if (read_errno (errno) == TUTTI_FILE_FULL)
        return FALSE;
    file->can_allocate = errno == EINTR;
    return TRUE;
}

static void
look (TuttiFile *file)
{
    gint64 now_us = g_get_monotonic_time ();

    if (now_us < file->looked_us + LOOK_INTERVAL_US &&
        file->system_bytes < file->looked_bytes + LOOK_INTERVAL_BYTES)
        return;
    file->looked_us = now_us;
    file->looked_bytes = file->system_bytes;
    if (is_gone (file))
        stop (file, TUTTI_FILE_GONE);
    else if (!has_minimum_free (file))
        set_full (file);
}

/* --- Its end. --- */

/* What was not whole when the disk was full goes, and so does the reserve. */
static void
trim (TuttiFile *file)
{
    guint64 length = file->is_stopped ? file->fragment_bytes : file->system_bytes;

    if (ftruncate (file->fd, length) == 0)
        file->system_bytes = length;
}

/* It stays a part. */
static TuttiFileStatus
fail (TuttiFile *file)
{
    TuttiFileStatus why =
        read_errno (errno) == TUTTI_FILE_GONE ? TUTTI_FILE_GONE : TUTTI_FILE_BROKEN;

    stop (file, why);
    return why;
}

static TuttiFileStatus
settle (TuttiFile *file)
{
    if (fsync (file->fd) != 0 && errno != EINVAL)
        return fail (file);
    errno = ENOENT;
    if (is_gone (file))
        return fail (file);
    if (!tutti_part_settle (file->folder, file->part, file->name))
        return fail (file);
    return file->is_stopped ? file->status : TUTTI_FILE_OK;
}

/* --- Life. --- */

/* "NAME.tracks/x.webm": the folder's descriptor and *base "x.webm". -1: errno says why. */
static int
open_folder (int directory, const char *name, const char **base)
{
    const char *slash = strchr (name, '/');
    g_autofree char *folder = slash ? g_strndup (name, slash - name) : NULL;

    *base = slash ? slash + 1 : name;
    errno = EINVAL;
    if (!tutti_file_name_is_safe (*base) || (folder && !tutti_file_name_is_safe (folder)))
        return -1;
    if (!folder)
        return openat (directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (mkdirat (directory, folder, FOLDER_MODE) != 0 && errno != EEXIST)
        return -1;
    return tutti_folder_open (directory, folder);
}

static int
open_part (TuttiStore *store, const char *name, int folder, const char *base, const char *part)
{
    int fd = tutti_store_claim (store, name);
    struct stat about;

    if (fd >= 0)
        return fd;
    if (fstatat (folder, base, &about, AT_SYMLINK_NOFOLLOW) != 0)
        return tutti_part_create (folder, part);
    errno = EEXIST;
    return -1;
}

TuttiFile *
tutti_file_new (TuttiStore *store, const char *name, GError **error)
{
    const char *base;
    int folder = open_folder (tutti_store_get_directory (store), name, &base);
    g_autofree char *part = g_strconcat (base, ".part", NULL);
    int fd = folder < 0 ? -1 : open_part (store, name, folder, base, part);
    TuttiFile *file;

    if (fd < 0) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_STORAGE, "%s: %s", name, g_strerror (errno));
        if (folder >= 0)
            close (folder);
        return NULL;
    }
    file = g_new0 (TuttiFile, 1);
    file->store = tutti_store_ref (store);
    file->part = g_steal_pointer (&part);
    file->name = g_strdup (base);
    file->folder = folder;
    file->fd = fd;
    file->can_allocate = TRUE;
    file->disk_sync = tutti_disk_sync_add (tutti_store_get_disk_sync (store), fd);
    return file;
}

void
tutti_file_free (TuttiFile *file)
{
    if (!file)
        return;
    if (!file->is_stopped)
        drain (file);
    tutti_disk_sync_remove (tutti_store_get_disk_sync (file->store), file->disk_sync);
    close (file->fd);
    close (file->folder);
    tutti_store_unref (file->store);
    g_free (file->part);
    g_free (file->name);
    g_free (file);
}

/* --- Public. --- */

const char *
tutti_file_status_text (TuttiFileStatus status)
{
    return status_texts[status];
}

TuttiFileStatus
tutti_file_write (TuttiFile *file, const guint8 *data, gsize length_bytes)
{
    if (!file->is_stopped && file->status == TUTTI_FILE_FULL &&
        tutti_file_get_bytes (file) + length_bytes > file->end_max_bytes)
        stop (file, TUTTI_FILE_FULL);
    while (!file->is_stopped && length_bytes > 0) {
        gsize n = MIN (length_bytes, BUFFER_BYTES - file->n_buffered);

        memcpy (file->buffer + file->n_buffered, data, n);
        file->n_buffered += n;
        data += n;
        length_bytes -= n;
        if (file->n_buffered == BUFFER_BYTES)
            drain (file);
    }
    return file->is_stopped ? file->status : TUTTI_FILE_OK;
}

TuttiFileStatus
tutti_file_write_at (TuttiFile *file, guint64 offset, const guint8 *data, gsize length_bytes)
{
    g_assert (offset + length_bytes <= tutti_file_get_bytes (file) || file->is_stopped);
    if (!file->is_stopped && offset + length_bytes > file->system_bytes)
        drain (file);
    while (!file->is_stopped && length_bytes > 0) {
        ssize_t n = pwrite (file->fd, data, length_bytes, offset);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return stop (file, read_errno (errno));
        data += n;
        length_bytes -= n;
        offset += n;
    }
    return file->is_stopped ? file->status : TUTTI_FILE_OK;
}

TuttiFileStatus
tutti_file_flush (TuttiFile *file)
{
    int why;

    if (file->is_stopped || !drain (file))
        return file->status;
    file->fragment_bytes = file->system_bytes;
    why = tutti_disk_sync_touch (tutti_store_get_disk_sync (file->store), file->disk_sync);
    if (why != 0)
        return stop (file, read_errno (why));
    if (file->status == TUTTI_FILE_OK)
        look (file);
    if (file->status == TUTTI_FILE_OK && !keep_reserve (file))
        set_full (file);
    return file->status;
}

TuttiFileStatus
tutti_file_finish (TuttiFile *file)
{
    if (!file->is_stopped)
        drain (file);
    /* Of a file that is full already in its first fragment there is nothing to keep. */
    if (file->is_stopped && (file->status != TUTTI_FILE_FULL || file->fragment_bytes == 0))
        return file->status;
    trim (file);
    return settle (file);
}

TuttiFileStatus
tutti_file_get_status (const TuttiFile *file)
{
    return file->status;
}

guint64
tutti_file_get_bytes (const TuttiFile *file)
{
    return file->system_bytes + file->n_buffered;
}
