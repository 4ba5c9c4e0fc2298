/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * source.h: ids of encoders, sound and picture alike: a leg that sees another id in the packets it
 * sends renumbers. Any thread.
 */
#pragma once

#include <glib.h>

/* Never 0; none comes twice before 2^32 encoders were made. */
guint32 tutti_source_next_id (void);
