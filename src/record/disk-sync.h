/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * disk-sync.h: brings what files have written to the disk, one after another, on one thread for the
 * store: so that a power cut costs a second, while those who write go on into the system's memory
 * and don't wait. However many files there are only one is synced at a time, and then the disk is
 * left alone for as long as that took: a disk that can't keep up is not driven into the ground.
 *
 * Any thread, and nothing here blocks.
 */
#pragma once

#include <glib.h>

/* Each file that has something new, so often at most. */
#define TUTTI_DISK_SYNC_INTERVAL_US G_USEC_PER_SEC

typedef struct _TuttiDiskSync TuttiDiskSync;
typedef struct _TuttiDiskSyncFile TuttiDiskSyncFile;

TuttiDiskSync *tutti_disk_sync_new (void);
/* A thread that hangs in the disk is left to itself. */
void tutti_disk_sync_free (TuttiDiskSync *sync);

/* Takes a descriptor of its own (dup). */
TuttiDiskSyncFile *tutti_disk_sync_add (TuttiDiskSync *sync, int fd);
void tutti_disk_sync_remove (TuttiDiskSync *sync, TuttiDiskSyncFile *file);

/* There is something new. Returns what the system said of an earlier sync: 0 or an errno. */
int tutti_disk_sync_touch (TuttiDiskSync *sync, TuttiDiskSyncFile *file);
