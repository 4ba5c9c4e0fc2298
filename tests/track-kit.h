/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * track-kit.h: for tests of tracks: a store in a directory of its own, and what a file on it holds.
 */
#pragma once

#include "src/record/tracks.h"

typedef struct {
    char *path;
    TuttiStore *store;
    char *take;
} KitStore;

void kit_store_open (KitStore *kit);
/* With all that is in it. */
void kit_store_close (KitStore *kit);

/* A packet of a file: data begins at `at` in bytes. */
typedef struct {
    gint64 time_us;
    guint at, length_bytes;
    gboolean is_key;
} KitPiece;

typedef struct {
    GArray *pieces; /* KitPiece */
    GByteArray *bytes;
    char *codec; /* as libavcodec calls it */
    int width, height;
} KitFile;

/* The only file of the track; there is one. */
char *kit_find_track (const KitStore *kit, const char *part_of_name);
/* name: "TAKE.tracks/x.webm" */
void kit_file_read (KitFile *file, const KitStore *kit, const char *name);
void kit_file_clear (KitFile *file);
/* Decoded as players do, from the file's time 0 on; at 48 kHz, one channel. Its gint16. */
GArray *kit_file_decode (const KitFile *file);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (KitFile, kit_file_clear)
