/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * store.c: the directory itself: where it is, how much room it has, and names that are reserved in
 * it. What lies in it: takes.c; how it is looked at from main: errand.c.
 */
#include "names.h"
#include "part.h"
#include "store-private.h"

#include <tutti/error.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define DIRECTORY_MODE 0750

struct _TuttiStore {
    gint references; /* atomic */
    char *path;
    int directory; /* this number for life; what it stands for may change (dup3) */
    guint64 minimum_free_bytes;
    TuttiErrands errands;
    gint recovery_stopped; /* atomic */
    TuttiDiskSync *disk_sync;

    GMutex lock;          /* names all below */
    GHashTable *reserved; /* "NAME.webm" to the descriptor of its part */
};

typedef struct {
    TuttiStore *store;
    char *room;
    TuttiContainer container;
    gint64 wall_us;
} Request;

/* What became of it. */
typedef struct {
    TuttiStore *store;
    char *take; /* stolen by who gets it; else nobody waited any more */
    char *file;
} Reservation;

static void
request_free (Request *request)
{
    tutti_store_unref (request->store);
    g_free (request->room);
    g_free (request);
}

static gboolean
set_storage_error (GError **error, const char *what, int why)
{
    g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_STORAGE, "%s: %s", what, g_strerror (why));
    return FALSE;
}

static int
open_directory (const char *path)
{
    return open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* --- Reserving a name. --- */

/* No file of that take is to be seen but the part just made. */
static gboolean
sees_none (int directory, const char *take, const char *part)
{
    const TuttiEnding *ending;

    for (guint i = 0; (ending = tutti_ending_get (i)); i++) {
        g_autofree char *file = tutti_ending_file_new (ending, take);
        struct stat about;

        if (strcmp (file, part) != 0 && fstatat (directory, file, &about, AT_SYMLINK_NOFOLLOW) == 0)
            return FALSE;
    }
    return TRUE;
}

/* Another process may finish a take while we look: its part, which had not been looked for yet,
 * then stands under a name that had been. The second look finds it there. */
static gboolean
is_alone (int directory, const char *take, const char *part)
{
    return sees_none (directory, take, part) && sees_none (directory, take, part);
}

static void
remember (TuttiStore *store, const char *file, int fd)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->lock);

    g_hash_table_insert (store->reserved, g_strdup (file), GINT_TO_POINTER (fd));
}

static void
drop (int directory, const char *file, int fd)
{
    g_autofree char *part = g_strconcat (file, ".part", NULL);

    unlinkat (directory, part, 0);
    close (fd);
}

static Reservation *
reservation_new (TuttiStore *store, const char *take, char *file)
{
    Reservation *reservation = g_new0 (Reservation, 1);

    reservation->store = tutti_store_ref (store);
    reservation->take = g_strdup (take);
    reservation->file = file;
    return reservation;
}

static void
reservation_free (gpointer data)
{
    Reservation *reservation = data;
    int fd = reservation->take ? tutti_store_claim (reservation->store, reservation->file) : -1;

    if (fd >= 0)
        drop (reservation->store->directory, reservation->file, fd);
    tutti_store_unref (reservation->store);
    g_free (reservation->take);
    g_free (reservation->file);
    g_free (reservation);
}

/* NULL: the name is taken (errno EEXIST), or the disk says something else. */
static Reservation *
reserve (TuttiStore *store, const char *take, TuttiContainer container)
{
    const char *ending = tutti_container_name (container);
    g_autofree char *file = g_strconcat (take, ".", ending, NULL);
    g_autofree char *part = g_strconcat (file, ".part", NULL);
    int fd = tutti_part_create (store->directory, part);

    if (fd < 0)
        return NULL;
    if (is_alone (store->directory, take, part)) {
        remember (store, file, fd);
        return reservation_new (store, take, g_steal_pointer (&file));
    }
    drop (store->directory, file, fd);
    errno = EEXIST;
    return NULL;
}

/* A part that recovery took for a left one, empty, in the moment it was made: next number. */
static gboolean
is_taken (int why)
{
    return why == EEXIST || why == EWOULDBLOCK || why == ENOENT;
}

static Reservation *
reserve_any (Request *request, GError **error)
{
    for (guint number = 1; number <= TUTTI_TAKE_NUMBER_MAX; number++) {
        g_autofree char *take = tutti_take_name_new (request->room, request->wall_us, number);
        Reservation *reservation = reserve (request->store, take, request->container);

        if (reservation)
            return reservation;
        if (!is_taken (errno))
            break;
    }
    set_storage_error (error, "can't make a file for the recording", errno);
    return NULL;
}

/* One after another, other processes included: whoever looks whether a name is free sees all of
 * those that were reserved. A file system that can't lock a directory has O_EXCL yet. */
static gpointer
run_begin (gpointer data, GError **error)
{
    Request *request = data;
    Reservation *reservation;
    int turn;

    if (!tutti_store_follow (request->store, error))
        return NULL;
    if (tutti_store_get_room_bytes (request->store) == 0) {
        set_storage_error (error, "no room for a recording", ENOSPC);
        return NULL;
    }
    turn = openat (request->store->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    flock (turn, LOCK_EX);
    reservation = reserve_any (request, error);
    close (turn);
    return reservation;
}

/* --- Life. --- */

static void
drop_reserved (TuttiStore *store)
{
    GHashTableIter iter;
    gpointer file, fd;

    g_hash_table_iter_init (&iter, store->reserved);
    while (g_hash_table_iter_next (&iter, &file, &fd))
        drop (store->directory, file, GPOINTER_TO_INT (fd));
}

static void
store_free (TuttiStore *store)
{
    drop_reserved (store);
    g_hash_table_unref (store->reserved);
    tutti_disk_sync_free (store->disk_sync);
    close (store->directory);
    g_mutex_clear (&store->lock);
    g_free (store->path);
    g_free (store);
}

TuttiStore *
tutti_store_new (const char *directory, guint64 minimum_free_bytes, GError **error)
{
    TuttiStore *store;
    int fd = -1;

    if (g_mkdir_with_parents (directory, DIRECTORY_MODE) == 0)
        fd = open_directory (directory);
    if (fd < 0 || faccessat (fd, ".", R_OK | W_OK | X_OK, AT_EACCESS) != 0) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG, "can't write to directory %s: %s",
                     directory, g_strerror (errno));
        if (fd >= 0)
            close (fd);
        return NULL;
    }
    store = g_new0 (TuttiStore, 1);
    store->references = 1;
    store->path = g_canonicalize_filename (directory, NULL);
    store->directory = fd;
    store->minimum_free_bytes = minimum_free_bytes;
    store->disk_sync = tutti_disk_sync_new ();
    g_mutex_init (&store->lock);
    store->reserved = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    return store;
}

TuttiStore *
tutti_store_ref (TuttiStore *store)
{
    g_atomic_int_inc (&store->references);
    return store;
}

void
tutti_store_unref (TuttiStore *store)
{
    if (store && g_atomic_int_dec_and_test (&store->references))
        store_free (store);
}

/* --- Public. --- */

int
tutti_store_get_directory (TuttiStore *store)
{
    return store->directory;
}

guint64
tutti_store_get_minimum_free_bytes (TuttiStore *store)
{
    return store->minimum_free_bytes;
}

TuttiDiskSync *
tutti_store_get_disk_sync (TuttiStore *store)
{
    return store->disk_sync;
}

TuttiErrands *
tutti_store_get_errands (TuttiStore *store)
{
    return &store->errands;
}

gint *
tutti_store_get_stopped (TuttiStore *store)
{
    return &store->recovery_stopped;
}

guint64
tutti_store_get_room_bytes (TuttiStore *store)
{
    struct statvfs disk;
    struct stat about;
    guint64 free_bytes;

    if (fstat (store->directory, &about) != 0 || about.st_nlink == 0 ||
        fstatvfs (store->directory, &disk) != 0)
        return 0;
    free_bytes = (guint64)disk.f_bavail * disk.f_frsize;
    return free_bytes > store->minimum_free_bytes ? free_bytes - store->minimum_free_bytes : 0;
}

gboolean
tutti_store_follow (TuttiStore *store, GError **error)
{
    struct stat held, named;
    int fd;

    if (stat (store->path, &named) != 0)
        return set_storage_error (error, store->path, errno);
    if (fstat (store->directory, &held) == 0 && held.st_nlink > 0 && held.st_ino == named.st_ino &&
        held.st_dev == named.st_dev)
        return TRUE;
    fd = open_directory (store->path);
    if (fd < 0)
        return set_storage_error (error, store->path, errno);
    /* In one step: who uses the number meanwhile has the one or the other. */
    dup3 (fd, store->directory, O_CLOEXEC);
    close (fd);
    return TRUE;
}

char *
tutti_store_begin (TuttiStore *store, const char *room, TuttiContainer container, gint64 wall_us,
                   GError **error)
{
    Request *request = g_new0 (Request, 1);
    TuttiErrand errand = {run_begin, request, (GDestroyNotify)request_free, reservation_free};
    Reservation *reservation;
    char *take;

    request->store = tutti_store_ref (store);
    request->room = g_strdup (room);
    request->container = container;
    request->wall_us = wall_us;
    reservation = tutti_errand_run (&store->errands, &errand, error);
    if (!reservation)
        return NULL;
    take = g_steal_pointer (&reservation->take);
    reservation_free (reservation);
    return take;
}

int
tutti_store_claim (TuttiStore *store, const char *file)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->lock);
    g_autofree char *key = NULL;
    gpointer stolen_key, fd;

    if (!g_hash_table_steal_extended (store->reserved, file, &stolen_key, &fd))
        return -1;
    key = stolen_key;
    return GPOINTER_TO_INT (fd);
}
