/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mp4-tail.h: how far an MP4 that was cut can be read. FFmpeg takes a fragment's head (moof) that
 * is cut for a broken file, all of it; a cut elsewhere it bears. Pure but for reading; blocks.
 * Role: file.
 */
#pragma once

#include <glib.h>

/* Where the head begins that the file's end cuts; the file's length if it cuts none, -1 if it can't
 * be read. The descriptor's position stays. */
gint64 tutti_mp4_find_end (int fd);
