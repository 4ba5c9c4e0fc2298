/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * indent.h: JSON text made readable for people.
 */
#pragma once

#include <glib.h>

/* A member a line, two spaces a level, a line break at the end: as json-glib does it, without its
 * tree: for a full room's figures that takes longer than all else. NULL: it is no whole object. */
char *tutti_indent_json (const char *text, gsize n_bytes);
