/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * take.h: one take as its files tell it; and reading a folder. All of it blocks on the disk. Role:
 * file.
 */
#pragma once

#include "names.h"
#include "store.h"

#include <dirent.h>

typedef DIR TuttiFolder;

/* "." is the directory itself; never by a link. NULL: errno says why. */
TuttiFolder *tutti_folder_read (int directory, const char *name);
/* The next name in it, borrowed; NULL: no more. */
const char *tutti_folder_next (TuttiFolder *folder);
void tutti_folder_close (TuttiFolder *folder);

/* A take as the names of its files tell it. */
typedef struct {
    char *name;
    gint64 started_us; /* wall clock */
    guint32 endings;   /* a bit for each */
} TuttiTakeNames;

/* All there are, newest first; owned TuttiTakeNames. */
GPtrArray *tutti_takes_read (int directory, GError **error);

/* Which of its files are there, a bit for each ending. */
guint32 tutti_take_find_endings (int directory, const char *take);
/* The take's file of that kind; NULL: none. */
const TuttiEnding *tutti_take_pick (guint32 endings, TuttiPiece piece);

/* NULL: there is no such take. until_us: up to when (monotonic) a file is opened to see how long it
 * lasts, if no sidecar says so. */
TuttiTake *tutti_take_look (TuttiStore *store, const char *name, guint32 endings, gint64 until_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiFolder, tutti_folder_close)
