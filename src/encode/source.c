/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * source.c: one counter for the process. Any thread.
 */
#include "source.h"

static gint last_id;

guint32
tutti_source_next_id (void)
{
    guint32 id;

    do
        id = (guint32)g_atomic_int_add (&last_id, 1) + 1;
    while (id == 0);
    return id;
}
