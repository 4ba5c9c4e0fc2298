/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * play-file.h: the films and announcements that may be played into rooms: those below one directory
 * and nothing else of the machine. Role: main.
 */
#pragma once

#include <tutti/config.h>

/* Opens a file below [play] directory: by its name there, or by its absolute path. -1: UNSUPPORTED
 * (no directory is configured), FORBIDDEN (it is, or leads, elsewhere; no plain file), NOT_FOUND.
 * Blocks on the disk. */
int tutti_play_file_open (TuttiConfig *config, const char *file, GError **error);
