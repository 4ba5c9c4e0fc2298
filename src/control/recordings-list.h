/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recordings-list.h: the server's recordings as JSON, for the page. Role: main.
 *
 *   {"room", "recordings": [{"name", "room", "state", "started", "duration_ms", "size_bytes",
 *     "file", "tracks": [{"file", "size_bytes"}], "notes", "chapters"}]}
 *
 * room is there if the list is of one room only; duration_ms, file, notes and chapters if they are
 * known and to be had. Files are names below /recordings/.
 */
#pragma once

#include "recording.h"

/* room: only its recordings; NULL: all. Free the text. */
char *tutti_recordings_list_write (TuttiStore *store, const char *room);

/* The take that a file belongs to, by its name; NULL if it has no such form. Free it. */
char *tutti_recordings_list_take_of (const char *file);
