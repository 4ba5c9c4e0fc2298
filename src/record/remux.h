/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * remux.h: what a crash left of a container, read up to the cut and written again with its index
 * and duration; nothing is decoded. Memory does not grow with the file but for the index (32 bytes
 * for a key frame). Blocks on the disk, for as long as copying takes. Role: file.
 */
#pragma once

#include "store.h"

typedef enum {
    TUTTI_REMUX_OK,
    TUTTI_REMUX_EMPTY, /* nothing in it can be played */
    TUTTI_REMUX_DISK,  /* the system says no, reading or writing: errno */
} TuttiRemuxResult;

typedef struct {
    gint64 duration_us;
    guint64 bytes, pictures, sounds;
} TuttiRemuxed;

/* from is read from its beginning; to is empty. Full is a disk with less than minimum_free_bytes
 * left, too. Neither is closed. */
TuttiRemuxResult tutti_remux (int from, int to, TuttiContainer container,
                              guint64 minimum_free_bytes, TuttiRemuxed *remuxed);

/* What a finished file says of itself. FALSE: it is no such container. duration_us: -1 not known.
 */
gboolean tutti_remux_look (int fd, TuttiContainer container, gint64 *duration_us,
                           gboolean *is_recovered);
