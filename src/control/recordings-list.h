/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recordings-list.h: the server's recordings as JSON, for the page. Role: main.
 *
 *   {"room", "recordings": [{"name", "room", "state", "started", "duration_ms", "size_bytes",
 *     "tracks", "file", "notes", "chapters"}]}
 *
 * The first room is there if the list is of one room only; duration_ms, file, notes and chapters if
 * they are known and to be had. Files are names below /recordings/; tracks is how many there are.
 *
 *   {"files": [...]}
 *
 * are all those of one recording.
 */
#pragma once

#include "recording.h"

/* takes: of TuttiTake; room: only its recordings; NULL: all. Free the text. */
char *tutti_recordings_list_write (GPtrArray *takes, const char *room);
/* May wait for the disk, as the store does. */
char *tutti_recordings_list_write_files (TuttiStore *store, const TuttiTake *take);

/* The take that a file belongs to, by its name; NULL if it has no such form. Free it. */
char *tutti_recordings_list_take_of (const char *file);
