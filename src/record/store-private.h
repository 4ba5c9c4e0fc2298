/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * store-private.h: what the files of the store share. Role: file, except where said.
 */
#pragma once

#include "disk-sync.h"
#include "errand.h"
#include "store.h"

/* How a take looks of which no more than its name is known. Errors: NOT_FOUND. */
TuttiTake *tutti_store_look (TuttiStore *store, const char *name, GError **error);

/* What is asked about a take or a file of that name (NULL: all), on an errand's thread. */
typedef struct {
    TuttiStore *store;
    char *name;
} TuttiQuestion;

/* run is given a TuttiQuestion. Role: main. */
gpointer tutti_store_ask (TuttiStore *store, const char *name,
                          gpointer (*run) (gpointer, GError **), GDestroyNotify free_result,
                          GError **error);

/* The descriptor begin() reserved for "NAME.webm": now the caller's; -1: none. */
int tutti_store_claim (TuttiStore *store, const char *file);
guint64 tutti_store_get_minimum_free_bytes (TuttiStore *store);
/* Any thread; borrowed. */
TuttiDiskSync *tutti_store_get_disk_sync (TuttiStore *store);
/* Of recovery; atomic. Any thread. */
gint *tutti_store_get_stopped (TuttiStore *store);

/* Follows the configured path again if the directory was taken away or another disk is mounted
 * there. Errors: STORAGE, it is gone. */
gboolean tutti_store_follow (TuttiStore *store, GError **error);
