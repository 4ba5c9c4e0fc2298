/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * frame.h: a picture: planar 4:2:0 (I420), 8 bits, BT.601 limited range.
 *
 * Reference-counted, immutable once put into a slot or returned by a mixer; from a process-wide
 * pool keyed by size (spare memory is bounded). Rows are 64-byte aligned. Any thread. Whoever made
 * it may write until it hands it on.
 */
#pragma once

#include <tutti/types.h>

/* Nothing a browser sends is larger; a decoder drops pictures beyond it. */
#define TUTTI_PICTURE_SIDE_MAX 4096

struct _TuttiPicture {
    int width, height; /* even for canvases and tiles; sources may be odd */
    int stride[3];
    guint8 *plane[3]; /* Y, U, V */
    gint64 time_us;   /* our clock: when it was captured or is to be shown; 0 unknown */
    guint still;      /* pictures of one number are one picture, shown to many; 0: of its own */
};

/* 1 <= width, height <= TUTTI_PICTURE_SIDE_MAX. Content undefined. */
TuttiPicture *tutti_picture_new (int width, int height);
TuttiPicture *tutti_picture_ref (TuttiPicture *picture);
void tutti_picture_unref (TuttiPicture *picture);
guint tutti_picture_count_live (void);

static inline int
tutti_chroma (int luma_side)
{
    return (luma_side + 1) / 2;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiPicture, tutti_picture_unref)
