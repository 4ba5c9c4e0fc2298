/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recover.c: at the server's start: every take that a crash left, one after another, newest first:
 * its mix, its tracks, then sidecar and chapters of its notes. On a thread of its own, which gives
 * way to others.
 */
#include "names.h"
#include "notes.h"
#include "part.h"
#include "recover-part.h"
#include "store-private.h"
#include "take.h"

#include <tutti/role.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Calls, and recordings that run, come first. */
#define RECOVERY_NICE 10

/* Notes are flushed each second while their take runs: older ones, whose mix has its name already,
 * were left between the two. */
#define NOTES_STALE_S 5

typedef struct {
    TuttiStore *store;
    TuttiStoreTold told;
    gpointer user_data;
} Recovery;

typedef struct {
    GMutex lock; /* names all below: filled on one thread, read on another */
    TuttiStore *store;
    TuttiTake *take;
    TuttiStoreTold told;
    gpointer user_data;
} News;

/* --- Told on main. --- */

static void
news_free (gpointer data)
{
    News *news = data;

    tutti_take_free (news->take);
    tutti_store_unref (news->store);
    g_mutex_clear (&news->lock);
    g_free (news);
}

static gboolean
on_news (gpointer data)
{
    News *news = data;
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&news->lock);

    if (!g_atomic_int_get (tutti_store_get_stopped (news->store)))
        news->told (news->take, news->user_data);
    return G_SOURCE_REMOVE;
}

static void
tell (Recovery *recovery, const char *name)
{
    TuttiTake *take = tutti_store_look (recovery->store, name, NULL);
    News *news;

    if (!take || !recovery->told) {
        tutti_take_free (take);
        return;
    }
    news = g_new0 (News, 1);
    g_mutex_init (&news->lock);
    g_mutex_lock (&news->lock);
    news->store = tutti_store_ref (recovery->store);
    news->take = take;
    news->told = recovery->told;
    news->user_data = recovery->user_data;
    g_mutex_unlock (&news->lock);
    g_idle_add_full (G_PRIORITY_DEFAULT, on_news, news, news_free);
}

/* --- A take. --- */

static void
log_outcome (const char *file, TuttiPartOutcome outcome, const TuttiRemuxed *remuxed)
{
    switch (outcome) {
    case TUTTI_PART_SAVED:
        g_message ("recording %s: recovered, %" G_GINT64_FORMAT " s", file,
                   remuxed->duration_us / G_USEC_PER_SEC);
        break;
    case TUTTI_PART_BROKEN:
        g_warning ("recording %s: nothing in it can be played: kept as %s.broken", file, file);
        break;
    case TUTTI_PART_KEPT:
        g_warning ("recording %s: can't be recovered now: %s; kept as %s.part, the next start "
                   "tries again",
                   file, g_strerror (errno), file);
        break;
    default:
        break;
    }
}

/* "x.webm.part" in the folder: x.webm. */
static GPtrArray *
find_track_parts (TuttiFolder *folder)
{
    GPtrArray *files = g_ptr_array_new_with_free_func (g_free);
    const char *name;

    while ((name = tutti_folder_next (folder)))
        if (tutti_file_name_is_safe (name) && g_str_has_suffix (name, ".part"))
            g_ptr_array_add (files, g_strndup (name, strlen (name) - strlen (".part")));
    return files;
}

/* TRUE: there was something to be done. */
static gboolean
recover_tracks (Recovery *recovery, const char *take)
{
    g_autofree char *name = g_strconcat (take, ".tracks", NULL);
    g_autoptr (TuttiFolder) folder =
        tutti_folder_read (tutti_store_get_directory (recovery->store), name);
    g_autoptr (GPtrArray) files = folder ? find_track_parts (folder) : NULL;
    gboolean done = FALSE;

    for (guint i = 0; files && i < files->len; i++) {
        const char *file = g_ptr_array_index (files, i);
        g_autofree char *path = g_build_filename (name, file, NULL);
        TuttiRemuxed remuxed;
        TuttiPartOutcome outcome =
            tutti_part_recover (recovery->store, dirfd (folder), file, &remuxed);

        log_outcome (path, outcome, &remuxed);
        done = done || outcome != TUTTI_PART_HELD;
    }
    return done;
}

/* NULL: it has none. */
static char *
find_notes (const TuttiTakeNames *names)
{
    const TuttiEnding *notes = tutti_take_pick (names->endings, TUTTI_PIECE_NOTES);

    return notes ? tutti_ending_file_new (notes, names->name) : NULL;
}

static gboolean
has_stale_notes (int directory, const TuttiTakeNames *names)
{
    g_autofree char *file = find_notes (names);
    struct stat about;

    return file && fstatat (directory, file, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
           about.st_mtime + NOTES_STALE_S < time (NULL);
}

static void
finish_notes (Recovery *recovery, const char *take, const TuttiRemuxed *remuxed)
{
    TuttiNotesSummary summary = {.duration_us = remuxed->duration_us,
                                 .bytes = remuxed->bytes,
                                 .pictures = remuxed->pictures,
                                 .sounds = remuxed->sounds,
                                 .recovered = TRUE};
    g_autoptr (GError) error = NULL;

    if (!tutti_notes_finish (recovery->store, take, &summary, &error))
        g_warning ("recording %s: no sidecar: %s", take, error->message);
}

/* The mix was whole; what the sidecar is to say of it, it says itself. */
static void
read_mix (TuttiStore *store, const char *take, TuttiRemuxed *remuxed)
{
    g_autoptr (TuttiTake) mix = tutti_store_look (store, take, NULL);

    *remuxed = (TuttiRemuxed){0};
    if (!mix)
        return;
    remuxed->duration_us = MAX (mix->duration_us, 0);
    remuxed->bytes = mix->bytes;
}

static void
recover_rest (Recovery *recovery, const TuttiTakeNames *names, const TuttiRemuxed *remuxed)
{
    recover_tracks (recovery, names->name);
    if (tutti_take_pick (names->endings, TUTTI_PIECE_NOTES))
        finish_notes (recovery, names->name, remuxed);
    tell (recovery, names->name);
}

static void
forget (Recovery *recovery, const TuttiTakeNames *names)
{
    g_autofree char *notes = find_notes (names);

    if (notes)
        unlinkat (tutti_store_get_directory (recovery->store), notes, 0);
}

static void
recover_mix (Recovery *recovery, const TuttiTakeNames *names, const TuttiEnding *part)
{
    g_autofree char *file =
        g_strconcat (names->name, ".", tutti_container_name (part->container), NULL);
    TuttiRemuxed remuxed = {0};
    TuttiPartOutcome outcome = tutti_part_recover (
        recovery->store, tutti_store_get_directory (recovery->store), file, &remuxed);

    log_outcome (file, outcome, &remuxed);
    switch (outcome) {
    case TUTTI_PART_SAVED:
    case TUTTI_PART_BROKEN:
        recover_rest (recovery, names, &remuxed);
        break;
    case TUTTI_PART_EMPTY:
        forget (recovery, names);
        break;
    case TUTTI_PART_KEPT:
        tell (recovery, names->name);
        break;
    default:
        break;
    }
}

/* Its mix has its name; the crash came between that and the rest. */
static void
recover_left_over (Recovery *recovery, const TuttiTakeNames *names)
{
    gboolean done = recover_tracks (recovery, names->name);
    TuttiRemuxed remuxed;

    if (has_stale_notes (tutti_store_get_directory (recovery->store), names)) {
        read_mix (recovery->store, names->name, &remuxed);
        finish_notes (recovery, names->name, &remuxed);
        done = TRUE;
    }
    if (done)
        tell (recovery, names->name);
}

static void
recover_take (Recovery *recovery, const TuttiTakeNames *names)
{
    const TuttiEnding *part = tutti_take_pick (names->endings, TUTTI_PIECE_PART);

    if (part)
        recover_mix (recovery, names, part);
    else if (tutti_take_pick (names->endings, TUTTI_PIECE_NOTES) ||
             tutti_take_pick (names->endings, TUTTI_PIECE_TRACKS))
        recover_left_over (recovery, names);
}

/* --- The thread. --- */

static gpointer
on_thread (gpointer data)
{
    Recovery *recovery = data;
    g_autoptr (GPtrArray) takes = NULL;
    g_autoptr (GError) error = NULL;

    tutti_role_enter (TUTTI_ROLE_FILE);
    setpriority (PRIO_PROCESS, 0, RECOVERY_NICE); /* on Linux: of the calling thread */
    takes = tutti_takes_read (tutti_store_get_directory (recovery->store), &error);
    if (error)
        g_warning ("recovery: %s", error->message);
    for (guint i = 0; i < takes->len; i++)
        if (!g_atomic_int_get (tutti_store_get_stopped (recovery->store)))
            recover_take (recovery, g_ptr_array_index (takes, i));
    tutti_store_unref (recovery->store);
    g_free (recovery);
    return NULL;
}

void
tutti_store_recover (TuttiStore *store, TuttiStoreTold told, gpointer user_data)
{
    Recovery *recovery = g_new0 (Recovery, 1);

    recovery->store = tutti_store_ref (store);
    recovery->told = told;
    recovery->user_data = user_data;
    g_thread_unref (g_thread_new ("recovery", on_thread, recovery));
}

void
tutti_store_stop_recovery (TuttiStore *store)
{
    g_atomic_int_set (tutti_store_get_stopped (store), 1);
}
