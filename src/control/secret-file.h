/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * secret-file.h: files that hold secrets, one a line, so that one can be changed while the one
 * before is still good. Role: main; the file is read at start and reload.
 */
#pragma once

#include <glib.h>

/* The new one, the one before, one for each of some scripts: more nobody keeps in mind. */
#define TUTTI_SECRETS_MAX 16

/* The lines that are neither empty nor begin with #, without the white space around them; at least
 * one. BAD_CONFIG: it can't be read, others than its owner and group may read or change it, or what
 * it holds is too short (in bytes), too many, or no printable ASCII. Messages name the path and
 * never what is in it. */
char **tutti_secret_file_read (const char *path, gsize least_bytes, GError **error);
