/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * disk-sync.c: see disk-sync.h. The thread holds the ring and the file it is at, so both may be
 * given up by others while the disk keeps it.
 */
#include "disk-sync.h"

#include <tutti/role.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct _TuttiDiskSyncFile {
    int fd;

    /* Named by the ring's lock. */
    guint references;
    gboolean is_dirty;
    gint64 due_us;
    int error;
};

typedef struct {
    gint references; /* atomic: the owner's and the thread's */
    GMutex lock;     /* names all below */
    GCond wake;
    GPtrArray *files;
    gboolean has_thread, stop;
} Ring;

struct _TuttiDiskSync {
    Ring *ring;
};

static Ring *
ring_new (void)
{
    Ring *ring = g_new0 (Ring, 1);

    ring->references = 1;
    g_mutex_init (&ring->lock);
    g_cond_init (&ring->wake);
    ring->files = g_ptr_array_new ();
    return ring;
}

static void
ring_unref (Ring *ring)
{
    if (!g_atomic_int_dec_and_test (&ring->references))
        return;
    g_ptr_array_unref (ring->files);
    g_mutex_clear (&ring->lock);
    g_cond_clear (&ring->wake);
    g_free (ring);
}

/* --- With the lock held. --- */

/* The descriptor to be closed without the lock, or -1. */
static int
let_go (TuttiDiskSyncFile *file)
{
    int fd = file->fd;

    if (--file->references > 0)
        return -1;
    g_free (file);
    return fd;
}

/* The file that has waited longest; NULL: none has anything new. */
static TuttiDiskSyncFile *
find_next (Ring *ring)
{
    TuttiDiskSyncFile *next = NULL;

    for (guint i = 0; i < ring->files->len; i++) {
        TuttiDiskSyncFile *file = g_ptr_array_index (ring->files, i);

        if (file->is_dirty && (!next || file->due_us < next->due_us))
            next = file;
    }
    return next;
}

/* A file whose time has come, with a reference; NULL: stop. */
static TuttiDiskSyncFile *
wait_next (Ring *ring)
{
    while (!ring->stop) {
        TuttiDiskSyncFile *next = find_next (ring);

        if (!next) {
            g_cond_wait (&ring->wake, &ring->lock);
        } else if (next->due_us > g_get_monotonic_time ()) {
            g_cond_wait_until (&ring->wake, &ring->lock, next->due_us);
        } else {
            next->references++;
            next->is_dirty = FALSE;
            return next;
        }
    }
    return NULL;
}

static void
rest (Ring *ring, gint64 until_us)
{
    while (!ring->stop && g_get_monotonic_time () < until_us)
        g_cond_wait_until (&ring->wake, &ring->lock, until_us);
}

/* --- The thread. --- */

static int
sync_one (TuttiDiskSyncFile *file, gint64 *took_us)
{
    gint64 start_us = g_get_monotonic_time ();
    int error = fdatasync (file->fd) == 0 ? 0 : errno;

    *took_us = g_get_monotonic_time () - start_us;
    /* A file system that can't be asked (EINVAL) is no fault of the file's. */
    return error == EINVAL || error == ENOSYS ? 0 : error;
}

/* FALSE: stop. */
static gboolean
work (Ring *ring)
{
    TuttiDiskSyncFile *file;
    gint64 took_us, now_us;
    int error, fd;

    g_mutex_lock (&ring->lock);
    file = wait_next (ring);
    g_mutex_unlock (&ring->lock);
    if (!file)
        return FALSE;
    error = sync_one (file, &took_us);
    now_us = g_get_monotonic_time ();
    g_mutex_lock (&ring->lock);
    file->error = file->error ? file->error : error;
    file->due_us =
        now_us + TUTTI_DISK_SYNC_INTERVAL_US - MIN (took_us, TUTTI_DISK_SYNC_INTERVAL_US);
    fd = let_go (file);
    rest (ring, now_us + took_us);
    g_mutex_unlock (&ring->lock);
    if (fd >= 0)
        close (fd);
    return TRUE;
}

static gpointer
on_thread (gpointer data)
{
    Ring *ring = data;

    tutti_role_enter (TUTTI_ROLE_FILE);
    while (work (ring))
        ;
    ring_unref (ring);
    return NULL;
}

/* --- --- */

TuttiDiskSync *
tutti_disk_sync_new (void)
{
    TuttiDiskSync *sync = g_new0 (TuttiDiskSync, 1);

    sync->ring = ring_new ();
    return sync;
}

void
tutti_disk_sync_free (TuttiDiskSync *sync)
{
    if (!sync)
        return;
    g_mutex_lock (&sync->ring->lock);
    sync->ring->stop = TRUE;
    g_cond_broadcast (&sync->ring->wake);
    g_mutex_unlock (&sync->ring->lock);
    ring_unref (sync->ring);
    g_free (sync);
}

TuttiDiskSyncFile *
tutti_disk_sync_add (TuttiDiskSync *sync, int fd)
{
    Ring *ring = sync->ring;
    TuttiDiskSyncFile *file = g_new0 (TuttiDiskSyncFile, 1);
    g_autoptr (GMutexLocker) locker = NULL;

    file->fd = fcntl (fd, F_DUPFD_CLOEXEC, 0);
    file->references = 1;
    locker = g_mutex_locker_new (&ring->lock);
    g_ptr_array_add (ring->files, file);
    if (!ring->has_thread) {
        g_autoptr (GThread) thread = NULL;

        g_atomic_int_inc (&ring->references);
        thread = g_thread_new ("disk-sync", on_thread, ring);
        ring->has_thread = TRUE;
    }
    return file;
}

void
tutti_disk_sync_remove (TuttiDiskSync *sync, TuttiDiskSyncFile *file)
{
    int fd;

    if (!file)
        return;
    g_mutex_lock (&sync->ring->lock);
    g_ptr_array_remove_fast (sync->ring->files, file);
    fd = let_go (file);
    g_mutex_unlock (&sync->ring->lock);
    if (fd >= 0)
        close (fd);
}

int
tutti_disk_sync_touch (TuttiDiskSync *sync, TuttiDiskSyncFile *file)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&sync->ring->lock);

    if (!file->is_dirty) {
        file->is_dirty = TRUE;
        g_cond_signal (&sync->ring->wake);
    }
    return file->error;
}
