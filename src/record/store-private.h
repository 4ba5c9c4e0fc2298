/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * store-private.h: what the files of the store share. Role: file, except where said.
 */
#pragma once

#include "disk-sync.h"
#include "errand.h"
#include "store.h"

/* How a take looks of which no more than its name is known; NULL: there is none. */
TuttiTake *tutti_store_look (TuttiStore *store, const char *name);

/* The descriptor begin() reserved for "NAME.webm": now the caller's; -1: none. */
int tutti_store_claim (TuttiStore *store, const char *file);
guint64 tutti_store_get_minimum_free_bytes (TuttiStore *store);
/* Any thread; borrowed. */
TuttiDiskSync *tutti_store_get_disk_sync (TuttiStore *store);
TuttiErrands *tutti_store_get_errands (TuttiStore *store);

/* Follows the configured path again if the directory was taken away or another disk is mounted
 * there. Errors: STORAGE, it is gone. */
gboolean tutti_store_follow (TuttiStore *store, GError **error);
