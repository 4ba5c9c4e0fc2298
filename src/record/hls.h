/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hls.h: the directory of an HLS output (RFC 8216): a playlist that says which codecs are needed,
 * the playlist of the last segments, their common header and the segments.
 *
 *   index.m3u8 -> media.m3u8 -> init.mp4, 1700000000.m4s, 1700000001.m4s, ...
 *
 * Role: file, except where said.
 */
#pragma once

#include <glib.h>

#define TUTTI_HLS_PLAYLIST "index.m3u8"

/* Made if it isn't there, and emptied of what an output may have left. FALSE: it can't be. */
gboolean tutti_hls_prepare (const char *directory);
/* Removes what an output has left, and the directory if nothing else is in it. Role: main too. */
void tutti_hls_remove (const char *directory);

/* Options of libavformat's muxer: name, value, name, value, ..., NULL. Free with g_strfreev(). */
char **tutti_hls_get_options (const char *directory, guint segment_s);
/* The playlist that the muxer is opened with. Free it. */
char *tutti_hls_get_target (const char *directory);
