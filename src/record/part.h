/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * part.h: a file that is being written: NAME.part, locked by whoever writes it for as long as its
 * descriptor is open. So a crash is told from a writer that lives, in this process or another: the
 * system takes a dead process's locks away. All of it blocks on the disk. Role: file.
 */
#pragma once

#include <glib.h>

/* -1: errno says why; EEXIST: there is one. Mode 0640, locked. */
int tutti_part_create (int directory, const char *part);
/* Opens one that a crash left, locked; -1: EWOULDBLOCK: it is being written. */
int tutti_part_adopt (int directory, const char *part);
/* Somebody who lives holds it. */
gboolean tutti_part_is_held (int directory, const char *part);
/* To its name, for good; never over a file that is there. FALSE: errno says why. */
gboolean tutti_part_settle (int directory, const char *part, const char *name);
/* A regular file to be read, or a directory; never by a link. -1: errno says why. */
int tutti_part_open (int directory, const char *name);
int tutti_folder_open (int directory, const char *name);
