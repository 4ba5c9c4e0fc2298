/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * file.h: a file that is whole or says it is not: written as NAME.part (0640), flushed in steps,
 * renamed when it is finished. Watches the disk's room. All of it blocks on the disk. Role: file.
 */
#pragma once

#include "store.h"

typedef struct _TuttiFile TuttiFile;

typedef enum {
    TUTTI_FILE_OK,
    TUTTI_FILE_FULL,   /* disk full, or minimum-free-space reached */
    TUTTI_FILE_GONE,   /* the directory or the file was taken away */
    TUTTI_FILE_BROKEN, /* anything else the system says */
} TuttiFileStatus;

/* "disk full" and so on, for people. */
const char *tutti_file_status_text (TuttiFileStatus status);

/* name: relative to the store's directory, e.g. "NAME.webm" or "NAME.tracks/x.webm" (the folder is
 * made). Takes over what tutti_store_begin() reserved. Errors: STORAGE. */
TuttiFile *tutti_file_new (TuttiStore *store, const char *name, GError **error);
/* Without finish(): the .part stays, as after a crash. */
void tutti_file_free (TuttiFile *file);

/* What was written is good up to the last flush, whatever comes.
 *
 * FULL is told by flush() first, at the end of a fragment, while there is still a reserve for the
 * container's own end (index, trailer): write() says OK as long as that lasts. So: stop, finish the
 * container, finish(). Where the file system can keep no reserve write() itself says FULL in the
 * middle of a fragment; from then on nothing more is written, as with GONE and BROKEN. */
TuttiFileStatus tutti_file_write (TuttiFile *file, const guint8 *data, gsize length_bytes);
/* Within what was written already. */
TuttiFileStatus tutti_file_write_at (TuttiFile *file, guint64 offset, const guint8 *data,
                                     gsize length_bytes);
/* A fragment is complete: it goes to the system now, to the disk within a second (but for a disk
 * that can't keep up); looks at the room left, a second or 8 MiB after the last look. */
TuttiFileStatus tutti_file_flush (TuttiFile *file);
/* To the disk and to its name. OK: it is whole. FULL: it has its name, and ends at the last flush.
 * Else it stays a part. */
TuttiFileStatus tutti_file_finish (TuttiFile *file);

/* FULL stays FULL though finish() could do all and said OK. */
TuttiFileStatus tutti_file_get_status (const TuttiFile *file);
guint64 tutti_file_get_bytes (const TuttiFile *file);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiFile, tutti_file_free)
