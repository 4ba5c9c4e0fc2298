/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * span.h: lengths of time as they are written on the command line.
 */
#pragma once

#include <glib.h>

/* The server lets nothing take longer. */
#define TUTTI_SPAN_MAX_S (365 * 86400)

/* "30m" in seconds: a number and s, m, h or d. 0: it makes no sense, or is too long. */
gint64 tutti_span_parse (const char *text);
