/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * store.h: the directory of recordings: names that can't collide nor escape, what is there, what a
 * crash left behind, and how much room the disk has. Everything of one recording ("take") begins
 * with the take's name:
 *
 *   blue-20261122T195300Z.webm         the mix (.part behind it while it is written)
 *   blue-20261122T195300Z.json .vtt    sidecar, chapters
 *   blue-20261122T195300Z.tracks/      a file for each track, if asked for
 *   .blue-20261122T195300Z.notes       what the sidecar is made of, while the take runs
 *
 * Role: main, except where said.
 */
#pragma once

#include <tutti/types.h>

#include <gio/gio.h>

#include "errand.h"

typedef struct _TuttiStore TuttiStore;

typedef enum {
    TUTTI_CONTAINER_WEBM,
    TUTTI_CONTAINER_MKV,
    TUTTI_CONTAINER_MP4,
} TuttiContainer;

/* "webm", "mkv", "mp4": also the file name's ending. */
const char *tutti_container_name (TuttiContainer container);
gboolean tutti_container_from_name (const char *name, TuttiContainer *container);

/* Makes the directory if it isn't there (0750). May block: at the start, before calls. Errors:
 * BAD_CONFIG. */
TuttiStore *tutti_store_new (const char *directory, guint64 minimum_free_bytes, GError **error);
/* Any thread. */
TuttiStore *tutti_store_ref (TuttiStore *store);
void tutti_store_unref (TuttiStore *store);
/* What is under way; good as long as the store. Any thread; borrowed. */
TuttiErrands *tutti_store_get_errands (TuttiStore *store);

/* An open descriptor of the directory, borrowed: everything is opened relative to it. Any thread.
 */
int tutti_store_get_directory (TuttiStore *store);
/* Bytes that may yet be written; 0: none, or the directory is gone. Blocks on the disk. Role: file.
 */
guint64 tutti_store_get_room_bytes (TuttiStore *store);

/* What follows may be called on main although it asks the disk: it is done on a thread, and waited
 * for TUTTI_ERRAND_PATIENCE_US (2 s) at most. If the disk has not answered by then the error is
 * STORAGE, and so it is at once for everything else asked until the disk has answered. */

/* A name nobody has yet, reserved: its .part is there, empty, until tutti_file_new() takes it over;
 * what was never taken over goes with the store. room: a valid room name. Free it. Errors: STORAGE
 * (also: no room left on the disk). */
char *tutti_store_begin (TuttiStore *store, const char *room, TuttiContainer container,
                         gint64 wall_us, GError **error);

typedef enum {
    TUTTI_TAKE_RUNNING,
    TUTTI_TAKE_DONE,
    TUTTI_TAKE_RECOVERED, /* a crash cut it; it was finished at a later start */
    TUTTI_TAKE_CUT,       /* a crash cut it, and recovery has not finished it (yet) */
    TUTTI_TAKE_BROKEN,    /* nothing in it could be saved: the part file is kept */
} TuttiTakeState;

/* "running", "done", "recovered", "cut", "broken". */
const char *tutti_take_state_name (TuttiTakeState state);

typedef struct {
    char *name; /* of the take, e.g. "blue-20261122T195300Z" */
    char *file; /* of the mix, e.g. "blue-20261122T195300Z.webm"; RUNNING, CUT: as it will be */
    char *room;
    TuttiTakeState state;
    gint64 started_us;  /* wall clock, since 1970 */
    gint64 duration_us; /* -1: not known (running, cut, broken, or not looked at yet) */
    guint64 bytes;      /* of all its files */
    guint n_tracks;
    gboolean has_sidecar;
} TuttiTake;

void tutti_take_free (TuttiTake *take);

/* Newest first; owned TuttiTake. Reads the directory: bounded to TUTTI_TAKES_MAX, the newest. Empty
 * if the disk does not answer. Durations are read from the files and remembered, so many at a time:
 * of thousands some may be missing the first time. */
#define TUTTI_TAKES_MAX 10000
GPtrArray *tutti_store_list (TuttiStore *store);
/* The same without waiting: what the API uses. finish(): NULL with *error STORAGE. */
void tutti_store_list_async (TuttiStore *store, GAsyncReadyCallback ready, gpointer user_data);
GPtrArray *tutti_store_list_finish (GAsyncResult *result, GError **error);
/* NULL: there is none of that name. */
TuttiTake *tutti_store_find (TuttiStore *store, const char *name);
/* All its files. Errors: NOT_FOUND, CONFLICT (it is running or being recovered), STORAGE. */
gboolean tutti_store_delete (TuttiStore *store, const char *name, GError **error);
/* Opens one of a take's finished files to read: "NAME.webm", "NAME.json", "NAME.vtt",
 * "NAME.tracks/FILE", "NAME.webm.broken". -1 and NOT_FOUND: there is no such thing, or it is no
 * file of a take. */
int tutti_store_open (TuttiStore *store, const char *file, GError **error);
/* The files in NAME.tracks/ that are finished, sorted, as tutti_store_open() takes them, ended by
 * NULL; "" of them: an empty list. */
char **tutti_store_list_tracks (TuttiStore *store, const char *name);

/* Finishes what a crash left behind, on a thread of its own, one take after another; each take's
 * end is told on main: it is RECOVERED, BROKEN, or still CUT (the disk is full, say: the next start
 * tries again; it logs why). What somebody writes, in this process or another, is left alone.
 * Returns at once; once a store. */
typedef void (*TuttiStoreTold) (const TuttiTake *take, gpointer user_data);
void tutti_store_recover (TuttiStore *store, TuttiStoreTold told, gpointer user_data);
/* Nothing is told any more, and no further take is begun. To be called before user_data goes. */
void tutti_store_stop_recovery (TuttiStore *store);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiStore, tutti_store_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiTake, tutti_take_free)
