/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json-check.h: looks over foreign JSON text before json-glib parses it. Any thread.
 */
#pragma once

#include <glib.h>

/* FALSE for what json-glib would take although it is no JSON (comments, single quotes), and for
 * what would hurt it: its parser calls itself for each level, so 256 KiB of `[` overrun the stack.
 */
gboolean tutti_json_check (const char *text, gsize n_bytes, GError **error);
