/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * downloads.h: files of any size as answers: in pieces, read by other threads, with ranges
 * (RFC 9110 section 14), so that a player can jump about in a film of hours. Role: main.
 */
#pragma once

#include <libsoup/soup.h>

typedef struct _TuttiDownloads TuttiDownloads;

/* n_max: how many may run at once; each has a descriptor and a piece of 256 KiB. */
TuttiDownloads *tutti_downloads_new (guint n_max);
/* Those that run go on. */
void tutti_downloads_free (TuttiDownloads *downloads);

typedef struct {
    const char *name;    /* its ending says the type */
    gboolean save;       /* to be kept as a file of that name, not shown */
    const char *caching; /* Cache-Control */
} TuttiDownload;

/* Answers GET and HEAD: 200, 206, 304, 416, 503 when too many run. descriptor: of a plain file,
 * opened for reading; it is closed in the end. */
void tutti_downloads_serve (TuttiDownloads *downloads, SoupServerMessage *message, int descriptor,
                            const TuttiDownload *download);

/* At the moment, for the tests. */
guint tutti_downloads_n_running (TuttiDownloads *downloads);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiDownloads, tutti_downloads_free)
