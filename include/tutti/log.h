/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * log.h: where logs go and which are shown. To the journal with its fields when standard error is
 * connected to it, else to standard error as one line each. Any thread once initialised.
 */
#pragma once

#include <glib.h>

/* Takes over GLib's structured log. Role: main, once, before threads. */
void tutti_log_init (void);

/* level: error, warning, message, info or debug; domains: names (or "all") whose debug and info
 * messages are shown nevertheless, separated by spaces; "" none. FALSE for an unknown level,
 * nothing changed. */
gboolean tutti_log_set (const char *level, const char *domains);
